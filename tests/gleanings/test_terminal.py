"""Hostile text never reaches the terminal or the log as it is."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from gleanings.terminal import ControlFormatter, escape_json, show_controls
from tests.gleanings.running import ROOT, run

HOSTILE = "a\x1b]0;b\x07\n\r\x7f\x9bc\u202ed\u2066"


def test_controls_are_shown_as_less_shows_them() -> None:
    assert show_controls(HOSTILE) == "a^[]0;b^G^J^M^?<U+009B>c<U+202E>d<U+2066>"


def test_ordinary_text_stays() -> None:
    text = "Ünïcödé – “quotes” 日本語 עברית \u200f 👩‍👩‍👧 [x] ^"
    assert show_controls(text) == text


def test_json_keeps_its_value() -> None:
    text = escape_json(json.dumps([HOSTILE], ensure_ascii=False))
    assert json.loads(text) == [HOSTILE]
    assert show_controls(text) == text


def test_a_record_is_one_line_and_its_traceback_is_indented() -> None:
    try:
        raise ValueError("x\n2026-01-01 forged\x1b[2J")
    except ValueError:
        record = logging.LogRecord("a", 30, "b", 1, "m\n%s", (HOSTILE,), sys.exc_info())
    lines = ControlFormatter("%(message)s").format(record).split("\n")
    assert lines[0] == "m^J" + show_controls(HOSTILE)
    assert all(line.startswith("    ") for line in lines[1:])
    assert "\x1b" not in "".join(lines)


def test_names_and_pages_reach_the_terminal_escaped(tmp_path: Path) -> None:
    graph = tmp_path / "graph"
    graph.mkdir()
    os.mkfifo(graph / "p\x1b[31m\nq.md")
    (graph / "page.md").write_text(
        "title:: A \x1b]0;x\x07 page (highlights)\nauthor:: [[me]]\ncategory:: #books\n\n"
        "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
        "\t- words\x1b[2J \u202e here ([View Highlight](https://read.readwise.io/read/01habc))\n"
    )
    ran = run("import", graph, "-v", cwd=tmp_path)
    assert "p^[[31m^Jq.md: not a regular file" in ran.err
    found = run("search", "words", cwd=tmp_path)
    asked = run("search", "words", "--json", cwd=tmp_path)
    assert "words" in found.out
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err + found.out + asked.out)


def test_a_pipe_among_notes_is_skipped_and_named(tmp_path: Path) -> None:
    graph, notes = tmp_path / "graph", tmp_path / "notes"
    graph.mkdir()
    (graph / "page.md").write_text(
        "title:: A page (highlights)\nauthor:: [[me]]\ncategory:: #books\n\n"
        "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
        "\t- words ([View Highlight](https://read.readwise.io/read/01habc))\n"
    )
    assert run("import", graph, cwd=tmp_path).code == 0
    notes.mkdir()
    os.mkfifo(notes / "pipe.md")
    ran = run("export", notes, cwd=tmp_path, timeout=30)
    assert (ran.code, "notes/pipe.md: skipped, not a regular file" in ran.err) == (1, True)
    assert list((notes / "documents").rglob("*.md"))


def test_only_one_module_prints() -> None:
    for path in (ROOT / "gleanings").rglob("*.py"):
        if path.name != "terminal.py":
            text = path.read_text(encoding="utf-8")
            assert "click.echo" not in text, path
            assert "click.secho" not in text, path


def test_warnings_and_tracebacks_of_libraries_reach_the_terminal_escaped(tmp_path: Path) -> None:
    code = (
        "import logging; from gleanings.terminal import secure_output; secure_output()\n"
        f"logging.getLogger('library').warning({HOSTILE!r})\n"
        f"print('caf\\u00e9'); raise ValueError({HOSTILE!r})"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    first, *others = ran.stderr.splitlines()
    assert first == show_controls(HOSTILE).replace("\u202e", "<U+202E>")
    assert others[0].startswith("Traceback")
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.stdout + ran.stderr)
    assert ran.stdout == "caf\\xe9\n"
