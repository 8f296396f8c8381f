"""Copies of a moment, for commands that only read a store which they may not write.

SQLite reads a database in WAL mode through two files beside it, which it makes where there are none
(https://sqlite.org/wal.html#readonly): in a folder that may only be read it gives up. With `immutable=1` it
takes the file as it lies, which is the truth only while no `-wal` holds what is newer and nobody writes. So
that is asked for where there is no `-wal`, the file is looked at again afterwards, and what was read while
somebody wrote is thrown away.

In a folder that may be written but a file that may not, the two files would be made by the wrong user, and
their owner could not write his own store any more: that store is copied, too.
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
"""So often a store is copied that others write to all the while."""


class Snapshot(sqlite3.Connection):
    """A copy in memory, on disk where it is large; what is written to it goes when it is closed."""

    store: Path
    """What it is a copy of, symbolic links aside."""


class _Look(NamedTuple):
    """What changes with a file when somebody writes to it."""

    inode: int
    size: int
    mtime_ns: int
    has_wal: bool
    """Something is in a `-wal` that is not in the file itself."""


def is_writable(path: Path) -> bool:
    """Whether a store can be opened as usual: its file and its folder may be written."""
    file = path.resolve()
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def open_snapshot(path: Path) -> Snapshot:
    """The store at `path` as it is now, brought to this program's schema in the copy alone.

    Raises StoreError for a store that is not ours, newer than this program or may not even be read, and
    BusyError where somebody writes to it all the while.
    """
    with translated_errors(path):
        copy = _copy_settled(path)
        try:
            copy.executescript(SETTINGS)
            copy.execute("begin immediate")  # inside a transaction nothing is put into `backups` first
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
    return _connect(file, "mode=ro" if _look(file).has_wal else SETTLED)


SETTLED = "mode=ro&immutable=1"
"""For a file without a `-wal`: SQLite creates no file beside it, and takes no lock."""


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(f"{file.as_uri()}?{mode}", uri=True, isolation_level=None)
    db.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
    return db


def _copy_settled(path: Path) -> Snapshot:
    file = path.resolve()
    if not os.access(file, os.R_OK):
        raise StoreError(f"{path} may not be read: check its permissions")
    for attempt in range(ATTEMPTS):
        before = _look(file)
        copy = sqlite3.connect("", isolation_level=None, factory=Snapshot)
        copy.store = file
        try:
            _copy(path, copy, is_settled=not before.has_wal)
        except BaseException as error:
            copy.close()
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            is_passing = before.has_wal and code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if isinstance(error, sqlite3.Error) and before != _look(file):
                continue
            if is_passing and attempt < ATTEMPTS - 1:  # its owner is just making or dropping the -wal
                time.sleep(0.02 * (attempt + 1))
                continue
            if is_passing:
                raise StoreError(_explain_wal(path)) from error
            raise
        if before.has_wal or before == _look(file):
            return copy
        copy.close()
    raise BusyError(f"{path} is being written to: try again later")


def _copy(path: Path, copy: Snapshot, *, is_settled: bool) -> None:
    with closing(_connect(copy.store, SETTLED if is_settled else "mode=ro")) as source:
        check_ours(source, path)
        source.execute("begin")  # one moment, and what is busy is said by this and not waited for below
        source.execute("select count(*) from sqlite_master").fetchone()
        source.backup(copy)


def _look(file: Path) -> _Look:
    stat = file.stat()
    try:
        has_wal = Path(f"{file}-wal").stat().st_size > 0
    except FileNotFoundError:
        has_wal = False
    return _Look(stat.st_ino, stat.st_size, stat.st_mtime_ns, has_wal)


def _explain_wal(path: Path) -> str:
    return (
        f"{path}: what was written last is in {path.name}-wal, which cannot be read without {path.name}-shm "
        "in a folder that may not be written: copy both to one that may"
    )
