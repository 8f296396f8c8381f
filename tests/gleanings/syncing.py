"""A folder with a configuration, a graph and a place for notes: what a sync works on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.pages import generate_pages
from tests.gleanings.running import CODE, ROOT, Ran, name_config, run

CONFIG = """\
db = "{here}/gleanings.db"

[import]
paths = ["{here}/graph"]

[readwise]
enabled = false

[links]
connect_timeout = 1.0
connect_to = {{"t.co:443" = "127.0.0.1:9"}}

[export]
folder = "{here}/notes"
settle_seconds = {settle}

[sync]
settle_seconds = 0.0
log = "{here}/sync.log"
"""


def write_place(
    here: Path, highlights: int = 60, *, settle: float = 0.0, more: str = "", links: bool = False
) -> Path:
    """The folder, filled; the pages without links unless `links`, so that nothing is requested."""
    pages = here / "graph" / "pages"
    pages.mkdir(parents=True)
    for name, text in generate_pages(highlights, seed=3):
        (pages / name).write_text(text if links else text.replace("https://t.co/", "t-co-"))
    (here / "config.toml").write_text(CONFIG.format(here=here, settle=settle) + more)
    return here


def sync(
    here: Path, *arguments: object, environment: Mapping[str, str] | None = None, timeout: float = 60
) -> Ran:
    """One sync there."""
    return run("sync", *arguments, cwd=here, environment=environment, timeout=timeout)


def start(here: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """A command that is under way."""
    return subprocess.Popen(
        [sys.executable, "-c", CODE, *arguments],
        cwd=here,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XDG_CONFIG_HOME": str(here / ".config"),
            "XDG_STATE_HOME": str(here / ".state"),
            **name_config(here),
            **(environment or {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def list_files(folder: Path) -> dict[str, bytes]:
    """The notes, by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.md"))}
