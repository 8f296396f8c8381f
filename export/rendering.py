"""All notes of one export: from the store's records to paths and texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from export.cleaning import clean_documents
from export.document_notes import make_document_note
from export.flavours import logseq, markdown, obsidian
from export.layout import Flavour, place_notes
from export.list_notes import make_index, make_reading_list
from export.notes import Note
from export.resources import collect_resources
from export.topic_notes import make_topic_note
from gleanings.records.readings import ReadDocument, Topic

_RENDERERS = {
    "markdown": markdown.render_note,
    "logseq": logseq.render_note,
    "obsidian": obsidian.render_note,
}


@dataclass(frozen=True, slots=True)
class RenderedNote:
    """One note as it is to be written."""

    uid: str
    path: str
    """Below the export folder, with `/`."""
    text: str


def render_notes(
    documents: Sequence[ReadDocument],
    topics: Sequence[Topic],
    flavour: Flavour,
    kept: Mapping[str, str] | None = None,
) -> list[RenderedNote]:
    """The files of an export by path: topics, documents, reading list and index.

    `kept`: where notes went before, by the note's uid, so that a title in use later does not move them.
    """
    notes = list(make_notes(documents, topics))
    places = place_notes(notes, flavour, kept)
    render = _RENDERERS[flavour]
    rendered = [RenderedNote(note.uid, places.by_uid[note.uid].path, render(note, places)) for note in notes]
    return sorted(rendered, key=lambda each: each.path)


def make_notes(documents: Sequence[ReadDocument], topics: Sequence[Topic]) -> Iterator[Note]:
    """The neutral notes of an export; a topic without highlights to show has none."""
    texts = clean_documents(documents)
    for topic in topics:
        yield make_topic_note(topic, texts)
    for document in documents:
        yield make_document_note(document, texts)
    yield make_reading_list(collect_resources(documents))
    yield make_index(topics, documents)
