"""A sync does what there is to do, says what is wrong once, and stops nothing that need not stop."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gleanings.config import Config, ReadwiseConfig, SyncConfig, parse_config
from gleanings.options import Common
from gleanings.steps.outcome import Alert, Outcome, State, fail
from gleanings.stop import Cut, Stop
from gleanings.sync.ping import Event, Pinger, find_redirect
from gleanings.sync.pipeline import (
    STEPS,
    Session,
    Step,
    assign_topics,
    download_pictures,
    expand_links,
    export_notes,
    import_readwise,
)
from gleanings.sync.run import find_exit_code, find_status, run_sync
from record_types.errors import BusyError, DiskError, InputError
from store.connection import open_store
from tests.gleanings import broken_step
from tests.gleanings.running import ROOT, query, run
from tests.gleanings.syncing import list_files, sync, write_place
from tests.store.stores import read_all

slow = pytest.mark.slow  # whole runs, again and again


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return write_place(tmp_path)


def states(here: Path) -> dict[str, str]:
    """How the steps ended that did not end well."""
    steps = sync(here, "--json").json["steps"]
    return {step["step"]: step["state"] for step in steps if step["state"] != "ok"}


def rows(here: Path) -> dict[str, list[tuple[object, ...]]]:
    db = sqlite3.connect(here / "gleanings.db")
    try:
        return read_all(db)
    finally:
        db.close()


# what is done


@slow
def test_one_sync_reads_the_graph_and_writes_the_notes(here: Path) -> None:
    ran = sync(here)
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == [*[step.name for step in STEPS], "sync"]
    assert len(list_files(here / "notes")) > 10
    assert query(here / "gleanings.db", "select command, status from runs") == [
        ("sync", "ok"),
        ("import", "ok"),
    ]


def test_a_second_sync_writes_nothing_but_its_line_in_the_log_of_runs(here: Path) -> None:
    sync(here)
    before, notes = rows(here), list_files(here / "notes")
    ran = sync(here)
    assert (ran.code, ran.err) == (0, "")
    assert rows(here) == before
    assert list_files(here / "notes") == notes
    commands = [
        command for (command,) in query(here / "gleanings.db", "select command from runs order by id")
    ]
    assert commands == ["sync", "import", "sync"]


def test_a_dry_run_leaves_nothing_behind(here: Path) -> None:
    ran = sync(here, "--dry-run")
    assert ran.code == 0
    assert sorted(path.name for path in here.iterdir()) == ["config.toml", "graph"]


@slow
def test_changes_reach_the_notes(here: Path) -> None:
    sync(here)
    page = sorted((here / "graph" / "pages").iterdir())[0]
    view = "([View Highlight](https://read.readwise.io/read/01h00000000000000000000007))"
    page.write_text(page.read_text().rstrip() + f"\n\t- Zymurgy is a word {view}")
    assert "~ 1 changed" in sync(here).out or "+ 1 added" in sync(here).out
    assert any(b"Zymurgy" in data for data in list_files(here / "notes").values())


@slow
def test_a_deleted_note_is_noticed_and_stays_deleted(here: Path) -> None:
    sync(here)
    gone = here / "notes" / next(iter(list_files(here / "notes")))
    gone.unlink()
    assert sync(here).code == 0
    assert not gone.exists()


def test_json_reports_the_same(here: Path) -> None:
    report = sync(here, "--json").json
    assert report["exit"] == 0
    assert [step["step"] for step in report["steps"]] == [step.name for step in STEPS]
    assert report["steps"][1]["files"]["read"] > 5


@slow
def test_status_shows_the_last_sync(here: Path) -> None:
    sync(here)
    lines = run("status", cwd=here).out.splitlines()
    assert lines[lines.index("sync") + 1].endswith("Z  ok")
    last = run("status", "--json", cwd=here).json["sync"]["last"]
    assert (last["status"], "import ok, expand ok" in last["message"]) == ("ok", True)


@pytest.mark.parametrize("columns", [60, 80])
def test_status_names_failed_steps_within_the_width_of_the_terminal(here: Path, columns: int) -> None:
    (here / "notes").write_text("a file")
    (here / "graph").rename(here / "elsewhere")
    sync(here, "--quiet")
    lines = run("status", cwd=here, environment={"COLUMNS": str(columns)}).out.splitlines()
    assert "import failed, export failed" in " ".join(" ".join(lines).split())
    assert max(map(len, lines[1:])) <= columns


# notes that another version, or other templates, would write differently


@pytest.fixture
def rewritten(tmp_path: Path) -> Path:
    """A place with a few dozen notes, where all of them are to be written differently."""
    here = write_place(tmp_path, 120)
    run("export", "--write-templates", "mine", cwd=here)
    config = here / "config.toml"
    config.write_text(config.read_text().replace("[export]", f'[export]\ntemplates = "{here}/mine"'))
    assert sync(here).code == 0
    assert len(list_files(here / "notes")) > 25
    for template in (here / "mine" / "markdown").glob("*.jinja"):
        if template.name == "citation.jinja":
            template.write_text("seen {{ date or location or 'once' }}\n")
    return here


def edit(here: Path, share: float) -> dict[str, bytes]:
    """The documents' notes that their reader has written into, so large a share of all notes."""
    notes = list_files(here / "notes")
    chosen = sorted(notes, key=lambda name: (not name.startswith("documents"), name))[
        : int(share * len(notes))
    ]
    for name in chosen:
        (here / "notes" / name).write_bytes(notes[name].rstrip(b"\n") + b"\n\nMINE\n")
    return {name: (here / "notes" / name).read_bytes() for name in chosen}


