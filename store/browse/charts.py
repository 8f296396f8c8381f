"""Pictures of numbers as SVG, made here: no script, no style attribute, colours by class.

Lengths across are in per cent and heights in pixels, so that words keep their size on a phone.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from store.browse.safe_html import show_controls

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = re.compile("([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)

HEIGHT, TOP, BASE = 210, 16, 180
"""Of a picture of columns: all of it, where its highest line is, and where its columns stand."""

ROW = 40
"""The height of one bar with its words."""

COLOURS = 10
"""How many parts have a colour of their own; the eleventh begins anew."""


def draw_columns(columns: Mapping[str, Mapping[str, int]], parts: Sequence[str], title: str) -> Markup:
    """Stacked columns: `columns` maps a month or year to part → count, in their order."""
    highest = max((sum(each.values()) for each in columns.values()), default=0)
    if not highest:
        return Markup("")
    top = round_up(highest)
    pieces = [*_draw_lines(top)]
    step = 100 / len(columns)
    for place, (label, counts) in enumerate(columns.items()):
        height = float(BASE)
        for number, part in enumerate(parts):
            if not counts.get(part):
                continue
            length = counts[part] / top * (BASE - TOP)
            height -= length
            pieces.append(
                Markup(
                    '<rect class="part{}" x="{:.3f}%" y="{:.1f}" width="{:.3f}%" height="{:.1f}">'
                    "<title>{}: {:,} {}</title></rect>"
                ).format(
                    number % COLOURS,
                    (place + 0.14) * step,
                    height,
                    step * 0.72,
                    length,
                    say_month(label),
                    counts[part],
                    part,
                )
            )
    for place, words in name_ticks(list(columns)):
        pieces.append(
            Markup('<text x="{:.3f}%" y="{}">{}</text>').format((place + 0.14) * step, HEIGHT - 8, words)
        )
    return _frame(pieces, title, HEIGHT)


def round_up(count: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 …: half of it is a whole number too."""
    size = 1
    while True:
        for step in (2, 4, 10):
            if count <= step * size:
                return step * size
        size *= 10


def _draw_lines(top: int) -> list[Markup]:
    """Two lines to read heights by, and the ground."""
    line = Markup('<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>')
    number = Markup('<text class="grid" x="100%" y="{}">{:,}</text>')
    middle = (TOP + BASE) // 2
    return [line.format(BASE), line.format(TOP), line.format(middle),
            number.format(TOP - 4, top), number.format(middle - 4, top // 2)]  # fmt: skip


def name_ticks(labels: Sequence[str]) -> list[tuple[int, str]]:
    """Which columns have words below them: each January its year, and quarters where there is room."""
    if any(len(label) != len("2022-01") for label in labels):
        every = -(-len(labels) // 8)
        return [(place, label) for place, label in enumerate(labels) if place % every == 0]
    months = [1] if len(labels) > 24 else [1, 4, 7, 10]
    return [
        (place, label[:4] if label[5:] == "01" else say_month(label)[:3])
        for place, label in enumerate(labels)
        if label[5:] in {f"{month:02}" for month in months}
    ]


def draw_bars(rows: Sequence[tuple[str, Mapping[str, int]]], parts: Sequence[str], title: str) -> Markup:
    """Stacked bars, one below the other: a label and a sum, and below them part → count."""
    highest = max((sum(counts.values()) for _, counts in rows), default=0)
    if not highest:
        return Markup("")
    pieces: list[Markup] = []
    for place, (label, counts) in enumerate(rows):
        top, left = place * ROW, 0.0
        short = label if len(label) <= 32 else label[:31] + "…"
        pieces.append(Markup('<text class="label" x="0" y="{}">{}</text>').format(top + 16, short))
        total = sum(counts.values())
        pieces.append(Markup('<text class="grid" x="100%" y="{}">{:,}</text>').format(top + 16, total))
        for number, part in enumerate(parts):
            if not counts.get(part):
                continue
            width = counts[part] / highest * 100
            pieces.append(
                Markup(
                    '<rect class="part{}" x="{:.3f}%" y="{}" width="{:.3f}%" height="9">'
                    "<title>{}: {:,} {}</title></rect>"
                ).format(number % COLOURS, left, top + 23, width, label, counts[part], part)
            )
            left += width
    return _frame(pieces, title, ROW * len(rows))


def draw_share(count: int, highest: int) -> Markup:
    """A thin bar: `count` beside the `highest`."""
    share = min(100.0, count / highest * 100) if highest else 0.0
    bar = Markup('<rect width="{:.1f}%" height="3"/>').format(share)
    return Markup('<svg class="share" width="100%" height="3" aria-hidden="true">{}</svg>').format(bar)


def _frame(pieces: Sequence[Markup], title: str, height: int) -> Markup:
    head = Markup('<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">').format(
        height, title
    )
    return Markup(show_controls(head + Markup("").join(pieces) + Markup("</svg>")))  # noqa: S704 - escaped


def say_month(text: str) -> str:
    """`2022-07` as `Jul 2022`; a year or anything else as it is."""
    match = _MONTH.fullmatch(text)
    return f"{MONTHS[int(match[2]) - 1]} {match[1]}" if match else text


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
