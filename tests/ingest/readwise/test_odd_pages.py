"""Pages with what a template or its reader may write and a plain page lacks give the expected records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.folder import find_sources
from ingest.source import read_source
from tests.ingest.readwise.test_dialects import show_file

DATA = Path(__file__).parents[2] / "data"


def test_odd_pages_lose_nothing(check_golden: Callable[[Path, str], None]) -> None:
    found = find_sources(DATA / "odd-pages")
    files = [read_source(stamp, found.settings) for stamp in found.stamps]
    shown = [f"=== {file.stamp.path}\n{show_file(file)}" for file in files]
    check_golden(DATA / "odd-pages.expected.txt", "\n".join(shown))
