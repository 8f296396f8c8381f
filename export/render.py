"""Render all notes of one export: from the store's records to paths and texts."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from export.clean import clean_documents
from export.flavours import logseq, markdown, obsidian
from export.highlight_links import collect_resources
from export.library_notes import (
    group_authors,
    has_words,
    make_author_note,
    make_document_note,
    make_index,
    make_reading_list,
)
from export.note_places import Flavour, Places, place_notes
from export.note_tree import Block, Note, Rendered, Words
from export.picture_copies import climb, point_at_copies
from export.templates import Style, make_style
from export.topic_notes import find_related, make_topic_note
from record_types.library import EMBEDDED_SECTION, ReadDocument, Topic

_FLAVOURS = {"markdown": markdown, "logseq": logseq, "obsidian": obsidian}
EMBEDDED_HEADING = "From gleanings"


@dataclass(frozen=True, slots=True)
class RenderedNote:
    """One note, ready to be written."""

    uid: str
    path: str
    """Below the export folder, with `/`."""
    text: str
    blocks: tuple[Rendered, ...] = ()
    """The blocks of the text, in order."""
    embed: Callable[[], RenderedNote] | None = field(default=None, compare=False, repr=False)
    """Renders it for a page of the user's own: without title and properties, under one heading."""


def render_notes(
    documents: Sequence[ReadDocument],
    topics: Sequence[Topic],
    flavour: Flavour | Style,
    kept: Mapping[str, str] | None = None,
    pictures: Mapping[str, str] | None = None,
    *,
    author_min: int = 0,
    existing_pages: Mapping[str, str] | None = None,
    inputs: Collection[str] = (),
    marked: Mapping[str, str] | None = None,
) -> list[RenderedNote]:
    """Render the notes of an export, sorted by path: topics, authors, documents, reading list and index.

    `kept`: the paths of earlier exports, by the note's uid, so that a title used later does not move a note.
    `pictures`: the paths of pictures' copies by URL (`Places.pictures`). `author_min`: the highlights that an
    author needs to get a note, 0 for no such notes. For the others see `place_notes`.
    """
    style = flavour if isinstance(flavour, Style) else make_style(flavour)
    notes = list(make_notes(documents, topics, author_min))
    places = place_notes(
        notes, style.flavour, kept, pictures, existing_pages=existing_pages, inputs=inputs, marked=marked
    )
    rendered = [render_note(note, places, style) for note in notes]
    return sorted(rendered, key=lambda each: each.path)


def render_note(note: Note, places: Places, style: Style) -> RenderedNote:
    """Render one note as a file."""
    flavour = _FLAVOURS[style.flavour]
    path = places.by_uid[note.uid].path
    blocks = tuple(_show_pictures(flavour.render_note(note, places, style), places, path))
    return RenderedNote(
        note.uid, path, flavour.join_note(blocks), blocks, lambda: _render_embedded(note, places, style)
    )


def _show_pictures(blocks: Iterable[Rendered], places: Places, path: str) -> Iterator[Rendered]:
    """Point blocks at the copies of their pictures; properties and facts are not Markdown with pictures."""
    up = climb(posixpath.dirname(path))
    for block in blocks:
        if block.kind in ("property", "fact") or not places.pictures or "![" not in block.text:
            yield block
        else:
            yield replace(block, text=point_at_copies(block.text, places.pictures, up))


def make_notes(
    documents: Sequence[ReadDocument], topics: Sequence[Topic], author_min: int = 0
) -> Iterator[Note]:
    """Make the notes of an export, before they have a flavour."""
    documents = [document for document in documents if has_words(document)]
    texts = clean_documents(documents)
    related = find_related(topics)
    for topic in topics:
        yield make_topic_note(topic, texts, related.get(topic.slug, ()))
    authors = [make_author_note(author, own) for author, own in group_authors(documents, author_min)]
    yield from authors
    for document in documents:
        yield make_document_note(document, texts)
    yield make_reading_list(collect_resources(documents))
    yield make_index(topics, documents, authors)


def _render_embedded(note: Note, places: Places, style: Style) -> RenderedNote:
    heading = Block((Words(EMBEDDED_HEADING),), "heading", EMBEDDED_SECTION, note.blocks)
    flavour = _FLAVOURS[style.flavour]
    path = places.by_uid[note.uid].path
    rendered = flavour.render_embedded(replace(note, blocks=(heading,)), places, style)
    blocks = tuple(_show_pictures(rendered, places, path))
    return RenderedNote(note.uid, path, flavour.join_embedded(blocks), blocks)
