"""Times as other programs write them are read as UTC, to the second."""

from __future__ import annotations

import pytest

from ingest.sources.timestamps import parse_timestamp, read_apple_timestamp


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (" 2018-10-10T20:19:24Z ", "2018-10-10T20:19:24+00:00"),
        ("2018-10-10T20:19:24.567Z", "2018-10-10T20:19:24+00:00"),
        ("2018-10-10T20:19:24", "2018-10-10T20:19:24+00:00"),
        ("2018-10-10 20:19:24 +02:00", "2018-10-10T18:19:24+00:00"),
        ("2018-10-10 20:19:24.5 -0230", "2018-10-10T22:49:24+00:00"),
        ("2018-10-10T20:19+0200", "2018-10-10T18:19:00+00:00"),
        ("Wed Oct 10 20:19:24 +0000 2018", "2018-10-10T20:19:24+00:00"),
        ("Mon Jan 1 00:19:24 +0130 2018", "2017-12-31T22:49:24+00:00"),
        ("Mon Dec 31 23:59:59 +0000 2018", "2018-12-31T23:59:59+00:00"),
        ("Wed Okt 10 20:19:24 +0000 2018", None),
        ("1539202764", "2018-10-10T20:19:24+00:00"),
        ("1539202764.987", "2018-10-10T20:19:24+00:00"),
        ("1539202764987", "2018-10-10T20:19:24+00:00"),
        ("99999999999", "5138-11-16T09:46:39+00:00"),
        ("100000000000", "1973-03-03T09:46:40+00:00"),
        ("100000000", "1973-03-03T09:46:40+00:00"),
        ("12345678", None),
        ("12345678901234", None),
        ("yesterday", None),
        ("", None),
        ("2018-10-10T20:19:24Z" + " " * 60 + "x", "2018-10-10T20:19:24+00:00"),
    ],
)
def test_a_moment_is_read_in_each_form(written: str, moment: str | None) -> None:
    read = parse_timestamp(written)
    assert (read.isoformat() if read else None) == moment


def test_apple_counts_seconds_since_2001() -> None:
    assert str(read_apple_timestamp(86400.9)) == "2001-01-02 00:00:00+00:00"
    assert str(read_apple_timestamp(0)) == "2001-01-01 00:00:00+00:00"
    assert read_apple_timestamp("86400") is None
    assert read_apple_timestamp(1e15) is None
    assert read_apple_timestamp(float("nan")) is None
