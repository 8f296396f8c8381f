"""A byte that is not UTF-8, anywhere in the store: one line says where and what to run, and `--fix` helps."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.gleanings.running import run
from tests.gleanings.syncing import sync, write_place
from tests.gleanings.test_living_graph import state

pytestmark = pytest.mark.slow  # whole runs, again and again

EXPORT = ("export", "notes", "--yes", "--verify")
COMMANDS = (
    ("status",),
    ("search", "time"),
    ("topics",),
    ("links", "export", "map.csv"),
    ("import", "graph"),
    EXPORT,
    ("sync",),
    ("doctor",),
)
READ_BY_EXPORT = ("written.base_text", "authors.name")
REPLACED = ("links.url", "runs.message")
"""Columns that nothing can restore: the damaged character stays replaced."""
COLUMNS = (
    *READ_BY_EXPORT,
    *REPLACED,
    "written.path",
    "export_states.text",
    "highlights.text",
    "appearances.uid",
    "files.path",
)
# `ff` is never in UTF-8, `e282` is the beginning of a character.


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = write_place(tmp_path_factory.mktemp("filled") / "here", links=True)
    sync(here)
    return here


def damage(store: Path, name: str, bad: str) -> int:
    """Put bytes into every text of a column, as a disk does: no trigger sees it. The number of rows."""
    table, _, column = name.partition(".")
    with closing(sqlite3.connect(store, isolation_level=None)) as db:
        triggers = db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for trigger, _ in triggers:
            db.execute(f"drop trigger {trigger}")
        db.execute("pragma ignore_check_constraints = on")
        half = f"length({column}) / 2"
        changed = db.execute(
            f"update {table} set {column} = cast(cast(substr({column}, 1, {half}) as blob)"
            f" || x'{bad}' || cast(substr({column}, {half} + 1) as blob) as text) where {column} <> ''"
        ).rowcount
        for _, statement in triggers:
            db.execute(statement)
        return changed


def read_notes(here: Path) -> dict[str, str]:
    return {str(path): path.read_text() for path in sorted((here / "notes").rglob("*.md"))}


@pytest.mark.parametrize(
    ("column", "bad"), [*((column, "ff") for column in COLUMNS), ("documents.title", "e282")]
)
def test_a_damaged_text_is_named_in_one_line_without_its_words_and_fixed(
    filled: Path, tmp_path: Path, column: str, bad: str
) -> None:
    shutil.copytree(filled, tmp_path / "kept")
    before, notes = state(filled / "gleanings.db"), read_notes(filled)
    (filled / "sync.log").unlink()
    try:
        assert damage(filled / "gleanings.db", column, bad)
        ends = {command: run(*command, cwd=filled) for command in COMMANDS}
        for command, ran in ends.items():
            assert "Traceback" not in ran.err, command
            assert "with text" not in ran.out + ran.err, command
            damaged = [line for line in ran.err.splitlines() if "is damaged" in line]
            advice = f"not UTF-8 in {column}: run `gleanings doctor --fix`"
            assert all(line.endswith(advice) for line in damaged), command
            assert (ran.code == 2) is bool(damaged), command
        log = (filled / "sync.log").read_text()
        assert ("with text" in log, "Traceback" in log) == (False, False)
        assert ends["doctor",].code == 1
        assert f"bytes that are not UTF-8 in {column}" in ends["doctor",].out
        assert column not in READ_BY_EXPORT or ends[EXPORT].code == 2

        assert run("doctor", "--fix", cwd=filled).code == 0
        assert run("import", "graph", cwd=filled).code == 0
        assert run(*EXPORT, cwd=filled).code == 0
        assert run("doctor", cwd=filled).code == 0
        if column not in REPLACED:
            assert state(filled / "gleanings.db") == before
            assert read_notes(filled) == notes
    finally:
        shutil.rmtree(filled)
        (tmp_path / "kept").rename(filled)  # the same path again: the store knows it
