"""A moment with its zone, as tables and services write it → UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

from ingest.dates import parse_day, parse_time

_WRITTEN = re.compile(
    r"(?P<day>[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2}\.\d{1,2}\.\d{4})"
    r"(?:(?:,| at)? (?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:[ \u202f][AP]M)?))?",
    re.ASCII | re.IGNORECASE,
)


def read_utc(text: str) -> datetime | None:
    """The moment in `2022-03-07 22:12:42+00:00`; without a zone it is UTC, without a time midnight.

    So for `March 7, 2022 10:12 PM` and `07.03.2022 22:12`, as spreadsheets write it again. None where
    nothing can be read, and for moments that UTC cannot tell (year 0 or 10000).
    """
    text = text.strip().removesuffix(" UTC")
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except ValueError:
        return _read_written(text)
    except OverflowError:
        return None


def _read_written(text: str) -> datetime | None:
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    day = parse_day(written["day"])
    clock = parse_time(written["time"]) if written["time"] else time()
    return datetime.combine(day, clock, UTC) if day and clock else None