@slow
def test_unedited_notes_are_rewritten_without_a_question(rewritten: Path) -> None:
    edited = edit(rewritten, 0.1)
    ran = sync(rewritten, "--quiet")
    assert ran[:] == (0, "", "")
    notes = list_files(rewritten / "notes")
    assert sum(b"seen " in text for text in notes.values()) > len(notes) / 2
    assert all(b"MINE" in notes[name] for name in edited)
    assert run("export", "--dry-run", cwd=rewritten).out.endswith(f"= {len(notes)} unchanged\n")


@slow
def test_if_most_notes_were_edited_they_wait_for_confirmation_and_others_do_not(rewritten: Path) -> None:
    edited = edit(rewritten, 0.8)
    first, second = sync(rewritten, "--quiet"), sync(rewritten, "--quiet")
    assert (first.code, first.err.count("\n"), "gleanings export --yes" in first.err) == (1, 1, True)
    assert second[:] == (1, "", "")
    notes = list_files(rewritten / "notes")
    assert {name: notes[name] for name in edited} == edited
    assert any(b"seen " in text for name, text in notes.items() if name not in edited)
    assert run("export", "--yes", cwd=rewritten).code == 0
    notes = list_files(rewritten / "notes")
    assert all(b"MINE" in notes[name] for name in edited)
    assert sync(rewritten, "--quiet")[:] == (0, "", "")


# what is wrong


def test_a_missing_folder_is_reported_with_its_line_and_a_similar_name(here: Path) -> None:
    config = here / "config.toml"
    config.write_text(config.read_text().replace("/graph", "/grahp"))
    ran = sync(here, "--quiet")
    assert ran.code == 2
    assert ran.err == (
        f"gleanings import: config.toml:4: `paths` names {here}/grahp, which does not exist; "
        f"did you mean {here}/graph?\n"
    )


def test_a_step_that_fails_does_not_stop_the_others(here: Path) -> None:
    (here / "notes").write_text("a file")
    ran = sync(here)
    assert ran.code == 2
    assert "notes is not a folder" in ran.err
    assert query(here / "gleanings.db", "select count(*) from highlights")[0][0] == 60
    assert query(here / "gleanings.db", "select status from runs where command = 'sync'") == [("partial",)]
    config = here / "config.toml"
    config.write_text(config.read_text().replace("/graph", "/elsewhere").replace("/notes", "/others"))
    assert states(here) == {"import": "failed"}
    assert len(list_files(here / "others")) > 10


@slow
def test_without_a_network_links_are_left_for_later_and_the_rest_is_done(tmp_path: Path) -> None:
    here = write_place(tmp_path, 60, links=True)
    ran = sync(here, "--quiet")
    assert (ran.code, ran.out, ran.err) == (75, "", "")
    assert states(here) == {"expand": "later"}
    assert query(here / "gleanings.db", "select max(attempts) from links") == [(0,)]


@slow
def test_a_network_outage_of_a_day_is_reported_once(tmp_path: Path) -> None:
    here = write_place(tmp_path, 60, links=True)
    sync(here)
    memory = here / "gleanings.db.sync.json"
    memory.write_text(memory.read_text().replace('"expand": "20', '"expand": "19'))
    assert "is the network down?" in sync(here, "--quiet").err
    assert sync(here, "--quiet").err == ""


