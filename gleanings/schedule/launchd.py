"""A schedule as a launchd agent (launchd.plist(5))."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

from gleanings.schedule.plan import MARK, Plan


def render_agent(plan: Plan, *, errors: Path) -> bytes:
    """The agent's property list; stderr goes to the file `errors`, since launchd mails nothing."""
    agent: dict[str, Any] = {
        "Label": name_label(plan.name),
        "ProgramArguments": list(plan.command),
        "ProcessType": "Background",
        "LowPriorityIO": True,
        "Nice": 10,
        "StandardErrorPath": str(errors),
    }
    if plan.minutes < 1440:
        agent["StartInterval"] = plan.minutes * 60
    else:  # launchd catches up on runs missed while asleep
        agent["StartCalendarInterval"] = {"Hour": 9, "Minute": plan.minute}
    if plan.folder is not None:
        agent["WorkingDirectory"] = plan.folder
    text = plistlib.dumps(agent, sort_keys=False)
    return text.replace(b"<plist ", b"<!-- " + MARK.encode() + b" -->\n<plist ", 1)


def name_label(name: str) -> str:
    """The agent's label."""
    return f"{name}.sync"


def find_agent(name: str) -> Path:
    """The path of a user's own agent."""
    return Path.home() / "Library" / "LaunchAgents" / f"{name_label(name)}.plist"
