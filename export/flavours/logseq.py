"""Logseq's outline, in the form in which Logseq itself would save it (LOGSEQ.md, Writing 1).

Tabs, continuation lines with two spaces more, page properties and one blank line, no final newline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from export.destinations import escape_label, make_destination, write_link
from export.escaping import escape_logseq
from export.layout import Places, read_page_name
from export.names import page_name
from export.notes import GENERATED_BY, Block, Note, NoteLink, Part, Passage, Place, Tag, WebLink, Words
from export.rendered import Rendered, find_mark, key_blocks

_NEEDS_A_LINE = re.compile(r"(?:```|~~~|\|)[^\n]*\Z")


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


def render_note(note: Note, places: Places) -> Iterator[Rendered]:
    """The page's properties, then the outline's blocks in order, children after their parent."""
    for line in _write_properties(note, places):
        yield Rendered(f"property:{line.partition('::')[0]}", line, "property")
    for key, block, parent, depth in key_blocks(note.blocks):
        text = write_block_text(block, places)
        heading = "## " if block.kind == "heading" and depth == 0 else ""
        yield Rendered(key, heading + text, block.kind, parent, depth, find_mark(block))


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
    yield f"{GENERATED_BY}:: gleanings"


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
