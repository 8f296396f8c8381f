"""Find pages in the export folder: by their name in a Logseq graph, or by their contents after a move."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from export.file_names import fold_name, page_name
from export.note_places import LOGSEQ_FOLDERS, read_page_name
from export.page_units import find_properties, split_lines

_PROPERTY = re.compile(r"[ \t]*(title|alias)::(.*)", re.IGNORECASE)
_ALIAS = re.compile(r"\[\[([^\[\]]+)\]\]|([^,，\[\]]+)")
HEAD_SIZE = 8192
"""The bytes of a page that are searched for its properties."""
_MIN_SHARE = 0.5
"""The share of a note's lines that identifies it under any path."""
_MIN_SHARE_IF_NAMED = 0.1
"""The share that is enough if the file's name or its title is the note's."""
_MAX_SIZE = 4_000_000
"""Larger files are not searched for moved notes."""
_MIN_LINE_LENGTH = 13
"""Shorter lines (a word, a fence) are too common to identify a note."""


def find_existing_pages(paths: Iterable[str], read: Callable[[str], bytes | None]) -> dict[str, str]:
    """Return the path of each page of a Logseq graph by its folded name, `title::` and `alias::` included.

    A page's own name takes precedence over another page's alias.
    """
    pages: dict[str, str] = {}
    aliases: dict[str, str] = {}
    for path in sorted(paths):
        if not path.startswith(LOGSEQ_FOLDERS):
            continue
        title, others = read_names((read(path) or b"")[:HEAD_SIZE])
        name = title or read_page_name(path.rpartition("/")[2].removesuffix(".md"))
        pages.setdefault(fold_name(page_name(name)), path)
        for alias in others:
            aliases.setdefault(fold_name(page_name(alias)), path)
    return aliases | pages


def read_names(head: bytes) -> tuple[str, list[str]]:
    """Return the `title::` of a page (empty if it has none) and its aliases."""
    if b"::" not in head:
        return "", []
    lines = split_lines(head.decode("utf-8-sig", "replace"))
    start, end = find_properties(lines, len(lines))
    found = {
        match[1].lower(): match[2].strip()
        for line in lines[start:end]
        if (match := _PROPERTY.match(line.text))
    }
    aliases = [(a or b).strip() for a, b in _ALIAS.findall(found.get("alias", ""))]
    return found.get("title", ""), [alias for alias in aliases if alias]


def find_moved(
    missing: Mapping[str, str], candidates: Iterable[str], read: Callable[[str], bytes | None]
) -> dict[str, str]:
    """Return the new path of each note that the user moved or renamed, by its old path.

    `missing` holds the texts last written, by paths that no longer exist; `candidates` are the paths of
    files that gleanings did not write. A file that matches two notes is taken for the one it shares more
    lines with.
    """
    if not missing:
        return {}
    notes_by_line: dict[str, list[str]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for path, text in missing.items():
        lines = _collect_lines(text)
        sizes[path] = len(lines)
        for line in lines:
            notes_by_line[line].append(path)
    scores: list[tuple[float, str, str]] = []
    for candidate in candidates:
        data = read(candidate)
        if data is None or len(data) > _MAX_SIZE:
            continue
        lines = _collect_lines(data.decode("utf-8-sig", "replace"))
        shared = Counter(path for line in lines for path in notes_by_line.get(line, ()))
        for path, count in shared.items():
            share = count / sizes[path]
            is_named = _fold_stem(path) == _fold_stem(candidate) or _find_title(missing[path]) in lines
            if share >= (_MIN_SHARE_IF_NAMED if is_named else _MIN_SHARE):
                scores.append((share, path, candidate))
    moved: dict[str, str] = {}
    taken: set[str] = set()
    for _, path, candidate in sorted(scores, key=lambda each: (-each[0], each[1:])):
        if path not in moved and candidate not in taken:
            moved[path] = candidate
            taken.add(candidate)
    return moved


def _collect_lines(text: str) -> set[str]:
    return {bare for line in text.split("\n") if len(bare := line.strip()) >= _MIN_LINE_LENGTH}


def _fold_stem(path: str) -> str:
    return fold_name(path.rpartition("/")[2])


def _find_title(text: str) -> str:
    """Return the line with a note's title, or a line that no file contains."""
    return next((line for line in text.split("\n") if line.startswith(("# ", "title:: "))), "\0")
