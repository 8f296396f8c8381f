"""The command line explains itself, in 80 columns, and quickly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from gleanings.cli import COMMANDS, cli
from tests.gleanings.running import ROOT, run

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


def list_options(name: str, command: click.Command) -> Iterator[str]:
    """Each command with its own arguments and options: their names, what they take, and their defaults."""
    for each in command.params:
        names, kind = "/".join((*each.opts, *each.secondary_opts)), each.type
        if names in ("--db", "--config", "--json", "-v/--verbose"):
            continue
        takes = kind.name
        if isinstance(kind, click.Choice):
            takes = ", ".join(map(str, kind.choices))
        elif isinstance(kind, (click.IntRange, click.FloatRange)):
            takes = f"{kind.min} to {kind.max}"
        flag = " flag" if getattr(each, "is_flag", False) else ""
        many = f" {each.nargs}" if each.nargs != 1 or getattr(each, "multiple", False) else ""
        default = f" = {each.default}" if type(each.default) in (int, float, str) else ""
        yield f"{name} {names}: {takes}{flag}{many}{default}\n"
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from list_options(f"{name} {below}".strip(), found)


def test_every_command_has_the_expected_options(check_golden: Callable[[Path, str], None]) -> None:
    check_golden(ROOT / "tests" / "data" / "options.txt", "".join(list_options("", cli)))


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
