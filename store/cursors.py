"""Cursors: how far a service has been read, saved in one transaction with what was read."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from store.connection import load_json


class Cursor(NamedTuple):
    """Where the next listing of a service begins."""

    updated_after: str | None = None
    """ISO 8601, the server's time: everything that changed before it is stored; None: nothing is stored."""
    recent: frozenset[str] = frozenset()
    """Fingerprints of stored items that the server will list again."""
    page_cursor: str | None = None
    """The next page of an interrupted listing; else None."""
    first_latest: str | None = None
    """The largest `updated_at` on the first page of that listing."""


select_cursor = """
select updated_after, recent, page_cursor, first_latest from cursors where source = ? and reader = ?
"""

upsert_cursor = """
insert into cursors (source, reader, updated_after, recent, page_cursor, first_latest)
values (?, ?, ?, ?, ?, ?)
on conflict (source) do update set
    reader = excluded.reader, updated_after = excluded.updated_after, recent = excluded.recent,
    page_cursor = excluded.page_cursor, first_latest = excluded.first_latest
"""


def read_cursor(db: sqlite3.Connection, source: str, *, reader: int) -> Cursor:
    """The cursor of `source`; an empty one if there is none or if another version of the parser made it."""
    row = db.execute(select_cursor, (source, reader)).fetchone()
    if row is None:
        return Cursor()
    updated_after, recent, page_cursor, first_latest = row
    return Cursor(updated_after, frozenset(load_json(recent, "cursors.recent")), page_cursor, first_latest)


def save_cursor(db: sqlite3.Connection, source: str, cursor: Cursor, *, reader: int) -> None:
    """Save `cursor`, inside the caller's transaction."""
    recent = json.dumps(sorted(cursor.recent))
    row = (source, reader, cursor.updated_after, recent, cursor.page_cursor, cursor.first_latest)
    db.execute(upsert_cursor, row)


delete_cursors = """
delete from cursors where source || ':' in (select root from undo_files where run_id = :run_id)
"""


def forget_cursors(db: sqlite3.Connection, run_id: int) -> None:
    """Delete the cursors of services that the run `run_id` read; its undo makes them start over."""
    db.execute(delete_cursors, {"run_id": run_id})
