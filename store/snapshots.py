"""Snapshots: private copies, for commands that read a store which they have no permission to write.

SQLite reads a database in WAL mode through two files beside it, which it creates if they are missing
(https://sqlite.org/wal.html#readonly): in a read-only folder it fails. With `immutable=1` it reads the file
alone, which is correct only while there is no `-wal` with newer pages and nobody writes. So a snapshot uses
it only without a `-wal`, compares the file's state before and after, and discards a copy made during a write.

A read-only file in a writable folder is copied too: otherwise the two files would belong to the wrong user,
and the store's owner could no longer write to it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from record_types.errors import BusyError, StoreError
from store.connection import BUSY_TIMEOUT_MS, SETTINGS, translated_errors
from store.migrations import check_ours, migrate

ATTEMPTS = 5
"""How often copying is tried while another program keeps writing."""


class Snapshot(sqlite3.Connection):
    """A copy in memory, or in a temporary file if it is large; closing it discards it."""

    store: Path
    """The file it is a copy of, symbolic links resolved."""


class _FileState(NamedTuple):
    """What changes when somebody writes to a file."""

    inode: int
    size: int
    mtime_ns: int
    has_wal: bool
    """There is a `-wal`, with pages that are not in the file itself yet."""


def is_writable(path: Path) -> bool:
    """Whether a store can be opened as usual: its file and its folder are writable."""
    file = path.resolve()
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def open_snapshot(path: Path) -> Snapshot:
    """Copy the store at `path`, and migrate the copy to this program's schema.

    Raises StoreError for a file that is not a store or not readable, or whose schema is too old or too new,
    and BusyError if another program keeps writing to it.
    """
    with translated_errors(path):
        copy = _copy_settled(path)
        try:
            copy.executescript(SETTINGS)
            copy.execute("begin immediate")  # inside a transaction `migrate` makes no backup
            migrate(copy, path)
            copy.execute("commit")
        except BaseException:
            copy.close()
            raise
    return copy


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that leaves no file behind; what it reads is right as long as nobody writes."""
    file = path.resolve()
    if is_writable(file):  # with `ro` SQLite would not remove the -wal and -shm that it creates
        return _connect(file, "mode=rw")
    return _connect(file, "mode=ro" if _read_state(file).has_wal else SETTLED)


SETTLED = "mode=ro&immutable=1"
"""For a file without a `-wal`: SQLite creates no file beside it, and takes no lock."""


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(f"{file.as_uri()}?{mode}", uri=True, isolation_level=None)
    db.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
    return db


def _copy_settled(path: Path) -> Snapshot:
    file = path.resolve()
    if not os.access(file, os.R_OK):
        raise StoreError(f"{path} cannot be read: check its permissions")
    for attempt in range(ATTEMPTS):
        before = _read_state(file)
        copy = sqlite3.connect("", isolation_level=None, factory=Snapshot)
        copy.store = file
        try:
            _copy(path, copy, is_settled=not before.has_wal)
        except BaseException as error:
            copy.close()
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            is_temporary = before.has_wal and code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if isinstance(error, sqlite3.Error) and before != _read_state(file):
                continue
            if is_temporary and attempt < ATTEMPTS - 1:  # its owner is creating or deleting the -wal
                time.sleep(0.02 * (attempt + 1))
                continue
            if is_temporary:
                raise StoreError(_explain_wal(path)) from error
            raise
        if before.has_wal or before == _read_state(file):
            return copy
        copy.close()
    raise BusyError(f"{path} is being written to: try again later")


def _copy(path: Path, copy: Snapshot, *, is_settled: bool) -> None:
    with closing(_connect(copy.store, SETTLED if is_settled else "mode=ro")) as source:
        check_ours(source, path)
        source.execute("begin")  # one snapshot for all steps; fails here if busy, where `backup` would wait
        source.execute("select count(*) from sqlite_master").fetchone()
        source.backup(copy)


def _read_state(file: Path) -> _FileState:
    stat = file.stat()
    try:
        has_wal = Path(f"{file}-wal").stat().st_size > 0
    except FileNotFoundError:
        has_wal = False
    return _FileState(stat.st_ino, stat.st_size, stat.st_mtime_ns, has_wal)


def _explain_wal(path: Path) -> str:
    return (
        f"{path}: the latest changes are in {path.name}-wal, which cannot be read without {path.name}-shm "
        "in a read-only folder: copy the store and its -wal to a writable folder"
    )
