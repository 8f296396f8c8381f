"""Every command on every kind of terminal: narrow, dumb, without colour, in another encoding, interrupted."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import click
import pytest

from gleanings.cli import COMMANDS, cli
from gleanings.terminal import MIN_WIDTH
from tests.gleanings.running import run, run_in_fork, run_on_terminal
from tests.gleanings.test_json import RUNS

ESCAPE = re.compile("\x1b\\[[0-9;?]*[a-zA-Z]")
COLOUR = re.compile("\x1b\\[[0-9;]*m")
VERBATIM = ("config --show", "config --example", "init --yes --graph graph", "schedule", "config --path")
"""Commands that print files or texts for a file, as they are."""

TERMINALS = {
    "narrow": (60, {}),
    "usual": (80, {}),
    "wide": (120, {}),
    "dumb": (80, {"TERM": "dumb"}),
    "no colour": (80, {"NO_COLOR": "1"}),
}


def list_runs() -> Iterator[object]:
    """Each command on one terminal, in turn; with `-m slow`, on all."""
    for (arguments, code), first in zip(RUNS, cycle(TERMINALS), strict=False):
        for name in TERMINALS:
            marks = () if name == first else (pytest.mark.slow,)
            yield pytest.param(arguments, code, name, marks=marks, id=f"{arguments} [{name}]")


@pytest.mark.parametrize(("arguments", "code", "terminal"), list(list_runs()))
def test_lines_fit_the_terminal(copy: Path, arguments: str, code: int, terminal: str) -> None:
    columns, environment = TERMINALS[terminal]
    ran = run_on_terminal(*arguments.split(), cwd=copy, columns=columns, environment=environment)
    assert ran.code == code, ran.out
    assert "Traceback" not in ran.out
    if terminal == "dumb":
        assert "\x1b" not in ran.out
    if terminal == "no colour":
        assert not COLOUR.search(ran.out)
    if not arguments.startswith(VERBATIM):
        lines = ESCAPE.sub("", ran.out).splitlines()
        assert [line for line in lines if len(line) > columns and " " in line.strip()] == []


@pytest.mark.parametrize(
    ("arguments", "code"), [each for at, each in enumerate(RUNS) if at % 3 == 0 or "search" in each[0]]
)
def test_another_encoding_is_not_an_error_and_json_stays_valid(copy: Path, arguments: str, code: int) -> None:
    environment = {**os.environ, "GLEANINGS_CONFIG": "config.toml", "PYTHONIOENCODING": "latin-1"}
    ran = run_in_fork([*arguments.split(), "--json"], copy, environment, 60)
    assert (ran.code, "Traceback" in ran.err) == (code, False)
    assert json.loads(ran.out)["exit"] == code


def test_text_that_an_encoding_lacks_is_valid_json(copy: Path) -> None:
    page = copy / "graph" / "pages" / "Sparks.md"
    text = (copy / "graph" / "pages" / "The Slow Reader (highlights).md").read_text("utf-8")
    page.write_text(re.sub("^- (?=[A-Z])", "- \U0001f525 café ", text, flags=re.M), encoding="utf-8")
    run("import", "graph", cwd=copy)
    found = {}
    for encoding in ("utf-8", "ascii"):
        environment = {**os.environ, "GLEANINGS_CONFIG": "config.toml", "PYTHONIOENCODING": encoding}
        ran = run_in_fork(["search", "reader", "--json"], copy, environment, 60)
        found[encoding] = json.loads(ran.out)
    assert found["ascii"] == found["utf-8"]


@pytest.mark.parametrize("delay", [0.02, 0.05, 0.1])
@pytest.mark.parametrize("arguments", ["import graph --verify", "export notes", "sync", "topics", "doctor"])
def test_ctrl_c_prints_no_traceback(copy: Path, arguments: str, delay: float) -> None:
    environment = {**os.environ, "GLEANINGS_CONFIG": "config.toml", "XDG_STATE_HOME": str(copy)}
    ran = run_in_fork(arguments.split(), copy, environment, 60, stop_after=delay)
    assert "Traceback" not in ran.err
    assert ran.code in (0, 1, -signal.SIGINT)  # the last: after the command, while Python ends
    assert run("doctor", cwd=copy).code == 0


def find_commands(group: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    from gleanings.commands.topics import SUBCOMMANDS

    if isinstance(group, click.Group):
        context = click.Context(group)
        for each in group.list_commands(context):
            found = group.get_command(context, each)
            assert found
            yield from find_commands(found, f"{name} {each}".strip())
    if name == "topics":
        yield from ((f"topics {each}", command) for each, command in SUBCOMMANDS.items())
    yield name, group


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_help_fits_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    helps = {
        name: command.get_help(click.Context(command, info_name=f"gleanings {name}", max_content_width=80))
        for name, command in find_commands(cli, "")
    }
    assert len(helps) > len(COMMANDS)
    wide = {
        name: [
            line
            for line in text.splitlines()
            if len(line) > max(columns, MIN_WIDTH) and not line.startswith("    gleanings ")
        ]
        for name, text in helps.items()
    }
    assert {name: lines for name, lines in wide.items() if lines} == {}
    cut = re.compile(r"^(?!Usage).*\.\.\.$", re.MULTILINE)  # an ellipsis instead of the rest of a sentence
    assert [name for name, text in helps.items() if cut.search(text)] == []
