"""Schedules are accepted by the programs that they are for, and come and go without a trace."""

from __future__ import annotations

import os
import plistlib
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanings.config import Config, ExportConfig, ImportConfig
from gleanings.schedule.cron import (
    drop_lines,
    find_lines,
    put_lines,
    read_crontab,
    render_lines,
    render_time,
    write_crontab,
)
from gleanings.schedule.install import find_installed, install, remove
from gleanings.schedule.launchd import find_agent, render_agent
from gleanings.schedule.plan import Plan, find_program, guess_kind, make_plan, parse_every
from gleanings.schedule.systemd import quote, render_units
from record_types.errors import InputError
from tests.gleanings.running import ROOT, Ran, query, run
from tests.gleanings.syncing import write_place

EVERY = ["1m", "5m", "30m", "1h", "6h", "daily"]
ODD = "/home/ada/my graph, 100% \"mine\" $HOME 'x'"


def plan(every: str = "1h", *, path: str = ODD, folder: str | None = None) -> Plan:
    command = ("/opt/a b/gleanings", "sync", "--quiet", "--config", f"{path}/config.toml")
    return Plan("gleanings", command, parse_every(every), folder)


# how often


@pytest.mark.parametrize(
    ("text", "minutes"), [("30m", 30), ("1h", 60), ("6h", 360), ("1d", 1440), ("daily", 1440), ("hourly", 60)]
)
def test_intervals_are_parsed(text: str, minutes: int) -> None:
    assert parse_every(text) == minutes


@pytest.mark.parametrize("text", ["", "7m", "0m", "5h", "2d", "90m", "weekly", "-1h", "1.5h"])
def test_intervals_that_do_not_divide_an_hour_or_a_day_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="--every"):
        parse_every(text)


def test_the_kind_depends_on_the_system(tmp_path: Path) -> None:
    assert guess_kind("darwin", tmp_path) == "launchd"
    assert guess_kind("linux", tmp_path) == "systemd"
    assert guess_kind("linux", tmp_path / "none") == "cron"


def test_relative_paths_in_the_configuration_still_resolve(tmp_path: Path) -> None:
    absolute = Config("/x/a.db", ImportConfig(("/x/graph",)), export=ExportConfig("/x/notes"))
    relative = Config("a.db", ImportConfig(("/x/graph",)), export=ExportConfig("~/notes"))
    config = Path("config.toml")
    assert make_plan("gleanings", "1h", None, absolute, config, tmp_path).folder is None
    assert make_plan("gleanings", "1h", None, relative, config, tmp_path).folder == str(tmp_path)
    assert make_plan("gleanings", "1h", Path("b.db"), relative, config, tmp_path).folder is None
    assert (
        str(tmp_path / "config.toml")
        in make_plan("gleanings", "1h", None, relative, config, tmp_path).command
    )


@pytest.mark.parametrize("name", ["", "../x", "a b", "-x", "x\n"])
def test_an_invalid_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--name"):
        make_plan(name, "1h", None, Config(), None, tmp_path)


def test_an_invalid_name_is_refused_before_anything_is_removed(tmp_path: Path) -> None:
    assert run("schedule", "--remove", "--name", "../x", cwd=tmp_path).code == 2


# systemd


@pytest.mark.parametrize(
    ("every", "near"), [("45m", "30m or 1h"), ("5h", "4h or 6h"), ("2d", "1d"), ("61m", "1h or 2h")]
)
def test_an_interval_that_is_uneven_names_the_nearest(every: str, near: str) -> None:
    with pytest.raises(InputError, match=f"nearest is {near}$"):
        parse_every(every)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("every", EVERY)
def test_systemd_accepts_the_units(tmp_path: Path, every: str) -> None:
    program = tmp_path / "a b%c" / "gleanings"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    arguments = ("sync", "--config", ODD)
    units = render_units(
        Plan("gleanings", (str(program), *arguments), parse_every(every), str(program.parent))
    )
    for name, text in units.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *[str(tmp_path / name) for name in units]],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "gleanings" in line]
    assert (done.returncode, complaints) == (0, [])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("every", EVERY)
def test_systemd_runs_the_calendar_at_the_requested_interval(every: str) -> None:
    text = render_units(plan(every))["gleanings.timer"]
    calendar = next(line.partition("=")[2] for line in text.splitlines() if line.startswith("OnCalendar"))
    done = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=3", calendar],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("/usr/bin/x", "/usr/bin/x"),
        ("a b", '"a b"'),
        ("100%", '"100%%"'),
        ("$HOME", '"$$HOME"'),
        ('say "x"', '"say \\"x\\""'),
        ("a\\b", '"a\\\\b"'),
    ],
)
def test_words_in_a_unit_are_taken_literally(word: str, quoted: str) -> None:
    assert quote(word) == quoted


