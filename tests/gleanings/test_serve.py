"""The `serve` command: local by default, safe beside a running import."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gleanings.commands.serve import (
    LOOPBACK,
    describe_contents,
    only_for_hosts,
    open_port,
    read_host,
    read_password,
)
from record_types.errors import InputError
from store.connection import open_store
from tests.gleanings.running import run


def test_another_host_requires_public(tmp_path: Path) -> None:
    ran = run("serve", "--host", "0.0.0.0", cwd=tmp_path)
    assert ran.code == 2
    assert "--public" in ran.err


def test_a_missing_store_is_reported_in_one_line(tmp_path: Path) -> None:
    pytest.importorskip("datasette")
    ran = run("serve", cwd=tmp_path)
    assert ran.code == 2
    assert "gleanings import" in ran.err
    assert "Traceback" not in ran.err


def test_a_port_that_is_in_use_is_an_error_before_anything_is_announced(tmp_path: Path) -> None:
    pytest.importorskip("datasette")
    open_store(tmp_path / "gleanings.db", create=True).close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("serve", "--port", taken.getsockname()[1], cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "of 127.0.0.1 is in use" in ran.err
    assert "--port" in ran.err


@pytest.mark.parametrize(
    ("host", "reason"), [("nowhere.invalid", "no such address"), ("203.0.113.7", "--port")]
)
def test_an_address_that_is_not_this_machines_is_refused(host: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        open_port(host, 0)


def test_the_browser_is_opened_once_it_can_be_answered(tmp_path: Path) -> None:
    pytest.importorskip("datasette")
    open_store(tmp_path / "gleanings.db", create=True).close()
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > opened.tmp && mv opened.tmp opened\n')
    browser.chmod(0o755)
    serving = subprocess.Popen(
        [sys.executable, "-m", "gleanings", "serve", "--open", "--port", "0"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(find_root()), "BROWSER": str(browser)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert serving.stdout
    announced = serving.stdout.readline()
    until = time.monotonic() + 20
    while not (tmp_path / "opened").exists() and time.monotonic() < until:
        time.sleep(0.05)
    url = (tmp_path / "opened").read_text().strip()
    assert announced.startswith(f"Your library: {url} ")
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.status == 200
    rebound = urllib.request.Request(
        url, headers={"Host": "evil.example"}
    )  # a website's name for this machine
    with pytest.raises(urllib.error.HTTPError, match="421"):
        urllib.request.urlopen(rebound, timeout=20)
    serving.send_signal(signal.SIGINT)
    assert serving.wait(20) == 0
    serving.stdout.close()


def test_a_missing_datasette_is_reported_with_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "datasette.py").write_text("raise ModuleNotFoundError(name='datasette')")
    ran = run("serve", cwd=tmp_path, environment={"PYTHONPATH": f"{tmp_path / 'hidden'}:{find_root()}"})
    assert ran.code == 2
    assert "gleanings[browse]" in ran.err


def find_root() -> Path:
    return Path(__file__).resolve().parents[2]


SHOW_HOME = """
import asyncio, pathlib
from gleanings.commands.serve import make_datasette
datasette = make_datasette(pathlib.Path("gleanings.db"))
print(asyncio.run(datasette.client.get("/gleanings/-/home")).status_code)
"""


def test_serve_shows_the_home_page_in_a_fresh_process(tmp_path: Path) -> None:
    pytest.importorskip("datasette")
    open_store(tmp_path / "gleanings.db", create=True).close()
    environment = {**os.environ, "PYTHONPATH": str(find_root())}
    command = [sys.executable, "-c", SHOW_HOME]
    shown = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert shown.stdout.strip() == "200", shown.stderr


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:8001", 200), ("127.0.0.1", 200), ("[::1]:8001", 200), ("evil.example", 421), ("", 421)],
)
def test_requests_for_another_host_are_refused(host: str, status: int) -> None:
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": [(b"host", host.encode())]}
    guarded = only_for_hosts(application, LOOPBACK)

    async def ask() -> None:
        await guarded(scope, None, send)

    asyncio.run(ask())
    assert sent[0]["status"] == status


def test_the_host_is_read_without_its_port() -> None:
    for value in (b"LocalHost:1", b"localhost", b"localhost:"):
        assert read_host([(b"host", value)]) == "localhost"
    assert read_host([(b"host", b"[::1]:8001")]) == "::1"


@pytest.mark.parametrize(
    "value",
    [b"[::1].evil.test", b"127.0.0.1:80@evil.test", b"localhost:x", b"[::1", b"localhost/evil.test", b""],
)
def test_a_host_in_another_form_is_not_read(value: bytes) -> None:
    assert read_host([(b"host", value)]) == ""


def test_the_password_is_the_first_line_of_a_file_or_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    monkeypatch.delenv("GLEANINGS_PASSWORD", raising=False)
    file.write_text("\n")
    for empty in (None, file):
        with pytest.raises(InputError, match=r"^--public needs a password: set \$GLEANINGS_PASSWORD or "):
            read_password(empty)
    file.write_text(" twelve signs \nx")
    assert read_password(file) == "twelve signs"
    file.write_text("eleven sign")
    with pytest.raises(InputError, match=f"^the password in {file} is shorter than 12 characters$"):
        read_password(file)
    for data in (b"\xff", None):
        file.unlink() if data is None else file.write_bytes(data)
        with pytest.raises(InputError, match=f"^{file} cannot be read: "):
            read_password(file)
    monkeypatch.setenv("GLEANINGS_PASSWORD", "correct horse")
    assert read_password(None) == "correct horse"
    monkeypatch.setenv("GLEANINGS_PASSWORD", "horse")
    with pytest.raises(InputError, match=r"^the password in \$GLEANINGS_PASSWORD is shorter"):
        read_password(None)


def test_what_everyone_can_read_is_counted() -> None:
    with closing(sqlite3.connect(":memory:")) as store:
        for table, rows in (("highlights", 1200), ("notes", 2), ("files", 3)):
            store.execute(f"create table {table} (id)")
            store.executemany(f"insert into {table} values (?)", [(number,) for number in range(rows)])
        assert describe_contents(store) == (
            "1,200 highlights, 2 notes of yours, the paths of 3 files,"
            " and, through SQL, every other row of the store"
        )


def test_an_import_is_not_locked_out_while_pages_are_read(tmp_path: Path) -> None:
    pytest.importorskip("datasette")
    from benchmarks.pages import generate_pages
    from tests.store.browse.library import Library

    for part in ("first", "second"):
        (tmp_path / part).mkdir()
        for name, text in generate_pages(600, seed=len(part)):
            (tmp_path / part / name).write_text(text, encoding="utf-8")
    assert run("import", "first", cwd=tmp_path).code in (0, 1)
    ran: list[Any] = []
    thread = threading.Thread(target=lambda: ran.append(run("import", "second", cwd=tmp_path)))
    library = Library(tmp_path / "gleanings.db")
    thread.start()
    asked = 0
    while thread.is_alive():
        for page in ("home", "reading", "search?q=memory", "health"):
            assert library.get(f"/gleanings/-/{page}").status_code == 200
            asked += 1
    thread.join()
    assert asked
    assert "locked" not in ran[0].err
    assert ran[0].code in (0, 1)
    assert sqlite3.connect(tmp_path / "gleanings.db").execute("pragma integrity_check").fetchone() == ("ok",)
