"""The schema's history: one `.sql` file a step, applied by sqlite-utils' migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from record_types.errors import StoreError
from store.counts import refresh_counts

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x676C6E73
"""`glns`: marks the file as ours, for us and for the Datasette plugin."""

STEPS = (
    "001_tables",
    "002_full_text",
    "003_views",
    "004_undo",
    "005_written_blocks",
    "006_kept_counts",
    "007_identities",
    "008_topics",
    "009_cursors",
    "010_pictures",
    "011_counted_steps",
    "012_read_settings",
)
"""The files of `store/schema` in the order in which they are applied; never re-ordered, only appended to."""

SCHEMA_VERSION = len(STEPS)
"""Kept in `user_version`, so that an up-to-date store is known without asking for its migrations."""


def check_ours(db: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError for a database that another program made, or a newer one of ours."""
    application_id = db.execute("pragma application_id").fetchone()[0]
    empty = db.execute("select count(*) from sqlite_master").fetchone()[0] == 0
    if application_id != APPLICATION_ID and not (empty and application_id == 0):
        raise StoreError(f"{path} is another program's database: name another --db")
    version = db.execute("pragma user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer gleanings: upgrade "
            f"(its schema is {version}, this one knows {SCHEMA_VERSION})"
        )


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the schema up to date; nothing happens to a store that is.

    One immediate transaction around all of it: plain `apply()` from several processes at once makes all
    but one of them fail (STORE.md). A store with an older schema is copied to `backups` beside it first.
    Inside the transaction of a dry run it is a part of that one, and needs no copy.
    """
    if db.execute("pragma user_version").fetchone()[0] == SCHEMA_VERSION:
        return
    from sqlite_utils import Database, Migrations

    migrations = Migrations("gleanings")
    for step in STEPS:
        migrations(name=step)(_apply_step(step))
    database = Database(db, execute_plugins=False)
    is_dry = db.in_transaction
    try:
        if not is_dry:
            db.execute("begin immediate")
        version = db.execute("pragma user_version").fetchone()[0]
        if 0 < version < SCHEMA_VERSION and not is_dry:
            _back_up_first(path, version)
        applied = {row.name for row in migrations.applied(database)}
        if applied - set(STEPS):
            raise StoreError(f"{path} was written by a newer gleanings: upgrade")
        migrations.apply(database)
        refresh_counts(db)
        db.execute(f"pragma application_id = {APPLICATION_ID}")
        db.execute(f"pragma user_version = {SCHEMA_VERSION}")
        if not is_dry:
            db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise


def _back_up_first(path: Path, version: int) -> None:
    """Keep a copy of what is about to be migrated; with one in place, or none possible, nothing is lost."""
    from store.backup import back_up_beside

    back_up_beside(path, suffix=f"-schema-{version}")


def _apply_step(step: str) -> Callable[[Database], None]:
    def apply(database: Database) -> None:
        script = resources.files("store").joinpath(f"schema/{step}.sql").read_text(encoding="utf-8")
        for statement in split_statements(script):
            database.conn.execute(statement)

    apply.__name__ = f"step_{step}"
    return apply


def split_statements(script: str) -> list[str]:
    """The statements of a script, one by one: `executescript` would commit the transaction around it."""
    statements: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
