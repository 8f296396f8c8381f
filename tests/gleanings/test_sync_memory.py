"""Which alerts of a sync are new, the file that remembers them, and the log beside it."""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gleanings.commands.sync import describe, print_alerts, print_step
from gleanings.config import SyncConfig
from gleanings.steps.outcome import Alert, Outcome, State
from gleanings.sync.log import find_log, open_log
from gleanings.sync.memory import (
    PATIENCE,
    Memory,
    digest_key,
    find_new_alerts,
    forget_startup_errors,
    format_time,
    holding_lock,
    is_new_error,
    locate_lock,
    locate_memory,
    locate_startup_errors,
    parse_time,
    read_memory,
    save_memory,
)
from gleanings.sync.pipeline import Done
from gleanings.sync.run import Report
from record_types.errors import BusyError, InputError, StoreError

NOW = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)


def ended(state: State, *keys: str, immediate: bool = False) -> Done:
    alerts = tuple(Alert(f"message of {key}", key, immediate=immediate) for key in keys)
    return Done("import", Outcome(state, "", alerts=alerts), 0.1)


def learn(memory: Memory, done: Done, now: datetime = NOW) -> tuple[Memory, list[str]]:
    """The memory after a sync with this step, and the keys of the alerts that are new."""
    memory, new = find_new_alerts(memory, [done], now=now)
    return memory, [alert.key for _, alert in new]


@pytest.mark.parametrize(
    ("count", "verbose", "listed", "last"),
    [(20, False, 20, "message of a19"), (21, False, 20, "… and 1 more: see the table `problems`"),
     (21, True, 21, "message of a20")],
)  # fmt: skip
def test_at_most_20_alerts_are_printed(
    capsys: pytest.CaptureFixture[str], count: int, verbose: bool, listed: int, last: str
) -> None:
    done = ended("partial", *(f"a{number}" for number in range(count)))
    report = Report((done,), 0.1, new_alerts=(("expand", Alert("new", "n")),))
    print_alerts(report, only_new=False, verbose=verbose)
    lines = capsys.readouterr().err.splitlines()
    assert (
        len([line for line in lines if line.startswith("gleanings import: message of a")]),
        len(lines),
    ) == (
        listed,
        listed + last.startswith("…"),
    )
    assert lines[-1].removeprefix("gleanings import: ") == last
    print_alerts(report, only_new=True, verbose=verbose)
    assert capsys.readouterr().err == "gleanings expand: new\n"


def test_a_step_has_a_line_and_a_sync_the_states_that_are_not_ok(capsys: pytest.CaptureFixture[str]) -> None:
    done = (Done("import", Outcome("ok", "fine"), 0), Done("expand", Outcome("later", "no network"), 0))
    for each in done:
        print_step(each)
    assert capsys.readouterr().out == "import   fine\nexpand   later: no network\n"
    assert (describe(Report(done, 0)), describe(Report(done[:1], 0))) == ("expand later", "ok")


def test_an_alert_is_new_until_it_was_reported() -> None:
    memory, new = learn(Memory(), ended("partial", "a", "b"))
    assert new == ["a", "b"]
    memory, new = learn(memory, ended("partial", "b", "c"))
    assert new == ["c"]


@pytest.mark.parametrize("end", [ended("ok"), ended("partial", "b")])
def test_an_alert_that_went_away_in_a_run_that_ended_is_new_when_it_returns(end: Done) -> None:
    memory, _ = learn(Memory(), ended("partial", "a"))
    memory, _ = learn(memory, end)
    assert learn(memory, ended("partial", "a"))[1] == ["a"]


def test_a_failed_run_forgets_no_alert() -> None:
    memory, _ = learn(Memory(), ended("partial", "a"))
    memory, new = learn(memory, ended("failed", "b"))
    assert new == ["b"]
    assert learn(memory, ended("partial", "a", "b"))[1] == []