@slow
def test_with_quiet_it_is_silent_when_all_is_well(here: Path) -> None:
    assert sync(here, "--quiet")[:] == (0, "", "")
    assert sync(here, "--quiet")[:] == (0, "", "")


@slow
def test_a_problem_is_reported_once_and_again_when_it_returns(here: Path) -> None:
    sync(here)
    bad = here / "graph" / "pages" / "bad.md"
    bad.symlink_to("/nowhere/at/all.md")
    first = sync(here, "--quiet")
    assert first.err.count("\n") == 1
    assert "bad.md" in first.err
    assert sync(here, "--quiet").err == ""
    assert "bad.md" in sync(here).err, "who asks is told"
    bad.unlink()
    assert sync(here, "--quiet").err == ""
    bad.symlink_to("/nowhere/at/all.md")
    assert "bad.md" in sync(here, "--quiet").err


def test_an_unreadable_page_is_reported_once_and_exits_with_1_each_time(here: Path) -> None:
    with (here / "graph" / "pages" / "bad.md").open("wb") as page:
        page.truncate(65 << 20)
    first, second = sync(here, "--quiet"), sync(here, "--quiet")
    assert (first.code, first.err.count("\n"), "bad.md" in first.err) == (1, 1, True)
    assert second[:] == (1, "", "")


@slow
def test_a_new_problem_is_reported_without_the_old_one(here: Path) -> None:
    pages = here / "graph" / "pages"
    (pages / "one.md").symlink_to("/nowhere/one.md")
    sync(here, "--quiet")
    (pages / "two.md").symlink_to("/nowhere/two.md")
    err = sync(here, "--quiet").err
    assert ("two.md" in err, "one.md" in err) == (True, False)


@slow
def test_a_foreign_file_at_the_path_of_a_note_is_reported_and_kept(here: Path) -> None:
    config = here / "config.toml"
    config.write_text(config.read_text().replace("[export]", '[export]\nown_pages = "leave"'))
    sync(here, "--db", "other.db")
    (here / "notes" / ".gleanings.json").unlink()  # it would know the note as one of ours
    note = sorted((here / "notes").rglob("*.md"))[0]
    note.write_text("mine\n")
    first, second = sync(here, "--quiet"), sync(here, "--quiet")
    assert (first.code, first.err.count("\n"), note.name in first.err) == (1, 1, True)
    assert second[:] == (1, "", "")
    assert note.read_text() == "mine\n"


def test_nothing_to_read_needs_attention(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'[sync]\nlog = "{tmp_path}/sync.log"\n')
    ran = sync(tmp_path, "--quiet")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "gleanings init" in ran.err
    assert sync(tmp_path, "--quiet").err == ""


def test_an_unopenable_store_is_reported_once(here: Path) -> None:
    (here / "gleanings.db").write_bytes(b"no database " * 100)
    first, second = sync(here, "--quiet"), sync(here, "--quiet")
    assert (first.code, second.code, second.err) == (2, 2, "")
    assert "not a SQLite database" in first.err


BROKEN = ["[import\n", 'unknown = "x"', "db = 1"]


@slow
@pytest.mark.parametrize("text", BROKEN)
def test_an_unreadable_configuration_is_reported_once_and_exits_with_2_each_time(
    here: Path, text: str
) -> None:
    config = here / "config.toml"
    good = config.read_text()
    config.write_text(text)
    first, second = sync(here, "--quiet"), sync(here, "--quiet")
    assert (first.code, first.err.count("\n"), "config.toml" in first.err) == (2, 1, True)
    assert second[:] == (2, "", "")
    assert sync(here).err == first.err, "who asks is told"
    config.write_text(f"\n{text}")
    assert "config.toml" in sync(here, "--quiet").err, "it is another line now"
    assert sync(here, "--quiet").err == ""
    config.write_text(good)
    assert sync(here, "--quiet")[:] == (0, "", "")
    config.write_text(text)
    assert sync(here, "--quiet").err == first.err, "it was well meanwhile"


