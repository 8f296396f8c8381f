"""Exports with everything that a format allows and a plain sample lacks give the expected records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.folder import find_sources
from ingest.source import read_source
from tests.ingest.sources.describe import describe_file

DATA = Path(__file__).parents[2] / "data"


def test_odd_records_are_read_or_named_in_a_problem(check_golden: Callable[[Path, str], None]) -> None:
    found = find_sources(DATA / "odd-sources")
    files = [read_source(stamp, found.settings) for stamp in found.stamps]
    check_golden(DATA / "odd-sources.expected.txt", "\n".join(map(describe_file, files)))
