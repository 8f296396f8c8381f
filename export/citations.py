"""Citations: where a highlight stands, as a link with its date or location; and the reader's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from export.notes import Address, Block, Many, Part, Passage, Tag, WebLink, Words
from markdown_text.inline_links import is_web
from record_types.library import ReadDocument, ReadHighlight
from record_types.pages import Author

_HEADING_MARK = re.compile(r"\.h[1-6]")
"""What a reader notes on a highlight so that Readwise takes it for a heading."""
INCOMPLETE = "cut short on its page"


def name_author(author: Author | None) -> str | None:
    """`Name (@handle)`, `@handle` or the name; None where nobody is named."""
    if author is None or not (author.name or author.handle):
        return None
    if author.handle is None:
        return author.name
    handle = f"@{author.handle}"
    return (
        handle
        if author.name.lstrip("@").casefold() in ("", author.handle.casefold())
        else f"{author.name} ({handle})"
    )


def make_passage(document: ReadDocument, highlight: ReadHighlight, texts: Mapping[int, str]) -> Block:
    """A highlight with its citation, the reader's words and tags below it."""
    parts = _make_text(highlight, texts.get(highlight.id, highlight.text))
    return Block(
        parts=parts,
        kind="passage",
        key=highlight.uid,
        children=tuple(_make_children(highlight)),
        citation=tuple(_cite(document, highlight)),
        piece="highlight",
        fields={
            "text": parts,
            "author": _say(_find_other_author(document, highlight)),
            "location": _say(_find_location(highlight)),
            "date": _say(find_day(highlight)),
            "url": (Address(highlight.view_url or ""),),
            "cut": _say(INCOMPLETE if highlight.incomplete else None),
            "tags": Many(tuple((Tag(tag),) for tag in highlight.tags)),
        },
    )


def _make_text(highlight: ReadHighlight, text: str) -> tuple[Part, ...]:
    if not text:
        return (Words("(a picture or link of its own)"),)
    is_heading = any(_HEADING_MARK.fullmatch(note.strip()) for note in highlight.notes)
    return (Words(text, strong=True),) if is_heading and "\n" not in text else (Passage(text),)


def make_remark(text: str, lead: str = "Note") -> Block:
    """The reader's own words, set off as theirs."""
    words = (Passage(text.strip()),)
    return Block(
        (Words(f"{lead}:", strong=True), Words(" "), *words),
        "remark",
        piece="note",
        fields={"lead": (Words(lead),), "text": words},
    )


def join_parts(parts: Sequence[Part], separator: str) -> tuple[Part, ...]:
    """The parts with `separator` between them."""
    joined = [each for part in parts for each in (Words(separator), part)]
    return tuple(joined[1:])


def find_day(highlight: ReadHighlight) -> str | None:
    """The day of a highlight, `2021-03-29`; None without a date of its own."""
    return highlight.taken_at[:10] if highlight.taken_at else None


def _make_children(highlight: ReadHighlight) -> Iterator[Block]:
    for note in highlight.notes:
        if note.strip() and not _HEADING_MARK.fullmatch(note.strip()):
            yield make_remark(note)
    if highlight.tags:
        tags = [Tag(tag) for tag in highlight.tags]
        yield Block(
            (Words("Tags:", strong=True), Words(" "), *join_parts(tags, ", ")),
            "tags",
            piece="tags",
            fields={"tags": Many(tuple((tag,) for tag in tags))},
        )


def _cite(document: ReadDocument, highlight: ReadHighlight) -> Iterator[Part]:
    said = (_find_other_author(document, highlight), _find_location(highlight), find_day(highlight))
    words = " · ".join(each for each in said if each)
    if highlight.view_url and is_web(highlight.view_url):
        yield WebLink(words or "source", highlight.view_url)
    elif words:
        yield Words(words)
    if highlight.incomplete:
        yield Words(f" · {INCOMPLETE}" if words or highlight.view_url else INCOMPLETE)


def _find_other_author(document: ReadDocument, highlight: ReadHighlight) -> str | None:
    """Who wrote a highlight, where that is not the document's author."""
    author = highlight.author
    return name_author(author) if author is not None and author != document.author else None


def _find_location(highlight: ReadHighlight) -> str | None:
    if not highlight.location:
        return None
    kind = "" if highlight.location_kind in (None, "time") else f"{highlight.location_kind} "
    return f"{kind}{highlight.location}"


def _say(words: str | None) -> tuple[Part, ...]:
    return (Words(words),) if words else ()
