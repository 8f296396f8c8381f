"""Find this user's Logseq graphs and Obsidian vaults in the usual places.

Logseq keeps a file for each graph that it has opened in `~/.logseq/graphs`, named after the path with `/`
as `++`; Obsidian keeps `obsidian.json` with its vaults beside its settings; both can use iCloud.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from record_types.foreign_json import parse_json

MAX_DEPTH = 3
"""Levels searched below a usual place."""
MAX_FOLDERS = 5_000
"""Folders searched in all."""

USUAL = (
    "Documents",
    "Logseq",
    "logseq",
    "Obsidian",
    "obsidian",
    "Notes",
    "notes",
    "vaults",
    "Dropbox",
    "OneDrive",
    "Nextcloud",
    "Sync",
    "Desktop",
    "Library/Mobile Documents/iCloud~com~logseq~logseq/Documents",
    "Library/Mobile Documents/iCloud~md~obsidian/Documents",
    "Library/Mobile Documents/com~apple~CloudDocs",
    "Library/CloudStorage",
)
REGISTRIES = (
    ".config/obsidian/obsidian.json",
    ".var/app/md.obsidian.Obsidian/config/obsidian/obsidian.json",
    "snap/obsidian/current/.config/obsidian/obsidian.json",
    "Library/Application Support/obsidian/obsidian.json",
    "AppData/Roaming/obsidian/obsidian.json",
)
SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "bak", "assets", "journals"})


@dataclass(frozen=True, slots=True)
class NoteFolder:
    """A graph or vault."""

    folder: Path
    kind: Literal["logseq", "obsidian"]
    pages: int
    """Number of Markdown and Org files in it and in its `pages`."""


def find_note_folders(home: Path) -> list[NoteFolder]:
    """The graphs and vaults below a home folder, the largest first."""
    found: dict[Path, NoteFolder] = {}
    for folder in (*find_registered(home), *walk_usual(home)):
        try:
            real = folder.resolve(strict=True)
        except (OSError, RuntimeError):
            continue
        kind = detect_kind(real)
        if kind is not None and real not in found:
            found[real] = NoteFolder(real, kind, count_pages(real))
    return sorted(found.values(), key=lambda each: (-each.pages, str(each.folder)))


def detect_kind(folder: Path) -> Literal["logseq", "obsidian"] | None:
    """Whether a folder is a graph or a vault; None for neither."""
    try:
        if (folder / "logseq" / "config.edn").is_file():
            return "logseq"
        return "obsidian" if (folder / ".obsidian").is_dir() else None
    except OSError:
        return None


def describe_places(home: Path) -> str:
    """Where `find_note_folders` looks, as words: the places that exist."""
    there = [name for name in USUAL if (home / name).is_dir()]
    places = [f"{home} and its folders", *there, "what Logseq and Obsidian have opened"]
    return f"{', '.join(places[:-1])} ({MAX_DEPTH} levels deep), and {places[-1]}"


def find_registered(home: Path) -> Iterator[Path]:
    """The folders that Logseq and Obsidian have opened."""
    try:
        names = sorted(path.name for path in (home / ".logseq" / "graphs").iterdir())
    except OSError:
        names = []
    for name in names:
        stem = name.removesuffix(".transit").removeprefix("logseq_local_")
        yield Path(stem.replace("++", "/"))
    for registry in REGISTRIES:
        yield from read_registry(home / registry)


def read_registry(path: Path) -> Iterator[Path]:
    """The vaults in an `obsidian.json`; none if it cannot be read."""
    try:
        vaults = parse_json(path.read_bytes())["vaults"].values()
        paths = [vault["path"] for vault in vaults]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return
    yield from (Path(each) for each in paths if isinstance(each, str))


def walk_usual(home: Path) -> Iterator[Path]:
    """The folders in the usual places, up to `MAX_DEPTH` and `MAX_FOLDERS`; none below a graph or vault."""
    left = MAX_FOLDERS
    level: list[Path] = [home / name for name in USUAL]
    level += [path for path in _list_folders(home) if path not in level]
    for _ in range(MAX_DEPTH + 1):
        below: list[Path] = []
        for folder in level[:left]:
            yield folder
            if detect_kind(folder) is None:
                below += _list_folders(folder)
        left -= len(level)
        level = below
        if left <= 0:
            return


def _list_folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [
                entry.name
                for entry in entries
                if not entry.name.startswith(".")
                and entry.name not in SKIPPED
                and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]


def count_pages(folder: Path) -> int:
    """The number of pages at the top of a graph or vault and in its `pages`."""
    return sum(_count_files(each) for each in (folder, folder / "pages"))


def _count_files(folder: Path) -> int:
    try:
        with os.scandir(folder) as entries:
            return count_suffixes(entry.name for entry in entries)
    except OSError:
        return 0


def count_suffixes(names: Iterable[str]) -> int:
    """How many names are page names."""
    return sum(name.endswith((".md", ".markdown", ".org")) for name in names)
