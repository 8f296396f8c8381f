"""`gleanings import --readwise`, as a user runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.connection import open_store
from store.runs import Counts
from tests.gleanings.fetches import read_dump
from tests.gleanings.running import CODE, ROOT, Ran, query, run
from tests.readwise_api import TOKEN, Api, Fault, make_library, serve

DUMP = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def api() -> Iterator[Api]:
    with serve(Api(make_library(24, 96), page_books=5)) as server:
        yield server
        assert server.errors == []


def surroundings(api: Api) -> dict[str, str]:
    return {"READWISE_TOKEN": TOKEN, "GLEANINGS_READWISE_URL": api.url}


def fetch(folder: Path, api: Api, *words: object) -> Ran:
    return run("import", "--readwise", *words, cwd=folder, environment=surroundings(api))


def dump(folder: Path) -> DUMP:
    db = open_store(folder / "gleanings.db")
    try:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        return read_dump(db)
    finally:
        db.close()


def test_the_first_import_reports_counts_and_the_second_none(tmp_path: Path, api: Api) -> None:
    first = fetch(tmp_path, api)
    assert (first.code, first.err) == (0, "")
    assert first.out == (
        "gleanings.db: 24 books read from Readwise\n+ 96 added  ~ 0 changed  = 0 unchanged  - 0 removed\n"
    )
    api.asked.clear()
    second = fetch(tmp_path, api, "--json").json
    assert (second["status"], second["added"], second["unchanged"]) == ("ok", 0, 96)
    assert len(api.asked) == 1


def test_a_dry_run_stores_nothing(tmp_path: Path, api: Api) -> None:
    ran = fetch(tmp_path, api, "--dry-run")
    assert "would be + 96 added" in ran.out
    assert list(tmp_path.iterdir()) == []
    fetch(tmp_path, api)
    before = dump(tmp_path)
    api.library.change(api.library.find(500_010), text="edited")
    assert "~ 1 changed" in fetch(tmp_path, api, "--dry-run").out
    assert dump(tmp_path) == before
    for number in (1011, 1012):
        api.library.change_book(api.library.books[number])
    api.library.change_book(api.library.books[1009], is_deleted=True)
    done = fetch(tmp_path, api, "--json").json
    assert done["books"] == {"read": 1, "unchanged": 2, "gone": 1}
    assert [done[key] for key in Counts.__match_args__] == [0, 1, 91, 4, 0]
    assert [done[key] for key in ("source", "status", "dry_run", "problems")] == ["readwise", "ok", False, 0]


def test_it_can_be_undone_like_any_import(tmp_path: Path, api: Api) -> None:
    fetch(tmp_path, api)
    assert "24 files" in run("undo", "--yes", cwd=tmp_path).out
    assert query(tmp_path / "gleanings.db", "select count(*) from highlights") == [(0,)]
    assert "+ 96 added" in fetch(tmp_path, api).out


def test_files_and_the_api_are_reported_separately(tmp_path: Path, api: Api) -> None:
    assert fetch(tmp_path, api, "graph").code == 2
    assert run("import", "--full", cwd=tmp_path).code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_refused_token_is_reported_in_one_line_and_fails_the_run(tmp_path: Path, api: Api) -> None:
    environment = {**surroundings(api), "READWISE_TOKEN": "another-token-of-mine"}
    ran = run("import", "--readwise", cwd=tmp_path, environment=environment)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "gleanings: 127.0.0.1: the token is refused: get a new one\n"
    assert query(tmp_path / "gleanings.db", "select status, message from runs") == [
        ("failed", "127.0.0.1: the token is refused: get a new one")
    ]


def test_without_a_token_no_store_is_created(tmp_path: Path) -> None:
    ran = run("import", "--readwise", cwd=tmp_path, environment={"READWISE_TOKEN": ""})
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_malformed_book_is_reported_with_exit_code_1(tmp_path: Path, api: Api) -> None:
    api.library.books[1003]["highlights"] = None
    ran = fetch(tmp_path, api)
    assert ran.code == 1
    assert re.fullmatch(r"readwise:/1003: the book “Article 1003[^\n]*\n", ran.err)
    assert "! 1 skipped" in ran.out


def test_the_token_appears_nowhere(tmp_path: Path, api: Api) -> None:
    api.library.find(500_010)["text"] = "kept"
    outputs = [fetch(tmp_path, api, "-v"), fetch(tmp_path, api, "--json"), fetch(tmp_path, api, "--full")]
    api.faults += [Fault("redirect", 302, {"Location": "https://elsewhere.example/"})]
    outputs.append(fetch(tmp_path, api))
    api.faults += [Fault("status", 404, body=f"Token {TOKEN} is wrong".encode())]
    outputs.append(fetch(tmp_path, api))
    outputs.append(run("status", cwd=tmp_path))
    assert [ran.code for ran in outputs] == [0, 0, 0, 75, 75, 0]
    assert all(TOKEN not in ran.out + ran.err for ran in outputs)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes(), path


def begin(folder: Path, api: Api) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", CODE, "import", "--readwise"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(folder), **surroundings(api)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_after(folder: Path, api: Api, requests: int, seconds: float) -> None:
    """A fetch that is killed so long after its request of that number was answered."""
    api.asked.clear()
    process = begin(folder, api)
    until = time.monotonic() + 20
    while len(api.asked) < requests and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    time.sleep(seconds)
    process.kill()
    process.wait()


@pytest.mark.slow
def test_kills_after_any_page_do_not_change_the_result(tmp_path: Path, api: Api) -> None:
    calm, shaken = tmp_path / "calm", tmp_path / "shaken"
    calm.mkdir()
    shaken.mkdir()
    fetch(calm, api)
    for requests in range(1, 6):
        kill_after(shaken, api, requests, 0.01 * requests)
    fetch(shaken, api)
    assert dump(shaken) == dump(calm)
    for id_ in (500_003, 500_040, 500_090):
        api.library.change(api.library.find(id_), text=f"edited {id_}", tags=[{"id": 1, "name": "new"}])
        api.library.tick(600)
    api.library.change(api.library.find(500_004), is_deleted=True)
    api.library.change_book(api.library.books[1009], is_deleted=True)
    fetch(calm, api)
    for seconds in (0.0, 0.02, 0.05):
        kill_after(shaken, api, 2, seconds)
    fetch(shaken, api)
    left, right = dump(shaken), dump(calm)
    assert {name for name in left if left[name] != right[name]} <= {"cursors"}
    api.asked.clear()
    fetch(shaken, api)
    assert len(api.asked) == 1


@pytest.mark.slow
def test_sigterm_ends_a_hanging_fetch_in_time(tmp_path: Path, api: Api) -> None:
    api.faults += [None, Fault("hang")]
    process = begin(tmp_path, api)
    while len(api.asked) < 2:
        time.sleep(0.01)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 1
    assert time.monotonic() - began < 5
    assert query(tmp_path / "gleanings.db", "select status, added from runs") == [("interrupted", 20)]
    assert "+ 76 added" in fetch(tmp_path, api).out
