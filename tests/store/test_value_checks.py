"""A value that its column does not allow is found, and replaced wherever that loses nothing."""

from __future__ import annotations

from pathlib import Path

from store.connection import close_store, open_store
from store.value_checks import find_bad_values, fix_bad_values, ignored_constraints

ONLY_THE_READER_KNOWS = "topic_examples.kind"
COLUMNS = """
    documents.category documents.properties highlights.location_kind highlights.incomplete notes.kind
    highlight_links.offer links.status links.hops resources.status runs.status export_folders.emptied
    export_states.text note_journal.blocks note_journal.is_staged undo_files.before cursors.recent
    topic_scores.summary topic_scores.scores stale_counts.is_stale topic_examples.kind
"""
WRONG = {"TEXT": "[", "INTEGER": 7}
OTHER = {"TEXT": "/", "INTEGER": 1}


def test_a_value_that_its_column_does_not_allow_is_replaced(tmp_path: Path) -> None:
    db = open_store(tmp_path / "gleanings.db", create=True)
    for (trigger,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        db.execute(f"drop trigger {trigger}")
    db.execute("pragma foreign_keys = off")
    for name in COLUMNS.split():
        table, _, column = name.partition(".")
        columns = db.execute("select name, type from pragma_table_info(?)", (table,)).fetchall()
        row = [WRONG[kind] if each == column else OTHER.get(kind, 1) for each, kind in columns]
        with ignored_constraints(db):
            db.execute(f"delete from {table}")
            db.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
        assert name in [f"{each.table}.{each.column}" for each in find_bad_values(db)]
        fix_bad_values(db)
        left = [f"{each.table}.{each.column}" for each in find_bad_values(db)]
        assert (name in left) == (name == ONLY_THE_READER_KNOWS), name
        db.execute(f"delete from {table}")
    close_store(db)
