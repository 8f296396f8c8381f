"""The command line explains itself, in 80 columns, and quickly."""

from __future__ import annotations

from pathlib import Path

import pytest

from gleanings.cli import COMMANDS
from tests.gleanings.running import run

LINES = [
    ("--help",),
    *[(name, "--help") for name in COMMANDS],
    ("topics", "suggest", "--help"),
    ("links", "export", "--help"),
    ("links", "import", "--help"),
    ("links", "rebuild-keys", "--help"),
]


@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_help_fits_a_terminal_and_needs_no_store(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = run(*words, cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "links"])
def test_every_command_takes_the_common_options(tmp_path: Path, name: str) -> None:
    out = run(name, "--help", cwd=tmp_path).out
    assert all(option in out for option in ("--db", "--json", "--verbose", "--config"))


@pytest.mark.parametrize("name", ["import", "expand", "topics", "export", "sync", "backup"])
def test_every_command_that_writes_has_a_dry_run(tmp_path: Path, name: str) -> None:
    assert "--dry-run" in run(name, "--help", cwd=tmp_path).out


def test_a_mistyped_command_gets_a_hint(tmp_path: Path) -> None:
    ran = run("imprt", cwd=tmp_path)
    assert ran.code == 2
    assert "Did you mean 'import'?" in ran.err


@pytest.mark.parametrize("name", ["status", "search", "topics", "export", "expand"])
def test_a_missing_store_is_reported_in_one_line(tmp_path: Path, name: str) -> None:
    words = {"search": ["search", "x"], "export": ["export", "notes"]}.get(name, [name])
    ran = run(*words, cwd=tmp_path)
    assert ran.code == 2
    assert ran.err == "gleanings: gleanings.db does not exist: `gleanings import PATH` creates it\n"


def test_help_imports_no_heavy_library(tmp_path: Path) -> None:
    ran = run("--help", cwd=tmp_path, environment={"PYTHONPROFILEIMPORTTIME": "1"})
    heavy = (
        "requests",
        "rich",
        "lxml",
        "sqlite_utils",
        "markdown_it",
        "sqlite3",
        "jinja2",
        "ftfy",
        "yaml",
        "numpy",
        "tokenizers",
    )
    imported = {line.rpartition("|")[2].strip() for line in ran.err.splitlines()}
    assert imported & set(heavy) == set()
