"""The loopback web of the link tests, for commands that send requests to it, and a small library."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.gleanings.running import ROOT, run
from tests.ingest.links.conftest import ca, web

__all__ = ["ca", "web"]

PAGE = """title:: {}
author:: [[Ada]]
category:: #articles

- Highlights first synced by [[Readwise]] [[{}]]
\t- {} ([View Highlight](https://read.readwise.io/read/{}))
"""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to copy: a configuration, a graph that was imported twice, and a map of links."""
    folder = tmp_path_factory.mktemp("library")
    shutil.copytree(ROOT / "example" / "graph", folder / "graph")
    shutil.copy(ROOT / "example" / "links.csv", folder)
    (folder / "config.toml").write_text(
        '[import]\npaths = ["graph"]\n[sync]\nlog = "none"\n', encoding="utf-8"
    )
    gone, odd = (folder / "graph" / "pages" / f"{name}.md" for name in ("gone", "odd"))
    gone.write_text(PAGE.format("Gone", "Nov 19th, 2022", "Kept after its page", "01hgone"), encoding="utf-8")
    assert run("import", cwd=folder).code == 0
    gone.unlink()
    odd.write_text(PAGE.format("Odd", "Quetzalday", "Cut off…", "01hodd"), encoding="utf-8")
    os.utime(odd, (1.6e9, 1.6e9))  # a page that was modified just now is read later
    assert run("import", cwd=folder).code == 0
    return folder


@pytest.fixture
def copy(library: Path, tmp_path: Path) -> Path:
    """A library of the test's own, since commands change it."""
    return Path(shutil.copytree(library, tmp_path / "library"))
