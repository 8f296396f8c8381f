"""A Logseq page's blocks by their lines: as much of the outline as a merge needs (LOGSEQ.md, Reading).

A block begins at `-` with a blank or nothing behind it, or at a heading, and takes the lines up to the
next; none begins inside a fence or `#+BEGIN_ … #+END_`. What the reader of graphs knows beyond that
(other regions, drawers) does not stand in blocks that gleanings writes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from export.lines import Line

_BULLET = re.compile(r"([ \t]*)-(?:[ \t]|$)")
_HEADING = re.compile(r"[ \t]*#+(?:[ \t]|$)")
_FENCE = re.compile(r"[ \t]*(?:-[ \t]+)?(```|~~~)")
_BEGIN = re.compile(r"[ \t]*(?:-[ \t]+)?#\+begin_", re.IGNORECASE)
_END = re.compile(r"[ \t]*#\+end_", re.IGNORECASE)
_PROPERTY = re.compile(r"[ \t]*[^ \t\n:]+::(?:[ \t]|$)")


@dataclass(frozen=True, slots=True)
class OutlineBlock:
    """One block of a page."""

    start: int
    """Its first line, from 0."""
    end: int
    """The line after its own last one; its children's come after."""
    text: str
    """Its lines without bullet, indentation, properties and blank ends."""
    indent: str
    depth: int
    subtree: int
    """The line after its last child's last one."""
    properties: tuple[int, ...] = ()
    """The lines that hold its properties."""


def split_outline(lines: Sequence[Line]) -> list[OutlineBlock]:
    """The page's blocks in order; what stands before the first is in none."""
    heads = _find_heads(lines)
    ends = [*(start for start, _ in heads[1:]), len(lines)][: len(heads)]
    depths = _find_depths([len(indent) for _, indent in heads])
    subtrees = [0] * len(heads)
    open_: list[int] = []
    for at, depth in enumerate([*depths, 0]):
        while len(open_) > depth:
            subtrees[open_.pop()] = heads[at][0] if at < len(heads) else len(lines)
        open_.append(at)
    return [
        _make_block(lines, start, end, indent, depth, subtree)
        for (start, indent), end, depth, subtree in zip(heads, ends, depths, subtrees, strict=True)
    ]


def find_properties(lines: Sequence[Line], end: int) -> tuple[int, int]:
    """The lines of the page's own properties: the first run before line `end`; an empty one where none is."""
    start = next((at for at in range(end) if lines[at].text.strip()), end)
    past = start
    while past < end and _PROPERTY.match(lines[past].text):
        past += 1
    return start, past


def _find_heads(lines: Sequence[Line]) -> list[tuple[int, str]]:
    heads: list[tuple[int, str]] = []
    past = 0
    fences = [at for at, line in enumerate(lines) if line.text.lstrip(" \t").startswith(("```", "~~~"))]
    closers = [at for at, line in enumerate(lines) if _END.match(line.text)]
    for at, line in enumerate(lines):
        if at < past:
            continue
        if bullet := _BULLET.match(line.text):
            heads.append((at, bullet[1]))
        elif _HEADING.match(line.text):
            heads.append((at, ""))
        region = fences if _FENCE.match(line.text) else closers if _BEGIN.match(line.text) else None
        if region is not None:
            closer = bisect_left(region, at + 1)
            past = region[closer] + 1 if closer < len(region) else past
    return heads


def _find_depths(columns: Sequence[int]) -> list[int]:
    """Depths by columns: deeper than the block before, its child; else a sibling of the open one as deep."""
    depths: list[int] = []
    open_: list[int] = []
    for column in columns:
        while open_ and open_[-1] >= column:
            open_.pop()
        depths.append(len(open_))
        open_.append(column)
    return depths


def _make_block(
    lines: Sequence[Line], start: int, end: int, indent: str, depth: int, subtree: int
) -> OutlineBlock:
    bullet = _BULLET.match(lines[start].text)
    texts = [lines[start].text[len(indent) + 2 :] if bullet else lines[start].text]
    width = len(indent) + 2
    properties: list[int] = []
    in_run = True
    for at in range(start + 1, end):
        text = lines[at].text
        if in_run and _PROPERTY.match(text):
            properties.append(at)
            continue
        in_run = in_run and at == start + 1 and not text.strip()
        head = text[:width]
        texts.append(text[width:] if not head.strip() else text[len(text) - len(text.lstrip()) :])
    joined = "\n".join(text.rstrip() for text in texts).rstrip()
    return OutlineBlock(start, end, joined, indent, depth, subtree, tuple(properties))
