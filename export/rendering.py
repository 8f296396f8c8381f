"""All notes of one export: from the store's records to paths and texts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from export.author_notes import group_authors, make_author_note
from export.cleaning import clean_documents
from export.document_notes import has_words, make_document_note
from export.flavours import logseq, markdown, obsidian
from export.layout import Flavour, Places, place_notes
from export.list_notes import make_index, make_reading_list
from export.notes import Block, Note, Words
from export.rendered import Rendered
from export.resources import collect_resources
from export.styles import Style, make_style
from export.topic_notes import find_related, make_topic_note
from gleanings.records.readings import ReadDocument, Topic

_FLAVOURS = {"markdown": markdown, "logseq": logseq, "obsidian": obsidian}
GUEST = "gleanings"
"""The key of the heading that all of ours stands under in a page of the reader's own."""
GUEST_HEADING = "From gleanings"


@dataclass(frozen=True, slots=True)
class RenderedNote:
    """One note as it is to be written."""

    uid: str
    path: str
    """Below the export folder, with `/`."""
    text: str
    blocks: tuple[Rendered, ...] = ()
    """What the text is made of, in order."""
    as_guest: Callable[[], RenderedNote] | None = field(default=None, compare=False, repr=False)
    """The same for a page of the reader's own: without title and properties, under one heading."""


def render_notes(
    documents: Sequence[ReadDocument],
    topics: Sequence[Topic],
    flavour: Flavour | Style,
    kept: Mapping[str, str] | None = None,
    *,
    fewest: int = 0,
    owners: Mapping[str, str] | None = None,
    inputs: Collection[str] = (),
) -> list[RenderedNote]:
    """The files of an export by path: topics, authors, documents, reading list and index.

    `kept`: where notes went before, by the note's uid, so that a title in use later does not move them.
    `fewest`: the highlights that make a note for an author, 0 for none. `owners` and `inputs`: see
    `place_notes`.
    """
    style = flavour if isinstance(flavour, Style) else make_style(flavour)
    notes = list(make_notes(documents, topics, fewest))
    places = place_notes(notes, style.flavour, kept, owners=owners, inputs=inputs)
    rendered = [render_note(note, places, style) for note in notes]
    return sorted(rendered, key=lambda each: each.path)


def render_note(note: Note, places: Places, style: Style) -> RenderedNote:
    """One note as a file of this flavour."""
    flavour = _FLAVOURS[style.flavour]
    blocks = tuple(flavour.render_note(note, places, style))
    path = places.by_uid[note.uid].path
    return RenderedNote(
        note.uid, path, flavour.join_note(blocks), blocks, lambda: _render_guest(note, places, style)
    )


def make_notes(documents: Sequence[ReadDocument], topics: Sequence[Topic], fewest: int = 0) -> Iterator[Note]:
    """The neutral notes of an export."""
    documents = [document for document in documents if has_words(document)]
    texts = clean_documents(documents)
    related = find_related(topics)
    for topic in topics:
        yield make_topic_note(topic, texts, related.get(topic.slug, ()))
    authors = [make_author_note(author, own) for author, own in group_authors(documents, fewest)]
    yield from authors
    for document in documents:
        yield make_document_note(document, texts)
    yield make_reading_list(collect_resources(documents))
    yield make_index(topics, documents, authors)


def _render_guest(note: Note, places: Places, style: Style) -> RenderedNote:
    heading = Block((Words(GUEST_HEADING),), "heading", GUEST, note.blocks)
    blocks = tuple(_FLAVOURS[style.flavour].render_guest(replace(note, blocks=(heading,)), places, style))
    text = _FLAVOURS[style.flavour].join_guest(blocks)
    return RenderedNote(note.uid, places.by_uid[note.uid].path, text, blocks)
