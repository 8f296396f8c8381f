"""What `doctor` finds around a store: each check of its own, with its limits."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from gleanings import environment_checks
from gleanings.config import Config, ExportConfig, ImportConfig, ReadwiseConfig, SyncConfig
from gleanings.environment_checks import (
    MAX_CLOCK_SKEW,
    MIN_FREE,
    OVERDUE,
    check_clock,
    check_config,
    check_disk,
    check_environment,
    check_full_text,
    check_network,
    check_notes,
    check_paths,
    check_permissions,
    check_schedule,
    check_success,
    check_token,
)
from gleanings.options import Common
from gleanings.schedule.plan import find_program
from store.connection import open_store
from tests.ingest.web.proxy_server import running_proxy

NOW = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    db = open_store(tmp_path / "gleanings.db", create=True)
    yield db
    db.close()


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.delenv("READWISE_TOKEN", raising=False)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def common(folder: Path, config: Config | None = None, path: Path | None = None) -> Common:
    return Common(folder / "gleanings.db", config or Config(), False, 0, False, path)


def add_run(
    store: sqlite3.Connection, started: datetime, finished: datetime | None, status: str = "ok"
) -> None:
    times = [each and each.strftime("%Y-%m-%dT%H:%M:%SZ") for each in (started, finished)]
    store.execute("insert into runs (command, started_at, finished_at, status) values ('sync', ?, ?, ?)",
                  (*times, status))  # fmt: skip
    store.commit()


def install(folder: Path, text: str) -> None:
    """A schedule, as systemd keeps it."""
    units = folder / ".config" / "systemd" / "user"
    units.mkdir(parents=True)
    mark = "# Written by `gleanings schedule`, which takes it away again.\n"
    (units / "gleanings.timer").write_text(mark)
    (units / "gleanings.service").write_text(f"{mark}ExecStart={text} sync\n")


def test_two_schedules_are_one_too_many(tmp_path: Path) -> None:
    install(tmp_path, find_program()[0])
    agent = tmp_path / "Library" / "LaunchAgents" / "gleanings.sync.plist"
    agent.parent.mkdir(parents=True)
    agent.touch()
    found = check_schedule()
    assert (found.trouble, found.message) == (1, "there are several: systemd, launchd")
    assert found.advice == "`gleanings schedule --remove --kind systemd` removes one"


def test_every_check_finds_nothing_wrong_with_a_new_store(tmp_path: Path, store: sqlite3.Connection) -> None:
    found = check_environment(common(tmp_path), network=False, now=NOW)
    assert [each.check for each in found if each.trouble] == []
    assert len({each.check for each in found}) == 10


def test_the_network_is_checked_only_on_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(environment_checks, "PROBE", server.getsockname())
        last = check_environment(common(tmp_path), network=True)[-1]
        assert (last.check, last.trouble) == ("network", 0)
    last = check_environment(common(tmp_path), network=True)[-1]
    assert (last.check, last.trouble) == ("network", 1)
    assert "127.0.0.1 cannot be reached: Connection refused" in last.message


def test_a_missing_configuration_is_worth_knowing(tmp_path: Path) -> None:
    assert "gleanings init" in check_config(common(tmp_path)).advice
    found = check_config(common(tmp_path, path=tmp_path / "config.toml"))
    assert (found.trouble, found.message) == (0, f"{tmp_path}/config.toml")


def test_a_folder_to_import_that_does_not_exist_is_a_problem(tmp_path: Path) -> None:
    def check(*paths: Path) -> tuple[int, str]:
        found = check_paths(common(tmp_path, Config(import_=ImportConfig(paths=tuple(map(str, paths))))))
        return found.trouble, found.message

    assert check(tmp_path) == (0, "1 to read")
    assert check() == (0, "0 to read")
    trouble, message = check(tmp_path, tmp_path / "missing")
    assert (trouble, "missing" in message) == (1, True)


def test_notes_go_to_a_folder_or_below_one_that_exists(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    def check(folder: str) -> tuple[int, str]:
        found = check_notes(common(tmp_path, Config(export=ExportConfig(folder=folder))))
        return found.trouble, found.message

    assert check("") == (0, "none are written")
    assert check(f"{tmp_path}/new/notes") == (0, f"{tmp_path}/new/notes")
    assert check(f"{tmp_path}/file/notes") == (1, f"{tmp_path}/file cannot be written to")


@pytest.mark.parametrize(
    ("mode", "ping", "trouble"),
    [(0o644, "u", 1), (0o640, "u", 1), (0o604, "u", 1), (0o600, "u", 0), (0o644, "", 0)],
)
def test_a_ping_url_must_not_be_readable_by_others(
    tmp_path: Path, mode: int, ping: str, trouble: int
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(mode)
    config = Config(sync=SyncConfig(ping="https://hc.test/a" if ping else ""))
    assert check_permissions(common(tmp_path, config, path)).trouble == trouble


def test_a_token_is_found_by_its_place_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_token(common(tmp_path)).message.startswith("none")
    secret = tmp_path / "token"
    secret.write_text("secret0secret0secret0\n")
    secret.chmod(0o600)
    config = Config(readwise=ReadwiseConfig(token_file=str(secret)))
    assert check_token(common(tmp_path, config)) == ("token", 0, f"in {secret}", False, "", False)
    secret.chmod(0o644)
    open_ = check_token(common(tmp_path, config))
    assert (open_.trouble, "secret0secret0secret0" in repr(open_)) == (1, False)
    off = Config(readwise=ReadwiseConfig(token_file=str(secret), enabled=False))
    assert check_token(common(tmp_path, off)).trouble == 0
    monkeypatch.setenv("READWISE_TOKEN", "secret0secret0secret0")
    named = check_token(common(tmp_path))
    assert (named.message, "token_file" in named.advice) == ("in $READWISE_TOKEN", True)


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("size", "free", "trouble"),
    [
        (None, MIN_FREE, 0),
        (None, MIN_FREE - 1, 1),
        (100, MIN_FREE, 0),
        (MIN_FREE, 2 * MIN_FREE, 0),
        (MIN_FREE, 2 * MIN_FREE - 1, 1),
    ],
)
def test_there_must_be_room_for_two_copies_of_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int | None, free: int, trouble: int
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(0, 0, free))
    path = tmp_path / "new" / "gleanings.db"
    if size is not None:
        path = tmp_path / "gleanings.db"
        with path.open("wb") as file:
            file.truncate(size)
    found = check_disk(path)
    assert found.trouble == trouble
    if trouble:
        assert found.message.startswith(f"{free >> 20} MiB free at {tmp_path}, ")


def test_this_python_has_full_text_search() -> None:
    assert check_full_text().trouble == 0


@pytest.mark.parametrize(
    ("ahead", "trouble"), [(timedelta(), 0), (MAX_CLOCK_SKEW, 0), (MAX_CLOCK_SKEW + timedelta(seconds=1), 1)]
)
def test_a_run_from_the_future_shows_a_wrong_clock(
    tmp_path: Path, store: sqlite3.Connection, ahead: timedelta, trouble: int
) -> None:
    path = tmp_path / "gleanings.db"
    assert check_clock(path, NOW).trouble == 0
    add_run(store, NOW + ahead, None)
    assert check_clock(path, NOW).trouble == trouble
    assert check_clock(tmp_path / "missing.db", NOW).trouble == 0


def test_a_schedule_must_call_this_program(tmp_path: Path) -> None:
    assert check_schedule().message == "none"
    install(tmp_path, "/elsewhere/gleanings")
    found = check_schedule()
    assert (found.trouble, "a program other than" in found.message) == (1, True)


def test_an_installed_schedule_of_this_program_is_in_order(tmp_path: Path) -> None:
    install(tmp_path, find_program()[0])
    found = check_schedule()
    assert (found.trouble, found.message.startswith("systemd: ")) == (0, True)


@pytest.mark.parametrize(
    ("age", "status", "is_installed", "trouble"),
    [
        (OVERDUE, "ok", True, 0),
        (OVERDUE + timedelta(seconds=1), "ok", True, 1),
        (OVERDUE + timedelta(seconds=1), "ok", False, 0),
        (timedelta(), "partial", True, 0),
        (timedelta(), "failed", True, 1),
        (None, "", True, 1),
        (None, "", False, 0),
    ],
)
def test_a_schedule_without_a_success_for_days_does_not_work(
    tmp_path: Path,
    store: sqlite3.Connection,
    age: timedelta | None,
    status: str,
    is_installed: bool,
    trouble: int,
) -> None:
    if is_installed:
        install(tmp_path, find_program()[0])
    if age is not None:
        add_run(store, NOW - age, NOW - age, status)
    found = check_success(common(tmp_path), NOW)
    assert found.trouble == trouble
    shown = age is not None and status != "failed"
    assert found.message == (f"{NOW - age:%Y-%m-%d %H:%M} UTC" if shown and age is not None else "never")


def test_with_a_proxy_the_network_is_up_if_the_proxy_is() -> None:
    with running_proxy({}) as proxy:
        environment = {"HTTPS_PROXY": f"http://me:hidden@127.0.0.1:{proxy.port}"}
        assert check_network("environment", environment).trouble == 0
    found = check_network("environment", environment)
    assert (found.trouble, found.message) == (1, "the proxy cannot be reached")
