"""Times as other programs write them: ISO 8601, seconds or milliseconds since 1970, Twitter's own form."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from ingest.dates import MONTHS
from ingest.readwise.notation import read_utc

# `Wed Oct 10 20:19:24 +0000 2018`
_TWITTER = re.compile(
    r"[A-Za-z]{3} (?P<month>[A-Za-z]{3}) (?P<day>\d{1,2}) (?P<time>\d\d:\d\d:\d\d) "
    r"(?P<zone>[+-]\d{4}) (?P<year>\d{4})",
    re.ASCII,
)
# Seconds or milliseconds since 1970: fewer than nine digits would be before 1974.
_NUMBER = re.compile(r"(?P<whole>\d{9,13})(?:\.\d{1,9})?", re.ASCII)
_APPLE_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = 100_000_000_000
"""Numbers from here on are milliseconds: in seconds, they would be later than the year 5000."""


def parse_timestamp(text: str) -> datetime | None:
    """Return the time in UTC, to the second; None if it cannot be read. A missing zone counts as UTC."""
    text = text.strip()[:60]
    if seconds := _NUMBER.fullmatch(text):
        whole = int(seconds["whole"])
        return _add(_EPOCH, whole / 1000 if whole >= _MILLISECONDS else whole)
    if written := _TWITTER.fullmatch(text):
        month = written["month"].lower()
        number = MONTHS.index(month) + 1 if month in MONTHS else 0
        day = f"{written['year']}-{number:02}-{int(written['day']):02}"
        text = f"{day}T{written['time']}{written['zone'][:3]}:{written['zone'][3:]}"
    moment = read_utc(text.replace(" +", "+").replace(" -", "-"))
    return moment.replace(microsecond=0) if moment else None


def read_apple_timestamp(seconds: object) -> datetime | None:
    """Return the time for a number of seconds since 2001, as Apple's Core Data stores it."""
    return _add(_APPLE_EPOCH, seconds) if isinstance(seconds, (int, float)) else None


def _add(epoch: datetime, seconds: float) -> datetime | None:
    try:
        return (epoch + timedelta(seconds=seconds)).replace(microsecond=0)
    except (OverflowError, ValueError):
        return None
