"""The files of pictures: kept beside the store, each under the hash of its bytes, one for the same bytes."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from record_types.errors import BusyError, StoreError
from record_types.pictures import PictureCopy
from store.snapshots import Snapshot

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
"""Pictures that hold no script, by their content type: no SVG."""
_TEMPORARY = ".gleanings-"
_SHORT = 16
"""Hexadecimal digits of the hash in a name; all 64 where two pictures share these."""
_PATH = re.compile(r"[^/\\\0]{1,255}/(?:[0-9a-f]{16}|[0-9a-f]{64})\.(?:png|jpg|gif|webp|avif)")


def find_store_file(db: sqlite3.Connection) -> Path | None:
    """The file of a store or of what a snapshot was taken of, symbolic links aside; None in memory."""
    if isinstance(db, Snapshot):
        return db.store
    (file,) = db.execute("select file from pragma_database_list where name = 'main'").fetchone()
    return Path(file).resolve() if file else None


def find_media_folder(db: sqlite3.Connection) -> Path | None:
    """Where the pictures of a store are kept: `gleanings.media` beside `gleanings.db`; None in memory."""
    file = find_store_file(db)
    return file.with_suffix(".media") if file else None


def locate_copy(folder: Path, path: str | None) -> Path | None:
    """The file of a copy below the store's `folder`; None for a path that `keep_copy` did not give."""
    if not path or not _PATH.fullmatch(path) or path.startswith("."):
        return None
    return folder / path


def keep_copy(media: Path, body: bytes, content_type: str) -> PictureCopy:
    """Where the bytes of a picture are kept now: in the folder `media`, written at once or not at all.

    The file is on the disk before its name is. Raises BusyError when the disk is full.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    name = f"{sha256[:_SHORT]}.{EXTENSIONS[content_type]}"
    there = read_hash(media / name)
    if there is not None and there != sha256 and there.startswith(sha256[:_SHORT]):
        name = f"{sha256}.{EXTENSIONS[content_type]}"  # somebody made two pictures begin alike
        there = read_hash(media / name)
    if there != sha256:
        _write(media / name, body)
    return PictureCopy(f"{media.name}/{name}", sha256, content_type, len(body))


def is_whole(path: str, body: bytes) -> bool:
    """Whether these are the bytes that a copy was named after."""
    name = path.rpartition("/")[2].partition(".")[0]
    return hashlib.sha256(body).hexdigest().startswith(name)


def read_hash(path: Path) -> str | None:
    """The SHA-256 of a file, in hexadecimal; None where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def drop_leftovers(media: Path) -> None:
    """Remove what a killed run had not finished writing; not while another one is at it."""
    for path in media.glob(f"{_TEMPORARY}*.tmp"):
        path.unlink(missing_ok=True)


def find_damaged(folder: Path, copies: Iterable[tuple[int, str, str]]) -> list[int]:
    """The ids of those (id, path, SHA-256) whose file is missing or holds something else."""
    hashes: dict[str, str | None] = {}
    damaged: list[int] = []
    for id_, path, sha256 in copies:
        if path not in hashes:
            file = locate_copy(folder, path)
            hashes[path] = read_hash(file) if file is not None else None
        if hashes[path] != sha256:
            damaged.append(id_)
    return damaged


def _write(target: Path, body: bytes) -> None:
    temporary = target.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}.tmp")
    try:
        target.parent.mkdir(exist_ok=True)
        with temporary.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BusyError(f"{target.parent}: the disk is full; no more pictures are kept") from error
        raise StoreError(f"{target.parent}: no picture can be kept there ({error.strerror})") from error
    finally:
        temporary.unlink(missing_ok=True)
