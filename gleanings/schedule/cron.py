"""A schedule as lines of a crontab (crontab(5)): between two marks, everything else is left as it is.

# >>> gleanings >>>
17 * * * * nice -n 10 /path/gleanings sync --quiet --config /path/config.toml
# <<< gleanings <<<
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator

from gleanings.errors import InputError
from gleanings.schedule.plan import Plan


def render_lines(plan: Plan) -> str:
    """The line with its marks; prints nothing when all is well, so cron mails only trouble."""
    command = shlex.join(("nice", "-n", "10", *plan.command))
    if plan.folder is not None:
        command = f"cd {shlex.quote(plan.folder)} && {command}"
    escaped = command.replace("%", "\\%")  # cron ends the command at a bare %, in quotes, too
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
    """The crontab with the schedule in the place of an older one of its name, or at its end."""
    lines = render_lines(plan)
    if _begin(plan.name) not in crontab.split("\n"):
        return crontab + ("\n" if crontab and not crontab.endswith("\n") else "") + lines
    kept = list(_drop(crontab, plan.name, mark=True))
    return "".join(lines if line is None else line for line in kept)


def drop_lines(crontab: str, name: str) -> str:
    """The crontab without the schedule of this name; every other line as it was."""
    return "".join(line for line in _drop(crontab, name) if line is not None)


def find_lines(crontab: str, name: str) -> str | None:
    """The line between the marks, None where there is none."""
    lines = crontab.splitlines()
    if _begin(name) not in lines or _end(name) not in lines:
        return None
    inside = lines[lines.index(_begin(name)) + 1 : lines.index(_end(name))]
    return next(iter(inside), None)


def _drop(crontab: str, name: str, *, mark: bool = False) -> Iterator[str | None]:
    """The lines outside the marks; None where the schedule stood. Without an end mark only its begin goes."""
    lines = crontab.splitlines(keepends=True)
    bare = [line.rstrip("\r\n") for line in lines]
    number = 0
    while number < len(lines):
        if bare[number] == _begin(name):
            ends = [at for at in range(number, len(lines)) if bare[at] == _end(name)]
            number = ends[0] if ends else number
            if mark:
                yield None
                mark = False
        else:
            yield lines[number]
        number += 1


def _begin(name: str) -> str:
    return f"# >>> {name} >>>"


def _end(name: str) -> str:
    return f"# <<< {name} <<<"


def read_crontab() -> str:
    """The user's crontab, empty where there is none. Raises InputError where it cannot be had."""
    done = _call("-l")
    if done.returncode == 0:
        return done.stdout
    if "no crontab for" in done.stderr:
        return ""
    raise InputError(f"crontab -l: {done.stderr.strip() or done.returncode}")


def write_crontab(text: str) -> None:
    """Make `text` the user's crontab; an empty one is removed."""
    done = _call("-", text) if text else _call("-r")
    if done.returncode:
        raise InputError(f"crontab: {done.stderr.strip() or done.returncode}")


def _call(argument: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["crontab", argument], input=text, capture_output=True, text=True, check=False, timeout=30
        )
    except FileNotFoundError:
        raise InputError("there is no `crontab` here: install cron, or use --kind systemd") from None
    except subprocess.TimeoutExpired:
        raise InputError("`crontab` does not answer") from None
