"""Dates and kinds in words, for the pages."""

from __future__ import annotations

import re

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_DAY = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])(?:-([0-9]{2}))?(?:[T ]([0-9]{2}:[0-9]{2}))?", re.ASCII)

CATEGORY_NAMES = {
    "tweets": "Tweets",
    "articles": "Article",
    "books": "Book",
    "podcasts": "Podcast",
    "supplementals": "Supplemental",
    "other": "Document",
}


def say_day(text: str | None) -> str:
    """`2022-07-03T10:00:00Z` as `3 Jul 2022`; what is no date as it is."""
    match = _DAY.match(text or "")
    if match is None or match[3] is None:
        return text or ""
    return f"{int(match[3])} {MONTHS[int(match[2]) - 1]} {match[1]}"


def say_time(text: str | None) -> str:
    """The same with the time of day."""
    match = _DAY.match(text or "")
    return f"{say_day(text)}, {match[4]}" if match and match[4] else say_day(text)


def say_month(text: str) -> str:
    """`2022-07` as `Jul 2022`; a year or anything else as it is."""
    match = _DAY.fullmatch(text)
    return f"{MONTHS[int(match[2]) - 1]} {match[1]}" if match and match[3] is None else text


def name_category(category: str) -> str:
    """What one document of the category is called."""
    return CATEGORY_NAMES.get(category, category)
