"""All notes of one export: from the store's records to paths and texts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from export.cleaning import clean_documents
from export.document_notes import make_document_note
from export.flavours import logseq, markdown, obsidian
from export.layout import Flavour, Places, place_notes
from export.list_notes import make_index, make_reading_list
from export.notes import Note
from export.pictures import climb, point_at_copies
from export.rendered import Rendered
from export.resources import collect_resources
from export.topic_notes import find_related, make_topic_note
from gleanings.records.readings import ReadDocument, Topic

_FLAVOURS = {"markdown": markdown, "logseq": logseq, "obsidian": obsidian}


@dataclass(frozen=True, slots=True)
class RenderedNote:
    """One note as it is to be written."""

    uid: str
    path: str
    """Below the export folder, with `/`."""
    text: str
    blocks: tuple[Rendered, ...] = ()
    """What the text is made of, in order."""


def render_notes(
    documents: Sequence[ReadDocument],
    topics: Sequence[Topic],
    flavour: Flavour,
    kept: Mapping[str, str] | None = None,
    pictures: Mapping[str, str] | None = None,
) -> list[RenderedNote]:
    """The files of an export by path: topics, documents, reading list and index.

    `kept`: where notes went before, by the note's uid, so that a title in use later does not move them.
    `pictures`: the copies of pictures by their address (`Places.pictures`).
    """
    notes = list(make_notes(documents, topics))
    places = place_notes(notes, flavour, kept, pictures)
    rendered = [render_note(note, places, flavour) for note in notes]
    return sorted(rendered, key=lambda each: each.path)


def render_note(note: Note, places: Places, flavour: Flavour) -> RenderedNote:
    """One note as a file of this flavour."""
    path = places.by_uid[note.uid].path
    up = climb(posixpath.dirname(path))
    blocks = tuple(_show_pictures(each, places, up) for each in _FLAVOURS[flavour].render_note(note, places))
    return RenderedNote(note.uid, path, _FLAVOURS[flavour].join_note(blocks), blocks)


def _show_pictures(block: Rendered, places: Places, up: str) -> Rendered:
    """A block with its pictures from their copies; a property is no place for pictures."""
    if block.kind in ("property", "fact") or not places.pictures or "![" not in block.text:
        return block
    return replace(block, text=point_at_copies(block.text, places.pictures, up))


def make_notes(documents: Sequence[ReadDocument], topics: Sequence[Topic]) -> Iterator[Note]:
    """The neutral notes of an export; a topic without highlights to show has none."""
    texts = clean_documents(documents)
    related = find_related(topics)
    for topic in topics:
        yield make_topic_note(topic, texts, related.get(topic.slug, ()))
    for document in documents:
        yield make_document_note(document, texts)
    yield make_reading_list(collect_resources(documents))
    yield make_index(topics, documents)
