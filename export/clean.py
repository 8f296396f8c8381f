"""Clean the text of highlights with an ordered tuple of small rules, and complete the titles of threads.

Cleaning twice changes nothing; code is never touched; every word stays, except the marks of threads and the
people whom a reply addresses. To add a rule, write a function from
text to text, add it to `RULES`, and put its cases under tests/data/export/rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from export.highlight_links import show_links
from export.thread_marks import (
    drop_addressees,
    drop_numbering,
    drop_position,
    drop_thread_marks,
    find_length,
    has_numbering,
)
from markdown_text.code import BLOCK, can_shield, shield_code, unshield_code
from markdown_text.escapes import decode_entities, decode_title_entities, drop_dash_escapes
from record_types.library import ReadDocument, ReadLink

MAX_VERSE_LINE = 40
"""A line of fewer characters was broken on purpose."""
MAX_TITLE = 72

_MANY_SPACES = re.compile(r"(?<=\S) {2,}+(?=\S)")
_MANY_NEWLINES = re.compile(r"\n{3,}+")
_BULLET = re.compile(r"^( {0,3})[•◦▪‣●][ \t]*(?=\S)", re.MULTILINE)
_GLUED_HASHTAGS = re.compile(r"(?<!\S)#[^\W\d]\w*(?:#[^\W\d]\w*)+(?!\S)")
_OWN_LINE = re.compile(
    rf"\s*(?:[-*+•◦▪‣·–—>|#{BLOCK}✅➡👉→]|\d{{1,3}}[.)/:]|!?\[|https?://|[A-Za-z]\)|[^\s:]+::)| {{4}}|\t"
)
_FOLDED_LIST = re.compile(r"^\(\* ([^\n]+)\)$", re.MULTILINE)
_SENTENCE_END = tuple(".!?:;…。！？|\\")

_CUT_TITLE = ("...", "…")
_CUT_ENTITY = re.compile(r"&[A-Za-z]{0,5}\Z")
# A thread that numbers its tweets begins with 0 or 1; `7. …` or `3/4 of …` is a title of its own.
_FIRST = re.compile(r"\s*\(?[01](?:[.)]|/)(?=[\sA-Z])")
_FRACTION = re.compile(r"(?:1/[234]|[23]/[34])\s")
_PICTURE = re.compile(r"!\[[^\[\]\n]*\]\([^()\s]*\)")
_MARKUP = re.compile(r"\[\[|\]\]|[*_`]")
_ADDRESS = re.compile(r"\(?https?://\S+")
_ANNOUNCED = re.compile(r"\A(?:a |mega)?thread\s?[:–—-]\s+", re.IGNORECASE)
_LABELLED_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\s]*\)")
_SENTENCE = re.compile(r"(?<=[.!?。！？])(?=\s|[^\x00-\x7f]|$)|(?<=:)(?=\s|$)|\n")
_CLAUSE = re.compile(r"[,;–—](?=\s|$)|，|、")
_NOT_A_LETTER = re.compile(r"[\W_]+")

_MAX_ROUNDS = 8


def normalize_spaces(text: str) -> str:
    """Turn no-break spaces into spaces, and `\\r\\n` and `\\r` into `\\n`."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\xa0", " ")


def collapse_spaces(text: str) -> str:
    """Leave one space between words, none at the end of a line, and one blank line between paragraphs."""
    if " \n" in text or "\t\n" in text:
        text = "\n".join([line.rstrip(" \t") for line in text.split("\n")])
    if "  " in text:
        text = _MANY_SPACES.sub(" ", text)
    if "\n\n\n" in text:
        text = _MANY_NEWLINES.sub("\n\n", text)
    return text.rstrip().lstrip("\n ")


def normalize_bullets(text: str) -> str:
    """Turn `• item` into `* item` where at least two lines have a bullet.

    `*` rather than `-`, because Logseq reads a line that begins with `- ` as a block of its own.
    """
    if not any(bullet in text for bullet in "•◦▪‣●") or len(_BULLET.findall(text)) < 2:
        return text
    return _BULLET.sub(r"\1* ", text)


