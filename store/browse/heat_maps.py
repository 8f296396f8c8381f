"""Heat maps by day and by month, and the small graph of a topic's neighbours, as SVG without scripts.

A day and a neighbour lead to what they count. The links of days are left out of the Tab order, since
a reader would have to pass hundreds of them; the tables beside the charts have the same links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from store.browse.charts import MONTHS, format_month, frame_chart

LEVELS = 4
# A year touches 53 weeks, as it begins and ends within one.
WEEKS = 53
CELL = 14
"""The height of a cell with its gap, in pixels."""

_CELL = Markup(
    '<rect class="heat{}" x="{:.3f}%" y="{}" width="{:.3f}%" height="{}" rx="2"><title>{}</title></rect>'
)
_LINK = Markup('<a href="{}" tabindex="-1" aria-label="{}">{}</a>')
_EDGE = Markup('<line class="edge" x1="50%" y1="{}" x2="{}%" y2="{}" stroke-width="{:.1f}"/>')
_LABEL = Markup('<text class="label {}" x="{}%" y="{}">{}</text>')
_NAMED_LINK = Markup('<a href="{}" aria-label="{}">{}</a>')
_DOT = Markup('<circle class="part0" cx="50%" cy="{}" r="5"/>')
_TEXT = Markup('<text x="{:.3f}%" y="{}">{}</text>')


def draw_day_map(days: Mapping[str, int], last: date, address: str) -> Markup:
    """The 53 weeks that end with `last`, one column a week; `address` is continued by a day."""
    start = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
    shown = {
        day.isoformat(): day for day in (start + timedelta(days=n) for n in range(7 * WEEKS)) if day <= last
    }
    counts = {label: days.get(label, 0) for label in shown}
    if not any(counts.values()):
        return Markup("")
    pieces: list[Markup] = []
    for label, day in shown.items():
        column = (day - start).days // 7
        if day.day == 1 or day == start:
            pieces.append(
                _TEXT.format(column / WEEKS * 100, 10, MONTHS[day.month - 1]) if day.day == 1 else Markup("")
            )
        words = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        pieces.append(
            _draw_cell(counts[label], max(counts.values()), words, f"{address}{label}", column / WEEKS * 100,
                       16 + day.weekday() * CELL, 100 / WEEKS * 0.84, CELL - 2)
        )  # fmt: skip
    return frame_chart(pieces, "Highlights by day", 16 + 7 * CELL, role="group")


def draw_month_map(months: Mapping[str, int]) -> Markup:
    """One row for each year with highlights, newest first, and one column a month."""
    years = sorted(
        {month[:4] for month, count in months.items() if count and month[:4].isdigit()}, reverse=True
    )
    if not years:
        return Markup("")
    highest = max(months.values())
    pieces = [_TEXT.format(12 + number * 7.3, 10, name) for number, name in enumerate(MONTHS)]
    for row, year in enumerate(years):
        pieces.append(_TEXT.format(0, 30 + row * 20, year))
        for number in range(12):
            month = f"{year}-{number + 1:02}"
            pieces.append(
                _draw_cell(months.get(month, 0), highest, format_month(month), "",
                           12 + number * 7.3, 17 + row * 20, 6.8, 17)
            )  # fmt: skip
    return frame_chart(pieces, "Highlights by month", 18 + 20 * len(years), role="group")


def _draw_cell(
    count: int, highest: int, words: str, address: str, x: float, y: int, width: float, height: int
) -> Markup:
    level = 0 if not count else 1 + min(LEVELS - 1, (count * LEVELS - 1) // highest)
    title = f"{words}: {count:,}"
    cell = _CELL.format(level, x, y, width, height, title)
    return _LINK.format(address, title, cell) if count and address else cell


def draw_neighbours(name: str, neighbours: Sequence[tuple[str, int, str]]) -> Markup:
    """A topic surrounded by those that share the most highlights with it: (name, shared highlights,
    address)."""
    if not neighbours:
        return Markup("")
    sides = (neighbours[0::2], neighbours[1::2])
    height = 44 * len(sides[0]) + 12
    middle, most = height // 2, neighbours[0][1]
    pieces: list[Markup] = []
    labels: list[Markup] = []
    for side, x, anchor in zip(sides, (2, 98), ("start", "end"), strict=True):
        for number, (other, count, address) in enumerate(side):
            y = 28 + number * 44
            pieces.append(_EDGE.format(middle, 25 if x < 50 else 75, y - 4, 1 + 5 * count / most))
            label = _LABEL.format(anchor, x, y, _shorten(other))
            labels.append(_NAMED_LINK.format(address, f"{other}: {count:,} together", label))
    pieces += [_DOT.format(middle), _LABEL.format("middle", 50, middle - 8, _shorten(name)), *labels]
    return frame_chart(pieces, f"Topics that occur together with {name}", height, role="group")


def _shorten(text: str) -> str:
    return text if len(text) <= 22 else text[:21] + "…"
