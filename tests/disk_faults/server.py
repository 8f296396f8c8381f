"""Run commands in forks of one process that has loaded everything, under the library of `faults.c`.

Started by `disk.Disk`. Reads one JSON object a line, runs the command, answers with one a line.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import pkgutil
import sys
import traceback
from typing import Any

PACKAGES = ("gleanings", "ingest", "store", "export", "record_types", "markdown_text")
NOT_LOADED = ("store.browse", "gleanings.__main__")


def load_all() -> None:
    """Import every module, so that a fork starts at once."""
    for package in PACKAGES:
        there = importlib.import_module(package)
        for found in pkgutil.walk_packages(there.__path__, f"{package}."):
            if not found.name.startswith(NOT_LOADED):
                with contextlib.suppress(ImportError):  # of an extra that is not installed
                    importlib.import_module(found.name)


def run_job(job: dict[str, Any], output: int) -> None:
    """In the fork: run the command with its fault, and end the process."""
    from gleanings.cli import main

    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(job["folder"])
    os.environ.update(job["environment"])
    sys.argv = ["gleanings", *job["arguments"]]
    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) if job["log"] else -1
    library = ctypes.CDLL(None)
    library.faults_begin(os.fsencode(job["folder"]), job["mode"], ctypes.c_long(job["at"]), log)
    code = 70
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - a bug in the command, which the test reports
        traceback.print_exc()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os.pwrite(output, b"%020d" % library.faults_count(), 0)
    os._exit(code)


def main() -> None:
    """Answer jobs until the input ends."""
    load_all()
    for line in sys.stdin:
        job = json.loads(line)
        output = os.memfd_create("output")
        os.write(output, b" " * 20)
        child = os.fork()
        if child == 0:
            run_job(job, output)
        _, status = os.waitpid(child, 0)
        data = os.pread(output, 1 << 20, 0)
        os.close(output)
        answer = {
            "code": os.waitstatus_to_exitcode(status),
            "calls": int(data[:20].strip() or 0),
            "output": data[20:].decode("utf-8", "replace"),
        }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
