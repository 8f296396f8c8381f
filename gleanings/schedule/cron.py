"""A schedule as lines of a crontab (crontab(5)) between two marks; all other lines stay unchanged.

# >>> gleanings >>>
17 * * * * nice -n 10 /path/gleanings sync --quiet --config /path/config.toml
# <<< gleanings <<<
"""

from __future__ import annotations

import shlex
import subprocess
from bisect import bisect
from collections.abc import Iterator

from gleanings.schedule.plan import Plan
from record_types.errors import InputError

CRONTAB = "crontab"
"""The place of the user's crontab, where other kinds have paths."""


def render_lines(plan: Plan) -> str:
    """The line with its marks. The command prints nothing if all is well, so cron only mails problems."""
    command = shlex.join(("nice", "-n", "10", *plan.command))
    if plan.folder is not None:
        command = f"cd {shlex.quote(plan.folder)} && {command}"
    escaped = command.replace("%", "\\%")  # cron ends the command at a bare %, even in quotes
    return f"{_begin(plan.name)}\n{render_time(plan)} {escaped}\n{_end(plan.name)}\n"


def render_time(plan: Plan) -> str:
    """The five fields."""
    if plan.minutes < 60:
        offset = plan.minute % plan.minutes
        minutes = "*" if plan.minutes == 1 else f"{offset}-59/{plan.minutes}"
        return f"{minutes} * * * *"
    hours = plan.minutes // 60
    return f"{plan.minute} {'*' if hours == 1 else '9' if hours == 24 else f'*/{hours}'} * * *"


def put_lines(crontab: str, plan: Plan) -> str:
    """The crontab with the schedule added, in place of an older one with its name if there is one."""
    lines = render_lines(plan)
    if _begin(plan.name) not in crontab.split("\n"):
        return crontab + ("\n" if crontab and not crontab.endswith("\n") else "") + lines
    kept: list[str] = []
    is_inserted = False
    for is_ours, line in _mark_ours(crontab, plan.name):
        if not is_ours:
            kept.append(line)
        elif not is_inserted:
            kept.append(lines)
            is_inserted = True
    return "".join(kept)


def drop_lines(crontab: str, name: str) -> str:
    """The crontab without the schedule of this name; other lines are unchanged."""
    return "".join(line for is_ours, line in _mark_ours(crontab, name) if not is_ours)


def list_lines(crontab: str, name: str) -> list[str]:
    """The lines that `drop_lines` removes: the marks and what is between them."""
    return [line for is_ours, line in _mark_ours(crontab, name) if is_ours]


def find_lines(crontab: str, name: str) -> str | None:
    """The line between the marks; None if there is none."""
    lines = crontab.splitlines()
    if _begin(name) not in lines or _end(name) not in lines:
        return None
    inside = lines[lines.index(_begin(name)) + 1 : lines.index(_end(name))]
    return next(iter(inside), None)


def _mark_ours(crontab: str, name: str) -> Iterator[tuple[bool, str]]:
    """Each line, and whether it belongs to the schedule of this name; without an end mark, only the first."""
    lines = crontab.splitlines(keepends=True)
    bare = [line.rstrip("\r\n") for line in lines]
    ends = [number for number, line in enumerate(bare) if line == _end(name)]
    ours_until = -1
    for number, line in enumerate(lines):
        if number > ours_until and bare[number] == _begin(name):
            at = bisect(ends, number)
            ours_until = ends[at] if at < len(ends) else number
        yield number <= ours_until, line


def _begin(name: str) -> str:
    return f"# >>> {name} >>>"


def _end(name: str) -> str:
    return f"# <<< {name} <<<"


def read_crontab() -> str:
    """The user's crontab, empty if there is none. Raises InputError if it cannot be read."""
    done = _call("-l")
    if done.returncode == 0:
        return done.stdout
    if "no crontab for" in done.stderr:
        return ""
    raise InputError(f"crontab -l: {done.stderr.strip() or done.returncode}")


def write_crontab(text: str) -> None:
    """Replace the user's crontab; an empty text removes it."""
    done = _call("-", text) if text else _call("-r")
    if done.returncode:
        raise InputError(f"crontab: {done.stderr.strip() or done.returncode}")


def _call(argument: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["crontab", argument], input=text, capture_output=True, text=True, check=False, timeout=30
        )
    except FileNotFoundError:
        raise InputError("`crontab` is not installed: install cron, or use --kind systemd") from None
    except subprocess.TimeoutExpired:
        raise InputError("`crontab` does not respond") from None
