"""From nothing to a graph with topic notes, a schedule and a browser, and back out, by the README alone."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.gleanings.running import ROOT, Ran, run
from tests.gleanings.test_note_removal import git, show_changes


def age(folder: Path) -> None:
    """Pages that were not written just now: a sync leaves those that may still be changing."""
    for path in folder.rglob("*.md"):
        os.utime(path, (1_600_000_000, 1_600_000_000))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's folder with nothing in it but a graph that Git tracks."""
    graph = tmp_path / "my-graph"
    shutil.copytree(ROOT / "example" / "graph", graph)
    age(graph)
    git(graph, "init", "-q")
    git(graph, "add", "-A")
    git(graph, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "mine")
    return tmp_path


@pytest.mark.slow
def test_a_stranger_gets_notes_a_schedule_and_a_browser_and_can_remove_them_again(home: Path) -> None:
    pytest.importorskip("datasette")
    graph = home / "my-graph"
    places = {
        "HOME": str(home),
        "GLEANINGS_CONNECT_TO": "t.co:443=127.0.0.1:9",  # where nobody answers
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".data"),
        "XDG_STATE_HOME": str(home / ".state"),
    }

    def call(words: str, code: int = 0) -> Ran:
        ran = run(*words.split(), cwd=home, environment=places)
        assert ran.code == code, f"{words}\n{ran.out}{ran.err}"
        return ran

    call("doctor")
    assert "Logseq graph, 7 files" in call("init --yes --graph my-graph --notes my-graph").out
    assert show_changes(graph) == ""
    assert "dry run, nothing was written" in call("sync --dry-run").out
    assert show_changes(graph) == ""
    call("sync", 75)  # the links wait for a network; everything else is done
    call(f"links import {ROOT / 'example' / 'links.csv'}")
    call("export --yes")
    assert "Worth opening" in (graph / "pages" / "Calculus.md").read_text("utf-8")
    assert "+ 0 new  ~ 0 changed" in call("export").out
    assert "sync --quiet" in call("schedule --kind cron").out
    assert "3  spaced repetition" in call("topics").out
    call("status")
    assert "no problems" in call("doctor").out
    assert browse(home, places) == 200

    removed = call("export --remove --yes")
    assert (removed.err, show_changes(graph)) == ("", "")
    named = re.search("`gleanings (undo [0-9]+)`", call("undo", 1).out)  # the last run was `links import`
    assert named
    assert "19 highlights are removed" in call(f"{named[1]} --yes").out
    call("schedule --remove --kind cron --dry-run")
    for place in (".config", ".data", ".state"):  # what docs/faq.md says is left after uninstalling
        shutil.rmtree(home / place, ignore_errors=True)
    assert show_changes(graph) == ""
    assert [path.name for path in home.iterdir()] == ["my-graph"]


def browse(home: Path, places: dict[str, str]) -> int:
    """The status of the library's home page, served as a user would."""
    serving = subprocess.Popen(
        [sys.executable, "-m", "gleanings", "serve", "--port", "0"],
        cwd=home,
        env={**os.environ, **places, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert serving.stdout
    try:
        url = re.search(r"http://\S+", serving.stdout.readline())
        assert url
        with urllib.request.urlopen(url[0], timeout=20) as answer:
            return int(answer.status)
    finally:
        serving.send_signal(signal.SIGINT)
        serving.wait(20)
        serving.stdout.close()
