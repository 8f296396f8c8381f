"""Split a page into lines and units: the blocks of a Logseq page, the lines of a Markdown page.

Lines keep their line endings, so that a page that does not change stays the same byte for byte. An outline
block begins at `-` followed by white space or nothing, or at a heading, and takes the lines up to the next
one; none begins inside a fence or `#+BEGIN_ … #+END_`. Logseq knows more regions (docs/logseq.md), but blocks
that gleanings writes do not contain them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from export.note_places import Flavour
from markdown_text.code import split_fences

NO_HEADING = 7
"""The depth of a Markdown line that is not a heading: below all six levels."""
_BULLET = re.compile(r"([ \t]*)-(?:[ \t]|$)")
_OUTLINE_HEADING = re.compile(r"[ \t]*#+(?:[ \t]|$)")
_MARKDOWN_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]|$)")
_FENCE = re.compile(r"[ \t]*(?:-[ \t]+)?(```|~~~)")
_BEGIN = re.compile(r"[ \t]*(?:-[ \t]+)?#\+begin_", re.IGNORECASE)
_END = re.compile(r"[ \t]*#\+end_", re.IGNORECASE)
_PROPERTY = re.compile(r"[ \t]*[^ \t\n:]+::(?:[ \t]|$)")
_ITEM = re.compile(r"[ \t]*[-*+][ \t]")
_LONGEST_BLOCK = 60
"""Lines that are not blank in a block that `list_texts` yields; more would take quadratic time."""


class Line(NamedTuple):
    """One line of a file."""

    text: str
    end: str
    r"""`\n`, `\r\n`, or nothing: at the end of a file, and for a line that is not in a file yet."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A block of a Logseq page without its children, or a line of a Markdown page that is not blank."""

    start: int
    """Its first line, from 0."""
    end: int
    """The line after its own last one."""
    text: str
    """Of a block: its lines without bullet, indentation, properties and trailing blank lines."""
    depth: int
    """In the outline, from 0; of a Markdown heading its level."""
    subtree_end: int
    """Where the next unit begins that is not below this one."""
    indent: str = ""
    properties: tuple[int, ...] = ()
    """The lines that hold a block's properties."""


def split_lines(text: str) -> list[Line]:
    """Return all lines of a text; none for an empty one."""
    lines = [
        Line(line[:-1], "\r\n") if line.endswith("\r") else Line(line, "\n") for line in text.split("\n")
    ]
    last = text.rpartition("\n")[2]
    return [*lines[:-1], Line(last, "")] if last else lines[:-1]


def join_lines(lines: Iterable[Line], model: Sequence[Line]) -> str:
    """Join lines; new ones end like most lines of `model`, and the last one like its last."""
    usual = "\r\n" if sum(line.end == "\r\n" for line in model) * 2 > len(model) else "\n"
    lines = list(lines)
    if not lines:
        return ""
    ended = [line.text + (line.end or usual) for line in lines[:-1]]
    final = (lines[-1].end or usual) if not model or model[-1].end else ""
    return "".join(ended) + lines[-1].text + final


def new_lines(text: str, indent: str = "", further: str = "") -> list[Line]:
    """Return lines to insert into a file: the first after `indent`, the others after `further`."""
    first, *others = text.split("\n")
    return [Line(indent + first, ""), *(Line(further + other, "") for other in others)]


def find_front_matter(lines: Sequence[Line]) -> int:
    """Return how many lines YAML front matter takes at the top of a file, including both `---`."""
    if not lines or lines[0].text.rstrip() != "---":
        return 0
    return next((at + 1 for at in range(1, len(lines)) if lines[at].text.rstrip() in ("---", "...")), 0)


def find_properties(lines: Sequence[Line], end: int) -> tuple[int, int]:
    """Return start and end of a Logseq page's own properties: the first run before line `end`, or empty."""
    start = next((at for at in range(end) if lines[at].text.strip()), end)
    past = start
    while past < end and _PROPERTY.match(lines[past].text):
        past += 1
    return start, past


