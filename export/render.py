"""Render all notes of one export: from the store's records to paths and texts."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from export.clean import CleanedTexts
from export.file_names import fold_name
from export.flavours import logseq, markdown, obsidian
from export.highlight_links import LEGEND, NOT_RESOLVED, collect_resources
from export.index_notes import index_topics, make_index
from export.library_notes import (
    has_words,
    make_author_head,
    make_author_note,
    make_document_head,
    make_document_note,
    make_highlight_note,
    name_document_note,
)
from export.note_blocks import document_uid, topic_uid
from export.note_places import NO_PAGES, Flavour, OwnPages, Places, climb, place_notes, point_at_copies
from export.note_tree import Block, Many, Note, NoteLink, PackedBlocks, Passage, Rendered, Words
from export.obsidian_bases import DOCUMENTS_BASE, RESOURCES_BASE, make_documents_base, make_resources_base
from export.people import author_key, choose_people, find_people
from export.reading_list import READING_LIST, TITLE, make_reading_lists
from export.repeats import drop_highlights, fold_repeats
from export.resource_notes import make_resource_notes
from export.templates import Style, make_style
from export.topic_notes import find_related, make_topic_notes
from record_types.library import EMBEDDED_SECTION, ReadDocument, Topic

_FLAVOURS = {"markdown": markdown, "logseq": logseq, "obsidian": obsidian}
USUAL_KINDS = ("topics", "documents", "authors", "reading-list", "index")
KINDS_IN_A_GRAPH = ("topics", "reading-list", "index")
"""Where the reader has pages of the documents already."""
EMBEDDED_HEADING = "From gleanings"


@dataclass(frozen=True, slots=True)
class RenderedNote:
    """One note, ready to be written."""

    uid: str
    path: str
    """Below the export folder, with `/`."""
    text: str
    blocks: Sequence[Rendered] = ()
    """The blocks of the text, in order."""
    embed: Callable[[], RenderedNote] | None = field(default=None, compare=False, repr=False)
    """Renders it for a page of the user's own: without title and properties, under one heading."""

    def rewrite(self, change: Callable[[str], str]) -> RenderedNote:
        """The note with the texts changed: of the file and of each block."""
        blocks = tuple(replace(block, text=change(block.text)) for block in self.blocks)
        return replace(self, text=change(self.text), blocks=blocks)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the notes: those that may differ from what was written last."""

    wanted: Collection[str] | None = None
    """The uids of notes; of a note with several pages, that of the first. None: all."""
    detailed: Collection[int] | None = None
    """The documents (ids) that are complete; the others are outlines (`store.note_data.read_outlines`)."""
    folded: set[int] = field(default_factory=set)
    """The highlights (ids) that `fold_repeats` folds: of outlines, and of the others once they were made."""
    is_folded: bool = False
    """Whether `folded` has those of all documents from the beginning."""
    shows_properties: bool = True
    """Whether a note, such as an Obsidian base, shows properties of documents outside of the part."""

    def wants(self, uid: str) -> bool:
        """Whether a note is part of it."""
        return self.wanted is None or find_first_uid(uid) in self.wanted

    def has_details(self, document: ReadDocument) -> bool:
        """Whether a document is complete."""
        return self.detailed is None or document.id in self.detailed

    def fold(self, document: ReadDocument, texts: Mapping[int, str]) -> ReadDocument:
        """See `fold_repeats`."""
        if self.is_folded and self.folded.isdisjoint([each.id for each in document.highlights]):
            return document
        if self.has_details(document):
            kept = fold_repeats(document, texts)
            if kept is not document:
                left = {each.id for each in kept.highlights}
                self.folded.update({each.id for each in document.highlights} - left)
            return kept
        return drop_highlights(document, self.folded)


def find_first_uid(uid: str) -> str:
    """The uid of the first page of a note: `topic:sleep` for `topic:sleep.2`.

    The index and its pages from A to Z, which change rarely, are notes of their own.
    """
    kind, _, _ = uid.partition(":")
    if kind == "topic":
        return uid.partition(".")[0]
    if kind == "index":
        return uid.partition("-")[0]
    return kind if kind == "reading-list" else uid


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
    aliases: Mapping[str, str] | None = None,
    read: Collection[str] = (),
    kinds: Collection[str] = USUAL_KINDS,
    own_pages: OwnPages = NO_PAGES,
    part: Part | None = None,
    related: Mapping[str, Sequence[Topic]] | None = None,
) -> list[RenderedNote]:
    """Render the notes of an export, sorted by path: topics, authors, documents, reading list and index.

    `kept`: the paths of earlier exports, by the note's uid, so that a title used later does not move a note.
    `pictures`: the paths of pictures' copies by URL (`Places.pictures`). `author_min`: the highlights that an
    author needs to get a note, 0 for no such notes. `aliases`: a topic's name by other names of it.
    `read`: the keys of the resources that the reader has read. `kinds`: which notes to make. `own_pages`:
    where links to documents without a note lead. `part`: render only these notes. For the others see
    `place_notes`. `related`: see `find_related`.
    """
    style = flavour if isinstance(flavour, Style) else make_style(flavour)
    notes = list(make_notes(documents, topics, author_min, read, kinds, part, aliases or {}, related))
    own = {note.uid for note in notes if note.kind in ("resource", "highlight")}
    places = place_notes(
        notes, style.flavour, kept, pictures, existing_pages=existing_pages, inputs=inputs, marked=marked
    )
    by_uid = {**own_pages.places, **places.by_uid}
    places = replace(places, by_uid=by_uid, blocks={} if "documents" in kinds else own_pages.blocks)
    wanted = notes if part is None else [note for note in notes if part.wants(note.uid)]
    complete = partial(_complete, own=own, aliases=aliases or {})
    rendered = [render_note(note, places, style, complete) for note in wanted]
    if style.flavour == "obsidian" and "documents" in kinds:
        rendered.append(RenderedNote("base:documents", DOCUMENTS_BASE, make_documents_base(notes)))
    if style.flavour == "obsidian" and any(note.kind == "resource" for note in notes):
        rendered.append(RenderedNote("base:resources", RESOURCES_BASE, make_resources_base(notes)))
    return sorted(rendered, key=lambda each: each.path)


def render_note(
    note: Note, places: Places, style: Style, complete: Callable[[Note], Note] = lambda note: note
) -> RenderedNote:
    """Render one note as a file; `complete` makes the note that is shown from one that may lack contents."""
    flavour = _FLAVOURS[style.flavour]
    path = places.by_uid[note.uid].path
    blocks = tuple(_show_pictures(flavour.render_note(complete(note), places, style), places, path))
    return RenderedNote(
        note.uid,
        path,
        flavour.join_note(blocks),
        PackedBlocks(blocks),
        lambda: _render_embedded(complete(note), places, style),
    )


def _complete(note: Note, own: Collection[str], aliases: Mapping[str, str]) -> Note:
    """The note with its contents, where it links to the notes `own` (uids) that only some exports have."""
    note = note.fill() if note.fill else note
    if own and note.uid not in own:
        note = _link_own_notes(note, own)
    return _add_legend(_add_aliases(note, aliases))


def join_blocks(blocks: Iterable[Rendered], flavour: Flavour) -> str:
    """The text of a file that consists of these blocks."""
    text: str = _FLAVOURS[flavour].join_note(blocks)
    return text


def _show_pictures(blocks: Iterable[Rendered], places: Places, path: str) -> Iterator[Rendered]:
    """Point blocks at the copies of their pictures; properties and facts are not Markdown with pictures."""
    if not places.pictures:
        yield from blocks
        return
    up = climb(posixpath.dirname(path))
    for block in blocks:
        if block.kind in ("property", "fact") or "![" not in block.text:
            yield block
        else:
            yield replace(block, text=point_at_copies(block.text, places.pictures, up))


def make_notes(
    documents: Sequence[ReadDocument],
    topics: Sequence[Topic],
    author_min: int = 0,
    read: Collection[str] = (),
    kinds: Collection[str] = USUAL_KINDS,
    part: Part | None = None,
    aliases: Mapping[str, str] = MappingProxyType({}),
    related: Mapping[str, Sequence[Topic]] | None = None,
) -> Iterator[Note]:
    """Make the notes of an export of the kinds that `[export] notes` names, before they have a flavour.

    Notes that are not in `part` have no contents: others link to them.
    """
    documents = list(filter(has_words, documents))
    part = part or Part()
    texts = CleanedTexts(filter(part.has_details, documents))
    documents = [part.fold(document, texts) for document in documents]
    related = find_related(topics) if related is None else related
    for topic in topics if "topics" in kinds else ():
        if part.wants(uid := topic_uid(topic.slug)):
            near = related.get(topic.slug, ())
            others = _find_other_names(topic.name, aliases)
            yield from make_topic_notes(topic, texts, near, others, with_index="index" in kinds)
        else:
            yield Note(uid, "topic", topic.name)
    people = find_people(documents)
    authors = [
        replace(
            make_author_head(each), fill=partial(make_author_note, each) if part.wants(each.uid) else None
        )
        for each in (choose_people(people, author_min) if "authors" in kinds else ())
    ]
    yield from authors
    if "documents" in kinds:
        of_document = index_topics(topics if "topics" in kinds else ())
        titles = {note.uid: note.title for note in authors}
        for document in documents:
            is_wanted = part.wants(document_uid(document))
            if not (is_wanted or part.shows_properties):
                yield name_document_note(document)
                continue
            person = people.get(author_key(document.author)) if document.author else None
            author = NoteLink(person.uid, titles[person.uid]) if person and person.uid in titles else None
            links = of_document.get(document.id, ())
            fill = partial(make_document_note, document, texts, author, links) if is_wanted else None
            head = make_document_head(document, author, links) if part.shows_properties else None
            yield replace(head or name_document_note(document), fill=fill)
    for document in documents if "highlights" in kinds else ():
        for highlight in document.highlights:
            yield make_highlight_note(document, highlight, texts)
    wants_resources = "resources" in kinds or ("reading-list" in kinds and part.wants(READING_LIST))
    resources = collect_resources(filter(part.has_details, documents)) if wants_resources else []
    if "reading-list" in kinds and part.wants(READING_LIST):
        yield from make_reading_lists(resources, read)
    elif "reading-list" in kinds:
        yield Note(READING_LIST, "reading-list", TITLE)
    if "resources" in kinds:
        yield from make_resource_notes(resources, read)
    if "index" in kinds:
        listed = documents if "documents" in kinds else ()
        yield from make_index(topics if "topics" in kinds else (), documents, authors, listed)


def _find_other_names(name: str, aliases: Mapping[str, str]) -> list[str]:
    """The names that the configuration turns into `name`."""
    key = fold_name(name)
    return [other for other, own in aliases.items() if fold_name(own) == key and fold_name(other) != key]


def _add_aliases(note: Note, aliases: Mapping[str, str]) -> Note:
    """The note of a topic with the other names that the configuration gives it."""
    others = _find_other_names(note.title, aliases) if note.kind == "topic" else []
    return replace(note, aliases=tuple(sorted({*note.aliases, *others}))) if others else note


def _link_own_notes(note: Note, uids: Collection[str]) -> Note:
    """The note with links to the notes of individual resources and highlights, where it names these."""

    def link(block: Block) -> Block:
        children = tuple(map(link, block.children))
        field = {"resource": "note", "highlight": "page"}.get(block.piece)
        uid = f"highlight:{block.key}" if block.piece == "highlight" else block.key or ""
        if field is None or uid not in uids:
            return replace(block, children=children) if children else block
        return replace(block, children=children, fields={**block.fields, field: (NoteLink(uid, "note"),)})

    return replace(note, blocks=tuple(map(link, note.blocks)))


def _add_legend(note: Note) -> Note:
    """The note with an explanation of the mark after links that are not resolved yet, if it has any.

    It comes before the first highlight: what is added later is inserted below the last one.
    """
    blocks = note.blocks
    if not any(_has_mark(block) for block in blocks):
        return note
    first = next((at for at, block in enumerate(blocks) if block.kind in ("passage", "heading")), len(blocks))
    return replace(note, blocks=(*blocks[:first], Block((Words(LEGEND),), key="legend"), *blocks[first:]))


def _has_mark(block: Block) -> bool:
    parts = block.fields.get("text", ())
    if not isinstance(parts, Many) and any(
        isinstance(each, Passage) and NOT_RESOLVED in each.text for each in parts
    ):
        return True
    return any(_has_mark(child) for child in block.children)


def _render_embedded(note: Note, places: Places, style: Style) -> RenderedNote:
    heading = Block((Words(EMBEDDED_HEADING),), "heading", EMBEDDED_SECTION, note.blocks)
    flavour = _FLAVOURS[style.flavour]
    path = places.by_uid[note.uid].path
    rendered = flavour.render_embedded(replace(note, blocks=(heading,)), places, style)
    blocks = tuple(_show_pictures(rendered, places, path))
    return RenderedNote(note.uid, path, flavour.join_note(blocks), blocks)
