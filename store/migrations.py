"""The schema and its history: `.sql` files, applied by sqlite-utils' migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from record_types.errors import StoreError
from store.counts import refresh_counts

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x676C6E73
"""`glns`: marks a file as a store, for this program and for the Datasette plugin."""

MIGRATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("schema", ("tables", "full_text", "counts", "changes", "views")),
)
"""(name, files of `store/schema`) in the order in which they are applied; only ever appended to."""

UNRELEASED = 14
"""The last schema version before the first release; such stores cannot be migrated.

Until then it grows with each change of `store/schema`; afterwards a change is a migration.
"""

SCHEMA_VERSION = UNRELEASED + len(MIGRATIONS)
"""Kept in `user_version`: a current store is recognised without reading its list of migrations."""


class ForeignError(StoreError):
    """A database of another program."""


def check_ours(db: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError for a database of another program, and for a store that is too old or too new."""
    is_empty = db.execute("select 1 from sqlite_master limit 1").fetchone() is None
    if is_empty and _read_pragma(db, "application_id") == 0:
        return
    check_application(db, path)
    version = _read_pragma(db, "user_version")
    if version <= UNRELEASED:
        raise StoreError(
            f"{path} was made before gleanings 0.2, and this version cannot open it: import again into a "
            f"new file, then copy the resolved links over with `gleanings links import {path}`"
        )
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer gleanings: upgrade "
            f"(its schema is {version}, this one knows {SCHEMA_VERSION})"
        )


def check_application(db: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError for a database that is not a store of any version."""
    if _read_pragma(db, "application_id") != APPLICATION_ID:
        raise ForeignError(f"{path} is another program's database: name another --db")


def _read_pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"pragma {name}").fetchone()[0])


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the schema up to date; a current store is not touched.

    A store with an older schema is first copied to the folder `backups` beside it. Inside the caller's
    transaction (a dry run's) the migration is part of it, and no copy is made.
    """
    if _read_pragma(db, "user_version") == SCHEMA_VERSION:
        return
    from sqlite_utils import Database, Migrations  # takes 60 ms: only for a store that needs it

    from store.backup import back_up_beside

    migrations = Migrations("gleanings")
    for name, files in MIGRATIONS:
        migrations(name=name)(_make_migration(name, files))
    database = Database(db, execute_plugins=False)
    is_dry = db.in_transaction
    try:
        # One transaction around everything: when several processes call `apply()` at once, all but one fail.
        if not is_dry:
            db.execute("begin immediate")
        version = _read_pragma(db, "user_version")
        if 0 < version < SCHEMA_VERSION and not is_dry:
            back_up_beside(path, suffix=f"-schema-{version}")
        applied = {row.name for row in migrations.applied(database)}
        if applied - {name for name, _ in MIGRATIONS}:
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


def _make_migration(name: str, files: tuple[str, ...]) -> Callable[[Database], None]:
    def apply(database: Database) -> None:
        for statement in list_statements(files):
            database.conn.execute(statement)

    apply.__name__ = name
    return apply


def list_statements(files: Iterable[str]) -> list[str]:
    """The statements of these files one by one, since `executescript` commits the transaction it is in."""
    statements: list[str] = []
    for name in files:
        script = resources.files("store").joinpath(f"schema/{name}.sql").read_text(encoding="utf-8")
        pending = ""
        for line in script.splitlines(keepends=True):
            pending += line
            if line.rstrip().endswith(";") and sqlite3.complete_statement(pending):
                statements.append(pending)
                pending = ""
    return statements
