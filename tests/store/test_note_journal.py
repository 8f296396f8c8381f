"""What the store remembers of a folder after an export was killed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from store.connection import open_memory
from store.note_journal import JournalEntry, forget_pending_removals, read_journal, save_journal
from store.written_notes import ExportFolder, save_export_folder


def make_journal(db: sqlite3.Connection, folder: Path) -> None:
    """The journal of an export that was killed while it removed two notes and wrote a third."""
    save_export_folder(db, ExportFolder("uid", str(folder), 1, 3))
    entries = [
        JournalEntry("gone.md", "topic:gone", "", "x", "", {}),
        JournalEntry("still there.md", "topic:there", "", "x", "", {}),
        JournalEntry("written.md", "topic:written", ".written.tmp", "x", "", {}),
    ]
    save_journal(db, str(folder), entries)


def test_a_removal_that_was_not_begun_is_forgotten_and_the_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "still there.md").write_text("a note")
    (tmp_path / "written.md").write_text("a note")
    db = open_memory()
    make_journal(db, tmp_path)
    forget_pending_removals(db)
    assert [entry.path for entry in read_journal(db, str(tmp_path))] == ["gone.md", "written.md"]
