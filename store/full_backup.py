"""Whole backups: a copy of the store with the pictures beside it, and how to restore one.

The pictures of a copy are in `gleanings.media` beside it, where a store has them. Their names are hashes, so
all copies in one folder share them, and a second backup copies only the new ones.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from record_types.errors import InputError, StoreError
from record_types.regular_files import drop_leftover_copies, flush, make_folder, name_temporary
from store.backup import (
    FOLDER,
    Advance,
    back_up,
    back_up_before,
    copy_database,
    drop_database,
    drop_oldest,
    list_names,
    name_backup,
    publish,
)
from store.backup import TakenError as TakenError
from store.connection import is_damage, translated_errors
from store.migrations import ForeignError, check_application, check_ours
from store.pictures import locate_copy, read_hash

kept_copies = "select distinct path, sha256 from media where status = 'ok' and path is not null"


@dataclass(slots=True)
class Copied:
    """A backup that was made or restored."""

    path: Path
    size: int = 0
    """Bytes of the store and its pictures."""
    pictures: int = 0
    lost: int = 0
    """Pictures whose file was missing or damaged in the source."""
    kept: Path | None = None
    """Of a restore: where the store that was replaced is now."""


def make_backup(store: Path, target: Path | None, *, advance: Advance) -> Copied:
    """Copy the store and its pictures, and check both.

    `target` is a new file `NAME.db`, or a new or existing folder; without it, it is the folder `backups`
    beside the store. In an existing folder, the copy is named after the time.
    """
    if target is None or target.is_dir():
        folder = target or store.parent / FOLDER
        make_folder(folder)
        for name in list_names(folder / name_backup(store).name):
            try:
                return _copy_whole(store, name, advance)
            except TakenError:  # by another backup in the same second
                continue
    assert target is not None  # noqa: S101 - for the type checker
    if target.suffix == ".db" or target.exists():
        return _copy_whole(store, target, advance)
    if not target.parent.is_dir():
        raise InputError(f"{target.parent} is not a folder: create it first, or name another place")
    drop_leftover_copies(target.parent)
    temporary = name_temporary(target)
    try:
        temporary.mkdir(mode=0o700)
        copied = _copy_whole(store, temporary / store.name, advance)
        temporary.rename(target)
        flush(target.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    copied.path = target
    return copied


def _copy_whole(store: Path, target: Path, advance: Advance) -> Copied:
    copied = Copied(target)

    def add_pictures(copy: Path) -> None:
        here, there = store.resolve().parent, target.resolve().parent
        with closing(sqlite3.connect(copy)) as db:
            if here == there and db.execute(kept_copies).fetchone():
                raise InputError(f"{target} would share the store's pictures: name another folder")
            _copy_pictures(db, here, there, copied)

    size = back_up(store, target, advance=advance, complete=add_pictures)
    copied.size += size  # `back_up` has added the size of the pictures meanwhile
    return copied


def _copy_pictures(db: sqlite3.Connection, source: Path, target: Path, copied: Copied) -> None:
    """Copy the pictures that the store `db` has from one folder to another; `copied` counts them.

    Every file is read again afterwards. A damaged file in `target` is replaced.
    """
    tables = db.execute("select 1 from sqlite_master where name = 'media'").fetchone()
    folders: set[Path] = set()
    for path, sha256 in db.execute(kept_copies).fetchall() if tables else ():
        there = locate_copy(target, path)
        here = locate_copy(source, path)
        if there is None or here is None:
            copied.lost += 1
            continue
        if there.parent not in folders:
            drop_leftover_copies(there.parent)
            folders.add(there.parent)
        if read_hash(there) != sha256 and not _copy_picture(here, there, sha256):
            copied.lost += 1
            continue
        copied.pictures += 1
        copied.size += there.stat().st_size
    for folder in filter(Path.is_dir, folders):
        flush(folder)


def _copy_picture(source: Path, target: Path, sha256: str) -> bool:
    """Copy one picture atomically; whether the source is whole. Raises StoreError if the copy is not."""
    if read_hash(source) != sha256:
        return False
    make_folder(target.parent)
    temporary = name_temporary(target)
    try:
        shutil.copyfile(source, temporary)
        if read_hash(temporary) != sha256:
            raise StoreError(f"{target}: the copy of a picture is damaged")
        flush(temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def drop_old_backups(store: Path, keep: int) -> list[Path]:
    """Delete the oldest backups beside the store, and the pictures that no other backup has; the backups
    deleted."""
    dropped = drop_oldest(store, keep)
    folder = store.parent / FOLDER
    if dropped and not any(folder.glob(".*.tmp")):  # a backup in progress has pictures before its file
        try:
            used = {path for copy in folder.glob("*.db") for path in _list_pictures(copy)}
        except sqlite3.Error:  # a file that cannot be read may have any of them
            return dropped
        _drop_unused(folder, used)
    return dropped


def _list_pictures(copy: Path) -> list[str]:
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return [path for path, _ in db.execute(kept_copies)]


def _drop_unused(folder: Path, used: Iterable[str]) -> None:
    for file in folder.glob("*.media/*"):
        path = f"{file.parent.name}/{file.name}"
        if path not in used and locate_copy(folder, path) is not None:
            file.unlink(missing_ok=True)


# --- restoring a backup


def find_backup(path: Path) -> Path:
    """The database of a backup: the file itself, or the only `.db` in a folder. Raises InputError."""
    if not path.is_dir():
        if not path.is_file():
            raise InputError(f"{path} does not exist: name a backup, or its folder")
        return path
    found = sorted(each for each in path.glob("*.db") if not each.name.startswith("."))
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(f"{path} contains no backup")
    raise InputError(f"{path} contains {len(found)} backups: name one, such as {found[-1]}")


def restore_backup(backup: Path, store: Path) -> Copied:
    """Replace the store with the checked contents of `backup`, with its pictures.

    An existing store is first kept as a backup, or under another name if it is damaged. Programs that
    have it open see the new contents. Raises StoreError if the backup is damaged or not a store; then
    nothing has changed.
    """
    if backup.resolve() == store.resolve():
        raise InputError(f"{backup} is the store itself")
    if not store.parent.is_dir():
        raise InputError(f"{store.parent} is not a folder: create it first, or name another --db")
    drop_leftover_copies(store.parent)
    copied = Copied(backup)
    temporary = name_temporary(store)
    try:
        try:
            copy_database(backup, temporary)
        except StoreError as error:
            if not is_damage(error):
                raise
            raise StoreError(f"{backup} is damaged or not a store: name another backup") from error
        with closing(sqlite3.connect(temporary)) as db:
            check_ours(db, backup)
            if db.execute("pragma application_id").fetchone() == (0,):
                raise StoreError(f"{backup} is empty: name another backup")
            _copy_pictures(db, backup.resolve().parent, store.resolve().parent, copied)
        copied.size += temporary.stat().st_size
        flush(temporary)
        copied.kept = _put_in_place(temporary, store)
    finally:
        drop_database(temporary)
    return copied


def _put_in_place(temporary: Path, store: Path) -> Path | None:
    """Replace the store's contents; where the old ones are now."""
    if not store.exists():
        for suffix in ("-wal", "-shm", "-journal"):  # of a store that was deleted: not of this one
            Path(f"{store}{suffix}").unlink(missing_ok=True)
        publish(temporary, store)
        flush(store.parent)
        return None
    try:
        with translated_errors(store), closing(sqlite3.connect(store)) as db:
            if db.execute("select 1 from sqlite_master").fetchone():
                check_application(db, store)
        kept = back_up_before(store.absolute(), "restore")
        with (
            translated_errors(store),
            closing(sqlite3.connect(temporary)) as source,
            closing(sqlite3.connect(store)) as db,
        ):
            db.execute("begin immediate")  # fails here if busy, where `backup` would wait for ever
            db.rollback()
            source.backup(db)
        return kept
    except ForeignError:
        raise
    except (StoreError, sqlite3.DatabaseError) as error:
        if not is_damage(error):
            raise
    kept = store.with_name(f"{store.stem}-damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{store.suffix}")
    for suffix in ("-wal", "-shm", "-journal", ""):
        file = Path(f"{store}{suffix}")
        if file.exists():
            file.rename(f"{kept}{suffix}")
    publish(temporary, store)
    flush(store.parent)
    return kept
