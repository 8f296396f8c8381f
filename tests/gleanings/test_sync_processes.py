"""Syncs as the system sees them: two at once, asked to end, killed, and beside a program that writes."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.gleanings.living import Writer
from tests.gleanings.running import ROOT, query, run
from tests.gleanings.syncing import list_files, start, sync, write_place
from tests.store.stores import read_state

pytestmark = pytest.mark.slow  # whole runs, again and again

LIVE_SECONDS = float(os.environ.get("GLEANINGS_LIVE_SECONDS", "6"))
"""How long the graph lives; the full minute on request."""


def state(path: Path) -> dict[str, list[tuple[object, ...]]]:
    db = sqlite3.connect(path)
    try:
        return read_state(db)
    finally:
        db.close()


def wait_for_run(here: Path, command: str = "import", after: int = 0) -> int:
    """Until a run of a command, later than `after`, has begun; its id."""
    for _ in range(1000):
        try:
            last = query(here / "gleanings.db", "select max(id) from runs where command = ?", command)[0][0]
            if (last or 0) > after:
                return int(last)
        except sqlite3.OperationalError:  # not there yet
            pass
        time.sleep(0.02)
    raise AssertionError("it never began")


def test_the_second_of_two_syncs_reports_the_first(tmp_path: Path) -> None:
    here = write_place(tmp_path, 1500)
    first = start(here, "sync")
    wait_for_run(here)
    second = sync(here, "--quiet")
    assert first.poll() is None, "it was over too soon to show anything"
    assert second.code == 75
    assert f"process {first.pid}, since 20" in second.err
    assert first.wait(60) == 0
    assert sync(here).code == 0


def test_sigterm_stops_a_sync_within_five_seconds_without_loss(tmp_path: Path) -> None:
    here = write_place(tmp_path, 1500)
    chance = random.Random(4)
    ended: list[tuple[float, int]] = []
    for number in range(6):
        process = start(here, "sync", "--quiet")
        time.sleep(0.4 + chance.random() * (1.5 + number / 2))
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        _, err = process.communicate(timeout=30)
        ended.append((time.monotonic() - asked, process.returncode))
        assert "Traceback" not in err
        if (here / "gleanings.db").exists():
            assert query(here / "gleanings.db", "pragma integrity_check") == [("ok",)]
            assert query(here / "gleanings.db", "select count(*) from runs where status = 'running'") == [
                (0,)
            ]
    assert all(seconds <= 5 and code in (0, 1, -signal.SIGTERM) for seconds, code in ended), ended
    assert 1 in {code for _, code in ended}
    assert sync(here).code == 0
    run("import", here / "graph", "--db", here / "fresh.db", cwd=here)
    assert state(here / "gleanings.db") == state(here / "fresh.db")
    assert len(list_files(here / "notes")) > 100
    assert "skipped" not in sync(here, "-v").out


def test_an_unresponsive_step_is_terminated(tmp_path: Path) -> None:
    here = write_place(tmp_path, 30)
    code = (
        "import sys; from pathlib import Path; from gleanings.config import Config, SyncConfig;"
        "from gleanings.options import Common; from gleanings.stop import Stop;"
        "from gleanings.sync.run import run_sync; from gleanings.sync.pipeline import Step;"
        "from tests.gleanings import busy_step, deaf_step\n"
        "runs = {'busy': busy_step.run, 'deaf': deaf_step.run}\n"
        "common = Common(Path('gleanings.db'), Config(sync=SyncConfig(log='sync.log')), False, 0, False)\n"
        "stop = Stop()\n"
        "with stop.on_signals():\n"
        "    steps = [Step(name, runs[name]) for name in sys.argv[1:]]\n"
        "    print(flush=True)\n"
        "    sys.exit(run_sync(common, steps, stop).exit_code)"
    )
    last = 0
    for name in ("busy", "deaf"):
        process = subprocess.Popen(
            [sys.executable, "-c", code, name],
            cwd=here,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        last = wait_for_run(here, "sync", last)
        time.sleep(0.5)
        process.terminate()
        asked = time.monotonic()
        _, err = process.communicate(timeout=30)
        assert (process.returncode, err.decode()) == (1, "")
        assert time.monotonic() - asked < 5
        assert query(here / "gleanings.db", "select count(*) from files") == [(0,)], "rolled back"
    assert set(query(here / "gleanings.db", "select status from runs")) == {("interrupted",)}


def test_the_next_sync_marks_a_killed_run(tmp_path: Path) -> None:
    here = write_place(tmp_path, 1500)
    last = 0
    for _ in range(3):
        process = start(here, "sync")
        last = wait_for_run(here, "sync", last)
        time.sleep(0.3)
        process.kill()
        process.wait()
    assert sync(here).code == 0
    statuses = query(here / "gleanings.db", "select status from runs where command = 'sync' order by id")
    assert statuses == [("interrupted",)] * 3 + [("ok",)]
    assert query(here / "gleanings.db", "select count(*) from runs where status = 'running'") == [(0,)]
    run("import", here / "graph", "--db", here / "fresh.db", cwd=here)
    assert state(here / "gleanings.db") == state(here / "fresh.db")


def test_a_running_sync_is_not_marked_by_another(tmp_path: Path) -> None:
    here = write_place(tmp_path, 30)
    sync(here)
    db = sqlite3.connect(here / "gleanings.db")
    row = "insert into runs (command, started_at, status, message) values ('expand', '2026', 'running', ?)"
    db.execute(row, (f"process {os.getpid()}",))
    db.commit()
    sync(here)
    assert db.execute("select status from runs where command = 'expand'").fetchall() == [("running",)]
    db.close()


@pytest.mark.parametrize("seconds", [LIVE_SECONDS])
def test_a_graph_may_change_during_a_sync(tmp_path: Path, seconds: float) -> None:
    """Pages are rewritten in place, slowly, and notes edited, as programs and people do."""
    here = write_place(tmp_path, 150, settle=1.0)
    config = here / "config.toml"
    config.write_text(
        config.read_text().replace("[sync]\nsettle_seconds = 0.0", "[sync]\nsettle_seconds = 0.3")
    )
    assert sync(here).code == 0
    writer = Writer(here / "graph" / "pages", here / "notes")
    writer.begin()
    until = time.monotonic() + seconds
    codes: set[int] = set()
    while time.monotonic() < until:
        ran = sync(here, "--quiet")
        assert "Traceback" not in ran.err
        codes.add(ran.code)
        half = [text for (text,) in query(here / "gleanings.db", writer.stored) if not writer.is_whole(text)]
        assert half == [], "a page was stored half"
    writer.end()
    time.sleep(1.2)
    assert sync(here).code == 0
    assert codes == {0}, ran.err
    words = b"".join(list_files(here / "notes").values())
    lost = [word for word in writer.words if word.encode() not in words]
    assert (len(writer.words) > 3, lost) == (True, [])
    assert writer.pages_written > 20
    run("import", here / "graph", "--db", here / "fresh.db", cwd=here)
    assert state(here / "gleanings.db") == state(here / "fresh.db")
