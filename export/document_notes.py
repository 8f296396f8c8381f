"""A document's note: who, what, when; then its highlights in reading order, as a page to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from export.citations import find_day, make_passage, make_remark, name_author
from export.notes import Block, Note, Part, Passage, Property, WebLink, Words
from markdown_text.inline_links import is_web
from record_types.library import ReadDocument


def make_document_note(document: ReadDocument, texts: Mapping[int, str]) -> Note:
    """The note of one document; `texts` are its cleaned texts by highlight id."""
    days = [day for each in document.highlights if (day := find_day(each))]
    return Note(
        uid=document_uid(document),
        kind="document",
        title=title_of(document),
        properties=tuple(_make_properties(document, days)),
        tags=document.tags,
        blocks=tuple(_make_blocks(document, texts)),
        folder=document.category,
        author=name_author(document.author),
        day=min(days, default=None),
    )


def has_words(document: ReadDocument) -> bool:
    """Whether there is anything to read in a document's note."""
    return bool(document.highlights or document.note or document.summary or document.blocks)


def document_uid(document: ReadDocument) -> str:
    """The note's uid for a document."""
    return f"document:{document.uid}"


def title_of(document: ReadDocument) -> str:
    """The full title on one line, or the short one, or `Untitled`."""
    return " ".join((document.full_title or document.title).split()) or "Untitled"


def _make_properties(document: ReadDocument, days: list[str]) -> Iterator[Property]:
    name = name_author(document.author)
    if name and document.author:
        yield Property("author", (_link_or_words(name, document.author.url),))
    yield Property("category", (Words(document.category),))
    if document.url:
        yield Property("url", (_link_or_words(document.url, document.url),))
    if days:
        first, last = min(days), max(days)
        yield Property("date", (Words(first),), "date")
        if first != last:
            yield Property("until", (Words(last),), "date")
    if document.highlights:
        yield Property("highlights", (Words(str(len(document.highlights))),), "number")


def _make_blocks(document: ReadDocument, texts: Mapping[int, str]) -> Iterator[Block]:
    if document.summary and document.summary.strip():
        yield Block((Passage(document.summary.strip()),))
    if document.note and document.note.strip():
        yield make_remark(document.note)
    for block in document.blocks:
        if block.strip():
            yield make_remark(block)
    for highlight in document.highlights:
        yield make_passage(document, highlight, texts)


def _link_or_words(label: str, url: str | None) -> Part:
    return WebLink(label, url) if url and is_web(url) else Words(label)