def split_hashtags(text: str) -> str:
    """Turn `#one#two` into `#one #two`."""
    return _GLUED_HASHTAGS.sub(lambda match: match[0].replace("#", " #")[1:], text) if "#" in text else text


def unfold_lists(text: str) -> str:
    """Turn `(* one., * two.)`, as podcasts' takeaways are written, into a list of lines."""
    if "(* " not in text:
        return text
    return _FOLDED_LIST.sub(lambda match: "\n".join(f"* {each}" for each in match[1].split(", * ")), text)


def join_lines(text: str) -> str:
    """Join lines that were broken in the middle of a sentence.

    Two lines belong together if the first is long and does not end a sentence, and the second continues
    in lower case. A verse (three short lines or more) is unchanged.
    """
    if "\n" not in text:
        return text
    return "\n\n".join(_join_paragraph(part) if "\n" in part else part for part in text.split("\n\n"))


RULES: tuple[Callable[[str], str], ...] = (
    drop_dash_escapes,
    normalize_spaces,
    decode_entities,
    collapse_spaces,
    drop_thread_marks,
    unfold_lists,
    normalize_bullets,
    split_hashtags,
    join_lines,
)
"""The order matters: later rules see what earlier ones made."""


def clean_text(
    text: str,
    links: Sequence[ReadLink] = (),
    own_tweet_id: int | None = None,
    *,
    is_tweet: bool = False,
    numbered: bool = False,
    length: int | None = None,
) -> str:
    """Clean a text for a note; it ends up empty if it was nothing but a link to its own picture.

    `is_tweet`: the text is a tweet's even if its id is not known.
    `numbered`: the thread numbers its tweets (`2.`), so a number at the start is a mark to drop. `length`: it
    counts them (`2/8`), so such a position at either end is a mark too.
    """
    if not can_shield(text):
        return text
    for _ in range(_MAX_ROUNDS):
        before, text = text, _clean(text, links, own_tweet_id, is_tweet, numbered, length)
        # A fence may only become code once the mark before it is gone.
        if text == before or ("`" not in text and "~~~" not in text):
            break
    return text


def clean_document(document: ReadDocument) -> dict[int, str]:
    """Clean the text of each highlight of a document, by the highlight's id."""
    highlights = document.highlights
    tweets = [each.text for each in highlights if each.tweet_id is not None] if document.is_thread else []
    numbered, length = has_numbering(tweets), find_length(tweets)
    return {
        each.id: clean_text(
            each.text,
            each.links,
            each.tweet_id,
            is_tweet=document.category == "tweets",
            numbered=numbered,
            length=length,
        )
        for each in highlights
    }


class CleanedTexts(Mapping[int, str]):
    """The cleaned texts of highlights, by id; a document's are cleaned when the first of them is needed."""

    def __init__(self, documents: Iterable[ReadDocument]) -> None:
        self._homes = {each.id: document for document in documents for each in document.highlights}
        self._texts: dict[int, str] = {}

    def __getitem__(self, id_: int) -> str:
        if id_ not in self._texts:
            self._texts |= clean_document(self._homes[id_])
        return self._texts[id_]

    def __iter__(self) -> Iterator[int]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


def complete_titles(documents: Iterable[ReadDocument]) -> list[ReadDocument]:
    """Complete the titles of threads, which Readwise cuts after some 25 characters of the first tweet.

    The title becomes the tweet's first sentence, if the tweet begins with the cut title. A sentence of more
    than `MAX_TITLE` characters is cut between two clauses or words, with `…`.
    """
    return [_complete_title(document) for document in documents]


