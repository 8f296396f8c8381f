"""Pictures: which to download next, their files beside the store, and the result of each try."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from record_types.errors import BusyError, StoreError
from record_types.links import DuePicture, PictureCopy, PictureTry
from record_types.regular_files import drop_leftover_copies, flush, make_folder
from store.connection import transaction
from store.resolutions import format_time
from store.snapshots import Snapshot

# Pictures never tried come first, then the longest overdue. A tried one without a due time has been given up:
# only `retry_failed` selects it. Left out: pictures without a highlight that is not gone, and files in the
# reader's graph (URLs that are not http or https).
due_pictures = """
select m.id, m.url, m.attempts, m.error
from media as m
where m.status <> 'ok'
    and (m.url like 'http://%' or m.url like 'https://%')
    and ((m.checked_at is null and m.due_at is null) or m.due_at <= :now or :retry_failed)
    and exists (
        select 1 from highlight_media as hm join highlights as h on h.id = hm.highlight_id
        where hm.media_id = m.id and h.gone_at is null
    )
order by m.checked_at is not null or m.due_at is not null, m.due_at, m.id
"""


def read_due_pictures(
    db: sqlite3.Connection,
    *,
    now: str,
    limit: int | None = None,
    host: str | None = None,
    retry_failed: bool = False,
) -> list[DuePicture]:
    """The pictures to download now, first tries before retries; the options are those of `read_due_links`."""
    rows = db.execute(due_pictures, {"now": now, "retry_failed": retry_failed})
    due = [DuePicture(*row) for row in rows]
    if host is not None:
        due = [each for each in due if f".{find_url_host(each.url)}".endswith(f".{host}")]
    return due[:limit]


def find_url_host(url: str) -> str:
    """The host of a picture's URL; empty if it is not a URL."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


update_media = """
update media set
    status = new.status,
    path = new.path,
    sha256 = new.sha256,
    content_type = new.content_type,
    size = new.size,
    http_status = new.http_status,
    error = new.error,
    attempts = new.attempts,
    checked_at = new.checked_at,
    due_at = new.due_at
from (
    select value ->> 'id' as id, value ->> 'status' as status, value ->> 'path' as path,
        value ->> 'sha256' as sha256, value ->> 'content_type' as content_type, value ->> 'size' as size,
        value ->> 'http_status' as http_status, value ->> 'error' as error, value ->> 'attempts' as attempts,
        value ->> 'checked_at' as checked_at, value ->> 'due_at' as due_at
    from json_each(:tries)
) as new
where media.id = new.id and media.status <> 'ok'
"""


def save_tries(db: sqlite3.Connection, tries: Sequence[PictureTry]) -> None:
    """Save the results of a batch in one transaction; a result without `checked_at` changes nothing.

    The files of downloaded pictures have already been written, by `keep_copy`.
    """
    learned = [_describe_row(each) for each in tries if each.checked_at is not None]
    if learned:
        with transaction(db):
            db.execute(update_media, {"tries": json.dumps(learned)})


def _describe_row(found: PictureTry) -> dict[str, object]:
    copy = found.copy
    return {
        "id": found.picture_id,
        "status": found.status,
        "path": copy.path if copy else None,
        "sha256": copy.sha256 if copy else None,
        "content_type": copy.content_type if copy else None,
        "size": copy.size if copy else None,
        "http_status": found.http_status,
        "error": found.error,
        "attempts": found.attempts,
        "checked_at": format_time(found.checked_at),
        "due_at": format_time(found.due_at),
    }


kept_copies = "select id, path, sha256 from media where status = 'ok' and path is not null order by id"

forget_copies = """
update media set status = 'pending', path = null, sha256 = null, content_type = null, size = null,
    http_status = null, error = null, attempts = 0, checked_at = null, due_at = null
where id in (select value from json_each(:ids))
"""


def find_lost_copies(db: sqlite3.Connection) -> list[int]:
    """The ids of the pictures whose file is missing or damaged; this reads every file."""
    file = find_store_file(db)
    return find_damaged(file.parent, db.execute(kept_copies)) if file else []


def forget_lost_copies(db: sqlite3.Connection) -> None:
    """Queue the pictures for download whose file is missing or damaged."""
    lost = find_lost_copies(db)
    if lost:
        with transaction(db):
            db.execute(forget_copies, {"ids": json.dumps(lost)})


EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
"""Picture formats that cannot contain scripts, by content type; so no SVG."""
_TEMPORARY = ".gleanings-"
_SHORT = 16
"""Hexadecimal digits of the hash in a file name; all 64 if two pictures share the first 16."""
_PATH = re.compile(r"[^/\\\0]{1,255}/(?:[0-9a-f]{16}|[0-9a-f]{64})\.(?:png|jpg|gif|webp|avif)")


def find_store_file(db: sqlite3.Connection) -> Path | None:
    """The store's file, symbolic links resolved; for a snapshot the file it is a copy of; None in memory."""
    if isinstance(db, Snapshot):
        return db.store
    (file,) = db.execute("select file from pragma_database_list where name = 'main'").fetchone()
    return Path(file).resolve() if file else None


def find_media_folder(db: sqlite3.Connection) -> Path | None:
    """The folder of a store's pictures: `gleanings.media` beside `gleanings.db`; None in memory."""
    file = find_store_file(db)
    return file.with_suffix(".media") if file else None


def locate_copy(folder: Path, path: str | None) -> Path | None:
    """The file of a copy in the store's `folder`; None for a path that `keep_copy` cannot have returned."""
    if not path or not _PATH.fullmatch(path) or path.startswith("."):
        return None
    return folder / path


def keep_copy(media: Path, body: bytes, content_type: str) -> PictureCopy:
    """Write the bytes of a picture to the folder `media` under their hash, atomically.

    The same bytes are written only once. Raises BusyError if the disk is full.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    name = f"{sha256[:_SHORT]}.{EXTENSIONS[content_type]}"
    there = read_hash(media / name)
    if there is not None and there != sha256 and there.startswith(sha256[:_SHORT]):
        name = f"{sha256}.{EXTENSIONS[content_type]}"  # a collision made on purpose
        there = read_hash(media / name)
    if there != sha256:
        _write(media / name, body)
    return PictureCopy(f"{media.name}/{name}", sha256, content_type, len(body))


def is_whole(path: str, body: bytes) -> bool:
    """Whether a copy's bytes have the hash in its name."""
    name = path.rpartition("/")[2].partition(".")[0]
    return hashlib.sha256(body).hexdigest().startswith(name)


def read_hash(path: Path) -> str | None:
    """The SHA-256 of a file, in hexadecimal; None if there is no file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def drop_leftovers(media: Path) -> None:
    """Delete the temporary files of a killed run; not safe while another run writes pictures."""
    for path in media.glob(f"{_TEMPORARY}*.tmp"):
        path.unlink(missing_ok=True)
    drop_leftover_copies(media)  # of a killed restore


def find_damaged(folder: Path, copies: Iterable[tuple[int, str, str]]) -> list[int]:
    """The ids of the given (id, path, SHA-256) whose file is missing or has another hash."""
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
        make_folder(target.parent)
        temporary.write_bytes(body)
        flush(temporary)
        temporary.replace(target)
        flush(target.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BusyError(f"{target.parent}: the disk is full; no more pictures are stored") from error
        raise StoreError(f"{target.parent}: a picture cannot be stored there ({error.strerror})") from error
    finally:
        temporary.unlink(missing_ok=True)
