"""Processes of gleanings as an installation runs them: with bytecode, which pip makes, and timed."""

from __future__ import annotations

import compileall
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("ingest", "store", "export", "gleanings", "record_types", "markdown_text")


def compile_packages() -> None:
    """Compile what changed since the last time; a process of the benchmarks' writes no bytecode itself."""
    for package in PACKAGES:
        compileall.compile_dir(str(ROOT / package), quiet=2)


def time_process(folder: Path, *arguments: str, **environment: str) -> tuple[float, float]:
    """Elapsed and processor seconds that Python takes with these arguments in `folder`."""
    named = {"GLEANINGS_CONFIG": "config.toml"} if (folder / "config.toml").exists() else {}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **named, **environment},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
