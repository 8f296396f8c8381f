"""Plain CommonMark: headings, paragraphs, relative links; nothing that needs a program of its own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote as quote_url

from export.escape import escape_commonmark
from export.file_names import fold_name
from export.flavours.page import join_rendered, quote, render_blocks, set_apart
from export.flavours.parts import PartWriter
from export.flavours.pieces import PieceWriter
from export.note_places import Places
from export.notes import Note
from export.rendered import Rendered
from export.styles import Quotes, Style
from markdown_text.inline_links import escape_label
from markdown_text.note_marks import MARK_KEY, make_mark

_FACTS = {"url": "URL"}
_OWN_LINE = re.compile(r" {4}|\t| {0,3}(?:[-*+>|#]|\d{1,3}[.)]\s|```|~~~)")


def join_note(blocks: Iterable[Rendered]) -> str:
    """The whole file, with one final newline."""
    return join_rendered(blocks) + "\n"


def join_embedded(blocks: Iterable[Rendered]) -> str:
    """Join the blocks of an embedded section (`render_embedded`) to text."""
    return join_rendered(blocks) + "\n"


def render_note(note: Note, places: Places, style: Style) -> Iterator[Rendered]:
    """The file's blocks in order: title, facts, then the note's own blocks."""
    pieces = _make_pieces(note, places, style)
    yield Rendered("title", f"# {escape_label(note.title)}", "title")
    yield Rendered("generated-by", f"[//]: # ({MARK_KEY}: {make_mark(note.uid)})")
    for each in note.properties:
        name = _FACTS.get(each.key, each.key.capitalize())
        yield Rendered(f"fact:{each.key}", f"- {name}: {pieces.write(each.parts)}", "fact")
    if note.tags:
        tags = ", ".join(escape_label(tag) for tag in note.tags)
        yield Rendered("fact:tags", f"- Tags: {tags}", "fact")
    yield from render_blocks(note.blocks, pieces, _Page(style.quotes))


def render_embedded(note: Note, places: Places, style: Style) -> Iterator[Rendered]:
    """The note's own blocks alone, for a page that has a title already."""
    yield from render_blocks(note.blocks, _make_pieces(note, places, style), _Page(style.quotes))


@dataclass(frozen=True, slots=True)
class _Page:
    quotes: Quotes

    def write_passage(self, key: str, text: str, citation: str) -> str:
        text = f"{text}\n\n— {citation}" if citation else text
        return text if self.quotes == "plain" else quote(text)

    def write_remark(self, lead: str, text: str) -> str:
        return quote(set_apart(lead, text))

    def write_tags(self, text: str) -> str:
        return quote(text)


def _make_pieces(note: Note, places: Places, style: Style) -> PieceWriter:
    folder = posixpath.dirname(places.by_uid[note.uid].path)
    return PieceWriter(
        PartWriter(
            passage=lambda text: _write_passage(text, places, folder),
            note_link=lambda link: _write_note_link(link.uid, escape_label(link.label), places, folder),
            tag=escape_label,
        ),
        style,
    )


def _write_note_link(uid: str, label: str, places: Places, folder: str) -> str:
    place = places.by_uid.get(uid)
    if place is None:
        return label
    same = not folder or place.path.startswith(folder + "/")
    path = (
        place.path[len(folder) + 1 if folder else 0 :]
        if same
        else posixpath.relpath(place.path, folder or ".")
    )
    return f"[{label}]({_quote_path(path)})"


@lru_cache(maxsize=65536)
def _quote_path(path: str) -> str:
    return quote_url(path)


def _write_passage(text: str, places: Places, folder: str) -> str:
    def show_page(name: str) -> str:
        uid = places.topics.get(fold_name(name.strip()))
        label = escape_label(name)
        return label if uid is None else _write_note_link(uid, label, places, folder)

    escaped = escape_commonmark(text, show_page)
    return escaped if "```" in escaped or "~~~" in escaped else _keep_breaks(escaped)


def _keep_breaks(text: str) -> str:
    """Two blanks before each line break that the writer made: CommonMark shows no other."""
    lines = text.split("\n")
    for at, line in enumerate(lines[:-1]):
        following = lines[at + 1]
        if line and following and not _OWN_LINE.match(line) and not _OWN_LINE.match(following):
            lines[at] = line + "  "
    return "\n".join(lines)
