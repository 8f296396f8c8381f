"""A warm interpreter that forks once per command, so that a test does not pay for every import again.

A command still has a process, a folder, an environment and output files of its own. Only what an interpreter
reads before its first line (`PYTHON…`, the locale) needs a new one: see `running.run`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import time
from typing import Any

PACKAGES = ("gleanings", "ingest", "store", "export", "record_types", "markdown_text")
SLOW = "store.browse"  # imports Datasette, which only `serve` needs


def serve() -> None:
    """Fork for each line of standard input; answer with the child's process id, then with its exit code."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.startswith(SLOW) and not module.name.endswith("__main__"):
                with contextlib.suppress(ModuleNotFoundError):  # of an extra that is not installed here
                    importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            become(json.loads(line))
            from gleanings.cli import main

            main()  # returns or exits as in a process of its own, through the interpreter's own shutdown
            return
        os.write(1, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))


def become(command: dict[str, Any]) -> None:
    """Take the command's folder, environment, arguments and standard streams."""
    os.chdir(command["cwd"])
    os.environ.clear()
    os.environ.update(command["environment"])
    time.tzset()
    # Tests in the background of a shell inherit that Ctrl-C is ignored; a command at a terminal does not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["-c", *command["arguments"]]
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, command["out"], os.O_WRONLY | os.O_CREAT),
        (2, command["err"], os.O_WRONLY | os.O_CREAT),
    ):
        opened = os.open(path, flags | os.O_NOCTTY)
        os.dup2(opened, number)
        os.close(opened)
    encoding = os.environ.get("PYTHONIOENCODING", "utf-8")
    # New ones: the server's remember whether they could seek.
    sys.stdout = open(1, "w", encoding=encoding, closefd=False)  # noqa: SIM115 - file numbers
    sys.stderr = open(2, "w", encoding=encoding, errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
