"""A disk that fails at its n-th call: commands in forks of one process under the library of `faults.c`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


class Mode(IntEnum):
    """What happens at the n-th call; the numbers are those in `faults.c`."""

    COUNT = 0
    KILL = 1
    EIO_ONCE = 2
    EIO_STAYS = 3
    FULL = 4
    """A write is cut short, and from then on nothing can be added."""


class Ran(NamedTuple):
    """The end of a command."""

    code: int
    """Negative: killed by this signal."""
    calls: int
    """That changed files in the folder; 0 if it was killed."""
    output: str
    """Both streams."""


def build_library(folder: Path) -> Path | None:
    """Compile `faults.c`; None where there is no compiler or no Linux, which is an error on CI."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        assert not os.environ.get("CI"), "CI needs a C compiler"
        return None
    library = folder / "faults.so"
    options = ("-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")
    subprocess.run([compiler, *options, "-o", library, HERE / "faults.c", "-ldl", "-lpthread"], check=True)
    return library


class Disk:
    """Runs commands whose disk fails."""

    def __init__(self, library: Path, environment: Mapping[str, str] | None = None) -> None:
        self._environment = dict(environment or {})
        self._server = subprocess.Popen(
            [sys.executable, HERE / "server.py"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "LD_PRELOAD": str(library)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, folder: Path, *arguments: str, mode: Mode = Mode.COUNT, at: int = 0, log: Path | None = None
    ) -> Ran:
        """Run `gleanings` with these arguments in `folder`, whose disk fails at the call `at`."""
        home = {
            "COLUMNS": "80",
            "HOME": str(folder),
            "GLEANINGS_CONFIG": str(folder / "config.toml"),
            "XDG_CONFIG_HOME": str(folder / ".config"),
            "XDG_STATE_HOME": str(folder / ".state"),
            "XDG_DATA_HOME": str(folder / ".data"),
        }
        job = {
            "folder": str(folder),
            "arguments": arguments,
            "environment": {**home, **self._environment},
            "mode": int(mode),
            "at": at,
            "log": str(log) if log else None,
        }
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()
        return Ran(**json.loads(self._server.stdout.readline()))

    def close(self) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait()
