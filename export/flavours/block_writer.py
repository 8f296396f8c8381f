"""Write the blocks of a note in one flavour: the values of each block, put together by its template."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from export.file_names import fold_name
from export.note_tree import (
    Address,
    Block,
    Many,
    Note,
    NoteLink,
    Part,
    Passage,
    Rendered,
    Tag,
    WebLink,
    Words,
)
from export.templates import Style, Value
from markdown_text.inline_links import escape_label, is_web, make_destination, write_link

_STARTS_APART = re.compile(r" {0,3}(?:[-*+>|]\s|\d{1,3}[.)]\s|```|~~~)| {4}|\t")
_ENDS_APART = re.compile(r"(?:```|~~~|\|)[^\n]*\Z")
_IN_LISTS = ("item", "fact")
OWN_BLOCK = "on your page"
"""The label of a link to a highlight's block in the reader's page, below a heading that names the page."""


@dataclass(frozen=True, slots=True)
class BlockWriter:
    """How one note's flavour writes what its blocks consist of."""

    style: Style
    write_passage: Callable[[str], str]
    """Escape foreign Markdown, so that it cannot change the structure of the note."""
    write_note_link: Callable[[NoteLink], str]
    write_tag: Callable[[str], str]
    finish_words: Callable[[str], str] = lambda text: text
    """Replace escapes of our own words and labels that this flavour reads differently."""
    make_block_id: Callable[[str], str] = lambda key: ""
    """The name that links to a highlight use; empty in flavours without such links."""

    def write_block(self, key: str, block: Block) -> str:
        """Write a block's own text; empty for a piece that its template hides."""
        if not block.piece:
            return self.write_parts(block.parts)
        templates = self.style.templates
        names = templates.names[block.piece]
        values: dict[str, Value] = {
            name: self._write_field(content) for name, content in block.fields.items() if name in names
        }
        text = values.get("text", "")
        if "starts_apart" in names and isinstance(text, str):
            values["starts_apart"] = "yes" if _STARTS_APART.match(text) else ""
        if "ends_apart" in names and isinstance(text, str):
            values["ends_apart"] = "yes" if _ENDS_APART.match(text.rpartition("\n")[2].strip()) else ""
        if block.piece == "highlight":
            values["id"] = self.make_block_id(key) if "id" in names else ""
            values["quotes"] = self.style.quotes
            if "where" in names:
                shown = ("location", "date") if block.fields["document"] else ("author", "location", "date")
                values["where"] = [str(values[name]) for name in shown if values[name]]
            if "citation" in names:
                values["citation"] = templates.render("citation", values)
        return templates.render(block.piece, values)

    def write_parts(self, parts: Sequence[Part]) -> str:
        """Write parts one by one."""
        return "".join([self._write_part(part) for part in parts])

    def _write_field(self, content: Sequence[Part] | Many) -> Value:
        if isinstance(content, Many):
            return [self.write_parts(parts) for parts in content.each]
        if not content:
            return ""
        return self._write_part(content[0]) if len(content) == 1 else self.write_parts(content)

    def _write_part(self, part: Part) -> str:
        match part:
            case Passage(text):
                return self.write_passage(text)
            case Words(text, strong):
                words = self.finish_words(_write_words(text))
                return f"**{words}**" if strong else words
            case WebLink(label, url):
                return self.finish_words(write_link(label, url))
            case NoteLink():
                return self.write_note_link(part)
            case Tag(name):
                return self.write_tag(name)
            case Address(url):
                return make_destination(url) if is_web(url) else ""


def list_own_names(note: Note) -> set[str]:
    """The folded names of a topic's own note, to which the copied text in it does not link."""
    return {fold_name(name) for name in (note.title, *note.aliases)} if note.kind == "topic" else set()


class KeyedBlock(NamedTuple):
    """A block with its key and its position in the tree."""

    key: str
    block: Block
    parent: str = ""
    depth: int = 0


def key_blocks(blocks: Iterable[Block]) -> list[KeyedBlock]:
    """Give each block a key, in order, children after their parent; a number distinguishes equal keys."""
    uses: Counter[str] = Counter()
    return list(_key_blocks(blocks, "", 0, uses))


def render_page(blocks: Iterable[Block], writer: BlockWriter) -> Iterator[Rendered]:
    """Render blocks for a page of headings, paragraphs and lists, as CommonMark and Obsidian read it.

    Their headings begin at level 2, below the title.
    """
    levels = {"": 1}
    for key, block, parent, depth in key_blocks(blocks):
        levels[key] = levels[parent] + (block.kind == "heading")
        text = writer.write_block(key, block)
        if not text:
            continue
        if block.kind == "heading":
            text = f"{'#' * min(levels[key], 6)} {text}"
        elif block.kind == "item":
            box = {"": "", "open": "[ ] ", "done": "[x] "}[block.box]
            text = f"- {box}" + text.replace("\n", "\n  ")
        yield Rendered(key, text, block.kind, parent, depth, block.mark)


def join_page(rendered: Iterable[Rendered]) -> str:
    """Join blocks: one blank line between blocks, none between the items of a list."""
    texts: list[str] = []
    before: Rendered | None = None
    for block in rendered:
        if before is not None:
            texts.append("\n" if before.kind == block.kind and block.kind in _IN_LISTS else "\n\n")
        texts.append(block.text)
        before = block
    return "".join(texts)


def _key_blocks(blocks: Iterable[Block], parent: str, depth: int, uses: Counter[str]) -> Iterator[KeyedBlock]:
    for block in blocks:
        key = block.key or _name_block(block, parent)
        uses[key] += 1
        if uses[key] > 1:
            key = f"{key}~{uses[key]}"
        yield KeyedBlock(key, block, parent, depth)
        yield from _key_blocks(block.children, key, depth + 1, uses)


def _name_block(block: Block, parent: str) -> str:
    """The key of a block that the note itself adds: a heading's title, or else the kind of block."""
    title = block.fields.get("title") if block.kind == "heading" else None
    name = f"heading:{_join_words(title)}" if isinstance(title, tuple) else block.kind
    return f"{parent}/{name}" if parent else name


def _join_words(parts: Iterable[Part]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Words))


def _write_words(text: str) -> str:
    """Escape plain words; the spaces at their ends, which separate them from their neighbours, stay."""
    words = escape_label(text)
    return f"{' ' if text[:1] == ' ' else ''}{words}{' ' if text[-1:] == ' ' and words else ''}"