def split_markdown(lines: Sequence[Line], start: int) -> list[Unit]:
    """Return the lines from `start` on that are not blank; headings have a level, except in code."""
    depths: dict[int, int] = {}
    at = start
    for is_code, run in split_fences("\n".join(line.text for line in lines[start:])):
        texts = run.split("\n")
        for offset, text in enumerate(texts):
            if text.strip():
                heading = None if is_code else _MARKDOWN_HEADING.match(text)
                depths[at + offset] = len(heading[1]) if heading else NO_HEADING
        at += len(texts)
    ends = _find_subtree_ends(list(depths), list(depths.values()), len(lines))
    return [
        Unit(at, at + 1, lines[at].text.rstrip(), depth, end)
        for (at, depth), end in zip(depths.items(), ends, strict=True)
    ]


def list_texts(page: str, flavour: Flavour) -> Iterator[str]:
    """Yield the texts of a page, each of which may be one of our blocks.

    In an outline these are its blocks, in a page the lines from one blank line or list item to another.
    """
    lines = split_lines(page.removeprefix("\ufeff"))
    if flavour == "logseq":
        yield from (unit.text for unit in split_outline(lines))
        return
    units = split_markdown(lines, find_front_matter(lines))
    ends = [
        at
        for at, unit in enumerate(units, 1)
        if at == len(units) or units[at].start > unit.end or _ITEM.match(units[at].text)
    ]
    for start in (0, *ends[:-1]):
        for end in ends[bisect_left(ends, start + 1) : bisect_left(ends, start + _LONGEST_BLOCK + 1)]:
            yield "\n".join(line.text for line in lines[units[start].start : units[end - 1].end])


def split_outline(lines: Sequence[Line]) -> list[Unit]:
    """Return a Logseq page's blocks in order; what precedes the first belongs to none."""
    heads = _find_heads(lines)
    starts = [start for start, _ in heads]
    depths = _find_depths([len(indent) for _, indent in heads])
    return [
        _make_block(lines, start, end, indent, depth, subtree_end)
        for (start, indent), end, depth, subtree_end in zip(
            heads,
            [*starts[1:], len(lines)][: len(heads)],
            depths,
            _find_subtree_ends(starts, depths, len(lines)),
            strict=True,
        )
    ]


def _find_subtree_ends(starts: Sequence[int], depths: Sequence[int], end: int) -> list[int]:
    ends = [end] * len(starts)
    open_: list[int] = []
    for at, depth in enumerate(depths):
        while open_ and depths[open_[-1]] >= depth:
            ends[open_.pop()] = starts[at]
        open_.append(at)
    return ends


def _find_heads(lines: Sequence[Line]) -> list[tuple[int, str]]:
    """Return the first line of each block with its indentation."""
    heads: list[tuple[int, str]] = []
    past = 0
    fences = [at for at, line in enumerate(lines) if line.text.lstrip(" \t").startswith(("```", "~~~"))]
    closers = [at for at, line in enumerate(lines) if _END.match(line.text)]
    for at, line in enumerate(lines):
        if at < past:
            continue
        if bullet := _BULLET.match(line.text):
            heads.append((at, bullet[1]))
        elif _OUTLINE_HEADING.match(line.text):
            heads.append((at, ""))
        region = fences if _FENCE.match(line.text) else closers if _BEGIN.match(line.text) else None
        if region is not None:
            closer = bisect_left(region, at + 1)
            past = region[closer] + 1 if closer < len(region) else past
    return heads


def _find_depths(columns: Sequence[int]) -> list[int]:
    """Return depths from columns: a block further in than the one before it is its child."""
    depths: list[int] = []
    open_: list[int] = []
    for column in columns:
        while open_ and open_[-1] >= column:
            open_.pop()
        depths.append(len(open_))
        open_.append(column)
    return depths


def _make_block(
    lines: Sequence[Line], start: int, end: int, indent: str, depth: int, subtree_end: int
) -> Unit:
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
    return Unit(start, end, joined, depth, subtree_end, indent, tuple(properties))
