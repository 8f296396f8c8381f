"""Folder states: what the store remembers of a folder, and what changed since an export to it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from store.connection import load_json, transaction

newest_note = """
select w.base_text from written as w join export_folders as f on f.id = w.folder_id
where f.path = ? and w.block_key = ''
order by w.written_at desc
limit 1
"""


def read_folder_state(db: sqlite3.Connection, key: str) -> str | None:
    """The text that `save_folder_state` saved under `key`; None if there is none."""
    row = db.execute("select text from export_states where key = ?", (key.rstrip("/"),)).fetchone()
    return str(row[0]) if row else None


def save_folder_state(db: sqlite3.Connection, key: str, text: str, *, now: str) -> None:
    """Save a text about a whole folder: which state of the store it shows, and which notes were skipped."""
    with transaction(db):
        db.execute("insert or replace into export_states values (?, ?, ?)", (key.rstrip("/"), text, now))


def read_folder_data(db: sqlite3.Connection, key: str) -> dict[str, Any]:
    """The object that `save_folder_data` saved under `key`; empty if there is none.

    Raises StoreError if it is damaged.
    """
    data: dict[str, Any] = load_json(read_folder_state(db, key) or "{}", "export_states.text")
    return data


def save_folder_data(db: sqlite3.Connection, key: str, data: Mapping[str, object], *, now: str) -> None:
    """Save an object about a whole folder, as JSON."""
    save_folder_state(db, key, json.dumps(data, ensure_ascii=False), now=now)


def read_newest_note(db: sqlite3.Connection, folder: str) -> str | None:
    """The text of the note that was written last to `folder` (absolute); None if there is none."""
    row = db.execute(newest_note, (folder.rstrip("/"),)).fetchone()
    return str(row[0]) if row else None


CHECK_DAYS = 30
"""Days between two checks of files whose size and time stay the same: some programs restore a file's time."""


def is_check_due(db: sqlite3.Connection, folder: str, *, now: str) -> bool:
    """Whether the files below a folder were last compared by their contents long ago, or never."""
    last = read_folder_state(db, f"checked {folder}")
    return last is None or (datetime.fromisoformat(now) - datetime.fromisoformat(last)).days >= CHECK_DAYS


def save_check(db: sqlite3.Connection, folder: str, *, now: str) -> None:
    """Remember that the files below a folder were compared by their contents."""
    save_folder_state(db, f"checked {folder}", now, now=now)


# --- what changed since notes were last written, recorded by triggers (`schema/changes.sql`)


class NoteChanges(NamedTuple):
    """The changes since an export."""

    documents: frozenset[int]
    topics: frozenset[str]
    """The names of topics that highlights were put into or taken out of."""
    is_everything: bool
    """Whether something changed that may concern every note."""


shown_changes = """
delete from note_changes
where id <= (
    select min(json_extract(text, '$.notes.seen')) from export_states
    where json_valid(text) and json_extract(text, '$.notes.seen') is not null
)
"""


def find_last_note_change(db: sqlite3.Connection) -> int:
    """The id of the last change; 0 before the first."""
    row = db.execute("select seq from sqlite_sequence where name = 'note_changes'").fetchone()
    return int(row[0]) if row else 0


def read_note_changes(db: sqlite3.Connection, after: int) -> NoteChanges:
    """The changes after the one with the id `after`."""
    rows = db.execute(
        "select distinct document_id, topic from note_changes where id > ?", (after,)
    ).fetchall()
    return NoteChanges(
        frozenset(document for document, _ in rows if document is not None),
        frozenset(topic for _, topic in rows if topic is not None),
        any(document is None and topic is None for document, topic in rows),
    )


def forget_note_changes(db: sqlite3.Connection) -> None:
    """Delete the changes that the notes in every folder show."""
    with transaction(db):
        db.execute(shown_changes)
