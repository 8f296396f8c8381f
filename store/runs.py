"""The log of runs: what was run when, and how it ended."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from typing import Literal

from record_types.regular_files import is_alive
from store.connection import transaction
from store.counts import are_counts_stale, refresh_counts
from store.tweets import find_stale_documents
from store.undo_log import settle_memory

Status = Literal["ok", "partial", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Counts:
    """The results of a run, in highlights (`skipped`: in files); for `expand`, in links."""

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


PROCESS = "process "
"""The message of a run begins with this while it is `running`; the process id follows."""

insert_run = (
    "insert into runs (command, started_at, status, message) values (?, ?, 'running', ?) returning id"
)


def start_run(db: sqlite3.Connection, command: str, *, now: str) -> int:
    """Start a run, which is `running` until `finish_run`; its id. Crashed runs are marked as interrupted."""
    mark_crashed_runs(db, now=now)
    return int(db.execute(insert_run, (command, now, f"{PROCESS}{os.getpid()}")).fetchone()[0])


unfinished = (
    "select id, command, message from runs where status = 'running' and (:mine or message is not :me)"
)
mark_interrupted = "update runs set status = 'interrupted', finished_at = ?, message = null where id = ?"


def mark_crashed_runs(db: sqlite3.Connection, *, now: str, alone: bool = False) -> int:
    """Mark runs whose process has ended as `interrupted`; how many.

    `alone`: the caller holds the lock of `sync` and has not started a run. Then every unfinished `sync` and
    `watch` has crashed with the runs that it started, even if another process has its id now.
    """
    me = f"{PROCESS}{os.getpid()}"
    rows = db.execute(unfinished, {"mine": alone, "me": me}).fetchall()
    lost = {message for _, command, message in rows if command in ROUNDS} | {me} if alone else set()
    dead = [id_ for id_, _, message in rows if message in lost or not is_process_alive(message)]
    db.executemany(mark_interrupted, [(now, id_) for id_ in dead])
    return len(dead)


def find_crashed_runs(db: sqlite3.Connection) -> list[int]:
    """The runs (ids) that never ended and whose process is gone."""
    rows = db.execute("select id, message from runs where status = 'running'")
    return [id_ for id_, message in rows if not is_process_alive(message)]


def end_open_runs(db: sqlite3.Connection, *, after: int, now: str) -> None:
    """Mark this process's unfinished runs after the run `after` as `interrupted`."""
    rows = db.execute(unfinished, {"mine": True, "me": ""}).fetchall()
    me = f"{PROCESS}{os.getpid()}"
    mine = [id_ for id_, _, message in rows if id_ > after and message == me]
    db.executemany(mark_interrupted, [(now, id_) for id_ in mine])


def is_process_alive(message: str | None) -> bool:
    """Whether the process named in a running run's message exists; False if it names none."""
    pid = (message or "").removeprefix(PROCESS)
    return pid != message and pid.isdecimal() and is_alive(int(pid))


running = "select message from runs where status = 'running'"


def is_other_run_alive(db: sqlite3.Connection) -> bool:
    """Whether another process has a run that has not ended."""
    me = f"{PROCESS}{os.getpid()}"
    return any(message != me and is_process_alive(message) for (message,) in db.execute(running))


def was_left_unfinished(db: sqlite3.Connection, command: str) -> bool:
    """Whether the last run of a command did not end with `ok`; a running one counts too."""
    query = "select status from runs where command = ? order by id desc limit 1"
    row = db.execute(query, (command,)).fetchone()
    return row is not None and row[0] != "ok"


ROUNDS = ("sync", "watch")
"""Commands that hold the lock of `sync`. What they change is counted in the runs of their steps."""

last_change = """
select coalesce(max(id), 0), coalesce(group_concat(id) filter (where status = 'running'), '') from runs
where command not in ('sync', 'watch') and (
    status in ('running', 'failed', 'interrupted') or added or changed or removed or message is not null
    or command not in ('import', 'expand')
)
"""


def find_last_change(db: sqlite3.Connection) -> tuple[int, str]:
    """(id of the last run that may have changed the store, or 0; ids of running runs, separated by commas)

    Both together identify a state of the store, as a running run may change it until it ends.
    """
    last, running = db.execute(last_change).fetchone()
    return last, running


def drop_run(db: sqlite3.Connection, id_: int) -> None:
    """Delete a run that found nothing to do."""
    db.execute("delete from runs where id = ?", (id_,))


finish = """
update runs set finished_at = :now, status = :status, added = :added, changed = :changed,
    unchanged = :unchanged, removed = :removed, skipped = :skipped, message = :message
where id = :id
"""


def finish_run(
    db: sqlite3.Connection, id_: int, counts: Counts, status: Status, *, now: str, message: str | None = None
) -> None:
    """Save how the run `id_` ended, settle what `undo` remembers, and update the kept counts if they are
    stale."""
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
        settle_memory(db, id_, is_changed=bool(counts.added or counts.changed or counts.removed))
        if are_counts_stale(db):
            refresh_counts(db)


# --- what a run that was killed left: put right by the next command


def is_derived_stale(db: sqlite3.Connection) -> bool:
    """Whether derived state is stale. A run of another process that is in progress will renew it.

    Every change marks what it makes stale in its own transaction: triggers mark the kept counts, and a tweet
    whose cleaned text is out of date has none.
    """
    return are_counts_stale(db) or bool(find_stale_documents(db))


def renew_counts(db: sqlite3.Connection) -> None:
    """Update the kept counts if they are stale."""
    with transaction(db):
        if are_counts_stale(db):
            refresh_counts(db)
