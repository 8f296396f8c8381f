"""The reader's own pages of documents, in the graph or vault that notes are written to."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from os.path import relpath
from pathlib import Path

from export.existing_pages import HEAD_SIZE, read_names
from export.note_places import Flavour, OwnPages, read_page_name
from export.note_tree import Place
from ingest.graph import find_graph
from record_types.regular_files import NotRegularError, read_regular
from store.files import PageLine, read_page_lines

_LOGSEQ_ID = re.compile(r"^[ \t]*id::[ \t]*([0-9a-fA-F-]{36})[ \t\r]*$", re.MULTILINE)
_OBSIDIAN_ID = re.compile(r"(?:^|[ \t])\^([A-Za-z0-9-]+)[ \t\r]*$", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*- ", re.MULTILINE)
_MAX_BLOCK = 20_000
"""Characters after the line of a highlight in which the id of its block is looked for."""


def find_own_pages(db: sqlite3.Connection, target: Path, flavour: Flavour) -> OwnPages | None:
    """The pages of documents in the graph or vault around `target`, or below it; None if there are none."""
    graph = find_graph(target)
    root = graph.folder if graph else target
    lines = [each for each in read_page_lines(db, str(root)) if each.path.endswith(".md")]
    if not lines:
        return None
    by_page: dict[str, list[PageLine]] = {}
    for line in lines:
        by_page.setdefault(line.path, []).append(line)
    places: dict[str, Place] = {}
    blocks: dict[str, str] = {}
    for path, own in sorted(by_page.items()):
        text = _read_page(path)
        place = _make_place(path, root, target, text, flavour)
        for line in own:
            places.setdefault(f"document:{line.document}", place)
        if flavour != "markdown" and ("id::" in text or "^" in text):
            blocks |= find_blocks(text, own, flavour)
    return OwnPages(places, blocks)


def _read_page(path: str) -> str:
    try:
        return read_regular(Path(path)).decode("utf-8-sig", "replace")
    except (OSError, NotRegularError):
        return ""


def _make_place(path: str, root: Path, target: Path, text: str, flavour: Flavour) -> Place:
    below = Path(path).relative_to(root).as_posix()
    shown = relpath(path, target).replace("\\", "/")
    if flavour == "logseq":
        title, _ = read_names(text.encode()[:HEAD_SIZE])
        return Place(shown, title or read_page_name(Path(path).stem))
    return Place(shown, below.removesuffix(".md"))


def find_blocks(text: str, lines: Sequence[PageLine], flavour: Flavour) -> dict[str, str]:
    """The id of each highlight's block, by the highlight's uid."""
    starts = [0, *(each.end() for each in re.finditer("\n", text))]
    found: dict[str, str] = {}
    for line in lines:
        if not 0 < line.line <= len(starts):
            continue
        start = starts[line.line - 1]
        first_end = text.find("\n", start) + 1 or len(text)
        following = _BULLET.search(text, first_end, first_end + _MAX_BLOCK)
        end = following.start() if following else first_end + _MAX_BLOCK
        if flavour == "obsidian":
            gap = text.find("\n\n", start, end)
            end = gap if gap >= 0 else end
        pattern = _LOGSEQ_ID if flavour == "logseq" else _OBSIDIAN_ID
        if id_ := pattern.search(text, start, end):
            found[line.highlight] = id_[1]
    return found
