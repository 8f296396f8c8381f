"""Undo the last run that changed something, or redo it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from gleanings.options import utc_now
from gleanings.steps.tweets import clean_tweets
from gleanings.terminal import count_as
from record_types.errors import BusyError, InputError
from store.backup import back_up_before
from store.runs import finish_run, is_other_run_alive, mark_crashed_runs, start_run
from store.undo import LoggedRun, Undone, find_last_change, find_last_fixed, find_last_run, undo_run

ASK_ABOVE = 20
"""Highlights; an undo that changes more asks for confirmation."""


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What an undo or a redo would do."""

    run: LoggedRun | None
    """The run that would be undone or redone; None if there is none, or if it must be named first."""
    reason: str = ""
    """Why there is none."""


def plan_undo(db: sqlite3.Connection, wanted: int | None) -> UndoPlan:
    """The last run, if it changed something; with `wanted`, that run, if it is the last that did.

    Raises InputError if the run `wanted` cannot be undone, and BusyError during an import.
    """
    _require_quiet(db)
    change, last = find_last_change(db), find_last_run(db)
    is_undone = change is not None and change.command == "undo"
    if change is None or is_undone:
        reason = (
            "the last run that changed something is already undone: `gleanings redo` repeats it"
            if is_undone
            else "no import has changed anything since the last undo"
        )
        if wanted is not None:
            raise InputError(f"run {wanted} cannot be undone: {reason}")
        return UndoPlan(None, f"Nothing to undo: {reason}.")
    if wanted is not None and wanted != change.id:
        raise InputError(
            f"run {wanted} cannot be undone: only the last run that changed something can, "
            f"which is {describe_run(change)}"
        )
    if wanted is None and last is not None and last.id != change.id:
        return UndoPlan(
            None,
            f"The last run, {describe_run(last)}, changed nothing. The last that changed something is "
            f"{describe_run(change)}: `gleanings undo {change.id}` undoes it.",
        )
    if wanted is None and (fixed := find_last_fixed(db, after=change.id)) is not None:
        return UndoPlan(
            None,
            f"The last run, {describe_run(fixed)}, cannot be undone. The last that can be is "
            f"{describe_run(change)}: `gleanings undo {change.id}` undoes it.",
        )
    return UndoPlan(change)


def plan_redo(db: sqlite3.Connection) -> UndoPlan:
    """The last undo, if nothing has changed since. Raises BusyError during an import."""
    _require_quiet(db)
    change = find_last_change(db)
    if change is None or change.command != "undo":
        since = f": {describe_run(change)} is newer than any undo" if change else ""
        return UndoPlan(None, f"Nothing to repeat{since}.")
    return UndoPlan(change)


def preview_undo(db: sqlite3.Connection, run: LoggedRun) -> Undone:
    """What `revert_run` would do, found out by doing it and rolling it back."""
    db.execute("savepoint preview")
    try:
        return undo_run(db, run, run_id=start_run(db, "undo", now=utc_now()), now=utc_now())
    finally:
        db.execute("rollback to preview")
        db.execute("release preview")


def revert_run(
    db: sqlite3.Connection, store: Path | None, command: str, run: LoggedRun
) -> tuple[Undone, Path | None]:
    """Undo or redo a run, after a backup of `store` (none for a dry run): (what was done, the backup)."""
    backup = back_up_before(store, "undo") if store else None
    now = utc_now()
    run_id = start_run(db, command, now=now)
    undone = undo_run(db, run, run_id=run_id, now=now)
    clean_tweets(db)
    finish_run(db, run_id, undone.counts, "ok", now=utc_now(), message=f"run {run.id}")
    return undone, backup


def describe_run(run: LoggedRun) -> str:
    """`run 3 (import of 2026-11-28T23:50:38Z)`"""
    return f"run {run.id} ({run.command} of {run.started_at})"


def describe_effect(undone: Undone) -> str:
    """`150 highlights are removed, 2 come back, 3 change back`"""
    counts = undone.counts
    effects = (
        (counts.removed, "is removed", "are removed"),
        (counts.added, "comes back", "come back"),
        (counts.changed, "changes back", "change back"),
    )
    found = [(number, one if number == 1 else many) for number, one, many in effects if number]
    (first, verb), *others = found or [(0, "change")]
    return ", ".join(
        [f"{count_as(first, 'highlight')} {verb}", *(f"{number:,} {each}" for number, each in others)]
    )


def count_affected(undone: Undone) -> int:
    """How many highlights change."""
    return undone.counts.added + undone.counts.changed + undone.counts.removed


def _require_quiet(db: sqlite3.Connection) -> None:
    mark_crashed_runs(db, now=utc_now())
    if is_other_run_alive(db):
        raise BusyError("another command is writing to the store: try again later")
