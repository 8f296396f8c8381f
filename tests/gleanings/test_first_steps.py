"""What a new user may try first, and what is printed then: one line, no traceback, nothing done unasked."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from gleanings.cli import _name_place
from tests.gleanings.running import CODE, ROOT, run


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "example" / "graph", tmp_path / "graph")
    assert run("import", "graph", cwd=tmp_path).code == 0
    return tmp_path


@pytest.mark.parametrize("words", [("import", ""), ("export", "")])
def test_an_empty_path_is_not_the_current_folder(shelf: Path, words: tuple[str, ...]) -> None:
    before = sorted(shelf.rglob("*"))
    ran = run(*words, cwd=shelf)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "gleanings: a path is empty: is a variable unset? The current folder is `.`\n"
    assert sorted(shelf.rglob("*")) == before


def test_a_folder_without_pages_is_reported_as_such(shelf: Path) -> None:
    (shelf / "empty").mkdir()
    (shelf / "empty" / "picture.png").write_bytes(b"png")
    ran = run("import", "empty", cwd=shelf)
    assert ran.code == 0
    assert ran.err.startswith("found no pages: ")


def test_a_folder_with_only_your_own_notes_is_not_called_empty(shelf: Path) -> None:
    (shelf / "mine").mkdir()
    (shelf / "mine" / "a.md").write_text("- a thought\n")
    ran = run("import", "mine", cwd=shelf)
    assert (ran.code, ran.err) == (0, "")
    assert "1 file read, 0 unchanged, 1 without highlights" in ran.out


def test_a_name_used_too_rarely_for_a_topic_is_distinguished_from_an_unknown_one(shelf: Path) -> None:
    seldom, nowhere = run("topics", "note taking", cwd=shelf), run("topics", "nowhere", cwd=shelf)
    assert (seldom.code, nowhere.code) == (2, 2)
    assert seldom.err.startswith("gleanings: note taking is not a topic yet: it is used less than 3 times ")
    assert nowhere.err == "gleanings: there is no topic named nowhere; `gleanings topics` lists them\n"


def test_an_unreadable_file_is_reported_in_one_line_with_its_name(shelf: Path) -> None:
    (shelf / "secret").mkdir(mode=0)
    (shelf / "secret.toml").touch(mode=0)
    if os.access(shelf / "secret", os.R_OK):
        pytest.skip("root may read everything")
    assert run("import", "secret", cwd=shelf)[:] == (2, "", "gleanings: secret: Permission denied\n")
    ran = run("status", "--config", "secret.toml", cwd=shelf)
    assert ran[:] == (2, "", "gleanings: secret.toml: cannot be read: Permission denied\n")


def test_singular_and_plural_are_used_correctly(tmp_path: Path) -> None:
    view = "([View Highlight](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaa0001))"
    (tmp_path / "one.md").write_text(
        "title:: A page (highlights)\nauthor:: [[Ada]]\ncategory:: #articles\n\n"
        "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
        f"\t- See https://t.co/AbCdEf1234 {view}\n"
    )
    run("import", "one.md", cwd=tmp_path)
    counts = run("status", cwd=tmp_path).out
    assert ("  1  highlight\n" in counts, "  1  file\n" in counts) == (True, True)
    assert "0  tweets\n" in counts, "none and many keep their s"
    assert counts.splitlines()[-1].endswith("  1 file")
    assert run("expand", "--offline", cwd=tmp_path).out.startswith("1 pending link; nothing was requested.\n")
    assert run("undo", "--dry-run", cwd=tmp_path).out.endswith(": 1 highlight is removed\n")


def test_versions_reports_unknown_words_as_search_does(shelf: Path) -> None:
    for command in ("versions", "search"):
        assert run(command, "zzzz", cwd=shelf)[:] == (0, "Nothing found for zzzz.\n", "")


def test_doctor_names_an_unreadable_file(shelf: Path) -> None:
    page = shelf / "graph" / "pages" / "latin.md"
    page.write_bytes(b"title:: caf\xe9\n")
    assert run("import", "graph", cwd=shelf).code == 1
    out = run("doctor", cwd=shelf).out
    assert f"! files: 1 file could not be read: {page}\n" in out


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_serve_prints_no_traceback_for_a_missing_page_or_ctrl_c(shelf: Path) -> None:
    pytest.importorskip("datasette")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-u", "-c", CODE, "serve", "--port", str(port)],
        cwd=shelf,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdout is not None
        assert "Ctrl-C stops it" in server.stdout.readline()
        status = 0
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/favicon-of-none").close()
            except urllib.error.HTTPError as error:
                status = error.code
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=20)
    assert (status, server.returncode, out, err.strip()) == (404, 0, "", "")


@pytest.mark.parametrize("arguments", ["config --example", "config --example --json", "--help"])
def test_output_that_nobody_reads_is_not_an_error(arguments: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-c", CODE, *arguments.split()],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("filename", "named"),
    [
        ("/notes/.gleanings-0a1b.tmp", "/notes"),
        (".b.db.12.tmp", "."),
        ("/notes/a.tmp", "/notes/a.tmp"),
        ("/notes/.hidden.md", "/notes/.hidden.md"),
        (None, "the disk"),
    ],
)
def test_a_refused_temporary_file_is_reported_with_its_folder(filename: str | None, named: str) -> None:
    assert _name_place(filename) == named
