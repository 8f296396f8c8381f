"""The log of runs: what was done when, and how it ended."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from store.connection import transaction
from store.counts import refresh_counts

Status = Literal["ok", "partial", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did, in highlights (`skipped`: in files), or in links for `expand`."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
            self.skipped + other.skipped,
        )


def start_run(db: sqlite3.Connection, command: str, *, now: str) -> int:
    """The id of a new run, `running` until `finish_run`."""
    statement = "insert into runs (command, started_at, status) values (?, ?, 'running') returning id"
    return int(db.execute(statement, (command, now)).fetchone()[0])


finish = """
update runs set finished_at = :now, status = :status, added = :added, changed = :changed,
    unchanged = :unchanged, removed = :removed, skipped = :skipped, message = :message
where id = :id
"""


def finish_run(
    db: sqlite3.Connection, id_: int, counts: Counts, status: Status, *, now: str, message: str | None = None
) -> None:
    """Write down how the run `id_` ended, and count anew where it did anything."""
    row = {
        "id": id_,
        "now": now,
        "status": status,
        "added": counts.added,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "removed": counts.removed,
        "skipped": counts.skipped,
        "message": message,
    }
    with transaction(db):
        db.execute(finish, row)
        if counts.added or counts.changed or counts.removed:
            refresh_counts(db)
