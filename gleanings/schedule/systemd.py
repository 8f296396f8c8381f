"""A schedule as a systemd user timer with its service (systemd.timer(5), systemd.syntax(7))."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from gleanings.schedule.plan import MARK, Plan

_PLAIN = re.compile(r"[A-Za-z0-9_@+=:,./-]+")

SERVICE = """\
# {mark}
[Unit]
Description=gleanings: import, expand links, export notes ({name})

[Service]
Type=oneshot
ExecStart={command}
{folder}Nice=10
IOSchedulingClass=idle
# 75: no network at the moment; the next run tries again.
SuccessExitStatus=75
TimeoutStopSec=10
"""

TIMER = """\
# {mark}
[Unit]
Description=gleanings: when to sync ({name})

[Timer]
OnCalendar={calendar}
RandomizedDelaySec={delay}
# Catch up, once, on runs that were missed while the machine was off.
Persistent=true

[Install]
WantedBy=timers.target
"""


def render_units(plan: Plan) -> dict[str, str]:
    """File name → text of the service and its timer."""
    folder = f"WorkingDirectory={plan.folder.replace('%', '%%')}\n" if plan.folder is not None else ""
    program, *arguments = plan.command
    # `$` is special in arguments only
    command = " ".join([quote(program).replace("$$", "$"), *map(quote, arguments)])
    delay = min(60, plan.minutes * 6)
    return {
        f"{plan.name}.service": SERVICE.format(mark=MARK, name=plan.name, command=command, folder=folder),
        f"{plan.name}.timer": TIMER.format(
            mark=MARK, name=plan.name, calendar=render_calendar(plan), delay=delay
        ),
    }


def render_calendar(plan: Plan) -> str:
    """`OnCalendar`, see systemd.time(7)."""
    if plan.minutes < 60:
        return f"*-*-* *:{plan.minute % plan.minutes}/{plan.minutes}:00"
    hours = plan.minutes // 60
    hour = "*" if hours == 1 else "9" if hours == 24 else f"0/{hours}"
    return f"*-*-* {hour}:{plan.minute:02}:00"


def quote(word: str) -> str:
    """The word as one argument of `ExecStart`: spaces, quotes, `%` and `$` are escaped."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if _PLAIN.fullmatch(word) else f'"{escaped}"'


def find_unit_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of a user's own units."""
    base = environment.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "systemd" / "user"
