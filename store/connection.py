"""Connections to the store, with the same settings for all; transactions, and inserts of many rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from record_types.errors import StoreError
from store.migrations import check_ours, migrate
from store.sqlite_errors import translated_errors

BUSY_TIMEOUT_MS = 5_000
"""How long a statement waits for another writer before the command ends with `try again later`."""

MANY_CHANGES = 1_000
"""Rows; after fewer changes the planner's statistics are not refreshed. While a partial index of a table is
empty, SQLite 3.40 analyses it at every `optimize`: 40 ms for 20,000 highlights, after every command."""

# With a write-ahead log, readers and the one writer do not wait for each other. `synchronous = normal` then
# flushes only at checkpoints: a power cut may take back the last transactions, which the next import repeats,
# but does not damage the file. What must be durable before a note is replaced uses `durable_commits`.
# Foreign keys are off in SQLite unless a connection asks for them. 64 MiB of pages hold the indexes that a
# batch of an import touches.
SETTINGS = f"""
pragma journal_mode = wal;
pragma synchronous = normal;
pragma foreign_keys = on;
pragma busy_timeout = {BUSY_TIMEOUT_MS};
pragma cache_size = -65536;
pragma temp_store = memory;
"""
"""For every connection that writes."""


def open_store(path: Path, *, create: bool = False, dry: bool = False) -> sqlite3.Connection:
    """Open the store at `path` and migrate it to this program's schema.

    With `dry` everything, the migration included, happens in a transaction that the caller rolls back.
    Raises StoreError if there is no store (and `create` is not set), if the file is not a store, or if its
    schema is too old or too new; BusyError if another program is writing to it.
    """
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a database file")
    if not create and not path.exists():
        raise StoreError(f"{path} does not exist: `gleanings import PATH` creates it")
    if not create and is_empty(path):
        raise StoreError(
            f"{path} is empty (0 bytes): put a backup back with `gleanings restore`, or delete it"
        )
    if create and not path.parent.is_dir():
        raise StoreError(f"{path.parent} is not a folder: create it first, or name another --db")
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


def is_empty(path: Path) -> bool:
    """Whether a file has lost all its bytes, or never had any, and no `-wal` has them."""
    wal = Path(f"{path}-wal")
    return path.stat().st_size == 0 and not (wal.exists() and wal.stat().st_size)


def open_memory() -> sqlite3.Connection:
    """Open an empty store in memory, which a dry run uses where there is no store yet."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(SETTINGS)
    migrate(db, Path(":memory:"))
    return db


def close_store(db: sqlite3.Connection) -> None:
    """Close the store, after many changes with the query planner's statistics refreshed."""
    if db.total_changes >= MANY_CHANGES and not db.in_transaction:
        db.execute("pragma optimize")
    db.close()


def shrink_cache(db: sqlite3.Connection) -> None:
    """Keep few pages in memory from here on: for a step that reads and writes each page about once."""
    db.execute("pragma cache_size = -8192")
    db.execute("pragma shrink_memory")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Run the block in one write transaction; inside another transaction (a dry run's) it joins that one.

    It is immediate: a deferred one fails without waiting when another program is writing.
    """
    if db.in_transaction:
        yield
        return
    try:
        db.execute("begin immediate")
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:  # SQLite has already rolled back if the disk is full
            db.execute("rollback")
        raise


@contextmanager
def durable_commits(db: sqlite3.Connection) -> Iterator[None]:
    """Make each commit in the block survive a power cut, at the price of a flush; needs no transaction."""
    if db.in_transaction:  # a dry run's
        yield
        return
    db.execute("pragma synchronous = full")
    try:
        yield
    finally:
        db.execute("pragma synchronous = normal")


def find_version(db: sqlite3.Connection) -> int:
    """A number that changes when another connection writes; only comparable on the same connection."""
    return int(db.execute("pragma data_version").fetchone()[0])


# --- inserts of many rows with one statement, through a temporary table
#
# For each `insert` that fires a trigger SQLite keeps a statement journal and has full-text indices flush
# their memory. 20,000 highlights took 2.1-3.1 s one by one, and 0.7 s this way.

Row = tuple[object, ...]


class BulkInsert(NamedTuple):
    """How the rows of one table are inserted."""

    make: str
    fill: str
    move: str
    clear: str


def bulk_insert(table: str, columns: str, *, select: str = "", conflict: str = "") -> BulkInsert:
    """An insert of `columns`; `select` chooses from the temporary table if not all of it is inserted as it
    is."""
    marks = ", ".join("?" for _ in columns.split(","))
    select = select or f"({columns}) select * from temp.new_{table} where true"  # noqa: S608 - our names
    return BulkInsert(
        f"create temp table if not exists new_{table} ({columns})",
        f"insert into temp.new_{table} values ({marks})",  # noqa: S608
        f"insert into {table} {select} {conflict}",
        f"delete from temp.new_{table}",  # noqa: S608
    )


def insert_rows(db: sqlite3.Connection, bulk: BulkInsert, rows: Sequence[Row]) -> None:
    """Insert `rows` in their order, inside the caller's transaction; each has the columns of `bulk`."""
    if not rows:
        return
    db.execute(bulk.make)
    db.executemany(bulk.fill, rows)
    db.execute(bulk.move)
    db.execute(bulk.clear)
