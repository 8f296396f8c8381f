"""Scratch tables of a connection, in memory; each step empties what it uses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

scratch_tables = (
    "create temp table if not exists batch_files (id integer primary key)",
    "create temp table if not exists touched_uids (uid text primary key) without rowid",
    "create temp table if not exists touched_hashes (hash integer primary key)",
    "create temp table if not exists touched_rows (id integer primary key)",
    "create temp table if not exists moved_documents (id integer primary key)",
    "create temp table if not exists renamed (before text primary key, after text) without rowid",
    "create temp table if not exists changed_highlights (id integer primary key)",
    "create temp table if not exists touched_threads (id integer primary key)",
    "create temp table if not exists wanted (uid text primary key) without rowid",
    "create temp table if not exists alone (id integer primary key)",
)


def create_scratch(db: sqlite3.Connection) -> None:
    """Make the connection's scratch tables, where they are not there yet."""
    for statement in scratch_tables:
        db.execute(statement)


def choose_files(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Make these the files of the batch: what they said before is replaced by what they say now."""
    db.execute("delete from temp.batch_files")
    db.executemany("insert into temp.batch_files (id) values (?)", [(id_,) for id_ in ids])
