"""Counts along time: by month, and by year once there are more months than a picture can show."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

Columns = dict[str, dict[str, int]]
"""Month or year → part → count, in the order of time."""

MOST_YEARS = 6
"""More of them are shown by year."""


def read_months(db: sqlite3.Connection) -> Columns:
    """Highlights by category."""
    sql = "select value, part, count from facet_counts where facet = 'month'"
    return arrange_months(db.execute(sql).fetchall())


def arrange_months(rows: Iterable[tuple[str, str, int]]) -> Columns:
    """`rows` are (month, part, count) in any order."""
    counted = sorted((month, part, count) for month, part, count in rows)
    years = {month[:4] for month, _, _ in counted}
    length = 7 if len(years) <= MOST_YEARS else 4
    months: Columns = {}
    for month, part, count in counted:
        counts = months.setdefault(month[:length], {})
        counts[part] = counts.get(part, 0) + count
    return fill_gaps(months)


def fill_gaps(months: Columns) -> Columns:
    """Every month of the years from the first to the last, or every year: a gap is part of the picture."""
    if not months or not all(re.fullmatch("[0-9]{4}(-[0-9]{2})?", label) for label in months):
        return months
    years = [f"{year:04}" for year in range(int(min(months)[:4]), int(max(months)[:4]) + 1)]
    if len(min(months)) == len("2022-01"):
        years = [f"{year}-{month:02}" for year in years for month in range(1, 13)]
    return {label: months.get(label, {}) for label in years} if len(years) <= 480 else months