@slow
def test_a_startup_error_is_reported_for_each_configuration(here: Path) -> None:
    one, other = sync(here, "--quiet", "--config", "a.toml"), sync(here, "--quiet", "--config", "b.toml")
    assert ("a.toml" in one.err, "b.toml" in other.err) == (True, True)
    nowhere = [sync(here, "--quiet", "--db", "none/x.db") for _ in range(2)]
    assert [(ran.code, ran.err.count("\n")) for ran in nowhere] == [(2, 1), (2, 0)]


def test_a_problem_that_cannot_be_recorded_is_reported_each_time(here: Path) -> None:
    (here / ".state").write_text("a file")
    (here / "config.toml").write_text("[import")
    assert sync(here, "--quiet").err == sync(here, "--quiet").err != ""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1.5 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@slow
def test_a_full_disk_is_reported_at_once_and_only_once_without_loss(tmp_path: Path, small_disk: Path) -> None:
    here = write_place(tmp_path, 800)
    config = here / "config.toml"
    text = config.read_text()
    for name in ("gleanings.db", "sync.log"):
        text = text.replace(f"{here}/{name}", f"{small_disk}/{name}")
    config.write_text(text)
    first = sync(here, "--quiet")
    (small_disk / "fill").write_bytes(b"")
    with suppress(OSError), (small_disk / "fill").open("wb", buffering=0) as fill:
        while True:
            fill.write(b"\0" * 1024)
    second = sync(here, "--quiet")
    assert (first.code, first.err.count("\n"), "the disk is full" in first.err) == (75, 1, True)
    assert (second.code, second.err) == (75, "")
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    assert sync(here).code == 0
    assert query(small_disk / "gleanings.db", "select count(*) from highlights") == [(800,)]


# what nobody foresaw


def test_a_bug_in_a_step_is_raised_after_the_other_steps(here: Path) -> None:
    config = Config(sync=SyncConfig(log=str(here / "sync.log")))
    common = Common(here / "gleanings.db", config, as_json=False, verbose=0, dry_run=False)
    steps = [
        Step("broken", broken_step.run),
        Step("topics", assign_topics),
        Step("after", export_notes, needs=("broken",)),
    ]
    report = run_sync(common, steps, Stop())
    assert [each.outcome.state for each in report.done] == ["failed", "ok", "skipped"]
    assert isinstance(report.done[0].bug, LookupError)
    assert "Traceback" in (here / "sync.log").read_text()


def test_the_log_has_a_line_for_each_step_and_for_each_alert_that_the_step_did_not_end_with(
    tmp_path: Path,
) -> None:
    config = Config(sync=SyncConfig(log=str(tmp_path / "sync.log")))
    common = Common(tmp_path / "a.db", config, as_json=False, verbose=0, dry_run=False)
    alerts = tuple(Alert(f"text {number}", f"key {number}") for number in range(51))
    outcomes = {
        "one": Outcome("ok", "fine"),
        "two": fail("no network", state="later"),
        "three": Outcome("partial", "some", alerts=alerts),
        "four": fail("no disk"),
    }
    steps = [Step(name, lambda _, outcome=outcome: outcome) for name, outcome in outcomes.items()]  # type: ignore[misc]
    report = run_sync(common, steps, Stop())
    assert (report.exit_code, len(report.new_alerts)) == (2, 52)
    lines = [line.split(" ", 2)[2] for line in (tmp_path / "sync.log").read_text().splitlines()]
    assert [re.sub(r"\d+\.\d+ s", "0 s", line) for line in lines] == [
        f"INFO sync begins: {tmp_path}/a.db",
        "INFO one ok in 0 s: fine",
        "INFO two later in 0 s: no network",
        "WARNING three partial in 0 s: some",
        *(f"WARNING three: key {number}" for number in range(50)),
        "ERROR four failed in 0 s: no disk",
        "INFO sync ends with 2 after 0 s",
    ]


