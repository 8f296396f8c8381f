"""What the exporter wrote last: the base that a reader's edits are told from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

upsert_written = """
insert into written (path, block_key, base_text, written_at) values (:path, '', :text, :now)
on conflict (path, block_key) do update set base_text = excluded.base_text, written_at = excluded.written_at
    where base_text <> excluded.base_text
"""


def read_written(db: sqlite3.Connection, folder: str) -> dict[str, str]:
    """The text last written to each page below `folder` (absolute), by its path below that folder."""
    prefix = folder.rstrip("/") + "/"
    rows = db.execute(
        "select path, base_text from written where block_key = '' and substr(path, 1, ?) = ?",
        (len(prefix), prefix),
    )
    return {path[len(prefix) :]: text for path, text in rows}


def save_written(db: sqlite3.Connection, folder: str, notes: Iterable[tuple[str, str]], *, now: str) -> None:
    """Remember what was written: (path below `folder`, text)."""
    prefix = folder.rstrip("/") + "/"
    db.executemany(
        upsert_written, [{"path": prefix + path, "text": text, "now": now} for path, text in notes]
    )
