"""Where notes usually lie: Logseq graphs and Obsidian vaults of this user. Looks, and opens hardly any.

Sources: Logseq keeps a file for each graph that it knows in `~/.logseq/graphs`, named after the path with `/`
as `++`; Obsidian keeps `obsidian.json` with its vaults beside its settings; both offer to use iCloud.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DEPTH = 3
"""Folders below a usual place that are looked into."""
MOST_FOLDERS = 5_000
"""So many are looked at in all."""

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
class Place:
    """A folder of notes."""

    folder: Path
    kind: Literal["logseq", "obsidian"]
    pages: int
    """Markdown and Org files in it and in its `pages`; how big it looks."""


def find_places(home: Path) -> list[Place]:
    """The graphs and vaults below a home folder, the biggest first."""
    found: dict[Path, Place] = {}
    for folder in (*find_registered(home), *walk_usual(home)):
        try:
            real = folder.resolve(strict=True)
        except (OSError, RuntimeError):
            continue
        kind = tell_kind(real)
        if kind is not None and real not in found:
            found[real] = Place(real, kind, count_pages(real))
    return sorted(found.values(), key=lambda place: (-place.pages, str(place.folder)))


def tell_kind(folder: Path) -> Literal["logseq", "obsidian"] | None:
    """Whether a folder is a graph or a vault."""
    try:
        if (folder / "logseq" / "config.edn").is_file():
            return "logseq"
        return "obsidian" if (folder / ".obsidian").is_dir() else None
    except OSError:
        return None


def find_registered(home: Path) -> Iterator[Path]:
    """The folders that Logseq and Obsidian say they know."""
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
    """The vaults that an `obsidian.json` names; none where it cannot be read."""
    try:
        vaults = json.loads(path.read_text(encoding="utf-8"))["vaults"].values()
        paths = [vault["path"] for vault in vaults]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return
    yield from (Path(each) for each in paths if isinstance(each, str))


def walk_usual(home: Path) -> Iterator[Path]:
    """The folders in the usual places, not below a graph or a vault, not very deep and not very many."""
    left = MOST_FOLDERS
    level: list[Path] = [home / name for name in USUAL]
    level += [path for path in _list_folders(home) if path not in level]
    for _ in range(DEPTH + 1):
        below: list[Path] = []
        for folder in level[:left]:
            yield folder
            if tell_kind(folder) is None:
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
    """How many pages a graph or vault has at its top and in `pages`."""
    return sum(_count_files(each) for each in (folder, folder / "pages"))


def _count_files(folder: Path) -> int:
    try:
        with os.scandir(folder) as entries:
            return count_suffixes(entry.name for entry in entries)
    except OSError:
        return 0


def count_suffixes(names: Iterable[str]) -> int:
    """How many names are those of pages."""
    return sum(name.endswith((".md", ".markdown", ".org")) for name in names)
