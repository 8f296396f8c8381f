"""Charts as SVG without scripts or style attributes, and the counts by month that they show.

Widths are in per cent and heights in pixels, so that text keeps its size on a phone.
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
"""A column chart in pixels: its height, and the y of the top grid line and of the base line."""

ROW = 40
"""The height of one bar with its label, in pixels."""

COLOUR_COUNT = 10
"""Parts with a colour of their own; the eleventh part reuses the first colour."""


def draw_columns(
    columns: Mapping[str, Mapping[str, int]], parts: Sequence[str], title: str, address: str | None = None
) -> Markup:
    """Draw stacked columns; `columns` maps each month or year, in order, to part → count.

    With an `address`, which is continued by the month or year, each column leads to what it counts.
    """
    highest = max((sum(each.values()) for each in columns.values()), default=0)
    if not highest:
        return Markup("")
    top = round_up_axis(highest)
    pieces = [*_draw_grid(top)]
    step = 100 / len(columns)
    for place, (label, counts) in enumerate(columns.items()):
        height = float(BASE)
        column: list[Markup] = []
        for number, part in enumerate(parts):
            if not counts.get(part):
                continue
            length = counts[part] / top * (BASE - TOP)
            height -= length
            column.append(
                Markup(
                    '<rect class="part{}" x="{:.3f}%" y="{:.1f}" width="{:.3f}%" height="{:.1f}">'
                    "<title>{}: {:,} {}</title></rect>"
                ).format(
                    number % COLOUR_COUNT,
                    (place + 0.14) * step,
                    height,
                    step * 0.72,
                    length,
                    format_month(label),
                    counts[part],
                    part,
                )
            )
        drawn = Markup("").join(column)
        if address and drawn:
            words = f"{format_month(label)}: {sum(counts.values()):,}"
            drawn = Markup('<a href="{}" tabindex="-1" aria-label="{}">{}</a>').format(
                f"{address}{label}", words, drawn
            )
        pieces.append(drawn)
    for place, words in label_ticks(list(columns)):
        pieces.append(
            Markup('<text x="{:.3f}%" y="{}">{}</text>').format((place + 0.14) * step, HEIGHT - 8, words)
        )
    return frame_chart(pieces, title, HEIGHT, role="group" if address else "img")


def round_up_axis(count: int) -> int:
    """Round up to the next of 2, 4, 10, 20, 40, 100 …, so that the middle grid line is a whole number too."""
    size = 1
    while True:
        for step in (2, 4, 10):
            if count <= step * size:
                return step * size
        size *= 10


def _draw_grid(top: int) -> list[Markup]:
    """Draw the base line and two grid lines with their values."""
    line = Markup('<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>')
    number = Markup('<text class="grid" x="100%" y="{}">{:,}</text>')
    middle = (TOP + BASE) // 2
    return [line.format(BASE), line.format(TOP), line.format(middle),
            number.format(TOP - 4, top), number.format(middle - 4, top // 2)]  # fmt: skip


def label_ticks(labels: Sequence[str]) -> list[tuple[int, str]]:
    """Choose the columns to label: the year at each January, and the quarters where there is room."""
    if any(len(label) != len("2022-01") for label in labels):
        every = -(-len(labels) // 8)
        return [(place, label) for place, label in enumerate(labels) if place % every == 0]
    months = [1] if len(labels) > 24 else [1, 4, 7, 10]
    return [
        (place, label[:4] if label[5:] == "01" else format_month(label)[:3])
        for place, label in enumerate(labels)
        if label[5:] in {f"{month:02}" for month in months}
    ]


def draw_bars(rows: Sequence[tuple[str, Mapping[str, int]]], parts: Sequence[str], title: str) -> Markup:
    """Draw stacked bars, one below the other, each with its label and total above it."""
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
                ).format(number % COLOUR_COUNT, left, top + 23, width, label, counts[part], part)
            )
            left += width
    return frame_chart(pieces, title, ROW * len(rows))


def draw_share(count: int, highest: int) -> Markup:
    """Draw a thin bar for `count` as a share of `highest`."""
    share = min(100.0, count / highest * 100) if highest else 0.0
    bar = Markup('<rect width="{:.1f}%" height="3"/>').format(share)
    return Markup('<svg class="share" width="100%" height="3" aria-hidden="true">{}</svg>').format(bar)


def draw_trend(counts: Sequence[tuple[str, int]]) -> Markup:
    """Draw the counts of some years as a row of small bars, without an axis."""
    highest = max((count for _, count in counts), default=0)
    if not highest:
        return Markup("")
    step = 100 / len(counts)
    bars = [
        Markup(
            '<rect class="part0" x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}">'
            "<title>{}: {:,}</title></rect>"
        ).format(
            place * step, 24 - count / highest * 23, step * 0.8, max(1.0, count / highest * 23), label, count
        )
        for place, (label, count) in enumerate(counts)
    ]
    words = ", ".join(f"{label}: {count:,}" for label, count in counts)
    head = Markup('<svg class="trend" width="100%" height="24" role="img" aria-label="{}">').format(words)
    return head + Markup("").join(bars) + Markup("</svg>")


def frame_chart(pieces: Sequence[Markup], title: str, height: int, *, role: str = "img") -> Markup:
    """Join the parts of a chart; its role is `group` if some of them are links."""
    head = Markup('<svg class="chart" width="100%" height="{}" role="{}" aria-label="{}">').format(
        height, role, title
    )
    return Markup(show_controls(head + Markup("").join(pieces) + Markup("</svg>")))  # noqa: S704 - escaped


def format_month(text: str) -> str:
    """Format `2022-07` as `Jul 2022`; return anything else unchanged."""
    match = _MONTH.fullmatch(text)
    return f"{MONTHS[int(match[2]) - 1]} {match[1]}" if match else text


Columns = dict[str, dict[str, int]]
"""Month or year → part → count, in chronological order."""

MAX_YEARS_BY_MONTH = 15
"""With more years that have highlights, columns are years instead of months."""


def count_by_month(db: sqlite3.Connection) -> Columns:
    """Count highlights by month and category."""
    sql = "select value, part, count from facet_counts where facet = 'month'"
    return group_by_month(db.execute(sql).fetchall())


def group_by_month(rows: Iterable[tuple[str, str, int]]) -> Columns:
    """Group rows of (month, part, count), in any order, by month, or by year if they span many years."""
    counted = sorted((month, part, count) for month, part, count in rows)
    years = {month[:4] for month, _, _ in counted}
    length = 7 if len(years) <= MAX_YEARS_BY_MONTH else 4
    months: Columns = {}
    for month, part, count in counted:
        counts = months.setdefault(month[:length], {})
        counts[part] = counts.get(part, 0) + count
    return fill_gaps(months)


def fill_gaps(months: Columns) -> Columns:
    """Add the months without a count in years that have some; empty years are left out."""
    if not months or not all(re.fullmatch("[0-9]{4}-[0-9]{2}", label) for label in months):
        return months
    years = sorted({label[:4] for label in months})
    labels = [f"{year}-{month:02}" for year in years for month in range(1, 13)]
    return {label: months.get(label, {}) for label in labels}
