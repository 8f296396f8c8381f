"""Plain CommonMark: headings, paragraphs, relative links; nothing that needs a program of its own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import quote

from export.destinations import escape_label, write_link
from export.escaping import escape_commonmark
from export.flavours.page import join_rendered, render_blocks
from export.layout import Places
from export.names import fold_name
from export.notes import Note, NoteLink, Part, Passage, Tag, WebLink, Words
from export.rendered import Rendered

_FACTS = {"url": "URL"}
_OWN_LINE = re.compile(r" {4}|\t| {0,3}(?:[-*+>|#]|\d{1,3}[.)]\s|```|~~~)")


def join_note(blocks: Iterable[Rendered]) -> str:
    """The whole file, with one final newline."""
    return join_rendered(blocks) + "\n"


def render_note(note: Note, places: Places) -> Iterator[Rendered]:
    """The file's blocks in order: title, facts, then the note's own blocks."""
    folder = posixpath.dirname(places.by_uid[note.uid].path)

    def write(parts: Sequence[Part]) -> str:
        return "".join(_write_part(part, places, folder) for part in parts)

    yield Rendered("title", f"# {escape_label(note.title)}", "title")
    for each in note.properties:
        name = _FACTS.get(each.key, each.key.capitalize())
        yield Rendered(f"fact:{each.key}", f"- {name}: {write(each.parts)}", "fact")
    if note.tags:
        tags = ", ".join(escape_label(tag) for tag in note.tags)
        yield Rendered("fact:tags", f"- Tags: {tags}", "fact")
    yield from render_blocks(note.blocks, write)


def _write_part(part: Part, places: Places, folder: str) -> str:
    match part:
        case Passage(text):
            return _write_passage(text, places, folder)
        case Words(text, strong):
            words = _write_words(text)
            return f"**{words}**" if strong else words
        case WebLink(label, url):
            return write_link(label, url)
        case NoteLink(uid, label):
            return _write_note_link(uid, escape_label(label), places, folder)
        case Tag(name):
            return escape_label(name)


def _write_words(text: str) -> str:
    """Plain words with the blanks at their ends, which join them to their neighbours."""
    words = escape_label(text)
    return f"{' ' if text[:1] == ' ' else ''}{words}{' ' if text[-1:] == ' ' and words else ''}"


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
    return quote(path)


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
