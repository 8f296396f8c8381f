"""SQLite's errors: what they mean for the user, and which of them mean that a store is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from record_types.errors import BusyError, DiskError, StoreError

DAMAGE = ("no such table: ", "malformed JSON")
"""Errors of the code SQLITE_ERROR that come from a damaged store, not from a wrong statement."""
NOT_UTF8 = "Could not decode to UTF-8"
"""An error of Python's own, without a code. It quotes the text, which may be private: never show it."""


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into errors whose message says what to do; other errors pass unchanged."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        primary = code & 0xFF if code is not None else None
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BusyError(f"{path} is locked by another program: try again later") from error
        if primary == sqlite3.SQLITE_NOTADB:
            raise StoreError(f"{path} is not a SQLite database: name another --db") from error
        if primary == sqlite3.SQLITE_FULL:
            raise DiskError(f"{path}: the disk is full; the last change was not stored") from error
        if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            message = (
                f"{path} cannot be written: check its folder's permissions, and whether the disk is full"
            )
            raise StoreError(message) from error
        if primary == sqlite3.SQLITE_IOERR:
            message = f"{path}: the disk could not be read or written ({error}): is it full, or disconnected?"
            raise DiskError(message) from error
        if primary == sqlite3.SQLITE_ERROR and str(error).startswith(DAMAGE):
            raise StoreError(f"{path} is damaged ({error}): see `gleanings doctor`") from error
        if primary == sqlite3.SQLITE_CORRUPT:
            raise StoreError(f"{path} is damaged or cannot be read ({error}): restore a backup") from error
        if str(error).startswith(NOT_UTF8):
            message = f"{path} is damaged: bytes that are not UTF-8 in {_name_not_utf8(path)}"
            raise StoreError(f"{message}: run `gleanings doctor --fix`") from error
        raise


def _name_not_utf8(path: Path) -> str:
    """The damaged columns (`table.column`) of a store; the error itself names no table."""
    from store.file_checks import find_not_utf8  # which needs this module

    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            columns = find_not_utf8(db)
    except sqlite3.Error:
        columns = []
    return ", ".join(columns[:3]) + (", …" if len(columns) > 3 else "") or "a text"


def is_damage(error: Exception) -> bool:
    """Whether an error means that the store's file is damaged, rather than the disk full or gone."""
    cause = error.__cause__ if isinstance(error.__cause__, sqlite3.Error) else error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        return code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
    return isinstance(error, StoreError)
