"""Pictures of numbers as SVG, made here: no script, no style attribute, colours by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from store.browse.passages import show_controls

WIDTH, HEIGHT, BASE = 960, 220, 190
"""The drawing's size and where its columns stand, in its own units."""


def draw_columns(columns: Mapping[str, Mapping[str, int]], parts: Sequence[str], title: str) -> Markup:
    """Stacked columns: `columns` maps a label to part → count; the labels stand in their order."""
    highest = max((sum(each.values()) for each in columns.values()), default=0)
    if not highest:
        return Markup("")
    step = min(WIDTH / len(columns), 60.0)
    every = max(1, -(-64 // int(max(step, 1))))
    pieces: list[Markup] = []
    for place, (label, counts) in enumerate(columns.items()):
        left, top = place * step, float(BASE)
        for number, part in enumerate(parts):
            if not counts.get(part):
                continue
            height = counts[part] / highest * (BASE - 12)
            top -= height
            pieces.append(
                Markup(
                    '<rect class="part{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
                    "<title>{}: {:,} {}</title></rect>"
                ).format(number, left + step * 0.1, top, step * 0.8, height, label, counts[part], part)
            )
        if place % every == 0:
            pieces.append(Markup('<text x="{:.1f}" y="{}">{}</text>').format(left + 2, HEIGHT - 8, label))
    return _frame(pieces, title, HEIGHT)


def draw_bars(rows: Sequence[tuple[str, Mapping[str, int]]], parts: Sequence[str], title: str) -> Markup:
    """Stacked bars, one a row: a label, and part → count."""
    highest = max((sum(counts.values()) for _, counts in rows), default=0)
    if not highest:
        return Markup("")
    pieces: list[Markup] = []
    for place, (label, counts) in enumerate(rows):
        top, left = place * 30, 260.0
        short = label if len(label) <= 30 else label[:29] + "…"
        pieces.append(Markup('<text class="label" x="250" y="{}">{}</text>').format(top + 20, short))
        for number, part in enumerate(parts):
            if not counts.get(part):
                continue
            width = counts[part] / highest * (WIDTH - 340)
            pieces.append(
                Markup(
                    '<rect class="part{}" x="{:.1f}" y="{}" width="{:.1f}" height="18">'
                    "<title>{}: {:,} {}</title></rect>"
                ).format(number, left, top + 6, width, label, counts[part], part)
            )
            left += width
        total = sum(counts.values())
        pieces.append(Markup('<text x="{:.1f}" y="{}">{:,}</text>').format(left + 8, top + 20, total))
    return _frame(pieces, title, 30 * len(rows) + 6)


def _frame(pieces: Sequence[Markup], title: str, height: int) -> Markup:
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        WIDTH, height, title
    )
    return Markup(show_controls(head + Markup("").join(pieces) + Markup("</svg>")))  # noqa: S704 - escaped
