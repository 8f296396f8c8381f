"""Write notes as outlines in the form in which Logseq itself saves them (docs/logseq.md).

Indentation by tabs, two more spaces before continuation lines, one blank line after the page properties, no
final newline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from export.escape import escape_logseq, plain_brackets, unlink_pages
from export.file_names import page_name
from export.flavours.block_writer import OWN_BLOCK, BlockWriter, key_blocks, list_own_names
from export.note_places import Places, read_page_name
from export.note_tree import Block, Note, NoteLink, Part, Place, Rendered, WebLink
from export.page_units import new_lines, split_outline
from export.templates import Style
from markdown_text.inline_links import escape_label, make_destination
from markdown_text.note_marks import MARK_KEY, make_mark
from record_types.errors import InputError

_TASKS = {"": "", "open": "TODO ", "done": "DONE "}


def join_note(blocks: Iterable[Rendered]) -> str:
    """Join the blocks of a note to the whole file: properties, a blank line, the outline."""
    properties, outline = [], []
    for block in blocks:
        if block.kind == "property":
            properties.append(block.text)
        else:
            indent = "\t" * block.depth
            outline.append(f"{indent}- " + block.text.replace("\n", f"\n{indent}  "))
    return "\n\n".join("\n".join(lines) for lines in (properties, outline) if lines)


def render_note(note: Note, places: Places, style: Style) -> Iterator[Rendered]:
    """Render the page's properties, then the outline's blocks in order, children after their parent."""
    writer = _make_writer(note, places, style)
    for line in _write_properties(note, places, writer):
        yield Rendered(f"property:{line.partition('::')[0]}", line, "property")
    yield from _render_blocks(note, writer)


def render_embedded(note: Note, places: Places, style: Style) -> Iterator[Rendered]:
    """The note's own blocks alone, for a page that has properties already."""
    yield from _render_blocks(note, _make_writer(note, places, style))


def _render_blocks(note: Note, writer: BlockWriter) -> Iterator[Rendered]:
    for key, block, parent, depth in key_blocks(note.blocks):
        text = writer.write_block(key, block)
        if block.piece in writer.style.templates.own:
            _check_block(text, block)
        if text:
            start = "## " if block.kind == "heading" and depth == 0 else _TASKS[block.box]
            yield Rendered(key, start + text, block.kind, parent, depth, block.mark)


def _check_block(text: str, block: Block) -> None:
    """Raise InputError for a template's text that Logseq would not read back as one plain block."""
    blocks = split_outline(new_lines(text, "- ", "  "))
    if len(blocks) > 1 or (blocks and blocks[0].properties):
        raise InputError(
            f"{block.piece}.jinja: in Logseq this is not one block, or has a property: {text.splitlines()[0]}"
        )


def _make_writer(note: Note, places: Places, style: Style) -> BlockWriter:
    def write_link(to: NoteLink) -> str:
        if block := places.blocks.get(to.highlight):
            return f"[{escape_label(to.label or OWN_BLOCK)}]((({block})))"
        place = places.by_uid.get(to.uid) if to.label else None
        return f"[[{place.name}]]" if place else escape_label(to.label)

    unlinked = None if style.unlinked else list_own_names(note)
    return BlockWriter(
        style,
        write_passage=lambda text: escape_logseq(unlink_pages(text, unlinked)),
        write_note_link=write_link,
        write_tag=escape_label if style.unlinked else lambda name: f"#[[{page_name(name)}]]",
        finish_words=plain_brackets,
    )


def _write_properties(note: Note, places: Places, writer: BlockWriter) -> Iterator[str]:
    place = places.by_uid[note.uid]
    if _needs_title(place):
        yield f"title:: {place.name}"
    for each in note.properties:
        yield f"{each.key}:: {', '.join(_write_value(part, writer) for part in each.parts)}"
    if note.tags:
        yield f"tags:: {', '.join(f'[[{page_name(tag)}]]' for tag in note.tags)}"
    aliases = [page_name(alias) for alias in note.aliases if page_name(alias) != place.name]
    if aliases:
        yield f"alias:: {', '.join(f'[[{alias}]]' for alias in aliases)}"
    yield f"kind:: {note.kind}"
    yield f"{MARK_KEY}:: {make_mark(note.uid)}"


def _write_value(part: Part, writer: BlockWriter) -> str:
    """Write a property's value; a link labelled with its own URL becomes the bare URL, as in Readwise."""
    if isinstance(part, WebLink) and part.label == part.url:
        return make_destination(part.url)
    return writer.write_parts((part,))


def _needs_title(place: Place) -> bool:
    """Whether Logseq would read a different page name from the file's name."""
    return read_page_name(place.path.rpartition("/")[2].removesuffix(".md")) != place.name
