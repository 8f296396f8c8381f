"""Plan a schedule: the command of this installation, the interval, the folder."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from gleanings.config import Config
from record_types.errors import InputError

MARK = "Written by `gleanings schedule`, which takes it away again."
"""Marks every file that is ours."""

Kind = Literal["systemd", "launchd", "cron"]

MINUTES = {"m": 1, "min": 1, "h": 60, "d": 1440}
WORDS = {"hourly": 60, "daily": 1440}
_EVERY = re.compile(r"(\d{1,4})\s*(m|min|h|d)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")


@dataclass(frozen=True, slots=True)
class Plan:
    """One schedule."""

    name: str
    """Name of the units, the agent or the lines."""
    command: tuple[str, ...]
    """Program and arguments, with absolute paths."""
    minutes: int
    """Interval between the starts of two runs: a divisor of an hour or a day."""
    folder: str | None = None
    """The working folder; None if no path in the configuration depends on it."""

    @property
    def minute(self) -> int:
        """The minute of the hour at which it runs; differs between installations."""
        return blake2b("\0".join(self.command).encode(), digest_size=2).digest()[0] % 60


def make_plan(
    name: str, every: str, db: Path | None, config: Config, config_path: Path | None, here: Path
) -> Plan:
    """The plan for a sync with these options, as it would run in the folder `here`."""
    check_name(name)
    arguments = ["sync", "--quiet"]
    if config_path is not None:
        arguments += ["--config", str(here / config_path)]
    if db is not None:
        arguments += ["--db", str(here / db.expanduser())]
    paths = [*config.import_.paths, config.export.folder or "/", *([] if db else [config.db])]
    is_relative = any(not Path(path).expanduser().is_absolute() for path in paths)
    plan = Plan(name, (*find_program(), *arguments), parse_every(every), str(here) if is_relative else None)
    for word in (*plan.command, plan.folder or ""):
        if any(character < " " for character in word):
            raise InputError(f"{word!r}: a path contains a line break or another control character")
    return plan


def check_name(name: str) -> None:
    """Raise InputError for a name that a unit, an agent or a mark cannot have."""
    if not _NAME.fullmatch(name):
        raise InputError(f"--name {name}: letters, digits, - and _ only")


def find_program(script: str | None = None) -> tuple[str, ...]:
    """The command of this installation: the script beside its Python, or the Python with our module.

    -P keeps Python from importing modules from the working folder.
    """
    beside = Path(sys.executable).with_name("gleanings")
    for path in (beside, Path(script or sys.argv[0]).absolute()):
        if path.name == "gleanings" and path.is_file() and os.access(path, os.X_OK):
            return (str(path),)
    return (sys.executable, "-P", "-m", "gleanings")


def parse_every(text: str) -> int:
    """Minutes of `30m`, `6h`, `1d`, `hourly`, `daily`; a divisor of the hour or of the day."""
    match = _EVERY.fullmatch(text.strip().lower())
    minutes = WORDS.get(text, 0) if match is None else int(match[1]) * MINUTES[match[2]]
    if minutes in EVEN:
        return minutes
    if not minutes:
        raise InputError(f"--every {text}: name a number of minutes, hours or days, such as 30m, 6h or 1d")
    below = max((each for each in EVEN if each < minutes), default=EVEN[-1])
    above = min((each for each in EVEN if each > minutes), default=None)
    near = " or ".join(_format_every(each) for each in (below, above) if each)
    raise InputError(f"--every {text} does not divide an hour or a day evenly; the nearest is {near}")


EVEN = sorted({n for n in range(1, 61) if 60 % n == 0} | {60 * n for n in range(1, 25) if 24 % n == 0})
"""Minutes after which a schedule can run: what cron can express."""


def _format_every(minutes: int) -> str:
    return f"{minutes}m" if minutes < 60 else f"{minutes // 60}h" if minutes < 1440 else "1d"


def guess_kind(platform: str = sys.platform, systemd: Path = Path("/run/systemd/system")) -> Kind:
    """The kind of schedule that this system supports best."""
    if platform == "darwin":
        return "launchd"
    return "systemd" if systemd.is_dir() else "cron"
