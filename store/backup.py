"""Backups of the store: copied while it is in use, checked, and put in place atomically.

They are made with SQLite's online backup (https://sqlite.org/backup.html): a reader's snapshot, copied page
by page, which blocks no writer. A backup is one file, without a `-wal` beside it.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from record_types.errors import BusyError, InputError, StoreError

FOLDER = "backups"
"""The folder beside the store for backups without a name of their own."""
PAGES = 4096
"""Pages of 4 KiB that are copied at a time; the backup can be interrupted in between."""
_NAME = re.compile(r"-(\d{8}T\d{6}Z)(?:-schema-\d+)?(?:-(\d+))?\.db")


class TakenError(InputError):
    """A file with the backup's name already exists."""


def name_backup(store: Path, *, now: datetime | None = None, suffix: str = "") -> Path:
    """`backups/gleanings-20261122T214500Z.db` beside the store."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    return store.parent / FOLDER / f"{store.stem}-{stamp}{suffix}.db"


def list_names(first: Path) -> Iterator[Path]:
    """`first`, then `…-2.db`, `…-3.db`: names for several backups in one second."""
    yield first
    for number in count(2):
        yield first.with_stem(f"{first.stem}-{number}")


def list_backups(store: Path) -> list[Path]:
    """The backups that `name_backup` named, the oldest first."""
    there = (store.parent / FOLDER).glob(f"{_escape(store.stem)}-*.db")
    found = [(match, path) for path in there if (match := _NAME.fullmatch(path.name[len(store.stem) :]))]
    return [path for match, path in sorted(found, key=lambda each: (each[0][1], int(each[0][2] or 1)))]


def back_up(
    store: Path, target: Path, *, advance: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Copy the store to `target` and check the copy; its size in bytes.

    Raises TakenError if `target` exists, BusyError if there is not enough space, and StoreError if the copy
    is damaged. After an error or a kill there is no file `target`.
    """
    if target.exists() or target.is_symlink():
        raise TakenError(f"{target} already exists: a backup is never overwritten")
    target.parent.mkdir(parents=True, exist_ok=True)
    _check_space(store, target.parent)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        temporary.touch(mode=0o600, exist_ok=True)
        shutil.copymode(store, temporary)
        _copy(store, temporary, advance)
        size = temporary.stat().st_size
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        try:
            os.link(temporary, target)  # unlike a rename, never replaces a file created meanwhile
        except FileExistsError:
            raise TakenError(f"{target} already exists: a backup is never overwritten") from None
        except OSError:  # a file system without hard links
            temporary.rename(target)
    finally:
        for name in (temporary, *(Path(f"{temporary}{suffix}") for suffix in ("-journal", "-wal", "-shm"))):
            name.unlink(missing_ok=True)
    return size


def back_up_beside(
    store: Path, *, suffix: str = "", advance: Callable[[int, int], None] = lambda done, total: None
) -> tuple[Path, int]:
    """Copy the store under the next free name in the folder `backups` beside it: (copy, size in bytes)."""
    for target in list_names(name_backup(store, suffix=suffix)):
        try:
            return target, back_up(store, target, advance=advance)
        except TakenError:  # by another backup in the same second
            continue
    raise AssertionError("there is always a next number")


def drop_oldest(store: Path, keep: int) -> list[Path]:
    """Delete all but the `keep` newest backups that `name_backup` named (0: delete none); those deleted."""
    dropped = list_backups(store)[:-keep] if keep else []
    for path in dropped:
        path.unlink(missing_ok=True)
    return dropped


def _copy(store: Path, target: Path, advance: Callable[[int, int], None]) -> None:
    with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(target)) as copy:
        source.execute("begin")  # one snapshot for all steps: else a writer would make it start again
        source.execute("select count(*) from sqlite_master").fetchone()
        source.backup(
            copy, pages=PAGES, progress=lambda status, remaining, total: advance(total - remaining, total)
        )
        copy.execute("pragma journal_mode = delete")
        found = [text for (text,) in copy.execute("pragma integrity_check(3)")]
        if found != ["ok"]:
            raise StoreError(
                f"the copy of {store} is damaged ({'; '.join(found)[:200]}): see `gleanings doctor`"
            )


def _check_space(store: Path, folder: Path) -> None:
    wanted = sum(path.stat().st_size for path in (store, Path(f"{store}-wal")) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise BusyError(f"{folder}: a backup needs {wanted >> 20} MiB, but {free >> 20} MiB are free")


def _escape(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)