def test_a_step_that_raises_has_the_outcome_of_its_error_and_leaves_no_transaction(tmp_path: Path) -> None:
    common = Common(
        tmp_path / "a.db", Config(sync=SyncConfig(log="none")), as_json=False, verbose=0, dry_run=False
    )
    stop = Stop()
    raised: dict[str, BaseException] = {
        "busy": BusyError("no network"),
        "full": DiskError("no disk"),
        "input": InputError("no path"),
        "file": FileNotFoundError(2, "No such file", "x.md"),
        "os": OSError("odd"),
        "bug": LookupError("x"),
    }

    def run_step(session: Session, error: BaseException) -> Outcome:
        session.db.execute("begin immediate")
        raise error

    def stop_all(session: Session) -> Outcome:
        stop.signalled.set()
        return Outcome("interrupted", "ended")

    steps = [
        *(Step(name, partial(run_step, error=error)) for name, error in raised.items()),
        Step("needs", run_step, needs=("busy", "input")),  # type: ignore[arg-type]
        Step("late", lambda _: Outcome("interrupted", "out of time")),
        Step("stop", stop_all),
        Step("after", stop_all, needs=("input",)),
    ]
    done = run_sync(common, steps, stop).done
    assert [(each.step, each.outcome.state, each.outcome.line) for each in done] == [
        ("busy", "later", "no network"),
        ("full", "later", "no disk"),
        ("input", "failed", "no path"),
        ("file", "failed", "x.md: No such file"),
        ("os", "failed", "odd"),
        ("bug", "failed", "LookupError, a bug: see its traceback"),
        ("needs", "skipped", "needs input"),
        ("late", "partial", "out of time"),
        ("stop", "interrupted", "ended"),
        ("after", "interrupted", "not started"),
    ]
    assert [alert.immediate for each in done for alert in each.outcome.alerts] == [False, True, *[False] * 4]
    assert [each.step for each in done if each.bug] == ["bug"]


def test_an_interrupt_that_no_step_expects_ends_the_run_as_interrupted(tmp_path: Path) -> None:
    config = Config(sync=SyncConfig(log="none"))
    common = Common(tmp_path / "a.db", config, as_json=False, verbose=0, dry_run=False)

    def interrupt(session: Session) -> Outcome:
        session.db.execute("begin immediate")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sync(common, [Step("one", interrupt)], Stop())
    assert query(common.db, "select command, status from runs") == [("sync", "interrupted")]


def test_a_step_that_is_cut_off_is_partial_or_interrupted_by_who_asked(tmp_path: Path) -> None:
    config = Config(sync=SyncConfig(log="none"))
    common = Common(tmp_path / "a.db", config, as_json=False, verbose=0, dry_run=False)
    stop = Stop()

    def cut(session: Session, *, asks: bool = False, error: BaseException | None = None) -> Outcome:
        session.db.execute("begin immediate")
        if asks:
            stop.signalled.set()
        raise error or Cut

    fault = sqlite3.OperationalError("interrupted")
    for options, state, line in (
        ({}, "partial", "exceeded its time budget and was cut off; what was stored stays"),
        ({"asks": True}, "interrupted", "interrupted; what was stored stays"),
        ({"asks": True, "error": fault}, "interrupted", "interrupted; what was stored stays"),
    ):
        stop.signalled.clear()
        (done,) = run_sync(common, [Step("one", partial(cut, **options))], stop).done
        assert (done.outcome.state, done.outcome.line, done.bug) == (state, line, None)


def test_nothing_is_requested_in_a_dry_run_or_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READWISE_TOKEN", "secret" * 5)
    assert run("import", ROOT / "example" / "graph", cwd=tmp_path).code == 0
    config = parse_config("[media]\ndownload = true\n[links]\nheal_tweets = true\n", "c")
    with closing(open_store(tmp_path / "gleanings.db")) as db:

        def begin(dry_run: bool, config: Config = config) -> Session:
            return Session(Common(tmp_path / "gleanings.db", config, False, 0, dry_run), db, Stop())

        dry = begin(True)
        assert [step(dry).line for step in (import_readwise, expand_links, download_pictures)] == [
            "would be requested",
            "11 pending links",
            "1 pending picture",
        ]
        offline = begin(False)
        offline.is_offline = True
        with pytest.raises(BusyError, match="no picture was requested"):
            download_pictures(offline)
        without = begin(False, Config(readwise=ReadwiseConfig(enabled=False)))
        assert [import_readwise(without).line, download_pictures(without).line] == [
            "not enabled",
            "not enabled: `download` under [media]",
        ]
        monkeypatch.delenv("READWISE_TOKEN")
        assert import_readwise(begin(False, Config())).line == "not requested: no token"


@slow
def test_a_step_out_of_time_saves_its_progress_and_continues_next_time(tmp_path: Path) -> None:
    here = write_place(tmp_path, 200, more="step_seconds = 0.0\n")
    first = sync(here, "--json").json
    assert first["exit"] == 1
    assert (first["steps"][1]["state"], first["steps"][1]["files"]["read"]) == ("partial", 1)
    config = here / "config.toml"
    config.write_text(config.read_text().replace("step_seconds = 0.0", ""))
    assert sync(here).code == 0
    assert query(here / "gleanings.db", "select count(*) from highlights where gone_at is null") == [(200,)]


