"""Logseq's Markdown outline: text to a flat list of blocks with parents, and back byte for byte.

The grammar, as Logseq itself reads it (WS is a space or tab, EOL "\\n" or "\\r\\n"):

    page       := [BOM] [yaml-front] preline* block*
    bullet     := WS* "-" (WS | EOL | EOF)          column = len(WS*)
    heading    := WS* "#"+ (WS | EOL | EOF)         column = 0; the text keeps the "#"s
    block      := (bullet first-line | heading) line*
                  until the next bullet or heading that is not inside a region
    first-line := the text after "-" and ONE following WS
    line       := any other line, at most column + 2 leading WS taken off

Parents go by column: deeper than the block before, its child (one level, however big the jump);
otherwise a sibling of the shallowest open block that is at least as deep. So a heading is always a root.
Blank lines end nothing, and at a block's end they are no text. The grammar of regions and of properties
stands in `ingest.regions` and `ingest.properties`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ingest.properties import PropertyRun, read_front_matter, read_properties
from ingest.regions import END_OF_LINE, OPENER, Closers, is_drawer
from record_types.errors import UnreadableError
from record_types.pages import Problem

DEEPEST_LEVEL = 1_000
"""No outline that people write comes near it; what passes it is refused rather than handed on."""

BYTE_ORDER_MARK = "\ufeff"

Properties = tuple[tuple[str, str], ...]

_Head = tuple[int, int, int]
"""Where a block begins: the offset of its line, its column, the offset of its text."""

_Region = tuple[int, int]
"""The offset of the line that opens a region, and of the line after it."""

_HEAD = re.compile(
    r"\n([ \t]*+)(?=[-#`~$<\\:])(?:"
    rf"(-(?:[ \t]|{END_OF_LINE}))(?:[ \t]*+({OPENER}))?+"
    rf"|(\#++(?:(?=[ \t])|{END_OF_LINE}))"
    rf"|({OPENER}))"
)
_BULLET, _BULLET_AND_OPENER, _HEADING, _OPENER = 2, 3, 4, 5
"""`_HEAD`'s groups: the last one that took part in a match says what it is."""

_BLANK_LINES = " \t\n"

_NO_PROPERTIES = PropertyRun()


class Block(NamedTuple):
    """One block of an outline.

    A named tuple, not a dataclass: a graph has hundreds of thousands, and making them counts in the reading.
    """

    line: int
    """1-based line of its first line."""
    level: int
    """1 for a root block."""
    parent: int
    """Index into the outline's blocks, -1 for a root."""
    text: str
    """Its lines without bullet, indentation and "\\r", joined by "\\n"; no blank line at the end."""
    properties: Properties
    """The first run's; keys as Logseq compares them (lower-case, "_" as "-"), values stripped."""
    start: int
    """Offset of its first line in the source."""
    end: int
    """Offset just past its own lines; its children's come after."""
    run: tuple[int, int] = (0, 0)
    """The lines of `text` that hold the properties: the first, and just past the last."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A page as blocks; `preamble` and the blocks' spans together are `source`, without a gap."""

    source: str
    preamble: str
    """What stands before the first block, as it stands, byte order mark included."""
    properties: Properties
    """The page's: from YAML front matter, else the preamble's first run."""
    blocks: tuple[Block, ...]
    warnings: tuple[Problem, ...] = ()


def parse_outline(text: str) -> Outline:
    """The outline of `text`, which is one page, in time linear in its length.

    Raises UnreadableError where blocks are nested deeper than `DEEPEST_LEVEL`.
    """
    front, body = read_front_matter(text, int(text.startswith(BYTE_ORDER_MARK)))
    heads, regions, has_drawers = _find_heads(text, body)
    reader = _PropertyReader(text, regions, has_drawers)
    first = heads[0][0] if heads else len(text)
    run = reader.read(body, body, first, 1 + text.count("\n", 0, body), is_stray=bool(front))
    blocks = _read_blocks(text, heads, reader)
    return Outline(text, text[:first], front or run.pairs, tuple(blocks), tuple(reader.warnings))


def render_outline(outline: Outline) -> str:
    """The source again, put together from the preamble and the blocks' own spans."""
    source = outline.source
    return outline.preamble + "".join([source[block.start : block.end] for block in outline.blocks])


