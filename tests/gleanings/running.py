"""Run the command as a user does: in another process, with its output and exit code."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from export.note_places import FLAVOURS, Flavour

ROOT = Path(__file__).resolve().parents[2]
CODE = "from gleanings.cli import main; main()"


def list_flavours(first: Flavour) -> list[object]:
    """Values of a test's parameter: one flavour in the quick tests, the others in the slow ones."""
    return [first, *(pytest.param(each, marks=pytest.mark.slow) for each in FLAVOURS if each != first)]


class Ran(NamedTuple):
    """The result of a command."""

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
    `through` precedes the command: `nice`, say.
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
    words = [str(argument) for argument in arguments]
    if through or any(name.startswith(("PYTHON", "LC_", "LANG")) for name in environment or ()):
        done = subprocess.run(
            [*through, sys.executable, "-c", CODE, *words],
            cwd=cwd,
            env=surroundings,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)
    return run_in_fork(words, cwd, surroundings, timeout)


def run_on_terminal(*arguments: object, cwd: Path, columns: int, environment: Mapping[str, str]) -> Ran:
    """The same with a terminal of this width for both outputs, which are one: `out`."""
    master, slave = pty.openpty()
    said: list[bytes] = []
    reader = threading.Thread(target=_read_terminal, args=(master, said))
    reader.start()
    surroundings = {
        **os.environ,
        "TERM": "xterm",
        "COLUMNS": str(columns),
        "XDG_CONFIG_HOME": str(cwd / ".config"),
        "XDG_STATE_HOME": str(cwd / ".state"),
        **name_config(cwd),
        **environment,
    }
    words = [str(argument) for argument in arguments]
    code = _fork(words, cwd, surroundings, 60, os.ttyname(slave), os.ttyname(slave))
    os.close(slave)
    reader.join(10)
    os.close(master)
    return Ran(code, b"".join(said).decode().replace("\r\n", "\n"), "")


def _read_terminal(master: int, said: list[bytes]) -> None:
    with contextlib.suppress(OSError):  # what Linux says at a terminal's end
        while part := os.read(master, 4096):
            said.append(part)


def run_in_fork(
    words: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str],
    timeout: float,
    *,
    stop_after: float | None = None,
) -> Ran:
    """The same from a fork of an interpreter that has imported the program already."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        code = _fork(words, cwd, environment, timeout, str(out), str(err), stop_after)
        encoding = environment.get("PYTHONIOENCODING", "utf-8")
        return Ran(code, out.read_text(encoding), err.read_text(encoding))


def _fork(
    words: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str],
    timeout: float,
    out: str,
    err: str,
    stop_after: float | None = None,
) -> int:
    """The exit code of a command; after `stop_after` seconds it gets the signal that Ctrl-C sends."""
    server = start_server()
    assert server.stdin
    assert server.stdout
    command = {"arguments": words, "cwd": str(cwd), "environment": dict(environment)}
    server.stdin.write(json.dumps({**command, "out": out, "err": err}).encode() + b"\n")
    pid = int(server.stdout.readline())
    if stop_after is not None and not select.select([server.stdout], [], [], stop_after)[0]:
        os.kill(pid, signal.SIGINT)
    if not select.select([server.stdout], [], [], timeout)[0]:
        os.kill(pid, signal.SIGKILL)
        server.stdout.readline()
        raise subprocess.TimeoutExpired(list(words), timeout)
    return int(server.stdout.readline())


@functools.cache
def start_server() -> subprocess.Popen[bytes]:
    """This process's own server; it ends when its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", "from tests.gleanings.fork_server import serve; serve()"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )


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
