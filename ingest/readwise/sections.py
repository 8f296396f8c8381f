"""Readwise's sync headers, which open the sections of a page.

Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
New highlights added [[Feb 25th, 2023]] at 5:56 PM
[[Readwise]][[2023-03-27]]                                  (a template of the reader's)
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from ingest.dates import parse_day, parse_time

_LONGEST = 120
_HEADER = re.compile(
    r"(?P<prefix>[*#>\s]*)"
    r"(?:(?:Highlights first synced by|New highlights added)\b[^\[\n]*(?:\[\[Readwise\]\])?|\[\[Readwise\]\])"
    r"\s*\[\[(?P<day>[^\[\]\n]*\d[^\[\]\n]*)\]\](?:\s+(?:at\s+)?(?P<time>\d{1,2}:\d{2}(?:[\s\u202f]*[AP]\.?M\.?)?))?",
    re.IGNORECASE,
)
_UNMARKED = re.compile(
    r"(?P<prefix>[*#>\s]*)(?:Highlights first synced by (?:\[\[|#)?Readwise(?:\]\])?|New highlights added)"
    r"(?: (?P<day>[^\[\]\n]*?\d[^\[\]\n]*?))?"
    r"(?:\s+at\s+(?P<time>\d{1,2}:\d{2}(?:[\s\u202f]*[AP]\.?M\.?)?))?\s*$",
    re.IGNORECASE,
)


_BARE_MOMENT = re.compile(r"(?P<day>[^\[\]:]*\d)(?:T|,? (?:at )?)(?P<time>\d{1,2}:\d{2}[^\[\]]*)")


class Header(NamedTuple):
    """One sync header, read."""

    heading: str
    """The whole line."""
    day: str | None
    """As it stands there."""
    synced_on: str | None
    """`2022-11-19` or `2023-02-25T17:56`; None where the day cannot be read."""
    starred: bool
    """A `*` stands before it, as before each of its highlights then."""
    rest: str
    """What the reader added behind it."""


def parse_header(line: str, day_formats: tuple[str, ...] = ()) -> Header | None:
    """The header in the first line of a block; None where it is none."""
    if "eadwise" not in line and "ew highlights" not in line and "READWISE" not in line:
        return None
    head = line[:_LONGEST].replace("\\-", "-")
    match = _HEADER.match(head) or _UNMARKED.match(head)
    if match is None:
        return None
    rest = (head[match.end() :] + line[_LONGEST:]).strip()
    return Header(
        line,
        match["day"],
        read_moment(match["day"], match["time"], day_formats),
        "*" in match["prefix"],
        rest,
    )


def part_day(value: str) -> tuple[str, str | None]:
    """The day and the time in `[[2022-02-01]], 2:42:30 PM`, `[[2022-02-01]]`, `2022-02-01 14:42`."""
    match = _BARE_MOMENT.fullmatch(value.strip()[:_LONGEST])
    if match:
        return match["day"], match["time"]
    day, _, rest = value.strip().removeprefix("[[").partition("]]")
    return day, rest.strip(" ,") or None


def read_moment(day: str | None, time: str | None, day_formats: tuple[str, ...]) -> str | None:
    """`2022-11-19`, with a readable time `2022-11-19T17:56`; None without a readable day."""
    found = parse_day(day, day_formats) if day else None
    if found is None:
        return None
    clock = parse_time(time) if time else None
    if clock is None:
        return found.isoformat()
    return datetime.combine(found, clock).isoformat(timespec="minutes")
