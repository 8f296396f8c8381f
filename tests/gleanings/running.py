"""Running the command as a user does: another process, its output, its exit code."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CODE = "from gleanings.cli import main; main()"


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(
    *arguments: object,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    timeout: float = 60,
    through: Sequence[str] = (),
) -> Ran:
    """`gleanings` with these arguments in the folder `cwd`, in 80 columns, configured only there.

    A `config.toml` there is named by the environment, since one found by itself would need an approval.
    `through` stands before the command: `nice`, say.
    """
    surroundings = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "80",
        "XDG_CONFIG_HOME": str(cwd / ".config"),
        "XDG_STATE_HOME": str(cwd / ".state"),
        **name_config(cwd),
        **(environment or {}),
    }
    done = subprocess.run(
        [*through, sys.executable, "-c", CODE, *map(str, arguments)],
        cwd=cwd,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def name_config(cwd: Path) -> dict[str, str]:
    """The environment that names the configuration in the folder, if there is one."""
    return {"GLEANINGS_CONFIG": "config.toml"} if (cwd / "config.toml").exists() else {}


def query(path: Path, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Rows of a store that no command has open."""
    db = sqlite3.connect(path)
    try:
        return db.execute(statement, parameters).fetchall()
    finally:
        db.close()
