"""Parse days and times as pages write them.

A day follows the graph's `:journal/page-title-format`, in the tokens of cljs-time: `yyyy` `yy` `MMMM`
`MMM` `MM` `M` `dd` `d` `do` `EEEE` … `E`; 'quoted' and all other characters are literal. Names are English in
every Logseq graph, whatever its language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from functools import lru_cache

LOGSEQ_DEFAULT = "MMM do, yyyy"

# Tried after the graph's own. From Logseq's settings, without those that match truncated or ambiguous days;
# `MMM` also matches the full names of months.
KNOWN_FORMATS = (
    LOGSEQ_DEFAULT,
    "MMM do, yyyy, EEEE",
    "MMM d, yyyy",
    "yyyy-MM-dd",
    "yyyy/MM/dd",
    "yyyy_MM_dd",
    "yyyy.MM.dd",
    "yyyyMMdd",
    "yyyy年MM月dd日",
    "yyyy-MM-dd EEEE",
    "do MMM yyyy",
    "E, dd-MM-yyyy",
    "E, dd.MM.yyyy",
    "E, dd/MM/yyyy",
    "E, MM/dd/yyyy",
    "E, yyyy/MM/dd",
    "E, yyyy-MM-dd",
    "E, MMM do, yyyy",
    "E, do MMM yyyy",
    "E, d MMM yyyy",
    "d MMM yyyy",
    "dd-MM-yyyy",
    "MM-dd-yyyy",
    "dd.MM.yyyy",
    "dd/MM/yyyy",
    "MM/dd/yyyy",
    "dd_MM_yyyy",
    "MM_dd_yyyy",
)

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_WEEKDAY = r"(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?"
_TOKEN = re.compile(
    r"'(?P<quoted>[^']*)'|yyyy|yy|YYYY|YY|xxxx|MMMM|MMM|MM|M|dd|do|d|D{1,3}|E{1,4}|ww|w|WW|W|Q|(?P<literal>.)",
    re.DOTALL,
)
_PATTERNS = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<short_year>\d{2})",
    "YYYY": r"(?P<week_year>\d{4})",
    "YY": r"\d{2}",
    "xxxx": r"(?P<week_year>\d{4})",
    "MMMM": _MONTH,
    "MMM": _MONTH,
    "MM": r"(?P<month_number>\d{1,2})",
    "M": r"(?P<month_number>\d{1,2})",
    "dd": r"(?P<day>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
    **dict.fromkeys(("ww", "w", "WW", "W"), r"(?P<week>\d{1,2})"),
    "Q": r"\d{1,2}",
    **dict.fromkeys(("D", "DD", "DDD"), r"\d{1,3}"),
    "do": r"(?P<day>\d{1,2})(?:st|nd|rd|th)",
}
# The plugin's escaped dashes, before anything else is known about the text.
_ESCAPED = re.compile(r"\\([^\w\s])")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[\s\u202f]*([AaPp])\.?[Mm]\.?)?")

DayParser = Callable[[str], date | None]


@lru_cache(maxsize=8192)
def parse_day(text: str, formats: tuple[str, ...] = ()) -> date | None:
    """Parse a day by the first of `formats` that matches, else by the known ones.

    A backslash before punctuation is dropped first (`2023\\-07\\-03`). A weekday must be correct. None if
    nothing matches, or if known formats give different days (`03-04-2023`).
    """
    plain = _ESCAPED.sub(r"\1", text).strip()
    for own in formats:
        day = compile_format(own)(plain)
        if day:
            return day
    days = {day for known in KNOWN_FORMATS if (day := compile_format(known)(plain))}
    return days.pop() if len(days) == 1 else None


@lru_cache(maxsize=256)
def compile_format(text: str) -> DayParser:
    """Compile one date format to a parser, which returns None for any text that is not such a day."""
    try:
        pattern = re.compile("".join(map(_write_pattern, _TOKEN.finditer(text))), re.IGNORECASE | re.ASCII)
    except re.error:  # a repeated token: no day can match
        return lambda _text: None

    def parse(plain: str) -> date | None:
        match = pattern.fullmatch(plain)
        return _make_day(match.groupdict()) if match else None

    return parse


def parse_time(text: str) -> time | None:
    """Parse `5:56 PM`, `17:56` or `17:56:01`; None for anything else."""
    match = _TIME.fullmatch(text.strip())
    if not match:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4] in "Pp" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _write_pattern(token: re.Match[str]) -> str:
    if token["quoted"] is not None:
        return re.escape(token["quoted"] or "'")
    if token["literal"] is not None:
        return re.escape(token["literal"])
    return _WEEKDAY if token[0][0] == "E" else _PATTERNS[token[0]]


def _make_day(parts: dict[str, str | None]) -> date | None:
    short_year = parts.get("short_year")
    year = 2000 + int(short_year) if short_year else int(parts.get("year") or parts.get("week_year") or 0)
    name = parts.get("month")
    month = MONTHS.index(name.lower()) + 1 if name else int(parts.get("month_number") or 0)
    weekday, week = parts.get("weekday"), parts.get("week")
    try:
        if week and weekday and not (month or parts.get("day")):  # `2023-W03-Tue`
            return date.fromisocalendar(year, int(week), _DAYS.index(weekday.lower()) + 1)
        day = date(year, month, int(parts.get("day") or 0))
    except ValueError:
        return None
    if weekday and _DAYS[day.weekday()] != weekday.lower():
        return None
    return day