UNITS = {
    "x.service": """\
# Written by `gleanings schedule`, which takes it away again.
[Unit]
Description=gleanings: import, expand links, export notes (x)

[Service]
Type=oneshot
ExecStart="/a$/gleanings" sync "$$b"
WorkingDirectory=/x%%y
Nice=10
IOSchedulingClass=idle
# 75: no network at the moment; the next run tries again.
SuccessExitStatus=75
TimeoutStopSec=10
""",
    "x.timer": """\
# Written by `gleanings schedule`, which takes it away again.
[Unit]
Description=gleanings: when to sync (x)

[Timer]
OnCalendar=*-*-* *:{minute}/5:00
RandomizedDelaySec=30
# Catch up, once, on runs that were missed while the machine was off.
Persistent=true

[Install]
WantedBy=timers.target
""",
}


def test_the_units_say_what_runs_and_when() -> None:
    wanted = Plan("x", ("/a$/gleanings", "sync", "$b"), 5, "/x%y")
    units = {name: text.replace("{minute}", str(wanted.minute % 5)) for name, text in UNITS.items()}
    assert render_units(wanted) == units
    assert "WorkingDirectory" not in render_units(plan("1h"))["gleanings.service"]
    calendars = {"1h": "*", "6h": "0/6", "daily": "9"}
    for every, hour in calendars.items():
        timer = render_units(plan(every))["gleanings.timer"]
        assert f"OnCalendar=*-*-* {hour}:{plan(every).minute:02}:00\nRandomizedDelaySec=60\n" in timer


# launchd


@pytest.mark.parametrize("every", EVERY)
def test_the_agent_is_a_property_list(every: str) -> None:
    wanted = plan(every, folder="/x y")
    agent = plistlib.loads(render_agent(wanted, errors=Path("/tmp/e.log")))
    assert agent["ProgramArguments"] == list(wanted.command)
    assert agent["WorkingDirectory"] == "/x y"
    assert agent.get("StartInterval", 86400) == wanted.minutes * 60


# cron


@pytest.mark.parametrize(
    ("every", "fields"),
    [("1m", r"\* \* \* \* \*"), ("30m", r"\d+-59/30 \* \* \* \*"), ("6h", r"\d+ \*/6 \* \* \*")],
)
def test_the_five_fields(every: str, fields: str) -> None:
    import re

    assert re.fullmatch(fields, render_time(plan(every)))


@given(
    st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="/"), min_size=1, max_size=20)
)
def test_cron_and_the_shell_preserve_the_words(name: str) -> None:
    line = render_lines(plan("1m", path=f"/x/{name}")).splitlines()[1] if "\x85" not in name else ""
    command = line.partition("* * * * * ")[2]
    unescaped = command.replace("\\%", "%")
    assert "%" not in command.replace("\\%", "")
    shown = unescaped.replace("nice -n 10", "printf '%s\\n'", 1)
    done = subprocess.run(["/bin/sh", "-c", shown], capture_output=True, check=True)
    assert done.stdout.decode().split("\n")[:-1] == list(plan(path=f"/x/{name}").command)


@given(st.text(st.sampled_from("ab# >\n\r%*"), max_size=80))
def test_other_lines_of_a_crontab_are_unchanged(before: str) -> None:
    after = put_lines(before, plan())
    ended = before if not before or before.endswith("\n") else before + "\n"
    assert after == ended + render_lines(plan())
    assert put_lines(after, plan()) == after
    assert drop_lines(after, "gleanings") == ended
    assert drop_lines(before, "gleanings") == before


def test_an_older_schedule_is_replaced_in_place() -> None:
    before = "0 1 * * * mine\n" + render_lines(plan("1h")) + "0 2 * * * mine, too\n"
    after = put_lines(before, plan("30m"))
    assert after == before.replace(render_lines(plan("1h")), render_lines(plan("30m")))
    assert drop_lines(after, "gleanings") == "0 1 * * * mine\n0 2 * * * mine, too\n"


def test_a_mark_without_an_end_removes_nothing_else() -> None:
    before = "0 1 * * * mine\n# >>> gleanings >>>\n0 2 * * * mine, too\n"
    assert drop_lines(before, "gleanings") == "0 1 * * * mine\n0 2 * * * mine, too\n"