def _clean(
    text: str,
    links: Sequence[ReadLink],
    own_tweet_id: int | None,
    is_tweet: bool,
    numbered: bool,
    length: int | None,
) -> str:
    text, code = shield_code(text)
    text = show_links(drop_dash_escapes(text), links, own_tweet_id)
    if numbered:
        text = drop_numbering(drop_thread_marks(text.strip()))
    if length:
        text = drop_position(text, length)
    if is_tweet or own_tweet_id is not None:
        text = drop_addressees(text)
    # A rule can create a case for an earlier one, such as a space before a mark that it dropped.
    for _ in range(_MAX_ROUNDS):
        before = text
        for rule in RULES:
            text = rule(text)
        if text == before:
            break
    return unshield_code(text, code)


def _join_paragraph(paragraph: str) -> str:
    lines = paragraph.split("\n")
    if sum(1 for line in lines if 0 < len(line) < MAX_VERSE_LINE) >= 3:
        return paragraph
    joined = [[lines[0]]]
    length = len(lines[0])
    for line in lines[1:]:
        if length >= MAX_VERSE_LINE and _continues(joined[-1], line):
            joined[-1].append(line.strip())
            length += len(line) + 1
        else:
            joined.append([line])
            length = len(line)
    return "\n".join(" ".join(parts) for parts in joined)


def _continues(parts: list[str], line: str) -> bool:
    """Whether a line continues the sentence of the lines before it."""
    start, before = line.lstrip()[:1], parts[-1].rstrip()
    if not start.islower() or before.endswith(_SENTENCE_END):
        return False
    return not _OWN_LINE.match(parts[0]) and not _OWN_LINE.match(line)


def _complete_title(document: ReadDocument) -> ReadDocument:
    title = decode_title_entities(document.full_title.strip())
    if document.category == "tweets":
        first = document.highlights[0].text[:1000] if document.highlights else ""
        title = _complete_tweet_title(title, _read_title_text(first))
    return document if title == document.full_title else replace(document, full_title=title)


def _complete_tweet_title(title: str, text: str) -> str:
    plain = _drop_marks(title)
    if title.endswith(_CUT_TITLE):
        for beginning, words in ((plain, _drop_marks(text)), (title, text)):
            if (whole := _complete(beginning, words)) != beginning:
                return whole
    return title if _FRACTION.match(title) else plain


def _complete(title: str, text: str) -> str:
    """The first sentence of `text`, without addresses, if it begins with the cut `title`."""
    beginning = _fold_letters(_CUT_ENTITY.sub("", title.rstrip(".…")))
    if not beginning or not _fold_letters(text).startswith(beginning):
        return title
    before_address = len(_fold_letters(_ADDRESS.split(text, 1)[0]))
    sentence = _find_sentence(_ADDRESS.sub("", text).strip(), min(len(beginning), before_address))
    return sentence if before_address and sentence else title


def _drop_marks(title: str) -> str:
    """A title or text without the `1/`, `1/12`, `1.` or `Thread:` with which a thread begins."""
    plain = drop_thread_marks(title)
    plain = drop_numbering(plain) if _FIRST.match(plain) else plain
    return _ANNOUNCED.sub("", plain) or plain


def _read_title_text(text: str) -> str:
    """The words of a thread's first tweet in the form of a title: without markup and pictures."""
    text = _LABELLED_LINK.sub(r"\1", _PICTURE.sub("", clean_text(decode_title_entities(text))))
    return _MARKUP.sub("", text).strip()


def _find_sentence(text: str, min_letters: int) -> str:
    """The first sentence with at least `min_letters` letters."""
    ends = (match.start() for match in _SENTENCE.finditer(text[: MAX_TITLE + 1]))
    end = next((at for at in ends if len(_fold_letters(text[:at])) >= min_letters), None)
    if end is not None:
        return " ".join(text[:end].split()).rstrip(".:。：,")
    if len(text) <= MAX_TITLE:
        return " ".join(text.split())
    cut = text[:MAX_TITLE].rsplit(None, 1)[0]
    clauses = [
        match.start()
        for match in _CLAUSE.finditer(cut)
        if len(_fold_letters(cut[: match.start()])) >= min_letters
    ]
    return " ".join(cut[: clauses[-1] if clauses else None].split()) + "…"


def _fold_letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", text).casefold()
