"""Backups are complete, block nobody, and are made before a migration."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from record_types.errors import BusyError, InputError, StoreError
from store import connection, migrations
from store.backup import back_up, drop_oldest, list_backups, list_names, name_backup
from store.connection import close_store, is_damage, open_store, translated_errors
from store.migrations import SCHEMA_VERSION
from store.runs import Counts, finish_run, start_run
from store.snapshots import open_snapshot
from tests.gleanings.running import CODE, ROOT, query, run

HERE = {"PYTHONPATH": str(ROOT)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "gleanings.db"
    db = open_store(path, create=True)
    fill(db, 500)
    yield path
    close_store(db)


def fill(db: sqlite3.Connection, rows: int) -> None:
    for _ in range(rows):
        finish_run(db, start_run(db, "import", now="2026"), Counts(), "ok", now="2026", message="x" * 500)


def count(path: Path) -> int:
    db = sqlite3.connect(path)
    try:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
        return int(db.execute("select count(*) from runs").fetchone()[0])
    finally:
        db.close()


@pytest.mark.parametrize("has_links", [True, False])
def test_a_backup_contains_what_is_in_the_wal_and_is_one_file(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no hard links, as on exFAT")

    if not has_links:
        monkeypatch.setattr(os, "link", refuse)
    target = tmp_path / "copies" / "one.db"
    target.parent.mkdir()
    assert back_up(store, target) == target.stat().st_size
    assert count(target) == 500
    assert [path.name for path in target.parent.iterdir()] == ["one.db"]


def test_a_backup_during_a_write_is_a_consistent_snapshot(store: Path, tmp_path: Path) -> None:
    def write() -> None:
        db = open_store(store)
        fill(db, 300)
        close_store(db)

    thread = threading.Thread(target=write)
    thread.start()
    back_up(store, tmp_path / "one.db")
    thread.join()
    assert 500 <= count(tmp_path / "one.db") <= 800
    assert count(store) == 800


def test_a_backup_never_overwrites_a_file(store: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.db").write_text("mine")
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere.db")
    for name in ("mine.db", "link.db", "gleanings.db"):
        with pytest.raises(InputError, match="never overwritten"):
            back_up(store, tmp_path / name)
    assert (tmp_path / "mine.db").read_text() == "mine"


def test_a_damaged_store_leaves_no_backup(store: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    back_up(store, broken)
    data = bytearray(broken.read_bytes())
    data[4096 * 20 : 4096 * 60] = b"\xff" * 4096 * 40
    broken.write_bytes(data)
    with pytest.raises((StoreError, sqlite3.DatabaseError)):
        back_up(broken, tmp_path / "copy.db")
    assert not list(tmp_path.glob("*copy.db*"))


def test_the_oldest_backups_are_deleted_but_not_files_with_other_names(store: Path) -> None:
    (store.parent / "backups").mkdir()
    for day in range(1, 6):
        back_up(store, name_backup(store, now=datetime(2026, 1, day, tzinfo=UTC)))
    (store.parent / "backups" / "gleanings-mine.db").write_text("mine")
    assert len(drop_oldest(store, 2)) == 3
    assert [path.name[10:18] for path in list_backups(store)] == ["20260104", "20260105"]
    assert (store.parent / "backups" / "gleanings-mine.db").exists()
    assert drop_oldest(store, 0) == []


def test_backups_in_one_second_get_numbers_and_keep_their_order(store: Path, tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    first = name_backup(store, now=now)
    names = [path for path, _ in zip(list_names(first), range(11), strict=False)]
    (store.parent / "backups").mkdir()
    for path in reversed(names):
        back_up(store, path)
    assert list_backups(store) == names
    assert [path.name for path in drop_oldest(store, 1)] == [path.name for path in names[:-1]]


def test_the_name_of_a_deleted_backup_is_not_given_to_a_later_one(store: Path, tmp_path: Path) -> None:
    first = tmp_path / "a-20260101T000000Z.db"
    for name in ("", "-2", "-10", "-schema-30", "-before-undo-12"):
        first.with_stem(first.stem + name).touch()
    first.unlink()
    names = list_names(first)
    assert [next(names).stem.removeprefix(first.stem) for _ in range(2)] == ["-11", "-12"]
    assert next(list_names(first.with_stem("a"))).name == "a.db"


def test_concurrent_backups_are_all_made(store: Path, tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", CODE, "backup"], cwd=tmp_path, env=os.environ | HERE)
        for _ in range(3)
    ]
    assert [process.wait(60) for process in running] == [0] * 3
    assert run("backup", cwd=tmp_path).code == 0
    assert [count(path) for path in list_backups(store)] == [500] * 4
    named = [run("backup", "one.db", cwd=tmp_path).code for _ in range(2)]
    assert named == [0, 2], "a name the reader gave is not changed"


@pytest.fixture
def next_schema(store: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The schema version of a program with one more migration than the one that made the store."""
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, ("next", ())))
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    monkeypatch.setattr(connection, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    return SCHEMA_VERSION + 1


def read_schema_version(path: Path) -> int:
    return int(query(path, "pragma user_version")[0][0])


def test_a_migration_copies_the_store_first(store: Path, next_schema: int) -> None:
    assert list_backups(store) == []
    close_store(open_store(store))
    (copy,) = list_backups(store)
    assert f"-schema-{SCHEMA_VERSION}.db" in copy.name
    assert count(copy) == count(store) == 500
    assert (read_schema_version(copy), read_schema_version(store)) == (SCHEMA_VERSION, next_schema)
    close_store(open_store(store))
    assert list_backups(store) == [copy]


def test_a_dry_run_on_an_older_store_migrates_nothing_on_disk(store: Path, next_schema: int) -> None:
    db = open_store(store, dry=True)
    assert db.execute("pragma user_version").fetchone() == (next_schema,)
    db.execute("rollback")
    close_store(db)
    assert read_schema_version(store) == SCHEMA_VERSION
    assert list_backups(store) == []


def test_a_snapshot_of_an_older_store_is_migrated_without_the_store(store: Path, next_schema: int) -> None:
    db = open_snapshot(store)
    assert db.execute("pragma user_version").fetchone() == (next_schema,)
    db.close()
    assert read_schema_version(store) == SCHEMA_VERSION
    assert list_backups(store) == []


def test_a_new_store_is_not_backed_up(tmp_path: Path) -> None:
    close_store(open_store(tmp_path / "new.db", create=True))
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".db"] == []


def test_a_full_disk_is_not_damage(store: Path, tmp_path: Path) -> None:
    db = open_store(store)
    db.execute("pragma max_page_count = 1")
    with pytest.raises(BusyError, match="disk is full") as full, translated_errors(store):
        db.execute("create table filler as select zeroblob(100000) as data")
    db.close()
    with pytest.raises(StoreError, match="whether the disk is full") as closed, translated_errors(store):
        sqlite3.connect(tmp_path / "missing" / "folder.db")
    assert not is_damage(full.value)
    assert not is_damage(closed.value)
    store.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError) as damaged, translated_errors(store):
        sqlite3.connect(store).execute("select 1 from sqlite_master")
    assert is_damage(damaged.value)
