"""Titles of threads: Readwise cuts a tweet's first words after some 25 characters; the tweet has them all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from export.cleaning import clean_text
from record_types.library import ReadDocument

LONGEST = 72
_CUT = ("...", "…")
_LINK = re.compile(r"!\[[^\[\]\n]*\]\([^()\s]*\)|https?://\S+|\[\[|\]\]|[*_`]")
_LABELLED = re.compile(r"\[([^\[\]\n]*)\]\([^()\s]*\)")
_SENTENCE = re.compile(r"(?<=[.!?。！？])(?=\s|[^\x00-\x7f]|$)|(?<=:)(?=\s|$)|\n")
_CLAUSE = re.compile(r"[,;–—](?=\s|$)|，|、")
_LETTER = re.compile(r"[\W_]+")


def complete_titles(documents: Iterable[ReadDocument]) -> list[ReadDocument]:
    """The documents, a thread's cut title as its first sentence where the first tweet begins with it.

    A sentence of more than `LONGEST` characters is cut between two clauses or words, with `…`.
    """
    return [_complete(document) for document in documents]


def _complete(document: ReadDocument) -> ReadDocument:
    title = document.full_title.strip()
    if document.category != "tweets" or not title.endswith(_CUT) or not document.highlights:
        return document
    first = document.highlights[0]
    text = _LINK.sub("", _LABELLED.sub(r"\1", clean_text(first.text[:1000], (), first.tweet_id)))
    beginning = _letters(title.rstrip(".…"))
    whole = _find_sentence(text.strip(), len(beginning))
    if not beginning or not _letters(whole).startswith(beginning):
        return document
    return replace(document, full_title=whole)


def _find_sentence(text: str, least: int) -> str:
    """The first sentence that has `least` letters or more."""
    ends = (match.start() for match in _SENTENCE.finditer(text[: LONGEST + 1]))
    end = next((at for at in ends if len(_letters(text[:at])) >= least), None)
    if end is None:
        if len(text) <= LONGEST:
            return " ".join(text.split())
        cut = text[:LONGEST].rsplit(None, 1)[0]
        clauses = [
            match.start() for match in _CLAUSE.finditer(cut) if len(_letters(cut[: match.start()])) >= least
        ]
        return " ".join(cut[: clauses[-1] if clauses else None].split()) + "…"
    return " ".join(text[:end].split()).rstrip(".:。：,")


def _letters(text: str) -> str:
    return _LETTER.sub("", text).casefold()
