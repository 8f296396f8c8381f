"""Install a schedule, remove it, and find installed ones.

Only what `gleanings schedule` wrote is ever changed or removed: files and lines with its mark.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from gleanings.schedule import cron, launchd, systemd
from gleanings.schedule.plan import MARK, Kind, Plan
from record_types.errors import InputError
from record_types.regular_files import replace_file


def render(plan: Plan, kind: Kind, *, errors: Path) -> dict[str, str]:
    """The files of a schedule: path (`crontab` for cron) → content."""
    if kind == "systemd":
        folder = systemd.find_unit_folder()
        return {str(folder / name): text for name, text in systemd.render_units(plan).items()}
    if kind == "launchd":
        return {str(launchd.find_agent(plan.name)): launchd.render_agent(plan, errors=errors).decode()}
    return {cron.CRONTAB: cron.render_lines(plan)}


def find_changes(plan: Plan, kind: Kind, *, errors: Path) -> dict[str, str]:
    """The files that an installation would write: none if all are up to date.

    Raises InputError if one of the files exists and is not ours.
    """
    files = render(plan, kind, errors=errors)
    if kind == "cron":
        before = cron.read_crontab()
        return {} if cron.put_lines(before, plan) == before else files
    for path in files:
        refuse_foreign(Path(path))
    return {
        path: text
        for path, text in files.items()
        if not Path(path).exists() or Path(path).read_text("utf-8", "replace") != text
    }


def install(plan: Plan, kind: Kind, *, errors: Path) -> list[str]:
    """Install and start the schedule; return what was written. Repeating it changes nothing."""
    changes = find_changes(plan, kind, errors=errors)
    if kind == "cron":
        if changes:
            cron.write_crontab(cron.put_lines(cron.read_crontab(), plan))
        return list(changes)
    for path, text in changes.items():
        write_file(Path(path), text)
    _start(plan.name, kind, changed=bool(changes))
    return list(changes)


def find_removable(name: str, kind: Kind) -> dict[str, str]:
    """The installed parts: path (`crontab` for cron) → the text that would be removed.

    Raises InputError if one of the files exists and is not ours.
    """
    if kind == "cron":
        ours = cron.list_lines(cron.read_crontab(), name)
        return {cron.CRONTAB: "".join(ours)} if ours else {}
    there = [path for path in find_files(name, kind) if path.exists()]
    for path in there:
        refuse_foreign(path)
    return {str(path): path.read_text("utf-8", "replace") for path in there}


def remove(name: str, kind: Kind) -> list[str]:
    """Remove the schedule; return what was changed."""
    there = find_removable(name, kind)
    if not there:
        return []
    if kind == "cron":
        cron.write_crontab(cron.drop_lines(cron.read_crontab(), name))
        return list(there)
    _stop(name, kind)
    for path in there:
        Path(path).unlink()
    if kind == "systemd":
        _call("systemctl", "--user", "daemon-reload", must_succeed=False)
    return list(there)


def find_installed(name: str) -> dict[Kind, str]:
    """The installed schedules by kind: the path of the unit or agent, or the line of the crontab."""
    found: dict[Kind, str] = {}
    for kind in ("systemd", "launchd"):
        there = [path for path in find_files(name, kind) if path.is_file()]
        if there:
            found[kind] = str(there[-1])
    if shutil.which("crontab"):
        try:
            line = cron.find_lines(cron.read_crontab(), name)
        except InputError:
            line = None
        if line:
            found["cron"] = line
    return found


def find_files(name: str, kind: Kind) -> list[Path]:
    """The files of a schedule of this name."""
    if kind == "launchd":
        return [launchd.find_agent(name)]
    folder = systemd.find_unit_folder()
    return [folder / f"{name}.service", folder / f"{name}.timer"]


def refuse_foreign(path: Path) -> None:
    """Raise InputError if the file exists and `gleanings schedule` did not write it."""
    if path.is_symlink() or (path.exists() and MARK not in path.read_text("utf-8", "replace")):
        raise InputError(f"{path} exists and was not written by gleanings: choose another --name")


def write_file(path: Path, text: str) -> None:
    """Write the file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.encode())


def _start(name: str, kind: Kind, *, changed: bool) -> None:
    if kind == "systemd":
        _call("systemctl", "--user", "daemon-reload")
        _call("systemctl", "--user", "enable", "--now", f"{name}.timer")
        return
    target = f"gui/{os.getuid()}"
    if changed:
        _call("launchctl", "bootout", f"{target}/{launchd.name_label(name)}", must_succeed=False)
    loaded = _call("launchctl", "print", f"{target}/{launchd.name_label(name)}", must_succeed=False)
    if not loaded:
        _call("launchctl", "bootstrap", target, str(launchd.find_agent(name)))


def _stop(name: str, kind: Kind) -> None:
    if kind == "systemd":
        _call("systemctl", "--user", "disable", "--now", f"{name}.timer", must_succeed=False)
    else:
        _call("launchctl", "bootout", f"gui/{os.getuid()}/{launchd.name_label(name)}", must_succeed=False)


def _call(*command: str, must_succeed: bool = True) -> bool:
    """Run a command and return whether it succeeded; if it `must_succeed`, a failure raises InputError."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        words = done.stderr.strip().replace("\n", " ") or f"exit code {done.returncode}"
        failed = done.returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        words, failed = str(error), True
    if failed and must_succeed:
        raise InputError(f"the files are written, but `{' '.join(command)}` failed: {words}")
    return not failed
