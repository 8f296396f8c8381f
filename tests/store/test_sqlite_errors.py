"""An error of SQLite's becomes one line that says what to do, and other errors pass unchanged."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from record_types.errors import BusyError, DiskError, GleaningsError, StoreError
from store.connection import is_damage, translated_errors

PATH = Path("g.db")


def make_error(code: int | None, message: str = "words") -> sqlite3.Error:
    error = sqlite3.OperationalError(message)
    if code is not None:
        error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "message", "kind", "words"),
    [
        (sqlite3.SQLITE_BUSY, "", BusyError, "g.db is locked by another program"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "", BusyError, "g.db is locked by another program"),
        (sqlite3.SQLITE_LOCKED, "", BusyError, "g.db is locked by another program"),
        (sqlite3.SQLITE_NOTADB, "", StoreError, "g.db is not a SQLite database"),
        (sqlite3.SQLITE_FULL, "", DiskError, "g.db: the disk is full"),
        (sqlite3.SQLITE_READONLY, "", StoreError, "g.db cannot be written"),
        (sqlite3.SQLITE_CANTOPEN, "", StoreError, "g.db cannot be written"),
        (sqlite3.SQLITE_PERM, "", StoreError, "g.db cannot be written"),
        (sqlite3.SQLITE_IOERR_READ, "x", DiskError, "g.db: the disk could not be read or written (x)"),
        (sqlite3.SQLITE_ERROR, "no such table: a", StoreError, "g.db is damaged (no such table: a)"),
        (sqlite3.SQLITE_ERROR, "malformed JSON", StoreError, "g.db is damaged (malformed JSON)"),
        (sqlite3.SQLITE_CORRUPT, "x", StoreError, "g.db is damaged or cannot be read (x)"),
        (
            None,
            "Could not decode to UTF-8 x",
            StoreError,
            "g.db is damaged: bytes that are not UTF-8 in a text",
        ),
    ],
)
def test_an_error_says_what_to_do(
    code: int | None, message: str, kind: type[GleaningsError], words: str
) -> None:
    error = make_error(code, message)
    with pytest.raises(kind) as found, translated_errors(PATH):
        raise error
    assert type(found.value) is kind
    assert str(found.value).startswith(words)
    assert found.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        make_error(sqlite3.SQLITE_ERROR, "no such column: a"),
        make_error(sqlite3.SQLITE_CONSTRAINT, "no such table: a"),
        make_error(None, "words"),
        ValueError("Could not decode to UTF-8"),
    ],
)
def test_a_bug_keeps_its_error(error: Exception) -> None:
    with pytest.raises(type(error)) as found, translated_errors(PATH):
        raise error
    assert found.value is error


def test_only_a_damaged_file_is_damage() -> None:
    assert is_damage(make_error(sqlite3.SQLITE_CORRUPT))
    assert is_damage(make_error(sqlite3.SQLITE_NOTADB))
    assert not is_damage(make_error(sqlite3.SQLITE_FULL))
    assert not is_damage(make_error(None))
    assert is_damage(StoreError("x"))
    assert not is_damage(DiskError("x"))
    assert not is_damage(ValueError("x"))
    for code, expected in ((sqlite3.SQLITE_CORRUPT, True), (sqlite3.SQLITE_READONLY, False)):
        with pytest.raises(StoreError) as found, translated_errors(PATH):
            raise make_error(code)
        assert is_damage(found.value) is expected
