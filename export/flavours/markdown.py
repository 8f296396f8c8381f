"""Write notes in plain CommonMark: headings, paragraphs and relative links, for any program."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote as quote_url

from export.escape import escape_commonmark, unlink_pages
from export.file_names import fold_name
from export.flavours.block_writer import BlockWriter, join_page, list_own_names, render_page
from export.note_places import Places
from export.note_tree import Note, Rendered
from export.templates import Style
from markdown_text.inline_links import escape_label
from markdown_text.note_marks import MARK_KEY, make_mark

_FACTS = {"url": "URL"}
_QUOTED = re.compile(r"[^\w.~/-]+", re.ASCII)
"""The characters of a name that `quote_url`, which is slow, changes."""
_OWN_LINE = re.compile(r" {4}|\t| {0,3}(?:[-*+>|#]|\d{1,3}[.)]\s|```|~~~)")


def join_note(blocks: Iterable[Rendered]) -> str:
    """Join the blocks of a note to the whole file, with one final newline."""
    return join_page(blocks) + "\n"


def render_note(note: Note, places: Places, style: Style) -> Iterator[Rendered]:
    """Render the blocks of a file in order: title, facts, then the note's own blocks."""
    writer = _make_writer(note, places, style)
    yield Rendered("title", f"# {escape_label(note.title)}", "title")
    yield Rendered("generated-by", f"[//]: # ({MARK_KEY}: {make_mark(note.uid)})")
    for each in note.properties:
        name = _FACTS.get(each.key, each.key.capitalize())
        value = ", ".join(writer.write_parts((part,)) for part in each.parts)
        yield Rendered(f"fact:{each.key}", f"- {name}: {value}", "fact")
    if note.tags:
        tags = ", ".join(escape_label(tag) for tag in note.tags)
        yield Rendered("fact:tags", f"- Tags: {tags}", "fact")
    yield from render_page(note.blocks, writer)


def render_embedded(note: Note, places: Places, style: Style) -> Iterator[Rendered]:
    """The note's own blocks alone, for a page that has a title already."""
    yield from render_page(note.blocks, _make_writer(note, places, style))


def _make_writer(note: Note, places: Places, style: Style) -> BlockWriter:
    folder, own = posixpath.dirname(places.by_uid[note.uid].path), list_own_names(note)
    return BlockWriter(
        style,
        write_passage=lambda text: _write_passage(unlink_pages(text, own), places, folder),
        write_note_link=lambda link: _write_note_link(link.uid, escape_label(link.label), places, folder),
        write_tag=escape_label,
    )


def _write_note_link(uid: str, label: str, places: Places, folder: str) -> str:
    place = places.by_uid.get(uid)
    if place is None or not label:
        return label
    home, _, name = place.path.rpartition("/")
    return f"[{label}]({_make_prefix(folder, home)}{_QUOTED.sub(lambda run: _quote(run[0]), name)})"


_quote = lru_cache(maxsize=4096)(quote_url)


@lru_cache(maxsize=1024)
def _make_prefix(start: str, end: str) -> str:
    """The quoted relative path from one folder to another, ending in `/`; empty if they are the same."""
    path = posixpath.relpath(end or ".", start or ".")
    return "" if path == "." else quote_url(f"{path}/")


def _write_passage(text: str, places: Places, folder: str) -> str:
    def show_page(name: str) -> str:
        page, _, label = name.partition("|")
        uid, label = places.topics.get(fold_name(page.strip())), escape_label(label or page)
        return label if uid is None else _write_note_link(uid, label, places, folder)

    escaped = escape_commonmark(text, show_page)
    return escaped if "```" in escaped or "~~~" in escaped else _keep_breaks(escaped)


def _keep_breaks(text: str) -> str:
    """Put two spaces before each line break of the writer's, because CommonMark joins lines without them."""
    lines = text.split("\n")
    for at, line in enumerate(lines[:-1]):
        following = lines[at + 1]
        if line and following and not _OWN_LINE.match(line) and not _OWN_LINE.match(following):
            lines[at] = line + "  "
    return "\n".join(lines)
