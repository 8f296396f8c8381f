"""The README's help text, demo and notes are the program's current output."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.gleanings.running import ROOT, run

README = (ROOT / "README.md").read_text(encoding="utf-8")


def read_block(name: str) -> str:
    """The code block after `<!-- name -->`."""
    match = re.search(rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert match, name
    return match[1]


def test_the_help_is_current(tmp_path: Path) -> None:
    assert read_block("help") == run("--help", cwd=tmp_path).out


def test_the_demo_prints_and_writes_what_the_readme_shows(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example" / "graph", tmp_path / "graph")
    shutil.copy(ROOT / "example" / "links.csv", tmp_path)
    for paragraph in read_block("demo").strip().split("\n\n"):
        command, _, output = paragraph.partition("\n")
        ran = run(*command.removeprefix("$ gleanings ").split(), cwd=tmp_path)
        assert ran.out.replace(f"{tmp_path}/", "").rstrip("\n") == output, command
    for flavour in ("logseq", "obsidian"):
        run("export", flavour, "--flavour", flavour, cwd=tmp_path)
    shown = re.findall(r"<!-- note: (.*) -->", README)
    assert len(shown) == 6
    for path in shown:
        note = (tmp_path / path).read_text(encoding="utf-8")
        assert note.rstrip("\n") == read_block(f"note: {path}").rstrip("\n"), path


def test_every_command_is_in_the_table() -> None:
    from gleanings.cli import COMMANDS

    assert all(f"`gleanings {name}" in README for name in COMMANDS)
