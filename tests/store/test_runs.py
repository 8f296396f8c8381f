"""The log of runs tells whether the store may have changed."""

from __future__ import annotations

import sqlite3

import pytest

from store.runs import Counts, Status, find_last_change, finish_run, mark_crashed_runs, start_run
from store.status import read_last_run
from tests.store.stores import NOW, one


def log(db: sqlite3.Connection, command: str, counts: Counts | None = None) -> int:
    """A run that ended well."""
    run_id = start_run(db, command, now=NOW)
    finish_run(db, run_id, counts or Counts(), "ok", now=NOW)
    return run_id


@pytest.mark.parametrize("command", ["undo", "links import", "doctor"])
def test_a_run_of_a_command_that_changes_the_store_is_a_change(db: sqlite3.Connection, command: str) -> None:
    before = find_last_change(db)
    log(db, command)
    assert find_last_change(db) != before


@pytest.mark.parametrize("command", ["sync", "watch", "import", "expand"])
def test_a_run_that_found_nothing_is_not_a_change(db: sqlite3.Connection, command: str) -> None:
    log(db, "import", Counts(added=1))
    before = find_last_change(db)
    log(db, command)
    assert find_last_change(db) == before


def test_a_running_run_is_a_change_again_when_it_ends(db: sqlite3.Connection) -> None:
    by_hand = start_run(db, "import", now=NOW)
    log(db, "expand", Counts(changed=1))
    meanwhile = find_last_change(db)
    finish_run(db, by_hand, Counts(added=2), "ok", now=NOW)
    assert find_last_change(db) != meanwhile


@pytest.mark.parametrize("command", ["sync", "watch"])
def test_the_holder_of_the_lock_marks_the_previous_holders_runs_as_interrupted(
    db: sqlite3.Connection, command: str
) -> None:
    start_run(db, command, now=NOW)
    db.execute("update runs set message = 'process 1'")
    mark_crashed_runs(db, now=NOW, alone=True)
    assert one(db, "select status from runs") == "interrupted"


@pytest.mark.parametrize("status", ["ok", "partial", "failed", "interrupted"])
def test_the_last_run_of_a_command_is_the_last_that_ended(db: sqlite3.Connection, status: Status) -> None:
    log(db, "sync")
    ended = start_run(db, "sync", now=NOW)
    finish_run(db, ended, Counts(), status, now=NOW, message="words")
    log(db, "import")
    start_run(db, "sync", now=NOW)
    last = read_last_run(db, "sync")
    assert last == {
        "id": ended, "started_at": NOW, "finished_at": NOW, "status": status, "message": "words",
    }  # fmt: skip
