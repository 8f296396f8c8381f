"""What the store remembers of a folder, and which changes its notes do not show yet."""

from __future__ import annotations

import sqlite3

import pytest

from store.folder_states import (
    NoteChanges,
    find_last_note_change,
    forget_note_changes,
    is_check_due,
    read_folder_state,
    read_newest_note,
    read_note_changes,
    save_check,
    save_folder_state,
)
from store.written_notes import ExportFolder, WrittenNote, save_export_folder, save_written


def test_a_state_is_kept_by_its_folder(db: sqlite3.Connection) -> None:
    save_folder_state(db, "/notes/", "one", now="2026-01-01")
    save_folder_state(db, "/notes", "two", now="2026-01-02")
    assert (read_folder_state(db, "/notes/"), read_folder_state(db, "/other")) == ("two", None)


@pytest.mark.parametrize(("now", "is_due"), [("2026-01-30T23:59:59Z", False), ("2026-01-31T00:00:00Z", True)])
def test_files_are_compared_by_their_contents_every_30_days(
    db: sqlite3.Connection, now: str, is_due: bool
) -> None:
    assert is_check_due(db, "/notes", now=now)
    save_check(db, "/notes", now="2026-01-01T00:00:00Z")
    assert is_check_due(db, "/notes", now=now) is is_due
    assert is_check_due(db, "/others", now=now)


def test_the_newest_note_of_a_folder_is_the_one_written_last(db: sqlite3.Connection) -> None:
    for number, folder in enumerate(("/notes", "/others")):
        save_export_folder(db, ExportFolder(f"0123456789abcde{number}", folder, 1))
    for path, folder, now in (("b", "/notes", "02"), ("a", "/notes", "01"), ("c", "/others", "03")):
        note = WrittenNote(f"{path}.md", f"topic:{path}", f"# {path}", {"tweet:1": "First"})
        save_written(db, folder, [note], now=f"2026-01-{now}T00:00:00Z")
    assert [read_newest_note(db, folder) for folder in ("/notes/", "/others", "/none")] == [
        "# b",
        "# c",
        None,
    ]


def test_changes_are_those_after_the_last_one_that_was_shown(db: sqlite3.Connection) -> None:
    assert find_last_note_change(db) == 0
    rows = [(1, None), (None, "sleep"), (1, "sea"), (None, None)]
    db.executemany("insert into note_changes (document_id, topic) values (?, ?)", rows)
    assert find_last_note_change(db) == 4
    assert read_note_changes(db, 0) == NoteChanges(frozenset({1}), frozenset({"sleep", "sea"}), True)
    db.execute("delete from note_changes where id = 4")
    assert read_note_changes(db, 1) == NoteChanges(frozenset({1}), frozenset({"sleep", "sea"}), False)
    assert read_note_changes(db, 2) == NoteChanges(frozenset({1}), frozenset({"sea"}), False)
    assert read_note_changes(db, 3) == NoteChanges(frozenset(), frozenset(), False)
    for folder, text in (
        ("/a", '{"notes": {"seen": 3}}'),
        ("/b", '{"notes": {"seen": 1}}'),
        ("/c", "7"),
        ("d", "x"),
    ):
        save_folder_state(db, folder, text, now="2026-01-01")
    forget_note_changes(db)
    assert read_note_changes(db, 0) == NoteChanges(frozenset({1}), frozenset({"sleep", "sea"}), False)
    assert db.execute("select min(id) from note_changes").fetchone() == (2,)
