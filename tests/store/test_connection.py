"""Opening a store: it is migrated, or refused with one line that says why."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from record_types.errors import BusyError, StoreError
from store.connection import (
    MANY_CHANGES,
    close_store,
    durable_commits,
    open_store,
    transaction,
    translated_errors,
)
from store.migrations import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION, UNRELEASED, list_statements


def test_a_new_store_has_our_application_id_and_settings(tmp_path: Path) -> None:
    db = open_store(tmp_path / "new.db", create=True)
    assert db.execute("pragma application_id").fetchone() == (APPLICATION_ID,)
    assert db.execute("pragma foreign_keys").fetchone() == (1,)
    assert db.execute("pragma journal_mode").fetchone() == ("wal",)
    close_store(db)


def test_every_table_is_strict(tmp_path: Path) -> None:
    db = open_store(tmp_path / "new.db", create=True)
    loose = db.execute(
        "select name from pragma_table_list where schema = 'main' and type = 'table' and strict = 0"
        " and name not like 'sqlite%' and name not like '\\_sqlite%' escape '\\' and name not like '%_fts%'"
        " and name not like 'highlights_cjk%'"
    ).fetchall()
    assert loose == []
    close_store(db)


def test_a_missing_store_is_an_error_that_says_how_to_create_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="gleanings import"):
        open_store(tmp_path / "none.db")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="folder"):
        open_store(tmp_path, create=True)


def test_another_programs_database_is_refused_and_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("create table things (id)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_store(path, create=True)
    assert path.read_bytes() == before


def test_a_file_that_is_not_a_database_is_refused_and_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("- not a database at all, but long enough to look like one\n" * 40)
    with pytest.raises(StoreError, match="not a SQLite database"):
        open_store(path, create=True)
    assert path.read_text().startswith("- not")


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    db = open_store(path, create=True)
    db.execute(f"pragma user_version = {SCHEMA_VERSION + 1}")
    db.close()
    with pytest.raises(StoreError, match="newer gleanings"):
        open_store(path)


def test_a_store_made_before_the_first_release_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    db = open_store(path, create=True)
    db.execute(f"pragma user_version = {UNRELEASED}")
    db.close()
    with pytest.raises(StoreError) as caught:
        open_store(path)
    assert str(caught.value) == (
        f"{path} was made before gleanings 0.2, and this version cannot open it: import again into a new "
        f"file, then copy the resolved links over with `gleanings links import {path}`"
    )


def test_a_changed_schema_has_another_version() -> None:
    files = [name for _, names in MIGRATIONS for name in names]
    digest = hashlib.sha256("".join(list_statements(files)).encode()).hexdigest()[:16]
    assert {SCHEMA_VERSION: digest} == {15: "da66f59acdb9db4a"}, "see UNRELEASED"


def test_six_processes_open_a_new_store_at_once_without_an_error(tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    code = "from store.connection import open_store; from pathlib import Path; "
    code += f"open_store(Path({path!r}), create=True)"
    running = [
        subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2]) for _ in range(6)
    ]
    assert [process.wait() for process in running] == [0] * 6


def test_a_failed_transaction_is_rolled_back(tmp_path: Path) -> None:
    db = open_store(tmp_path / "new.db", create=True)

    def fail() -> None:
        with transaction(db):
            db.execute("insert into tags (name) values ('x')")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        fail()
    assert db.execute("select count(*) from tags").fetchone() == (0,)
    close_store(db)


def test_a_store_locked_by_another_program_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    db = open_store(path, create=True)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    db.execute("pragma busy_timeout = 10")
    with pytest.raises(BusyError, match="try again later"), translated_errors(path), transaction(db):
        pass
    other.execute("rollback")
    other.close()
    close_store(db)


def test_a_full_disk_rolls_the_transaction_back(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    db = open_store(path, create=True)
    pages = db.execute("pragma page_count").fetchone()[0]
    db.execute(f"pragma max_page_count = {pages + 2}")
    with pytest.raises(BusyError, match="disk is full"), translated_errors(path), transaction(db):
        db.executemany("insert into tags (name) values (?)", [(str(n) * 500,) for n in range(200)])
    assert db.execute("select count(*) from tags").fetchone() == (0,)
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    close_store(db)


def write_tags(path: Path, count: int) -> None:
    db = open_store(path, create=True)
    db.executemany("insert into tags (name) values (?)", [(str(number),) for number in range(count)])
    close_store(db)


def test_after_many_changes_the_planners_statistics_are_refreshed(tmp_path: Path) -> None:
    write_tags(tmp_path / "new.db", MANY_CHANGES)
    with sqlite3.connect(tmp_path / "new.db") as db:
        assert db.execute("select count(*) > 0 from sqlite_stat1").fetchone() == (1,)


def test_after_few_changes_the_planners_statistics_are_not_refreshed(tmp_path: Path) -> None:
    write_tags(tmp_path / "new.db", MANY_CHANGES // 2)
    with sqlite3.connect(tmp_path / "new.db") as db:
        assert db.execute("select 1 from sqlite_master where name = 'sqlite_stat1'").fetchone() is None


def test_only_commits_in_the_block_are_flushed(tmp_path: Path) -> None:
    db = open_store(tmp_path / "gleanings.db", create=True)
    with durable_commits(db):
        assert db.execute("pragma synchronous").fetchone() == (2,)
    assert db.execute("pragma synchronous").fetchone() == (1,)
    close_store(db)
