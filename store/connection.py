"""Opening the store: every connection is made here, with the same settings (STORE.md, Schema)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from record_types.errors import BusyError, DiskError, StoreError
from store.migrations import check_ours, migrate

BUSY_TIMEOUT_MS = 5_000
"""How long a statement waits for another writer before the run says `try later`."""

MANY_CHANGES = 1_000
"""Rows; for fewer the statistics are left. SQLite 3.40 analyses a table at each `optimize` as long as one of
its partial indices is empty: 40 ms for 20,000 highlights, for each command that only read them."""

SETTINGS = f"""
pragma journal_mode = wal;
pragma synchronous = normal;
pragma foreign_keys = on;
pragma busy_timeout = {BUSY_TIMEOUT_MS};
pragma cache_size = -65536;
pragma temp_store = memory;
"""
"""Of every connection that is written through."""


def open_store(path: Path, *, create: bool = False, dry: bool = False) -> sqlite3.Connection:
    """A connection to the store at `path`, migrated to this program's schema.

    Raises StoreError when there is no store (and `create` is not set), when the file is not ours or is
    newer than this program, and BusyError when another writer holds it. With `dry` all of it, the migration
    too, is in a transaction that the caller rolls back.
    """
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a database file")
    if not create and not path.exists():
        raise StoreError(f"{path} does not exist: `gleanings import PATH` makes it")
    if create and not path.parent.is_dir():
        raise StoreError(f"{path.parent} is not a folder: make it first, or name another --db")
    with translated_errors(path):
        db = sqlite3.connect(path, isolation_level=None)
        try:
            check_ours(db, path)
            db.executescript(SETTINGS)
            if dry:
                db.execute("begin immediate")
            migrate(db, path)
        except BaseException:
            db.close()
            raise
    return db


def open_memory() -> sqlite3.Connection:
    """An empty store that is gone when it is closed: what a dry run on no store works in."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(SETTINGS)
    migrate(db, Path(":memory:"))
    return db


def close_store(db: sqlite3.Connection) -> None:
    """Close the store; after many changes with its statistics refreshed where SQLite thinks it worth it."""
    if db.total_changes >= MANY_CHANGES and not db.in_transaction:
        db.execute("pragma optimize")
    db.close()


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: immediate, since a deferred one fails at once beside another writer.

    Inside another transaction (a dry run's) it is a part of that one.
    """
    if db.in_transaction:
        yield
        return
    try:
        db.execute("begin immediate")
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:  # SQLite rolls back by itself when the disk is full
            db.execute("rollback")
        raise


def find_version(db: sqlite3.Connection) -> int:
    """A number that changes when another connection has written; to compare with this connection's own."""
    return int(db.execute("pragma data_version").fetchone()[0])


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """SQLite's own errors as one line that says what to do; anything else goes through."""
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
            raise DiskError(f"{path}: the disk is full; nothing of the last batch was stored") from error
        if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise StoreError(f"{path} cannot be written: check its folder's permissions") from error
        if primary == sqlite3.SQLITE_IOERR:
            message = f"{path}: the disk could not be written or read ({error}): is it full, or gone?"
            raise DiskError(message) from error
        if primary == sqlite3.SQLITE_CORRUPT:
            raise StoreError(f"{path} is damaged or cannot be read ({error}): restore a copy") from error
        raise