# the log and the watcher


@slow
def test_the_log_rotates_and_contains_no_text_of_pages(tmp_path: Path) -> None:
    here = write_place(tmp_path, 30, more="log_bytes = 2000\nlog_files = 2\n")
    page = here / "graph" / "pages" / "odd.md"
    page.write_text(
        "title:: Odd\ncategory:: #articles\n\n"
        "- Highlights first synced by [[Readwise]] [[Quetzalday]]\n\t- Xylophone\n"
    )
    for _ in range(8):
        assert sync(here, "--quiet").code == 0
    logs = sorted(path.name for path in here.glob("sync.log*"))
    assert logs == ["sync.log", "sync.log.1", "sync.log.2"]
    assert all(path.stat().st_size <= 2000 for path in here.glob("sync.log*"))
    written = "".join(path.read_text() for path in here.glob("sync.log*"))
    assert "sync ends with 0" in written
    assert not any(word in written for word in ("Quetzalday", "Xylophone"))


@slow
def test_a_log_that_cannot_be_written_stops_nothing(here: Path) -> None:
    config = here / "config.toml"
    config.write_text(config.read_text().replace("/sync.log", "/config.toml/sync.log"))
    ran = sync(here, "--quiet")
    assert ran.code == 0
    assert "no log is written" in ran.err


