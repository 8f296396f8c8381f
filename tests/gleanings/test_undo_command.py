"""`undo` undoes the last run and no other, after a backup and a question; `redo` repeats it."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from gleanings.steps.undo import UndoPlan, plan_redo, plan_undo
from record_types.errors import BusyError, InputError
from store.connection import open_memory
from store.runs import PROCESS, start_run
from tests.gleanings.running import query, run
from tests.gleanings.test_living_graph import state, write_graph
from tests.store.stores import NOW

LIVE = "select count(*) from highlights where gone_at is null"


def count(folder: Path) -> int:
    return int(query(folder / "gleanings.db", LIVE)[0][0])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a store of 60 highlights, imported from `graph`."""
    assert run("import", write_graph(tmp_path, 60), cwd=tmp_path).code == 0
    return tmp_path


def damage_pages(folder: Path) -> None:
    for page in sorted((folder / "graph" / "pages").glob("*.md"))[::3]:
        page.write_bytes(b"\xff\xfe\x00" + bytes(range(255)))


def test_an_import_of_damaged_files_does_not_let_undo_remove_the_first_import(folder: Path) -> None:
    damage_pages(folder)
    assert run("import", "graph", cwd=folder).code == 1
    ran = run("undo", "--yes", cwd=folder)
    assert (ran.code, count(folder)) == (1, 60)
    assert "run 2 (import of " in ran.out
    assert "changed nothing" in ran.out
    assert "`gleanings undo 1`" in ran.out
    unconfirmed = run("undo", "1", cwd=folder)
    assert (unconfirmed.code, count(folder)) == (2, 60)
    assert "60 highlights are removed" in unconfirmed.err
    assert run("undo", "1", "--yes", cwd=folder).code == 0
    assert count(folder) == 0


def test_an_import_that_finds_nothing_new_is_not_undone_either(folder: Path) -> None:
    run("import", "graph", cwd=folder)
    assert (run("undo", "--yes", cwd=folder).code, count(folder)) == (1, 60)


@pytest.mark.parametrize("fixed", ["links import", "restore"])
def test_a_run_that_cannot_be_undone_keeps_the_one_before(folder: Path, fixed: str) -> None:
    if fixed == "restore":
        assert run("backup", "b.db", cwd=folder).code == 0
        assert run("restore", "b.db", "--yes", cwd=folder).code == 0
    else:
        (folder / "map.csv").write_text("url,final_url\nhttps://t.co/AbCdEf1234,https://example.org/a\n")
        assert run("links", "import", "map.csv", cwd=folder).code == 0
    ran = run("undo", "--yes", cwd=folder)
    assert (ran.code, count(folder)) == (1, 60)
    assert f"({fixed} of " in ran.out
    assert "cannot be undone" in ran.out
    assert "`gleanings undo 1`" in ran.out
    assert run("undo", "1", cwd=folder).code == 2  # asks
    assert (run("undo", "1", "--yes", cwd=folder).code, count(folder)) == (0, 0)


def test_undo_asks_above_twenty_highlights_and_backs_up_first(folder: Path) -> None:
    before = state(folder / "gleanings.db")
    ran = run("undo", cwd=folder)
    assert (ran.code, count(folder)) == (2, 60)
    assert "60 highlights are removed. Repeat with --yes" in ran.err
    assert not (folder / "backups").exists()
    ran = run("undo", "--yes", "--json", cwd=folder)
    assert (ran.code, ran.json["removed"], count(folder)) == (0, 60, 0)
    assert state(Path(ran.json["backup"])) == before


def test_undo_of_a_few_highlights_does_not_ask(folder: Path) -> None:
    page = folder / "graph" / "pages" / "New.md"
    page.write_text(
        "title:: New\ncategory:: #articles\n\n- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
        "\t- Words ([View Highlight](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaa0001))\n"
    )
    run("import", "graph", cwd=folder)
    assert (run("undo", cwd=folder).code, count(folder)) == (0, 60)


def test_redo_repeats_the_undone_import_and_can_be_undone(folder: Path) -> None:
    before = state(folder / "gleanings.db")
    run("undo", "--yes", cwd=folder)
    again = run("undo", "--yes", cwd=folder)
    assert (again.code, "`gleanings redo`" in again.out) == (1, True)
    named = run("undo", "1", "--yes", cwd=folder)
    assert (named.code, "run 1 cannot be undone: the last run that" in named.err) == (2, True)
    redone = run("redo", "--yes", cwd=folder)
    assert redone.code == 0
    assert re.match(r"repeated: what run \d+ \(undo of .*\) undid, \d+ files: 60 highlights come", redone.out)
    assert state(folder / "gleanings.db") == before
    assert run("redo", "--yes", cwd=folder).code == 1
    assert (run("undo", "--yes", cwd=folder).code, count(folder)) == (0, 0)


def test_nothing_is_repeated_once_something_else_was_imported(folder: Path) -> None:
    run("undo", "--yes", cwd=folder)
    run("import", "graph", cwd=folder)
    ran = run("redo", "--yes", cwd=folder)
    assert (ran.code, count(folder)) == (1, 60)
    assert "is newer than any undo" in ran.out


def test_an_older_run_cannot_be_undone(folder: Path) -> None:
    for page in sorted((folder / "graph" / "pages").glob("*.md"))[:1]:
        page.unlink()
    run("import", "graph", cwd=folder)
    left = count(folder)
    ran = run("undo", "1", "--yes", cwd=folder)
    assert (ran.code, count(folder)) == (2, left)
    assert "run 2 (import of " in ran.err


def test_a_dry_run_says_what_would_go_and_changes_nothing(folder: Path) -> None:
    ran = run("undo", "--dry-run", cwd=folder)
    assert (ran.code, count(folder)) == (0, 60)
    assert "60 highlights are removed" in ran.out
    assert query(folder / "gleanings.db", "select count(*) from runs") == [(1,)]
    assert not (folder / "backups").exists()


@pytest.mark.parametrize("plan", [lambda db: plan_undo(db, None), lambda db: plan_undo(db, 1), plan_redo])
@pytest.mark.parametrize("is_alive", [True, False])
def test_nothing_is_undone_while_another_command_writes(
    plan: Callable[[sqlite3.Connection], UndoPlan], is_alive: bool
) -> None:
    process = os.getppid() if is_alive else 2**22 + 1
    with closing(open_memory()) as db:
        start_run(db, "import", now=NOW)
        db.execute("update runs set message = ?", (f"{PROCESS}{process}",))
        if is_alive:
            with pytest.raises(BusyError, match="another command is writing to the store"):
                plan(db)
        else:
            with suppress(InputError):  # there is no run to undo
                plan(db)
        assert db.execute("select status from runs").fetchall() == [
            ("running" if is_alive else "interrupted",)
        ]
