"""Watching: after a quiet moment, never for what it wrote itself, and until it is told to end."""

from __future__ import annotations

import signal
import sqlite3
import time
from pathlib import Path

import pytest

from gleanings.commands import watch
from gleanings.commands.watch import Waiting, is_of_interest, iterate_changes, run_once, run_when_quiet
from gleanings.config import parse_config
from gleanings.options import Common
from gleanings.stop import Stop
from gleanings.sync.memory import holding_lock
from tests.gleanings.running import query
from tests.gleanings.syncing import list_files, start, write_place

slow = pytest.mark.slow  # whole runs, again and again

NEW = """\
title:: Fresh
category:: #articles

- Highlights first synced by [[Readwise]] [[Jan 9th, 2022]]
\t- {word} ([View Highlight](https://read.readwise.io/read/01h00000000000000000000009))
"""


def test_it_waits_for_a_pause_in_changes_but_not_forever() -> None:
    waiting = Waiting(quiet=5, longest=60)
    assert not waiting.is_time(1000)
    waiting.note(0)
    assert not waiting.is_time(4)
    waiting.note(4)
    assert (waiting.is_time(8), waiting.is_time(9)) == (False, True)
    for now in range(10, 60):
        waiting.note(now)
    assert waiting.is_time(60)
    waiting.clear()
    assert not waiting.is_time(1000)


def test_it_checks_again_when_requested() -> None:
    waiting = Waiting(quiet=5, longest=60, again=30)
    assert (waiting.is_time(29), waiting.is_time(30)) == (False, True)
    waiting.clear(again=90)
    assert (waiting.is_time(89), waiting.is_time(90)) == (False, True)


@pytest.mark.parametrize(
    ("path", "is_page"),
    [
        ("/g/pages/a.md", True),
        ("/g/pages/A.MD", True),
        ("/g/journals/2022.org", True),
        ("/g/export.csv", True),
        ("/g/pages/.@ann Says the Kettle....md", True),
        ("/g/a deleted export.json", True),
        ("/g/pages/.#a.md", False),
        ("/g/pages/mine.md", False),
        ("/g/pages/.gleanings-01.tmp", False),
        ("/g/.obsidian/workspace.md", False),
        ("/g/logseq/bak/pages/a.md", False),
        ("/g/assets/picture.png", False),
        ("/g/gleanings.db-wal", False),
    ],
)
def test_only_pages_are_watched_and_not_our_notes(path: str, is_page: bool) -> None:
    assert is_of_interest([path], {"/g/pages/mine.md"}) == is_page


def test_exports_are_watched_and_not_other_files_with_their_suffixes(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text('{"a": 1}')
    (tmp_path / "koreader.json").write_text('{"title": "A", "entries": [{"text": "b", "sort": "highlight"}]}')
    found = [is_of_interest([str(tmp_path / name)], ()) for name in ("list.json", "koreader.json")]
    assert found == [False, True]


def read_place(here: Path, *, verbose: int = 0, as_json: bool = False) -> Common:
    """The options of a command there."""
    config = parse_config((here / "config.toml").read_text(), "config.toml")
    return Common(here / "gleanings.db", config, as_json=as_json, verbose=verbose, dry_run=False)


def test_it_runs_at_the_start_and_after_changes_but_not_for_notes_that_it_wrote(tmp_path: Path) -> None:
    here = write_place(tmp_path, 3, settle=1000, more="\n[watch]\nquiet_seconds = 0.0\n")
    common, paths = read_place(here), (here / "graph", here / "notes")
    note = str(here / "notes" / "documents")
    assert run_when_quiet(common, paths, Stop(), []) == 0
    assert run_when_quiet(common, paths, Stop(), [set()]) == 1
    written = {str(path) for path in (here / "notes").rglob("*.md")}
    assert any(path.startswith(note) for path in written)
    assert run_when_quiet(common, paths, Stop(), [set(), written, set()]) == 1
    assert run_when_quiet(common, paths, Stop(), [set(), {str(here / "graph" / "pages" / "a.md")}]) == 2
    assert run_when_quiet(common, paths[:1], Stop(), [set(), written]) == 2


def test_each_run_says_what_is_new_and_when_to_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = write_place(tmp_path, 3)
    common, pages = read_place(here), here / "graph" / "pages"
    assert run_once(read_place(here, as_json=True), Stop()) is None
    assert capsys.readouterr()[:] == ("", "")
    assert run_once(common, Stop()) is None
    assert capsys.readouterr()[:] == ("", "")
    (pages / "Fresh.md").write_text(NEW.format(word="Syzygy"))
    assert run_once(common, Stop()) is None
    out, err = capsys.readouterr()
    assert ([line.split()[0] for line in out.splitlines()], err) == (["import", "topics", "export"], "")
    with holding_lock(common.db):
        assert 119 < (run_once(common, Stop()) or 0) - time.monotonic() <= 120
    (here / "graph").rename(here / "elsewhere")
    assert run_once(read_place(here, verbose=1), Stop()) is None
    out, err = capsys.readouterr()
    assert out.startswith("import   failed: ")
    assert (err.count("\n"), err.splitlines()[-1]) == (2, "import failed")
    assert run_once(common, Stop()) is None
    assert capsys.readouterr()[:] == ("", "")


def test_a_page_that_is_being_edited_is_read_soon(tmp_path: Path) -> None:
    here = write_place(tmp_path, 3, settle=100.0)
    config = here / "config.toml"
    config.write_text(config.read_text().replace("settle_seconds = 0.0", "settle_seconds = 1000.0"))
    assert 99 < (run_once(read_place(here), Stop()) or 0) - time.monotonic() <= 100


def test_changed_paths_are_reported_until_it_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("watchfiles")
    monkeypatch.setattr(watch, "POLL_MS", 50)
    stop = Stop()
    changes = iterate_changes((tmp_path,), stop)
    assert next(changes) == set()
    (tmp_path / "a.md").write_text("a")
    assert next(each for each in changes if each) == {str(tmp_path / "a.md")}
    stop.signalled.set()
    assert list(changes) == []


def count_runs(here: Path) -> int:
    try:
        return int(
            query(here / "gleanings.db", "select count(*) from runs where finished_at is not null")[0][0]
        )
    except (sqlite3.OperationalError, FileNotFoundError):
        return 0


def wait_until(what: object, seconds: float = 30) -> None:
    assert callable(what)
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)


@slow
def test_a_change_is_imported_and_exported_and_our_notes_are_ignored(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    here = write_place(tmp_path, 20, more="\n[watch]\nquiet_seconds = 0.5\n")
    config = here / "config.toml"
    settings = config.read_text().replace('/notes"', '/graph/pages"')
    config.write_text(settings.replace("[export]\n", '[export]\nnotes = ["documents"]\n'))
    process = start(here, "watch")
    wait_until(lambda: count_runs(here) >= 2)
    time.sleep(3)
    before = count_runs(here)
    assert before == 2, "its own notes had it run again"
    (here / "graph" / "pages" / "Fresh.md").write_text(NEW.format(word="Syzygy"))
    wait_until(
        lambda: any(
            b"Syzygy" in data for name, data in list_files(here / "graph").items() if name != "pages/Fresh.md"
        )
    )
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert time.monotonic() - asked < 5
    assert "stopped" in out
    assert query(here / "gleanings.db", "select count(*) from runs where status = 'running'") == [(0,)]
