"""Putting a schedule in its place, taking it away, and looking whether it is there.

Only what `gleanings schedule` wrote is ever changed or removed: files and lines that bear its mark.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from gleanings.schedule import cron, launchd, systemd
from gleanings.schedule.plan import MARK, Kind, Plan
from record_types.errors import InputError


def render(plan: Plan, kind: Kind, *, errors: Path) -> dict[str, str]:
    """Where what goes, as text: path (`crontab` for cron) → content."""
    if kind == "systemd":
        folder = systemd.find_unit_folder()
        return {str(folder / name): text for name, text in systemd.render_units(plan).items()}
    if kind == "launchd":
        return {str(launchd.find_agent(plan.name)): launchd.render_agent(plan, errors=errors).decode()}
    return {cron.CRONTAB: cron.render_lines(plan)}


def find_changes(plan: Plan, kind: Kind, *, errors: Path) -> dict[str, str]:
    """What of `render` an installation writes now: nothing where all of it is there already.

    Raises InputError where a file is there that is not ours.
    """
    files = render(plan, kind, errors=errors)
    if kind == "cron":
        before = cron.read_crontab()
        return {} if cron.put_lines(before, plan) == before else files
    for path in files:
        refuse_stranger(Path(path))
    return {path: text for path, text in files.items() if not is_written(Path(path), text)}


def install(plan: Plan, kind: Kind, *, errors: Path) -> list[str]:
    """Put it in its place and begin; what was changed. Twice is the same as once."""
    changes = find_changes(plan, kind, errors=errors)
    if kind == "cron":
        if changes:
            cron.write_crontab(cron.put_lines(cron.read_crontab(), plan))
        return list(changes)
    for path, text in changes.items():
        write_file(Path(path), text)
    _begin(plan.name, kind, changed=bool(changes))
    return list(changes)


def find_removable(name: str, kind: Kind) -> dict[str, str]:
    """What of ours is there now, as text: path (`crontab`) → what would go from it.

    Raises InputError where a file is there that is not ours.
    """
    if kind == "cron":
        ours = cron.list_lines(cron.read_crontab(), name)
        return {cron.CRONTAB: "".join(ours)} if ours else {}
    there = [path for path in find_files(name, kind) if path.exists()]
    for path in there:
        refuse_stranger(path)
    return {str(path): path.read_text("utf-8", "replace") for path in there}


def remove(name: str, kind: Kind) -> list[str]:
    """Take it away; what was changed, nothing where nothing of ours was there."""
    there = find_removable(name, kind)
    if not there:
        return []
    if kind == "cron":
        cron.write_crontab(cron.drop_lines(cron.read_crontab(), name))
        return list(there)
    _end(name, kind)
    for path in there:
        Path(path).unlink()
    if kind == "systemd":
        _call("systemctl", "--user", "daemon-reload", must=False)
    return list(there)


def find_installed(name: str) -> dict[Kind, str]:
    """By kind, what is there: the unit's or agent's path, or the crontab's line."""
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


def refuse_stranger(path: Path) -> None:
    """Raise InputError where a file is there that `gleanings schedule` did not write."""
    if path.is_symlink() or (path.exists() and MARK not in path.read_text("utf-8", "replace")):
        raise InputError(f"{path} is there and was not written by gleanings: choose another --name")


def is_written(path: Path, text: str) -> bool:
    """Whether the file is there and says this."""
    return path.exists() and path.read_text("utf-8", "replace") == text


def write_file(path: Path, text: str) -> None:
    """Put the file in its place at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _begin(name: str, kind: Kind, *, changed: bool) -> None:
    if kind == "systemd":
        _call("systemctl", "--user", "daemon-reload")
        _call("systemctl", "--user", "enable", "--now", f"{name}.timer")
        return
    target = f"gui/{os.getuid()}"
    if changed:
        _call("launchctl", "bootout", f"{target}/{launchd.name_label(name)}", must=False)
    loaded = _call("launchctl", "print", f"{target}/{launchd.name_label(name)}", must=False)
    if not loaded:
        _call("launchctl", "bootstrap", target, str(launchd.find_agent(name)))


def _end(name: str, kind: Kind) -> None:
    if kind == "systemd":
        _call("systemctl", "--user", "disable", "--now", f"{name}.timer", must=False)
    else:
        _call("launchctl", "bootout", f"gui/{os.getuid()}/{launchd.name_label(name)}", must=False)


def _call(*command: str, must: bool = True) -> bool:
    """Whether the command ended well; one that must and does not is an error with its words."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        words = done.stderr.strip().replace("\n", " ") or f"exit code {done.returncode}"
        failed = done.returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        words, failed = str(error), True
    if failed and must:
        raise InputError(f"the files are written, but `{' '.join(command)}` failed: {words}")
    return not failed
