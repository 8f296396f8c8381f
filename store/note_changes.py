"""What changed since notes were last written, recorded by triggers (`schema/changes.sql`)."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from store.connection import transaction


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