@pytest.mark.parametrize("state", ["skipped", "interrupted"])
def test_a_step_that_was_skipped_or_interrupted_reports_and_forgets_nothing(state: State) -> None:
    memory, _ = learn(Memory(), ended("partial", "a"))
    after, new = learn(memory, ended(state, "b"))
    assert (after, new) == (memory, [])


def test_a_network_that_is_down_is_reported_after_a_day_and_only_once() -> None:
    memory, new = learn(Memory(), ended("later", "down"))
    assert new == []
    memory, new = learn(memory, ended("later", "down"), NOW + PATIENCE - timedelta(seconds=1))
    assert new == []
    memory, new = learn(memory, ended("later", "down"), NOW + PATIENCE)
    assert new == ["down"]
    assert learn(memory, ended("later", "down"), NOW + 2 * PATIENCE)[1] == []


def test_the_day_begins_again_after_a_run_with_a_network() -> None:
    memory, _ = learn(Memory(), ended("later", "down"))
    memory, _ = learn(memory, ended("ok"), NOW + timedelta(hours=12))
    memory, new = learn(memory, ended("later", "down"), NOW + timedelta(hours=25))
    assert new == []


def test_an_immediate_alert_does_not_wait_for_a_day() -> None:
    assert learn(Memory(), ended("later", "disk full", immediate=True))[1] == ["disk full"]


def test_waiting_for_the_network_forgets_no_alert() -> None:
    memory, _ = learn(Memory(), ended("partial", "a"))
    memory, _ = learn(memory, ended("later", "down"))
    assert learn(memory, ended("partial", "a"))[1] == []


def test_steps_do_not_share_alerts() -> None:
    memory, _ = learn(Memory(), ended("partial", "a"))
    other = Done("export", ended("partial", "a").outcome, 0.1)
    assert learn(memory, other)[1] == ["a"]


@pytest.mark.parametrize("state", ["skipped", "interrupted", "later"])
def test_a_step_that_reports_nothing_keeps_no_later_step_from_it(state: State) -> None:
    last = Done("export", ended("partial", "b").outcome, 0.1)
    _, new = find_new_alerts(Memory(), [ended(state, "a"), last], now=NOW)
    assert new == [("export", *last.outcome.alerts)]


# --- the file


def test_a_memory_is_read_as_it_was_saved(tmp_path: Path) -> None:
    path = locate_memory(tmp_path / "gleanings.db")
    memory = Memory({"import": ["1f"]}, {"expand": "2026-11-20T21:00:00Z"}, {"pid": 1})
    save_memory(path, memory)
    assert read_memory(path) == memory
    assert [each.name for each in tmp_path.iterdir()] == ["gleanings.db.sync.json"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"reported": {"import": 1}, "later": {}, "holder": {}}', "\xff"]
)
def test_a_memory_that_is_damaged_is_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(text.encode("latin-1"))
    assert read_memory(path) == Memory()


def test_on_a_full_disk_the_memory_is_overwritten_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, memory = tmp_path / "a.json", Memory({"import": ["1"]}, {}, {"pid": 1})
    save_memory(path, Memory({"import": ["1" * 99]}, {"expand": "x" * 99}))
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):

        def fail(*_: object, number: int = number) -> None:
            raise OSError(number, "full")

        monkeypatch.setattr(Path, "replace", fail)
        with suppress(OSError) if number != errno.EROFS else pytest.raises(OSError, match="full"):
            save_memory(path, replace(memory, holder={"pid": number}))
    assert read_memory(path) == replace(memory, holder={"pid": errno.EDQUOT})
    monkeypatch.setattr(Path, "replace", lambda *_: fail(number=errno.ENOSPC))
    with pytest.raises(OSError, match="full"):
        save_memory(tmp_path / "new.json", memory)
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


def test_a_missing_memory_is_empty(tmp_path: Path) -> None:
    assert read_memory(tmp_path / "x.json") == Memory()