class Watcher(ThreadingHTTPServer):
    """A watcher elsewhere, which remembers what it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []
        self.passwords: list[str | None] = []
        self.status = 200
        self.location = ""


class Answer(BaseHTTPRequestHandler):
    server: Watcher

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.passwords.append(self.headers["Authorization"])
        self.send_response(self.server.status if self.path != "/moved" else 200)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    server = Watcher()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def ping_url(watcher: Watcher) -> str:
    return f"http://127.0.0.1:{watcher.server_address[1]}/secret-uuid"


@slow
def test_pings_report_the_start_and_the_end(here: Path, watcher: Watcher) -> None:
    with (here / "config.toml").open("a") as config:
        config.write(f'ping = "{ping_url(watcher)}"\n')
    assert sync(here).code == 0
    assert watcher.asked == ["/secret-uuid/start", "/secret-uuid"]
    (here / "graph").rename(here / "other")
    assert sync(here).code == 2
    assert watcher.asked[2:] == ["/secret-uuid/start", "/secret-uuid/fail"]


@slow
def test_the_environment_takes_precedence_over_the_configuration(here: Path, watcher: Watcher) -> None:
    assert sync(here, environment={"GLEANINGS_PING": ping_url(watcher)}).code == 0
    assert len(watcher.asked) == 2


@slow
def test_a_failing_ping_is_ignored_and_its_url_never_shown(here: Path, watcher: Watcher) -> None:
    watcher.status = 500
    angry = sync(here, "-v", environment={"GLEANINGS_PING": ping_url(watcher)})
    gone = sync(here, "-v", environment={"GLEANINGS_PING": "http://127.0.0.1:9/secret-uuid"})
    log = (here / "sync.log").read_text()
    assert (angry.code, gone.code) == (0, 0)
    assert ("ping: HTTP 500" in log, "ping: ConnectionError" in log) == (True, True)
    assert "secret-uuid" not in log + angry.out + angry.err + gone.out + gone.err


@slow
def test_a_ping_follows_redirects_on_its_own_host_only(here: Path, watcher: Watcher) -> None:
    watcher.status, watcher.location = 302, "/moved"
    sync(here, environment={"GLEANINGS_PING": ping_url(watcher)})
    assert watcher.asked == ["/secret-uuid/start", "/moved", "/secret-uuid", "/moved"]
    watcher.asked.clear()
    watcher.location = f"http://localhost:{watcher.server_address[1]}/moved"
    ran = sync(here, environment={"GLEANINGS_PING": ping_url(watcher)})
    assert ran.code == 0
    assert watcher.asked == ["/secret-uuid/start", "/secret-uuid"]
    assert "ping: a redirect to another host, not followed" in (here / "sync.log").read_text()


def ping(watcher: Watcher, *events: Event, url: str = "", **environment: str) -> list[str]:
    """What went wrong with these calls."""
    watcher.asked.clear()
    pinger = Pinger(SyncConfig(ping=url or f" {ping_url(watcher)}/ "), environment)
    for event in events:
        pinger.send(event)
    pinger.wait(10)
    return pinger.failures


def test_each_event_has_its_address_and_its_failure_a_name(watcher: Watcher) -> None:
    assert ping(watcher, "start", "success", "failure") == []
    assert watcher.asked == ["/secret-uuid/start", "/secret-uuid", "/secret-uuid/fail"]
    assert ping(watcher, "start", url="http://127.0.0.1:9") == ["ConnectionError"]
    assert ping(watcher, "start", url="ftp://127.0.0.1/") == ping(watcher, "start", url="-") == []
    assert ping(watcher, "success", url="-", GLEANINGS_PING=ping_url(watcher)) == []
    assert watcher.asked == ["/secret-uuid"]
    watcher.status = 500
    assert ping(watcher, "start", "success") == ["HTTP 500", "HTTP 500"]
    watcher.status, watcher.location = 302, "http://localhost:1/moved"
    assert ping(watcher, "start") == ["a redirect to another host, not followed"]
    assert watcher.asked == ["/secret-uuid/start"]
    watcher.location = "/again"
    assert ping(watcher, "start") == ["too many redirects"]
    assert watcher.asked == ["/secret-uuid/start", *["/again"] * 3]
    watcher.location = "/moved"
    assert ping(watcher, "start") == []


@pytest.mark.parametrize(
    ("url", "location", "onward"),
    [
        ("https://hc.test/a", "/b", "https://hc.test/b"),
        ("http://hc.test/a", "https://hc.test/a", "https://hc.test/a"),
        ("https://hc.test/a", "http://hc.test/a", None),
        ("https://hc.test/a", "https://hc.test:8443/a", None),
        ("https://hc.test/a", "https://evil.hc.test/a", None),
        ("https://hc.test/a", "//evil.test/a", None),
        ("https://hc.test/a", "https://hc.test\\@evil.test/", "https://hc.test/@evil.test/"),
        ("https://hc.test/a", "https://hc.test@evil.test/", None),
        ("https://hc.test/a", "https://me:word@hc.test/", None),
        ("https://hc.test/a", "file:///etc/passwd", None),
        ("https://hc.test/a", "http://[", None),
    ],
)
def test_a_ping_goes_nowhere_else(url: str, location: str, onward: str | None) -> None:
    assert find_redirect(url, location) == onward


@slow
def test_a_ping_reads_no_netrc_and_uses_no_proxy(here: Path, watcher: Watcher) -> None:
    netrc = here / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password word\n")
    netrc.chmod(0o600)
    nobody = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "", "NETRC": str(netrc)}
    sync(here, environment={"GLEANINGS_PING": ping_url(watcher), **nobody})
    assert watcher.passwords == [None, None]


def test_a_dry_run_sends_no_ping(here: Path, watcher: Watcher) -> None:
    sync(here, "--dry-run", environment={"GLEANINGS_PING": ping_url(watcher)})
    assert watcher.asked == []


@pytest.mark.parametrize("arguments", ["sync", "sync --dry-run", "sync --quiet", "watch"])
def test_a_sync_with_nothing_to_read_leaves_no_empty_store_behind(tmp_path: Path, arguments: str) -> None:
    ran = run(*arguments.split(), cwd=tmp_path)
    assert (ran.code, "`gleanings init`" in ran.err) == (2, True), ran.err
    assert list(tmp_path.glob("gleanings.db*")) == []


@pytest.mark.parametrize(
    ("states", "code", "status"),
    [
        ("ok ok", 0, "ok"),
        ("", 0, "ok"),
        ("ok later", 75, "partial"),
        ("later partial", 1, "partial"),
        ("ok skipped", 1, "partial"),
        ("ok interrupted", 1, "interrupted"),
        ("interrupted failed", 2, "interrupted"),
        ("ok failed", 2, "partial"),
        ("failed skipped", 2, "failed"),
        ("failed later", 2, "partial"),
    ],
)
def test_the_exit_code_and_the_status_follow_from_the_states_of_the_steps(
    states: str, code: int, status: str
) -> None:
    found: list[State] = states.split()  # type: ignore[assignment]
    assert (find_exit_code(found), find_status(found)) == (code, status)
