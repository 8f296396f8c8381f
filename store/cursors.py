"""How far a service was read: kept in one transaction with what was read, so that nothing is missed."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple


class Cursor(NamedTuple):
    """Where the next listing of a service begins."""

    updated_after: str | None = None
    """ISO 8601, the server's time: everything that changed before it is stored; None: nothing is yet."""
    recent: frozenset[str] = frozenset()
    """Prints of what the server will list again although it is stored."""
    page_cursor: str | None = None
    """The next page of a listing that is under way; None between listings."""
    first_latest: str | None = None
    """The largest `updated_at` on the first page of the listing under way."""


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
    """The cursor of `source`; the beginning where there is none, or one of another reader."""
    row = db.execute(select_cursor, (source, reader)).fetchone()
    if row is None:
        return Cursor()
    updated_after, recent, page_cursor, first_latest = row
    return Cursor(updated_after, frozenset(json.loads(recent)), page_cursor, first_latest)


def save_cursor(db: sqlite3.Connection, source: str, cursor: Cursor, *, reader: int) -> None:
    """Keep `cursor`, inside the caller's transaction."""
    recent = json.dumps(sorted(cursor.recent))
    row = (source, reader, cursor.updated_after, recent, cursor.page_cursor, cursor.first_latest)
    db.execute(upsert_cursor, row)


def forget_cursors(db: sqlite3.Connection, run_id: int) -> None:
    """Begin anew with the services whose books the run `run_id` read, as its undo takes them back."""
    db.execute(forget, {"run_id": run_id})


forget = """
delete from cursors where source || ':' in (
    select f.root from undo_files as u join files as f on f.id = u.file_id where u.run_id = :run_id
)
"""
