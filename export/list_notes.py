"""The reading list and the index: the two notes that lead to all the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from export.document_notes import document_uid, title_of
from export.highlight_links import SharedResource, sort_resources
from export.notes import Block, Note, NoteLink, Words
from export.topic_notes import make_heading, make_item, topic_uid
from record_types.library import ReadDocument, Topic

READING_LIST = "reading-list"
INDEX = "index"
_CATEGORIES = ("tweets", "articles", "books", "podcasts", "supplementals", "other")


def make_reading_list(resources: Iterable[SharedResource]) -> Note:
    """All resources, the most often shared first; those not yet resolved under a heading at the end."""
    ordered = sort_resources(resources)
    known = [make_item(each) for each in ordered if each.link.status != "pending"]
    pending = [make_item(each) for each in ordered if each.link.status == "pending"]
    counts = f"{_count(len(known), 'resource')}, {_count(len(pending), 'link')} not yet resolved."
    blocks = [Block((Words(counts),)), *known]
    if pending:
        blocks.append(make_heading("Not yet resolved", pending))
    return Note(READING_LIST, "reading-list", "Reading list", tuple(blocks))


def make_index(
    topics: Sequence[Topic], documents: Sequence[ReadDocument], authors: Sequence[Note] = ()
) -> Note:
    """Links to the reading list, all topics and authors by name and all documents by category and title."""
    blocks = [Block((NoteLink(READING_LIST, "Reading list"),), key=READING_LIST)]
    sections = {
        "Topics": [(each.name, topic_uid(each.slug)) for each in topics],
        "Authors": [(each.title, each.uid) for each in authors],
    }
    for category in _CATEGORIES:
        of_category = [each for each in documents if each.category == category]
        sections[category.capitalize()] = [(title_of(each), document_uid(each)) for each in of_category]
    for heading, entries in sections.items():
        if entries:
            ordered = sorted(entries, key=lambda each: (each[0].casefold(), each[1]))
            blocks.append(make_heading(heading, [_make_entry(uid, label) for label, uid in ordered]))
    return Note(INDEX, "index", "Index", tuple(blocks))


def _make_entry(uid: str, label: str) -> Block:
    link = (NoteLink(uid, label),)
    return Block(link, "item", uid, piece="entry", fields={"link": link, "about": ()})


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
