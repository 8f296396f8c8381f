"""Logseq's outline, in the form in which Logseq itself would save it (LOGSEQ.md, Writing 1).

Tabs, continuation lines with two spaces more, page properties and one blank line, no final newline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from export.escape import escape_logseq
from export.file_names import page_name
from export.flavours.parts import PartWriter
from export.flavours.pieces import PieceWriter, ends_apart
from export.note_places import Places, read_page_name
from export.notes import Block, Note, NoteLink, Part, Place, WebLink
from export.page_units import new_lines, split_outline
from export.rendered import Rendered, find_mark, key_blocks
from export.styles import Style
from markdown_text.inline_links import escape_label, make_destination
from markdown_text.note_marks import MARK_KEY, make_mark
from record_types.errors import InputError


def join_note(blocks: Iterable[Rendered]) -> str:
    """The whole file: properties, a blank line, the outline."""
    properties, outline = [], []
    for block in blocks:
        if block.kind == "property":
            properties.append(block.text)
        else:
            indent = "\t" * block.depth
            outline.append(f"{indent}- " + block.text.replace("\n", f"\n{indent}  "))
    return "\n\n".join("\n".join(lines) for lines in (properties, outline) if lines)


def join_embedded(blocks: Iterable[Rendered]) -> str:
    """Join the blocks of an embedded section (`render_embedded`) to text."""
    return join_note(blocks)


def render_note(note: Note, places: Places, style: Style) -> Iterator[Rendered]:
    """The page's properties, then the outline's blocks in order, children after their parent."""
    pieces = _make_pieces(places, style)
    for line in _write_properties(note, places, pieces):
        yield Rendered(f"property:{line.partition('::')[0]}", line, "property")
    yield from _render_blocks(note, pieces)


def render_embedded(note: Note, places: Places, style: Style) -> Iterator[Rendered]:
    """The note's own blocks alone, for a page that has properties already."""
    yield from _render_blocks(note, _make_pieces(places, style))


def write_block_text(key: str, block: Block, pieces: PieceWriter) -> str:
    """A block's text with its citation in parentheses at the end, as Readwise's pages have it."""
    text = pieces.fill(key, block)
    if text is not None:
        _check_block(text, block)
        return text
    text = pieces.write(block.parts)
    citation = pieces.cite(block)
    if not citation:
        return text
    return f"{text}\n({citation})" if ends_apart(text) else f"{text} ({citation})"


def _render_blocks(note: Note, pieces: PieceWriter) -> Iterator[Rendered]:
    for key, block, parent, depth in key_blocks(note.blocks):
        text = write_block_text(key, block, pieces)
        if text:
            heading = "## " if block.kind == "heading" and depth == 0 else ""
            yield Rendered(key, heading + text, block.kind, parent, depth, find_mark(block))


def _check_block(text: str, block: Block) -> None:
    """An `InputError` for a template's text that Logseq would not read back as one plain block."""
    blocks = split_outline(new_lines(text, "- ", "  "))
    if len(blocks) > 1 or (blocks and blocks[0].properties):
        raise InputError(
            f"{block.piece}.jinja: in Logseq this is not one block, or has a property: {text.splitlines()[0]}"
        )


def _make_pieces(places: Places, style: Style) -> PieceWriter:
    def link(to: NoteLink) -> str:
        place = places.by_uid.get(to.uid)
        return f"[[{place.name}]]" if place else escape_label(to.label)

    return PieceWriter(PartWriter(escape_logseq, link, lambda name: f"#[[{page_name(name)}]]"), style)


def _write_properties(note: Note, places: Places, pieces: PieceWriter) -> Iterator[str]:
    place = places.by_uid[note.uid]
    if _needs_title(place):
        yield f"title:: {place.name}"
    for each in note.properties:
        yield f"{each.key}:: {_write_value(each.parts, pieces)}"
    if note.tags:
        yield f"tags:: {', '.join(f'[[{page_name(tag)}]]' for tag in note.tags)}"
    aliases = [page_name(alias) for alias in note.aliases if page_name(alias) != place.name]
    if aliases:
        yield f"alias:: {', '.join(f'[[{alias}]]' for alias in aliases)}"
    yield f"kind:: {note.kind}"
    yield f"{MARK_KEY}:: {make_mark(note.uid)}"


def _write_value(parts: Sequence[Part], pieces: PieceWriter) -> str:
    """A property's value: an address alone where it is one, as Readwise's pages have it."""
    match parts:
        case [WebLink(label, url)] if label == url:
            return make_destination(url)
    return pieces.write(parts)


def _needs_title(place: Place) -> bool:
    """Whether the file's name alone would give the page another name."""
    return read_page_name(place.path.rpartition("/")[2].removesuffix(".md")) != place.name
