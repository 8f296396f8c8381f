"""A store that may only be read is read, by every command that only reads, and left exactly as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.connection import close_store, open_store
from store.migrations import SCHEMA_VERSION
from tests.gleanings.running import Ran, query, run
from tests.gleanings.syncing import sync, write_place
from tests.unprivileged import AS_READER, close_to_writers, needs_permissions, open_to_writers

pytestmark = needs_permissions

READERS = [
    ("status",),
    ("status", "--json"),
    ("search", "the"),
    ("topics",),
    ("versions",),
    ("export", "--dry-run"),
    ("import", "--dry-run"),
    ("expand", "--offline"),
    ("sync", "--dry-run", "--quiet"),
    ("undo", "--dry-run"),
]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    """A store after a sync, with its folder; nothing of it can be written by the reader."""
    folder = tmp_path / "shelf"
    write_place(folder, 30)
    sync(folder, "--quiet")
    close_to_writers(folder)
    yield folder
    open_to_writers(folder)


def read(here: Path, *arguments: object) -> Ran:
    return run(*arguments, cwd=here, through=AS_READER)


def list_all(here: Path) -> dict[str, tuple[int, bytes]]:
    paths = sorted(path for path in here.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


@pytest.mark.slow
def test_reading_commands_print_the_same_as_for_the_owner(here: Path) -> None:
    before = list_all(here)
    said = {command: read(here, *command) for command in READERS}
    assert list_all(here) == before
    open_to_writers(here)
    for command, ran in said.items():
        owners = run(*command, cwd=here)
        assert (ran.code, ran.err, ran.out) == (0, "", owners.out), command


def test_results_can_be_written_elsewhere(here: Path, tmp_path: Path) -> None:
    assert read(here, "links", "export", tmp_path / "map.csv").code == 0
    assert (tmp_path / "map.csv").read_text().startswith("url,final_url")


def test_doctor_reports_what_is_read_only_and_a_sound_store(here: Path) -> None:
    ran = read(here, "doctor")
    assert (ran.code, ran.err) == (1, "")
    found = [line.partition(":")[0] for line in ran.out.splitlines() if line.startswith("!")]
    assert found == ["! notes", "! permissions"]


@pytest.mark.parametrize("command", [("import",), ("doctor", "--fix"), ("export",), ("undo",)])
def test_writing_commands_are_refused_in_one_line(here: Path, command: tuple[str, ...]) -> None:
    before = list_all(here)
    ran = read(here, *command)
    assert (ran.code, ran.err.count("\n"), "cannot be written" in ran.err) == (2, 1, True)
    assert list_all(here) == before


def test_rows_still_in_the_owners_wal_are_read(here: Path) -> None:
    before = query(here / "gleanings.db", "select count(*) from tags")[0][0]
    here.chmod(0o755)
    (here / "gleanings.db").chmod(0o644)
    db = open_store(here / "gleanings.db")
    db.execute("insert into tags (name) values ('just now')")
    here.chmod(0o555)
    assert (here / "gleanings.db-wal").stat().st_size > 0
    assert read(here, "status", "--json").json["counts"]["tags"] == before + 1
    here.chmod(0o755)
    close_store(db)
    assert read(here, "status", "--json").json["counts"]["tags"] == before + 1


def test_an_unreadable_wal_is_reported(here: Path) -> None:
    here.chmod(0o755)
    (here / "gleanings.db").chmod(0o644)
    db = open_store(here / "gleanings.db")
    db.execute("insert into tags (name) values ('just now')")
    wal = (here / "gleanings.db-wal").read_bytes()
    close_store(db)
    (here / "gleanings.db-wal").write_bytes(wal)  # as somebody copies two of three files
    here.chmod(0o555)
    ran = read(here, "status")
    assert (ran.code, ran.err.count("\n"), "gleanings.db-wal" in ran.err) == (2, 1, True)


def test_no_file_that_the_owner_cannot_write_is_left_behind(here: Path) -> None:
    here.chmod(0o755)
    assert read(here, "status").code == 0
    assert [path.name for path in here.glob("gleanings.db-*")] == []


def test_a_newer_store_is_refused(here: Path) -> None:
    here.chmod(0o755)
    (here / "gleanings.db").chmod(0o644)
    db = sqlite3.connect(here / "gleanings.db")
    db.execute(f"pragma user_version = {SCHEMA_VERSION + 1}")
    db.close()
    close_to_writers(here)
    ran = read(here, "status")
    assert (ran.code, "newer gleanings" in ran.err) == (2, True)


def test_an_unreadable_store_is_reported(here: Path) -> None:
    (here / "gleanings.db").chmod(0o000)
    ran = read(here, "status")
    assert (ran.code, ran.err) == (
        2,
        f"gleanings: {here}/gleanings.db cannot be read: check its permissions\n",
    )


def test_a_writable_store_is_read_in_place(tmp_path: Path) -> None:
    write_place(tmp_path, 10)
    sync(tmp_path, "--quiet")
    config = tmp_path / "config.toml"
    config.write_text(
        config.read_text().replace("[sync]", '[[topics.rules]]\nname = "All"\npatterns = ["."]\n[sync]')
    )
    run("topics", cwd=tmp_path)
    assert query(tmp_path / "gleanings.db", "select count(*) from topics where name = 'All'") == [(1,)]