def test_another_name_is_another_schedule() -> None:
    other = Plan("other", plan().command, 60)
    both = put_lines(put_lines("", plan()), other)
    assert drop_lines(both, "other") == render_lines(plan())
    assert find_lines(both, "other") == render_lines(other).splitlines()[1]
    assert find_lines("0 1 * * * x\n", "other") is None


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (None, "`crontab` is not installed: install cron, or use --kind systemd"),
        ("echo broken >&2; exit 1", "broken"),
        ("exit 3", "3"),
    ],
)
def test_a_crontab_that_fails_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, message: str
) -> None:
    if script is not None:
        (tmp_path / "crontab").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    for act in (read_crontab, lambda: write_crontab("x"), lambda: write_crontab("")):
        with pytest.raises(InputError) as caught:
            act()
        assert str(caught.value).removeprefix("crontab -l: ").removeprefix("crontab: ") == message


def test_the_program_is_a_script_or_else_the_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    script = tmp_path / "there" / "gleanings"
    module = (str(tmp_path / "python"), "-P", "-m", "gleanings")
    assert find_program(str(script)) == module
    script.parent.mkdir()
    script.touch()
    assert find_program(str(script)) == module, "it cannot be run"
    script.chmod(0o755)
    assert find_program(str(script)) == (str(script),)
    assert find_program(str(script.with_name("other"))) == module
    shutil.copy(script, tmp_path / "gleanings")
    assert find_program(str(script)) == (str(tmp_path / "gleanings"),)


def test_an_agent_is_loaded_once_and_reloaded_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, loaded = tmp_path / "log", tmp_path / "loaded"
    program = tmp_path / "bin" / "launchctl"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {log}\ncase $1 in print) test -f {loaded};; bootstrap) : > {loaded};;'
        f" bootout) /bin/rm {loaded};; esac\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setenv("HOME", str(tmp_path))
    target, errors = f"gui/{os.getuid()}", tmp_path / "errors"
    agent = find_agent("gleanings")
    assert agent == tmp_path / "Library" / "LaunchAgents" / "gleanings.sync.plist"
    start = [f"print {target}/gleanings.sync", f"bootstrap {target} {agent}"]
    stop = f"bootout {target}/gleanings.sync"
    assert install(plan(), "launchd", errors=errors) == [str(agent)]
    assert log.read_text().splitlines() == [stop, *start]
    assert (agent.read_bytes(), find_installed("gleanings")) == (
        render_agent(plan(), errors=errors), {"launchd": str(agent)},
    )  # fmt: skip
    assert install(plan(), "launchd", errors=errors) == []
    assert log.read_text().splitlines()[3:] == start[:1]
    assert install(plan("5m"), "launchd", errors=errors) == [str(agent)]
    assert log.read_text().splitlines()[4:] == [stop, *start]
    assert remove("gleanings", "launchd") == [str(agent)]
    assert log.read_text().splitlines()[7:] == [stop]
    assert (agent.exists(), find_installed("gleanings"), remove("gleanings", "launchd")) == (False, {}, [])
    program.write_text("#!/bin/sh\necho 'no\nsession' >&2; exit 5\n")
    failed = f"the files are written, but `launchctl bootstrap {target} {agent}` failed: "
    with pytest.raises(InputError) as caught:
        install(plan(), "launchd", errors=errors)
    assert str(caught.value) == f"{failed}no session"
    program.write_text("#!/bin/sh\nexit 5\n")
    with pytest.raises(InputError) as caught:
        install(plan(), "launchd", errors=errors)
    assert str(caught.value) == f"{failed}exit code 5"
    program.unlink()
    with pytest.raises(InputError, match="No such file or directory: 'launchctl'"):
        install(plan(), "launchd", errors=errors)


