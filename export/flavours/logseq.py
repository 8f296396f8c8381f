"""Logseq's outline, in the form in which Logseq itself would save it (LOGSEQ.md, Writing 1).

Tabs, continuation lines with two spaces more, page properties and one blank line, no final newline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from export.destinations import escape_label, make_destination, write_link
from export.escaping import escape_logseq
from export.flavours.page import Rendered
from export.layout import Places, read_page_name
from export.names import page_name
from export.notes import Block, Note, NoteLink, Part, Passage, Place, Tag, WebLink, Words

_NEEDS_A_LINE = re.compile(r"(?:```|~~~|\|)[^\n]*\Z")


def render_note(note: Note, places: Places) -> str:
    """The whole file: properties, a blank line, the outline."""
    properties = "\n".join(_write_properties(note, places))
    outline = "\n".join(block.text for block in render_rendered(note, places))
    return f"{properties}\n\n{outline}" if properties and outline else properties or outline


def render_rendered(note: Note, places: Places) -> Iterator[Rendered]:
    """The outline's blocks in order, children after their parent, each with its key."""
    yield from _render_blocks(note.blocks, places, 0)


def write_parts(parts: Sequence[Part], places: Places) -> str:
    """A block's own text, without bullet and indent."""
    return "".join(_write_part(part, places) for part in parts)


def write_block_text(block: Block, places: Places) -> str:
    """A block's text with its citation in parentheses at the end, as Readwise's pages have it."""
    text = write_parts(block.parts, places)
    if not block.citation:
        return text
    citation = f"({write_parts(block.citation, places)})"
    last = text.rpartition("\n")[2].strip()
    return f"{text}\n{citation}" if _NEEDS_A_LINE.match(last) else f"{text} {citation}"


def _render_blocks(blocks: Iterable[Block], places: Places, depth: int) -> Iterator[Rendered]:
    indent = "\t" * depth
    for block in blocks:
        text = write_block_text(block, places)
        if block.kind == "heading" and depth == 0:
            text = f"## {text}"
        yield Rendered(block.key, f"{indent}- " + text.replace("\n", f"\n{indent}  "))
        yield from _render_blocks(block.children, places, depth + 1)


def _write_properties(note: Note, places: Places) -> Iterator[str]:
    place = places.by_uid[note.uid]
    if _needs_title(place):
        yield f"title:: {place.name}"
    for each in note.properties:
        yield f"{each.key}:: {_write_value(each.parts, places)}"
    if note.tags:
        yield f"tags:: {', '.join(f'[[{page_name(tag)}]]' for tag in note.tags)}"
    aliases = [page_name(alias) for alias in note.aliases if page_name(alias) != place.name]
    if aliases:
        yield f"alias:: {', '.join(f'[[{alias}]]' for alias in aliases)}"
    yield f"kind:: {note.kind}"


def _write_value(parts: Sequence[Part], places: Places) -> str:
    """A property's value: an address alone where it is one, as Readwise's pages have it."""
    match parts:
        case [WebLink(label, url)] if label == url:
            return make_destination(url)
    return write_parts(parts, places)


def _needs_title(place: Place) -> bool:
    """Whether the file's name alone would give the page another name."""
    return read_page_name(place.path.rpartition("/")[2].removesuffix(".md")) != place.name


def _write_part(part: Part, places: Places) -> str:
    match part:
        case Passage(text):
            return escape_logseq(text)
        case Words(text, strong):
            words = escape_label(text)
            words = f"{' ' if text[:1] == ' ' else ''}{words}{' ' if text[-1:] == ' ' and words else ''}"
            return f"**{words}**" if strong else words
        case WebLink(label, url):
            return write_link(label, url)
        case NoteLink(uid, label):
            place = places.by_uid.get(uid)
            return f"[[{place.name}]]" if place else escape_label(label)
        case Tag(name):
            return f"#[[{page_name(name)}]]"
