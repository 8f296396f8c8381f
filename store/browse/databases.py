"""Which of Datasette's databases are ours: told by SQLite's `application_id`, remembered for the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from store.copies import EXTENSIONS, locate_copy
from store.migrations import APPLICATION_ID

PICTURE_TYPES = frozenset(EXTENSIONS)
"""Pictures that hold no script: no SVG."""

_HEADER_BYTES = 100
_ID_AT = 68
"""Where `application_id` stands in a database's first page (sqlite.org/fileformat.html)."""

_settings: WeakKeyDictionary[Any, Mapping[str, Any]] = WeakKeyDictionary()

_known: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


def is_ours(database: Any) -> bool:
    """Whether Datasette's `database` is a store; asked of the file once."""
    if database not in _known:
        _known[database] = bool(database.path) and read_application_id(Path(database.path)) == APPLICATION_ID
    return _known[database]


def read_application_id(path: Path) -> int:
    """The `application_id` of the file; 0 for what is no database. What is still in the WAL counts too."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError:
        return 0
    found = int.from_bytes(header[_ID_AT : _ID_AT + 4], "big")
    if found or not header.startswith(b"SQLite format 3"):
        return found
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return 0
    try:
        return int(db.execute("pragma application_id").fetchone()[0])
    except sqlite3.Error:
        return 0
    finally:
        db.close()


def read_settings(datasette: Any) -> Mapping[str, Any]:
    """The plugin's own settings, which stay as they are: asked for once, since every cell wants to know."""
    if datasette not in _settings:
        _settings[datasette] = datasette.plugin_config("gleanings") or {}
    return _settings[datasette]


def find_stores(datasette: Any) -> list[str]:
    """The names of the databases that are ours, in Datasette's order."""
    return [name for name, database in datasette.databases.items() if is_ours(database)]


def find_folder(database: Any) -> Path | None:
    return Path(database.path).resolve().parent if database.path else None


def find_copy(folder: Path | None, path: str | None, content_type: str | None) -> Path | None:
    """The file at `path` below the store's folder, if it is a picture that was kept there."""
    found = locate_copy(folder, path) if folder is not None and content_type in PICTURE_TYPES else None
    return found if found is not None and found.is_file() else None