def test_a_crontab_that_cannot_be_read_has_no_schedule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "crontab").write_text("#!/bin/sh\nexit 2\n")
    (tmp_path / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert find_installed("gleanings") == {}


def test_a_path_with_a_line_break_cannot_be_scheduled(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a path contains a line break"):
        make_plan("x", "1h", Path("a\nb.db"), Config(), None, tmp_path)
    minutes = [Plan("x", ("sync", str(number)), 60).minute for number in range(40)]
    assert len(set(minutes)) > 20
    assert all(0 <= minute < 60 for minute in minutes)
    assert Plan("x", ("gleanings", "sync"), 60).minute == 4


# the command


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """Programs that keep what they are told: a crontab in a file, a systemctl with a list."""
    folder = tmp_path / "bin"
    folder.mkdir()
    programs = {
        "crontab": f'tab={tmp_path}/tab; case "$1" in -l) test -f $tab && cat $tab || '
        '{ echo "no crontab for ada" >&2; exit 1; };; -r) rm $tab;; -) cat > $tab;; esac',
        "systemctl": f'echo "$@" >> {tmp_path}/systemctl.log',
    }
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return folder


def schedule(here: Path, *arguments: str) -> Ran:
    environment = {"PATH": f"{here / 'bin'}:{os.environ['PATH']}", "HOME": str(here)}
    return run("schedule", *arguments, cwd=here, environment=environment)


def test_without_options_it_only_prints(tmp_path: Path, bin_folder: Path) -> None:
    write_place(tmp_path, 10)
    before = sorted(tmp_path.rglob("*"))
    for kind in ("systemd", "launchd", "cron"):
        code, out, _ = schedule(tmp_path, "--kind", kind)
        assert code == 0
        assert str(tmp_path / "config.toml") in out
    assert sorted(tmp_path.rglob("*")) == before


def test_a_dry_run_of_an_installation_prints(tmp_path: Path, bin_folder: Path) -> None:
    write_place(tmp_path, 10)
    code, out, _ = schedule(tmp_path, "--kind", "cron", "--install", "--dry-run")
    assert (code, "sync" in out) == (0, True)
    assert not (tmp_path / "tab").exists()


@pytest.mark.parametrize("kind", ["systemd", "cron"])
def test_a_dry_run_of_an_installation_shows_what_it_would_write(
    tmp_path: Path, bin_folder: Path, kind: str
) -> None:
    write_place(tmp_path, 10)
    install = ("--kind", kind, "--install")
    code, out, err = schedule(tmp_path, *install, "--dry-run")
    assert (code, err, "sync --quiet" in out) == (0, "", True)
    would = [line.removeprefix("would be ") for line in out.splitlines() if line.startswith("would be ")]
    written = schedule(tmp_path, *install).out.splitlines()
    assert would == [line for line in written if line.startswith("written: ")]
    assert schedule(tmp_path, *install, "--dry-run")[:2] == (0, "Already installed.\n")
    changed = schedule(tmp_path, *install, "--every", "30m", "--dry-run", "--json").json["changed"]
    assert [Path(path).name for path in changed] == ["crontab" if kind == "cron" else "gleanings.timer"]


@pytest.mark.parametrize("kind", ["systemd", "cron"])
def test_a_dry_run_of_a_removal_shows_what_exists_and_removes_nothing(
    tmp_path: Path, bin_folder: Path, kind: str
) -> None:
    write_place(tmp_path, 10)
    remove = ("--kind", kind, "--remove")
    assert schedule(tmp_path, *remove, "--dry-run")[:] == (0, "Nothing to remove.\n", "")
    schedule(tmp_path, "--kind", kind, "--every", "30m", "--install")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    code, out, err = schedule(tmp_path, *remove, "--dry-run")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert (code, err) == (0, "")
    assert "-59/30 * * * *" in out if kind == "cron" else "gleanings.timer" in out
    would = [line.removeprefix("would be ") for line in out.splitlines() if line.startswith("would be ")]
    assert schedule(tmp_path, *remove).out.splitlines() == would


def test_a_removal_needs_no_configuration(tmp_path: Path, bin_folder: Path) -> None:
    write_place(tmp_path, 10)
    schedule(tmp_path, "--kind", "cron", "--install")
    (tmp_path / "config.toml").write_text("this is = not toml")
    assert schedule(tmp_path, "--kind", "cron", "--remove")[:] == (0, "removed: crontab\n", "")


def test_a_schedule_of_another_kind_is_reported_and_kept(tmp_path: Path, bin_folder: Path) -> None:
    write_place(tmp_path, 10)
    schedule(tmp_path, "--kind", "cron", "--install")
    code, out, _ = schedule(tmp_path, "--kind", "systemd", "--remove")
    assert (code, out) == (0, "Nothing to remove. Other kinds are installed: --kind cron.\n")
    assert (tmp_path / "tab").exists()


def test_print_with_install_installs_nothing(tmp_path: Path, bin_folder: Path) -> None:
    write_place(tmp_path, 10)
    for modes in (("--print", "--install"), ("--install", "--remove")):
        code, out, err = schedule(tmp_path, "--kind", "cron", *modes)
        assert (code, out, err) == (2, "", "gleanings: use only one of --print, --install and --remove\n")
    assert not (tmp_path / "tab").exists()


def test_lines_are_added_to_a_crontab_once_and_removed_again(tmp_path: Path, bin_folder: Path) -> None:
    write_place(tmp_path, 10)
    tab = tmp_path / "tab"
    mine = "# my own\n0 5 * * * true 100\\% mine"
    tab.write_text(mine)
    assert schedule(tmp_path, "--kind", "cron", "--install")[:2] == (0, "written: crontab\n")
    first = tab.read_text()
    assert schedule(tmp_path, "--kind", "cron", "--install")[:2] == (0, "Already installed.\n")
    assert tab.read_text() == first
    assert "schedule: cron" in run_doctor(tmp_path)
    assert schedule(tmp_path, "--kind", "cron", "--remove")[:2] == (0, "removed: crontab\n")
    assert tab.read_text() == mine + "\n"
    assert schedule(tmp_path, "--kind", "cron", "--remove")[:2] == (0, "Nothing to remove.\n")


def run_doctor(here: Path) -> str:
    environment = {"PATH": f"{here / 'bin'}:{os.environ['PATH']}", "HOME": str(here)}
    run("import", cwd=here)
    return run("doctor", "-v", cwd=here, environment=environment).out


def test_a_crontab_that_becomes_empty_is_removed(tmp_path: Path, bin_folder: Path) -> None:
    write_place(tmp_path, 10)
    schedule(tmp_path, "--kind", "cron", "--install")
    schedule(tmp_path, "--kind", "cron", "--remove")
    assert not (tmp_path / "tab").exists()


def test_units_are_written_started_stopped_and_removed(tmp_path: Path, bin_folder: Path) -> None:
    write_place(tmp_path, 10)
    folder = tmp_path / ".config" / "systemd" / "user"
    assert schedule(tmp_path, "--kind", "systemd", "--install")[0] == 0
    assert sorted(path.name for path in folder.iterdir()) == ["gleanings.service", "gleanings.timer"]
    assert schedule(tmp_path, "--kind", "systemd", "--remove")[0] == 0
    assert list(folder.iterdir()) == []
    log = (tmp_path / "systemctl.log").read_text().splitlines()
    assert log == [
        "--user daemon-reload",
        "--user enable --now gleanings.timer",
        "--user disable --now gleanings.timer",
        "--user daemon-reload",
    ]


def test_a_unit_written_by_somebody_else_is_kept(tmp_path: Path, bin_folder: Path) -> None:
    write_place(tmp_path, 10)
    folder = tmp_path / ".config" / "systemd" / "user"
    folder.mkdir(parents=True)
    (folder / "gleanings.timer").write_text("[Timer]\n")
    for mode in ("--install", "--remove"):
        code, _, err = schedule(tmp_path, "--kind", "systemd", mode)
        assert (code, "was not written by gleanings" in err) == (2, True)
    assert (folder / "gleanings.timer").read_text() == "[Timer]\n"
    assert not (tmp_path / "systemctl.log").exists()


def test_nothing_to_read_is_nothing_to_schedule(tmp_path: Path, bin_folder: Path) -> None:
    code, _, err = schedule(tmp_path, "--kind", "cron", "--install")
    assert (code, "gleanings init" in err) == (2, True)


# a real cron


@pytest.mark.slow
@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("cron") or not Path("/etc/cron.d").is_dir(),
    reason="needs Debian's cron, and root to start it",
)
def test_cron_runs_the_printed_line(tmp_path: Path) -> None:
    """The line as it is printed, with a user's name as /etc/cron.d wants it, in a folder with odd names."""
    here = write_place(tmp_path / "my graph 100% 'mine'", 20)
    tmp_path.chmod(tmp_path.stat().st_mode | stat.S_IXOTH)
    line = run("schedule", "--kind", "cron", "--every", "1m", cwd=here).out.splitlines()[1]
    fields, command = line[:9], line[10:]
    tab = Path(f"/etc/cron.d/gleanings-test-{os.getpid()}")
    surroundings = f"PYTHONPATH={ROOT}\nHOME={tmp_path}\nXDG_CONFIG_HOME={tmp_path}/.config\n"
    tab.write_text(f"{surroundings}{fields} root {command} > {tmp_path}/out.txt 2>&1\n")
    tab.chmod(0o644)
    daemon = subprocess.Popen(["cron", "-f"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 75
        while time.monotonic() < until and not has_run(here):
            time.sleep(0.5)
        assert has_run(here), (
            (tmp_path / "out.txt").read_text() if (tmp_path / "out.txt").exists() else "cron did nothing"
        )
        assert (tmp_path / "out.txt").read_text() == ""
        assert query(here / "gleanings.db", "select count(*) from highlights") == [(20,)]
    finally:
        tab.unlink()
        daemon.terminate()  # ends at once where another cron is already running
        daemon.wait()


def has_run(here: Path) -> bool:
    if not (here / "gleanings.db").exists():
        return False
    try:
        return query(here / "gleanings.db", "select status from runs where command = 'sync'") == [("ok",)]
    except sqlite3.OperationalError:  # being made
        return False
