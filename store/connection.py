"""Connections to the store: settings, transactions, inserts of many rows, and what SQLite's errors mean."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from record_types.errors import BusyError, DiskError, StoreError
from store.migrations import APPLICATION_ID, SCHEMA_VERSION, check_ours, migrate

BUSY_TIMEOUT_MS = 5_000
"""How long a statement waits for another writer before the command ends with `try again later`."""

MANY_CHANGES = 1_000
"""Rows; after fewer changes the planner's statistics are not refreshed. While a partial index of a table is
empty, SQLite 3.40 analyses it at every `optimize`: 40 ms for 20,000 highlights, after every command."""

# With a write-ahead log, readers and the one writer do not wait for each other. `synchronous = normal` then
# flushes only at checkpoints: a power cut may lose the last transactions, which the next import repeats,
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
            f"{path} is empty (0 bytes): restore a backup with `gleanings restore`, or delete it"
        )
    if create and not path.parent.is_dir():
        raise StoreError(f"{path.parent} is not a folder: create it first, or name another --db")
    with translated_errors(path):
        db = sqlite3.connect(path, isolation_level=None)
        try:
            is_current = _is_current(db)
            if not is_current:
                check_ours(db, path)
            db.executescript(SETTINGS)
            if dry:
                db.execute("begin immediate")
            if not is_current:
                migrate(db, path)
        except BaseException:
            db.close()
            raise
    return db


def _is_current(db: sqlite3.Connection) -> bool:
    """Whether it is a store with this program's schema, as is nearly always the case: nothing to check or
    migrate."""
    marks = [db.execute(f"pragma {name}").fetchone()[0] for name in ("application_id", "user_version")]
    return marks == [APPLICATION_ID, SCHEMA_VERSION]


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


# --- SQLite's errors

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


JSON_TYPES = {
    "documents.properties": "object",
    "links.hops": "array",
    "cursors.recent": "array",
    "undo_files.before": "object",
    "note_journal.blocks": "array",
    "topic_scores.summary": "array",
    "topic_scores.scores": "object",
    "export_states.text": "object",
}
"""The type of JSON in each column that has some, with or without a constraint."""


def load_json(text: str, column: str) -> Any:
    """The list or object in a text of `column` (`table.column`), as `JSON_TYPES` says.

    Raises StoreError for anything else, which only a damaged file contains.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict if JSON_TYPES[column] == "object" else list):
        raise StoreError(f"the store is damaged: malformed JSON in {column}: run `gleanings doctor --fix`")
    return value


def is_damage(error: Exception) -> bool:
    """Whether an error means that the store's file is damaged, rather than the disk full or gone."""
    cause = error.__cause__ if isinstance(error.__cause__, sqlite3.Error) else error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        return code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
    return isinstance(error, StoreError)


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
