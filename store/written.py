"""What the exporter wrote last: the base that a reader's edits are told from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from store.connection import transaction


class WrittenNote(NamedTuple):
    """One page as it was written last."""

    path: str
    """Below the export folder."""
    uid: str
    """Which note it is."""
    text: str


upsert_written = """
insert into written (path, block_key, base_text, note_uid, written_at) values (:path, '', :text, :uid, :now)
on conflict (path, block_key) do update set
    base_text = excluded.base_text, note_uid = excluded.note_uid, written_at = excluded.written_at
    where base_text <> excluded.base_text or note_uid <> excluded.note_uid
"""

pages_below = """
select path, note_uid, base_text from written
where block_key = '' and substr(path, 1, :length) = :prefix
"""


def read_written(db: sqlite3.Connection, folder: str) -> list[WrittenNote]:
    """What was written last to each page below `folder` (absolute)."""
    prefix = folder.rstrip("/") + "/"
    rows = db.execute(pages_below, {"length": len(prefix), "prefix": prefix})
    return [WrittenNote(path[len(prefix) :], uid, text) for path, uid, text in rows]


def read_written_paths(db: sqlite3.Connection) -> set[str]:
    """The absolute paths of all pages that were ever written: they are no input."""
    return {path for (path,) in db.execute("select distinct path from written")}


def save_written(db: sqlite3.Connection, folder: str, notes: Iterable[WrittenNote], *, now: str) -> None:
    """Remember what was written to the pages of `folder`."""
    prefix = folder.rstrip("/") + "/"
    rows = [{"path": prefix + note.path, "uid": note.uid, "text": note.text, "now": now} for note in notes]
    with transaction(db):
        db.executemany(upsert_written, rows)