def test_a_second_sync_says_who_holds_the_lock(tmp_path: Path) -> None:
    store = tmp_path / "g.db"
    who = rf"another sync of {store} is running \(process {os.getpid()}, since 20.*\): try again later"
    with holding_lock(store), pytest.raises(BusyError, match=who), holding_lock(store):
        pass
    with holding_lock(store) as memory:
        assert memory.holder["pid"] == os.getpid()


def test_a_lock_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    store = tmp_path / "g.db"
    locate_lock(store).mkdir()
    with (
        pytest.raises(StoreError, match=r"g\.db\.lock: cannot be locked: Is a directory"),
        holding_lock(store),
    ):
        pass
    with (
        pytest.raises(StoreError, match="missing is not a folder"),
        holding_lock(tmp_path / "missing" / "g.db"),
    ):
        pass


def test_the_memory_holds_no_words_of_an_alert(tmp_path: Path) -> None:
    memory, _ = learn(Memory(), ended("partial", "a key"))
    save_memory(tmp_path / "x.json", memory)
    text = (tmp_path / "x.json").read_text()
    assert "key" not in text
    assert json.loads(text)["reported"] == {"import": [digest_key("a key")]}
    assert len(digest_key("a key")) == 16


def test_a_startup_error_is_new_until_another_one_or_a_start(tmp_path: Path) -> None:
    path = tmp_path / "log" / "x.json"
    error = InputError("config.toml:1: unknown key")
    assert [is_new_error(path, error), is_new_error(path, error)] == [True, False]
    assert is_new_error(path, InputError("config.toml:2: unknown key"))
    assert is_new_error(path, error)
    forget_startup_errors(path)
    assert is_new_error(path, error)


def test_startup_errors_are_kept_by_folder_and_options(tmp_path: Path) -> None:
    config, db = tmp_path / "c.toml", tmp_path / "a.db"
    paths = [
        locate_startup_errors(here, *options)
        for here in (tmp_path, tmp_path / "b")
        for options in ((None, None), (config, None), (None, db), (config, db))
    ]
    assert len(set(paths)) == 8


def test_a_time_is_read_as_it_was_written_and_anything_else_is_the_default() -> None:
    assert parse_time(format_time(NOW), NOW + PATIENCE) == NOW
    assert parse_time("yesterday", NOW) == NOW


# --- the log


def write_line(config: SyncConfig) -> None:
    with open_log(config) as log:
        log.info("import ok")


def test_the_log_gets_a_line_with_time_process_and_level(tmp_path: Path) -> None:
    write_line(SyncConfig(log=str(tmp_path / "logs" / "sync.log")))
    write_line(SyncConfig(log=str(tmp_path / "logs" / "sync.log")))
    first, second = (tmp_path / "logs" / "sync.log").read_text().splitlines()
    assert first.endswith(" INFO import ok")
    assert second.endswith(" INFO import ok")


def test_without_a_log_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_line(SyncConfig(log="none"))
    assert find_log(SyncConfig(log="none")) is None
    assert list(tmp_path.iterdir()) == []


def test_the_log_is_in_the_users_log_folder_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert find_log(SyncConfig()) == tmp_path / "gleanings" / "log" / "sync.log"


@pytest.mark.parametrize("name", ["sync.log", "sync.log.1", "sync.log.2"])
def test_another_programs_file_is_neither_continued_nor_renamed(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text("the reader's own file\n")
    write_line(SyncConfig(log=str(tmp_path / "sync.log"), log_files=2))
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {name: "the reader's own file\n"}
    assert f"no log is written: {name} is not a log of gleanings" in capsys.readouterr().err


def test_a_log_beyond_the_oldest_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "sync.log.3").write_text("the reader's own file\n")
    (tmp_path / "sync.log").write_text("")
    write_line(SyncConfig(log=str(tmp_path / "sync.log"), log_files=2))
    assert "import ok" in (tmp_path / "sync.log").read_text()
