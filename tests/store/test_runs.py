"""The log of runs tells whether the store may have changed; what a killed run left is put right."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from store.note_journal import JournalEntry, read_journal, save_journal
from store.runs import (
    Counts,
    find_last_change,
    finish_run,
    forget_pending_removals,
    mark_crashed_runs,
    start_run,
)
from store.written_notes import ExportFolder, save_export_folder
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


def make_journal(db: sqlite3.Connection, folder: Path) -> None:
    """The journal of an export that was killed while it removed two notes and wrote a third."""
    save_export_folder(db, ExportFolder("uid", str(folder), 1, 3))
    entries = [
        JournalEntry("gone.md", "topic:gone", "", "x", "", {}),
        JournalEntry("still there.md", "topic:there", "", "x", "", {}),
        JournalEntry("written.md", "topic:written", ".written.tmp", "x", "", {}),
    ]
    save_journal(db, str(folder), entries)


def test_a_removal_that_was_not_begun_is_forgotten_and_the_others_are_not(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    (tmp_path / "still there.md").write_text("a note")
    (tmp_path / "written.md").write_text("a note")
    make_journal(db, tmp_path)
    forget_pending_removals(db)
    assert [entry.path for entry in read_journal(db, str(tmp_path))] == ["gone.md", "written.md"]
