"""A highlight's text made readable: an ordered tuple of small rules, str → str.

Cleaning twice changes nothing; code is never touched; the words stay. A further rule is a function
in `export.rules` and a line in `RULES`, with its cases under tests/data/export/rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from export.rules.characters import plain_blanks, squeeze_blanks
from export.rules.closers import is_closer
from export.rules.line_breaks import join_lines
from export.rules.links import NOT_RESOLVED, show_links
from export.rules.list_marks import part_hashtags, write_bullets
from export.rules.thread_marks import drop_numbering, drop_thread_marks, has_numbering
from markdown_text.code import can_shield, shield_code, unshield_code
from markdown_text.escapes import decode_entities, drop_dash_escapes
from record_types.library import ReadDocument, ReadLink

__all__ = ["NOT_RESOLVED", "RULES", "clean_document", "clean_documents", "clean_text", "is_closer"]

RULES: tuple[Callable[[str], str], ...] = (
    drop_dash_escapes,
    plain_blanks,
    decode_entities,
    squeeze_blanks,
    drop_thread_marks,
    write_bullets,
    part_hashtags,
    join_lines,
)
"""In this order: later rules see what earlier ones made."""
_ROUNDS = 8


def clean_text(
    text: str, links: Sequence[ReadLink] = (), own_tweet_id: int | None = None, *, numbered: bool = False
) -> str:
    """The text as a note shows it; empty where it was nothing but a link to its own picture.

    `numbered`: the thread numbers its tweets (`2.`), so that a number at the start is its mark.
    """
    if not can_shield(text):
        return text
    for _ in range(_ROUNDS):
        before, text = text, _clean(text, links, own_tweet_id, numbered)
        # Where a mark before a fence went, the fence is code only now.
        if text == before or ("`" not in text and "~~~" not in text):
            break
    return text


def _clean(text: str, links: Sequence[ReadLink], own_tweet_id: int | None, numbered: bool) -> str:
    text, code = shield_code(text)
    text = show_links(drop_dash_escapes(text), links, own_tweet_id)
    if numbered:
        text = drop_numbering(drop_thread_marks(text.strip()))
    # One rule can make a case for an earlier one (a blank before a mark that went); it ends at once.
    for _ in range(_ROUNDS):
        before = text
        for rule in RULES:
            text = rule(text)
        if text == before:
            break
    return unshield_code(text, code)


def clean_document(document: ReadDocument) -> dict[int, str]:
    """The cleaned text of each of a document's highlights, by the highlight's id."""
    highlights = document.highlights
    numbered = document.is_thread and has_numbering([highlight.text for highlight in highlights])
    return {
        each.id: clean_text(each.text, each.links, each.tweet_id, numbered=numbered) for each in highlights
    }


def clean_documents(documents: Iterable[ReadDocument]) -> dict[int, str]:
    """The cleaned text of every highlight, by the highlight's id."""
    return {key: text for document in documents for key, text in clean_document(document).items()}
