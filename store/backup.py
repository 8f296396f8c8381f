"""Copies of the store's file: made while it is in use, checked, and put in place atomically.

They are made with SQLite's online backup (https://sqlite.org/backup.html): a reader's snapshot, copied page
by page, which blocks no writer. A copy is one file, without a `-wal` beside it. `store/full_backup.py` adds
the pictures.
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
from record_types.regular_files import drop_leftover_copies, flush, make_folder, name_temporary
from store.connection import translated_errors

FOLDER = "backups"
"""The folder beside the store for backups without a name of their own."""
PAGES = 4096
"""Pages of 4 KiB that are copied at a time; the backup can be interrupted in between."""
KEPT_BEFORE = 3
"""Copies that are kept of those made before each undo, and of those before each restore."""
_NAME = re.compile(r"-(\d{8}T\d{6}Z)(?:-schema-\d+|(-before-(?:undo|restore)))?(?:-(\d+))?\.db")

Advance = Callable[[int, int], None]
"""Pages done, pages in total."""


class TakenError(InputError):
    """A file with the backup's name already exists."""


def _ignore(done: int, total: int) -> None:
    """Progress that nobody follows."""


def name_backup(store: Path, *, now: datetime | None = None, suffix: str = "") -> Path:
    """`backups/gleanings-20261122T214500Z.db` beside the store."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    return store.parent / FOLDER / f"{store.stem}-{stamp}{suffix}.db"


def list_names(first: Path) -> Iterator[Path]:
    """`first`, then `…-2.db`, `…-3.db`: names for several backups in one second.

    They begin after the highest that is taken: a backup under the free name of a deleted one would count as
    older than the others.
    """
    ends = [path.stem[len(first.stem) + 1 :] for path in first.parent.glob(f"{_escape(first.stem)}-*.db")]
    taken = max((int(end) for end in ends if end.isdecimal()), default=1)
    if taken == 1:
        yield first
    for number in count(taken + 1):
        yield first.with_stem(f"{first.stem}-{number}")


def list_backups(store: Path, kind: str = "") -> list[Path]:
    """The backups that `name_backup` named, the oldest first; `kind` is the suffix of those made before a
    command."""
    there = (store.parent / FOLDER).glob(f"{_escape(store.stem)}-*.db")
    found = [(match, path) for path in there if (match := _NAME.fullmatch(path.name[len(store.stem) :]))]
    found = [(match, path) for match, path in found if (match[2] or "") == kind]
    return [path for match, path in sorted(found, key=lambda each: (each[0][1], int(each[0][3] or 1)))]


def back_up(
    store: Path,
    target: Path,
    *,
    advance: Advance = _ignore,
    complete: Callable[[Path], None] = lambda copy: None,
) -> int:
    """Copy the store to `target` and check the copy; its size in bytes.

    `complete` gets the checked copy under its temporary name, before it is put in place. Raises TakenError
    if `target` exists, InputError if its folder does not, BusyError if there is not enough space, and
    StoreError if the copy is damaged. After an error or a kill there is no file `target`.
    """
    if target.exists() or target.is_symlink():
        raise TakenError(f"{target} already exists: a backup is never overwritten")
    if not target.parent.is_dir():
        raise InputError(f"{target.parent} is not a folder: create it first, or name another place")
    drop_leftover_copies(target.parent)
    _check_space(store, target.parent)
    temporary = name_temporary(target)
    try:
        temporary.touch(mode=0o600, exist_ok=True)
        shutil.copymode(store, temporary)
        copy_database(store, temporary, advance)
        size = temporary.stat().st_size
        flush(temporary)
        complete(temporary)
        publish(temporary, target)
        flush(target.parent)
    finally:
        drop_database(temporary)
    return size


def back_up_beside(store: Path, *, suffix: str) -> tuple[Path, int]:
    """Copy the store under the next free name in the folder `backups` beside it: (copy, size in bytes)."""
    make_folder(store.parent / FOLDER)
    for target in list_names(name_backup(store, suffix=suffix)):
        try:
            return target, back_up(store, target)
        except TakenError:  # by another backup in the same second
            continue
    raise AssertionError("there is always a next number")


def back_up_before(store: Path, command: str) -> Path:
    """Copy the store before a `command` that may be regretted; the last three such copies are kept."""
    kind = f"-before-{command}"
    copy, _ = back_up_beside(store, suffix=kind)
    drop_oldest(store, KEPT_BEFORE, kind)
    return copy


def drop_oldest(store: Path, keep: int, kind: str = "") -> list[Path]:
    """Delete all but the `keep` newest backups of this kind (0: delete none); those deleted."""
    dropped = list_backups(store, kind)[:-keep] if keep else []
    for path in dropped:
        path.unlink(missing_ok=True)
    return dropped


def publish(temporary: Path, target: Path) -> None:
    """Give a complete file its name. Raises TakenError for one that exists."""
    try:
        os.link(temporary, target)  # unlike a rename, never replaces a file created meanwhile
    except FileExistsError:
        raise TakenError(f"{target} already exists: a backup is never overwritten") from None
    except OSError:  # a file system without hard links
        temporary.rename(target)


def drop_database(path: Path) -> None:
    """Delete a database with the files that SQLite keeps beside it."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


# --- copying

FULL_TEXT = {
    "highlights_fts": "insert into highlights_fts (highlights_fts, rank) values ('integrity-check', 1)",
    "resources_fts": "insert into resources_fts (resources_fts, rank) values ('integrity-check', 1)",
    "documents_fts": "insert into documents_fts (documents_fts, rank) values ('integrity-check', 1)",
}
"""FTS5's own check of each full-text index."""


def copy_database(store: Path, target: Path, advance: Advance = _ignore) -> None:
    """Copy a database to the empty file `target`. Raises StoreError if `store` or the copy is damaged,
    DiskError if the disk is full or fails."""
    with (
        translated_errors(target),
        closing(sqlite3.connect(store)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.execute("begin")  # one snapshot for all steps: else a writer would make it start again
        source.execute("select count(*) from sqlite_master").fetchone()
        source.backup(
            copy, pages=PAGES, progress=lambda status, remaining, total: advance(total - remaining, total)
        )
        copy.execute("pragma journal_mode = delete")
        found = find_damage(copy)
        if found:
            raise StoreError(f"the copy of {store} is damaged ({found[:200]}): see `gleanings doctor`")


def find_damage(db: sqlite3.Connection) -> str:
    """What is wrong with a database's file and full-text indexes; empty if nothing is."""
    found = [text for (text,) in db.execute("pragma integrity_check(3)") if text != "ok"]
    tables = {name for (name,) in db.execute("select name from sqlite_master where type = 'table'")}
    for name, check in FULL_TEXT.items() if not found else ():
        if name in tables:
            try:
                db.execute(check)
            except sqlite3.DatabaseError:
                found.append(f"the full-text index {name} differs from its table")
    db.rollback()
    return "; ".join(found)


def _check_space(store: Path, folder: Path) -> None:
    wanted = sum(path.stat().st_size for path in (store, Path(f"{store}-wal")) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise BusyError(f"{folder}: a backup needs {wanted >> 20} MiB, but {free >> 20} MiB are free")


def _escape(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)
