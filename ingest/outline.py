"""Logseq's Markdown outline: parse a text into a flat list of blocks, and write it back byte for byte.

The grammar, as Logseq reads it (WS is a space or tab, EOL "\\n" or "\\r\\n"; docs/logseq.md):

    page       := [BOM] [yaml-front] preline* block*
    bullet     := WS* "-" (WS | EOL | EOF)          column = len(WS*)
    heading    := WS* "#"+ (WS | EOL | EOF)         column = 0; the text keeps the "#"s
    block      := (bullet first-line | heading) line*
                  until the next bullet or heading that is not inside a region
    first-line := the text after "-" and ONE following WS
    line       := any other line, without at most column + 2 leading WS

The column determines the parent. A block deeper than the preceding one is its child (one level, however large
the jump); otherwise it is a sibling of the shallowest open block that is at least as deep. So a heading is
always a root. Blank lines do not end a block, and at the end of a block they are not part of its text.
`ingest.regions` and `ingest.properties` describe the grammar of regions and properties.
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
"""No outline that people write comes near this; a deeper one is rejected."""

BYTE_ORDER_MARK = "\ufeff"

Properties = tuple[tuple[str, str], ...]

_Head = tuple[int, int, int]
"""The start of a block: offset of its line, its column, offset of its text."""

_Region = tuple[int, int]
"""Offsets of the line that opens a region, and of the line after it."""

# One pattern for everything that can begin a block or region: one scan per page instead of one per line.
_HEAD = re.compile(
    r"\n([ \t]*+)(?=[-#`~$<\\:])(?:"
    rf"(-(?:[ \t]|{END_OF_LINE}))(?:[ \t]*+({OPENER}))?+"
    rf"|(\#++(?:(?=[ \t])|{END_OF_LINE}))"
    rf"|({OPENER}))"
)
_BULLET, _BULLET_AND_OPENER, _HEADING, _OPENER = 2, 3, 4, 5
"""The groups of `_HEAD`; the last one in a match tells which kind it is."""

_BLANK_LINES = " \t\n"

_NO_PROPERTIES = PropertyRun()


class Block(NamedTuple):
    """One block of an outline.

    A named tuple and not a dataclass, since a graph has hundreds of thousands and creating them takes time.
    """

    line: int
    """1-based number of its first line."""
    level: int
    """1 for a root block."""
    parent: int
    """Index into the outline's blocks; -1 for a root."""
    text: str
    """Its lines without bullet, indentation and "\\r", joined by "\\n"; no trailing blank lines."""
    properties: Properties
    """Of its first run; keys as Logseq compares them (lower case, "_" as "-"), values stripped."""
    start: int
    """Offset of its first line in the source."""
    end: int
    """Offset just past its own lines; those of its children follow."""
    run: tuple[int, int] = (0, 0)
    """The lines of `text` with the properties: index of the first, and just past the last."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A page as blocks; `preamble` and the blocks' spans together are exactly its text."""

    preamble: str
    """The text before the first block, unchanged, including a byte order mark."""
    properties: Properties
    """Of the page: from YAML front matter, else from the preamble's first run."""
    blocks: tuple[Block, ...]
    warnings: tuple[Problem, ...] = ()


def parse_outline(text: str) -> Outline:
    """Parse `text`, one page, in time linear in its length.

    Raises UnreadableError if blocks are nested deeper than `DEEPEST_LEVEL`.
    """
    front, body = read_front_matter(text, int(text.startswith(BYTE_ORDER_MARK)))
    heads, regions, has_drawers = _find_heads(text, body)
    reader = _PropertyReader(text, regions, has_drawers)
    first = heads[0][0] if heads else len(text)
    run = reader.read(body, body, first, 1 + text.count("\n", 0, body), is_stray=bool(front))
    blocks = _read_blocks(text, heads, reader)
    return Outline(text[:first], front or run.pairs, tuple(blocks), tuple(reader.warnings))


def _find_heads(text: str, start: int) -> tuple[list[_Head], list[_Region], bool]:
    """Find, from offset `start` on, the starts of blocks, the regions, and whether there is a drawer."""
    # With a newline before the text all lines begin alike, and the "\n" before a line has the offset here
    # that the line itself has in the text.
    padded = " \n" + text[1:] if text.startswith(BYTE_ORDER_MARK) else "\n" + text
    closers: Closers | None = None  # most pages have no region
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
        closers = closers or Closers(padded)
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
    """Remove the indentation of a block's lines; only blank lines follow the first `kept` characters.

    `indent` is what most continuation lines begin with; every line loses at most that many characters.
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
    """Reads the properties of a page's blocks and collects warnings."""

    def __init__(self, text: str, regions: list[_Region], has_drawers: bool) -> None:
        self.warnings: list[Problem] = []
        self.has_drawers = has_drawers
        self._text = text
        self._regions = regions
        self._region_starts = [start for start, _ in regions]

    def read(
        self, start: int, text_start: int, end: int, line: int, *, is_stray: bool = False
    ) -> PropertyRun:
        """Read the properties between the offsets `start` and `end`; `line` is the number of the first line.

        `is_stray` means that the page already has properties, so that these count as text.
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
