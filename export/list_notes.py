"""The reading list and the index: the two notes that lead to all the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from export.document_notes import document_uid, title_of
from export.notes import Block, Note, NoteLink, Words
from export.resources import SharedResource, sort_resources
from export.topic_notes import make_item, topic_uid
from gleanings.records.readings import ReadDocument, Topic

READING_LIST = "reading-list"
INDEX = "index"
_CATEGORIES = ("tweets", "articles", "books", "podcasts", "supplementals", "other")


def make_reading_list(resources: Iterable[SharedResource]) -> Note:
    """All resources, the most often shared first; those not yet resolved under a heading at the end."""
    ordered = sort_resources(resources)
    known = [make_item(each) for each in ordered if each.link.status != "pending"]
    pending = [make_item(each) for each in ordered if each.link.status == "pending"]
    blocks = [Block((Words(f"{len(known):,} resources, {len(pending):,} links not yet resolved."),)), *known]
    if pending:
        blocks.append(Block((Words("Not yet resolved"),), "heading", children=tuple(pending)))
    return Note(READING_LIST, "reading-list", "Reading list", tuple(blocks))


def make_index(topics: Sequence[Topic], documents: Sequence[ReadDocument]) -> Note:
    """Links to the reading list, to all topics by name and to all documents by category and title."""
    blocks = [Block((NoteLink(READING_LIST, "Reading list"),), key=READING_LIST)]
    ordered = sorted(topics, key=lambda each: (each.name.casefold(), each.slug))
    if ordered:
        items = tuple(_make_entry(topic_uid(each.slug), each.name) for each in ordered)
        blocks.append(Block((Words("Topics"),), "heading", children=items))
    for category in _CATEGORIES:
        of_category = [each for each in documents if each.category == category]
        of_category.sort(key=lambda each: (title_of(each).casefold(), each.uid))
        if of_category:
            items = tuple(_make_entry(document_uid(each), title_of(each)) for each in of_category)
            blocks.append(Block((Words(category.capitalize()),), "heading", children=items))
    return Note(INDEX, "index", "Index", tuple(blocks))


def _make_entry(uid: str, label: str) -> Block:
    return Block((NoteLink(uid, label),), "item", uid)
