"""Which pictures are to be fetched now, and what came of it: a copy that is here is never asked for again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from urllib.parse import urlsplit

from record_types.pictures import DuePicture, PictureTry
from store.connection import transaction
from store.copies import find_damaged, find_store_file
from store.resolutions import format_time

# Never tried before tried, long overdue before just due. One without a due time that was tried has been given
# up: only `retry_failed` asks again. What no live highlight shows is nobody's wish; what is not of the web (a
# file in the reader's own graph) is the reader's.
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
    """The pictures to fetch now, never tried before retries; the options are those of `read_due_links`."""
    rows = db.execute(due_pictures, {"now": now, "retry_failed": retry_failed})
    due = [DuePicture(*row) for row in rows]
    if host is not None:
        due = [each for each in due if f".{find_url_host(each.url)}".endswith(f".{host}")]
    return due[:limit]


def find_url_host(url: str) -> str:
    """The host of a picture's address; empty where it is none."""
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
    """Store what a batch of tries came to, in one transaction; a try that taught nothing changes nothing.

    The files of their copies are there already (`store.copies.keep_copy`).
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
    """The ids of the pictures whose copy is missing, or holds something else; every file is read for it."""
    file = find_store_file(db)
    return find_damaged(file.parent, db.execute(kept_copies)) if file else []


def forget_lost_copies(db: sqlite3.Connection) -> None:
    """Make the pictures due again whose copy is missing or damaged."""
    lost = find_lost_copies(db)
    if lost:
        with transaction(db):
            db.execute(forget_copies, {"ids": json.dumps(lost)})
