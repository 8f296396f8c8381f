"""Make the index: a short page of topics and of what is new, and pages from A to Z."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import NamedTuple

from export.note_blocks import (
    count_noun,
    document_uid,
    find_added,
    find_title,
    make_document_link,
    make_entry,
    make_heading,
    name_author,
    topic_uid,
)
from export.note_tree import Block, Note, NoteLink, Part, Words
from export.reading_list import READING_LIST, TITLE
from record_types.library import ReadDocument, Topic

INDEX = "index"
MAX_NEW = 30
"""Documents that are named as new."""
MAX_ENTRIES = 250
"""On one page from A to Z."""


class Row(NamedTuple):
    """An entry of the pages from A to Z."""

    title: str
    uid: str
    """Of the note that it links to."""
    about: str


def make_index(
    topics: Sequence[Topic],
    documents: Sequence[ReadDocument],
    authors: Sequence[Note] = (),
    listed: Sequence[ReadDocument] = (),
) -> list[Note]:
    """Make the index and its pages from A to Z: of the documents `listed` and the authors who have notes."""
    pages = [
        *_make_pages("documents", "Documents A-Z", list_documents(listed)),
        *_make_pages("authors", "Authors A-Z", [Row(each.title, each.uid, "") for each in authors]),
    ]
    links: list[Part] = [NoteLink(READING_LIST, TITLE)]
    for page in pages:
        links += [Words(" · "), NoteLink(page.uid, page.title)]
    blocks = [Block(tuple(links), key=READING_LIST)]
    if topics:
        entries = [
            make_entry(NoteLink(topic_uid(each.slug), each.name), _describe(each))
            for each in sorted(topics, key=lambda each: (each.name.casefold(), each.slug))
        ]
        blocks.append(make_heading("Topics", entries))
    month, new = _find_new(documents)
    if new:
        entries = [
            make_entry(make_document_link(each), count_noun(count, "new highlight"))
            for each, count in new[:MAX_NEW]
        ]
        blocks.append(make_heading(f"New in {month}", entries))
    return [Note(INDEX, "index", "Index", tuple(blocks)), *pages]


def _describe(topic: Topic) -> str:
    highlights = {each.uid: each for document in topic.documents for each in document.highlights}
    last = max((day for each in highlights.values() if (day := find_added(each))), default="")
    count = count_noun(len(highlights), "highlight")
    return f"{count} · {last}" if last else count


def _find_new(documents: Iterable[ReadDocument]) -> tuple[str, list[tuple[ReadDocument, int]]]:
    """The last month with anything new, `2023-04`, and its documents with their new highlights, most first.

    The month comes from the highlights and not from the clock, so that the same store makes the same note.
    """
    by_month: dict[str, list[tuple[ReadDocument, int]]] = {}
    for document in documents:
        counts: dict[str, int] = {}
        for highlight in document.highlights:
            if day := find_added(highlight):
                counts[day[:7]] = counts.get(day[:7], 0) + 1
        for month, count in counts.items():
            by_month.setdefault(month, []).append((document, count))
    month = max(by_month, default="")
    new = by_month.get(month, [])
    return month, sorted(new, key=lambda pair: (-pair[1], find_title(pair[0]).casefold(), pair[0].uid))


def list_documents(documents: Iterable[ReadDocument]) -> list[Row]:
    """What the pages from A to Z list of the documents that have notes."""
    return [
        Row(
            find_title(each),
            document_uid(each),
            " · ".join(filter(None, (each.category, name_author(each.author)))),
        )
        for each in documents
    ]


def _make_pages(key: str, title: str, rows: Sequence[Row]) -> list[Note]:
    """Pages of at most `MAX_ENTRIES`, with a heading for each letter."""
    ordered = sorted(rows, key=lambda row: (_sort_key(row.title), row.uid))
    notes = []
    for start in range(0, len(ordered), MAX_ENTRIES):
        number = start // MAX_ENTRIES + 1
        suffix, end = (f" ({number})", f"-{number}") if number > 1 else ("", "")
        head = Note(f"{INDEX}:{key}{end}", "index", title + suffix)
        notes.append(replace(head, fill=partial(_fill_page, head, ordered[start : start + MAX_ENTRIES])))
    return notes


def _fill_page(head: Note, rows: Sequence[Row]) -> Note:
    sections = [
        make_heading(letter, [make_entry(NoteLink(uid, name), about) for name, uid, about in group])
        for letter, group in groupby(rows, key=lambda row: _find_letter(row.title))
    ]
    back = Block((NoteLink(INDEX, "Index"),), key=INDEX)
    return replace(head, blocks=(back, *sections))


def _sort_key(title: str) -> tuple[str, str]:
    letter = _find_letter(title)
    return letter if letter.isalpha() else "", title.lstrip("@\"'“‘(").casefold()


def _find_letter(title: str) -> str:
    """The first letter of a title in upper case; `#` for anything else."""
    first = title.lstrip("@\"'“‘(")[:1].upper()
    return first if first.isalpha() else "#"


def index_topics(topics: Iterable[Topic]) -> Mapping[int, list[NoteLink]]:
    """The topics of each document, by its id: those of most of its highlights first."""
    counts: dict[int, list[tuple[int, str, NoteLink]]] = {}
    for topic in topics:
        link = NoteLink(topic_uid(topic.slug), topic.name)
        for document in topic.documents:
            counts.setdefault(document.id, []).append((-len(document.highlights), topic.name, link))
    return {
        id_: [link for _, _, link in sorted(found, key=lambda each: each[:2])]
        for id_, found in counts.items()
    }
