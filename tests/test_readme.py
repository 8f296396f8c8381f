"""Run the commands of the README in order in an otherwise empty folder; compare output, note and help."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from tests.gleanings.running import ROOT, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def list_commands(text: str) -> list[tuple[str, str]]:
    """The commands in `console` blocks, each with the output shown below it."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [
        (command, output)
        for block in blocks
        for command, output in re.findall(r"^\$ gleanings (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


def test_its_commands_print_what_it_shows(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example", tmp_path / "example")
    commands = list_commands(README)
    assert len(commands) == 7
    for command, output in commands:
        ran = run(*shlex.split(command), cwd=tmp_path)
        assert (ran.code, ran.out) == (0, output), command
    notes = re.findall(r"^<!-- note: (.*) -->\n```markdown\n(.*?)```", README, re.DOTALL | re.MULTILINE)
    assert len(notes) == 1
    for path, text in notes:
        assert (tmp_path / path).read_text(encoding="utf-8").rstrip("\n") == text.rstrip("\n"), path


def test_it_fits_on_a_few_screens() -> None:
    assert len(README.splitlines()) <= 150


def test_the_help_is_current(tmp_path: Path) -> None:
    shown = re.search(r"<!-- help -->\n```text\n(.*?)```", COMMANDS_PAGE, re.DOTALL)
    assert shown
    assert shown[1] == run("--help", cwd=tmp_path).out


def test_every_command_is_in_the_table() -> None:
    from gleanings.cli import COMMANDS

    assert [name for name in COMMANDS if f"`gleanings {name}" not in COMMANDS_PAGE] == []