def _find_heads(text: str, start: int) -> tuple[list[_Head], list[_Region], bool]:
    """From the line at offset `start` on: the blocks' beginnings, the regions, whether a drawer opens."""
    # With a line end put before the text every line begins alike, and the "\n" before a line
    # has the offset here that the line itself has in the text.
    padded = " \n" + text[1:] if text.startswith(BYTE_ORDER_MARK) else "\n" + text
    closers = Closers(padded)
    heads: list[_Head] = []
    regions: list[_Region] = []
    past = start
    has_drawers = False
    for match in _HEAD.finditer(padded, start):
        line_start = match.start()
        if line_start < past:
            continue
        kind = match.lastindex or 0
        if kind == _HEADING:
            heads.append((line_start, 0, match.start(_HEADING) - 1))
            continue
        if kind != _OPENER:
            heads.append((line_start, match.end(1) - line_start - 1, match.end(_BULLET) - 1))
        if kind == _BULLET:
            continue
        opener = match[kind]
        has_drawers = has_drawers or is_drawer(opener)
        end = closers.find_end(opener, match.end())
        if end is not None:
            past = min(end, len(text))
            regions.append((line_start, past))
    return heads, regions, has_drawers


def _read_blocks(text: str, heads: list[_Head], reader: _PropertyReader) -> list[Block]:
    blocks: list[Block] = []
    line = 1 + text.count("\n", 0, heads[0][0] if heads else 0)
    columns, ancestors = [-1], [-1]
    has_returns, has_drawers = "\r" in text, reader.has_drawers
    ends = [head[0] for head in heads[1:]] + [len(text)]
    for index, ((start, column, text_start), end) in enumerate(zip(heads, ends, strict=False)):
        if column != columns[-1]:
            while columns[-1] > column:
                columns.pop()
                ancestors.pop()
            if columns[-1] < column:
                columns.append(column)
                ancestors.append(index)
            if len(columns) > DEEPEST_LEVEL + 1:
                raise UnreadableError(f"blocks are nested more than {DEEPEST_LEVEL:,} levels deep", line=line)
        ancestors[-1] = index
        own = text[text_start:end]
        breaks = own.count("\n")
        pairs, run_lines, _ = _NO_PROPERTIES
        if "::" in own or has_drawers:
            pairs, run_lines, _ = reader.read(start, text_start, end, line)
        if has_returns:
            own = own.replace("\r\n", "\n")
        kept = own.rstrip(_BLANK_LINES)
        if "\n" in kept:
            own = _join_lines(own, len(kept), text[start : start + column] + "  ")
        else:
            own = own.partition("\n")[0] if kept else ""
        blocks.append(Block(line, len(columns) - 1, ancestors[-2], own, pairs, start, end, run_lines))
        line += breaks
    return blocks


def _join_lines(own: str, kept: int, indent: str) -> str:
    """A block's text of several lines; past its first `kept` characters there are only blank lines.

    `indent` is what continuation lines mostly begin with; any line loses at most as many blanks.
    """
    line_end = own.find("\n", kept)
    if line_end >= 0:
        own = own[:line_end]
    joined = own.replace("\n" + indent, "\n")
    if len(own) - len(joined) == len(indent) * own.count("\n"):
        return joined
    return _indentation(len(indent)).sub("\n", own)


@lru_cache(maxsize=64)
def _indentation(width: int) -> re.Pattern[str]:
    return re.compile(rf"\n[ \t]{{1,{width}}}+")


class _PropertyReader:
    """Reads the properties of one page's blocks and collects what is to be warned of."""

    def __init__(self, text: str, regions: list[_Region], has_drawers: bool) -> None:
        self.warnings: list[Problem] = []
        self.has_drawers = has_drawers
        self._text = text
        self._regions = regions
        self._region_starts = [start for start, _ in regions]

    def read(
        self, start: int, text_start: int, end: int, line: int, *, is_stray: bool = False
    ) -> PropertyRun:
        """The properties of the lines from `start` to `end`, `line` being the first's number.

        `is_stray` says that the page has properties already, so that these are text.
        """
        regions: Sequence[_Region] = ()
        if self._regions:
            starts = self._region_starts
            regions = self._regions[bisect_left(starts, start) : bisect_left(starts, end)]
        run = read_properties(self._text, text_start, end, regions)
        stray = run.stray
        if is_stray and run.pairs:
            stray = run.lines[0]
        if stray is not None:
            message = "a second run of properties is read as text"
            self.warnings.append(Problem("stray-property", message, line + stray))
        return run
