"""Hostile text never reaches the terminal or the log as it is."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gleanings.terminal import (
    ControlFormatter,
    confirm_or_raise,
    count_as,
    counts_as_dict,
    escape_json,
    fit,
    format_counts,
    format_pending,
    get_width,
    progress_bar,
    show_controls,
    wants_color,
)
from record_types.errors import InputError
from store.runs import Counts
from tests.gleanings.running import ROOT, run

HOSTILE = "a\x1b]0;b\x07\n\r\x7f\x9bc\u202ed\u2066"


def test_controls_are_shown_as_less_shows_them() -> None:
    assert show_controls(HOSTILE) == "a^[]0;b^G^J^M^?<U+009B>c<U+202E>d<U+2066>"


def test_ordinary_text_stays() -> None:
    text = "Ünïcödé – “quotes” 日本語 עברית \u200f 👩‍👩‍👧 [x] ^"
    assert show_controls(text) == text


def test_counts_have_their_nouns() -> None:
    assert [count_as(number, "link") for number in (0, 1, 2, 1234)] == [
        "0 links", "1 link", "2 links", "1,234 links",
    ]  # fmt: skip
    assert [format_pending(number, "link") for number in (0, 1, 2)] == [
        "no pending links", "1 pending link", "2 pending links",
    ]  # fmt: skip
    assert format_counts(Counts(1200, 2, 3, 4)) == "+ 1,200 added  ~ 2 changed  = 3 unchanged  - 4 removed"
    assert format_counts(Counts(skipped=5)).endswith("  - 0 removed  ! 5 skipped")
    assert counts_as_dict(Counts(1, 2, 3, 4, 5)) == {
        "added": 1, "changed": 2, "unchanged": 3, "removed": 4, "skipped": 5,
    }  # fmt: skip


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_are_broken_between_words_at_the_end_of_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    line = "  " + "word " * 9 + "/a/path-that-is-very-long-and-never-broken-anywhere"
    assert (get_width(), fit(line)) == (40, line)
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert fit(line).split("\n") == [
        "  " + "word " * 6 + "word",
        "    word word",
        "    /a/path-that-is-very-long-and-never-broken-anywhere",
    ]
    assert fit("x" * 20 + " " + "y" * 19) == "x" * 20 + " " + "y" * 19
    assert fit("x" * 20 + " " + "y" * 20) == "x" * 20 + "\n  " + "y" * 20
    assert fit(line, err=True) == line


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour_is_used_unless_refused(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], wanted: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_color() is wanted


def test_nobody_is_asked_where_nobody_can_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(InputError, match=r"2 notes go\. Repeat with --yes to confirm"):
        confirm_or_raise("2 notes go")
    monkeypatch.setattr(sys, "stdin", Terminal("y\nn\n"))
    confirm_or_raise("2 notes go")
    with pytest.raises(click.Abort):
        confirm_or_raise("2 notes go")


def test_a_progress_bar_is_shown_for_many_steps_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    shown = {}
    for total, quiet in ((199, False), (200, False), (200, True)):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress_bar("Reading", total, quiet=quiet) as advance:
            advance(total)
        shown[total, quiet] = "Reading" in terminal.getvalue()
    assert shown == {(199, False): False, (200, False): True, (200, True): False}
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress_bar("Reading", 900) as advance:
        advance(1)
    assert sys.stderr.getvalue() == ""  # type: ignore[union-attr]


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
