"""The databases in Datasette that are stores, detected by SQLite's `application_id`."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from store.migrations import APPLICATION_ID
from store.pictures import EXTENSIONS, locate_copy

PICTURE_TYPES = frozenset(EXTENSIONS)
"""Content types of pictures that cannot contain scripts, so not SVG."""

_HEADER_BYTES = 100
_ID_OFFSET = 68
"""The offset of `application_id` in a database file (sqlite.org/fileformat.html)."""

_settings: WeakKeyDictionary[Any, Mapping[str, Any]] = WeakKeyDictionary()

_known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


def is_store(database: Any) -> bool:
    """True if Datasette's `database` is a store; the file is read only once."""
    if database not in _known:
        _known[database] = bool(database.path) and read_application_id(Path(database.path)) == APPLICATION_ID
    return _known[database]


def read_application_id(path: Path) -> int:
    """Read the `application_id` of the file, or from its WAL; 0 if it is not a database."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        found = int.from_bytes(header[_ID_OFFSET : _ID_OFFSET + 4], "big")
        if found or not header.startswith(b"SQLite format 3"):
            return found
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            return int(db.execute("pragma application_id").fetchone()[0])
    except (OSError, sqlite3.Error):
        return 0


def read_settings(datasette: Any) -> Mapping[str, Any]:
    """Read the plugin's settings; cached, because rendering each cell needs them."""
    if datasette not in _settings:
        _settings[datasette] = datasette.plugin_config("gleanings") or {}
    return _settings[datasette]


def find_stores(datasette: Any) -> list[str]:
    """The names of the databases that are stores, in Datasette's order."""
    return [name for name, database in datasette.databases.items() if is_store(database)]


def find_others(datasette: Any) -> set[str]:
    """The names of the databases that are neither stores nor Datasette's own."""
    return set(datasette.databases) - set(find_stores(datasette)) - {"_internal", "_memory"}


def find_store_folder(database: Any) -> Path | None:
    """The folder of the database's file; None if it is in memory."""
    return Path(database.path).resolve().parent if database.path else None


def find_picture_copy(folder: Path | None, path: str | None, content_type: str | None) -> Path | None:
    """Find the picture at `path` below the store's folder; None if it is not one that was saved there."""
    found = locate_copy(folder, path) if folder is not None and content_type in PICTURE_TYPES else None
    if found is None or not found.is_file():
        return None
    is_inside = found.resolve().parent == found.parent.resolve()  # the folder itself may be a symbolic link
    return found if is_inside else None
