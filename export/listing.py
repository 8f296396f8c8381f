"""Which notes are in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def list_notes(folder: Path) -> list[str]:
    """The paths of all Markdown files below a folder, hidden ones and links aside."""
    return sorted(_walk(folder, ""))


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _walk(folder / entry.name, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".md"):
            yield prefix + entry.name
