"""Parse Org's outline into the same flat list of blocks as a Markdown page's (`ingest.outline`).

    page     := preamble headline-block*
    headline := "*"+ (" " | "\t") TITLE               at the margin; whatever the number of stars, one level
                                                     deeper than the nearest one above with fewer
    block    := headline line*
    drawer   := ":PROPERTIES:" (":" KEY ":" VALUE)* ":END:"   below the headline, or at the top of the page
    region   := "#+BEGIN_NAME" line* "#+END_NAME"    no line inside is a headline; "#+END_QUOTE\" closes too

A region that is never closed is not a region. Case does not matter.

Source: Org's syntax (orgmode.org/worg/org-syntax.html), as far as Logseq writes it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from ingest.outline import DEEPEST_LEVEL, Block, Properties
from ingest.properties import compare_key
from record_types.errors import UnreadableError

_HEADLINE = re.compile(r"(\*+)[ \t]+(.*)")
_REGION = re.compile(r"[ \t]*#\+(BEGIN|END)_([\w-]+)", re.IGNORECASE)
_DRAWER_LINE = re.compile(r"[ \t]*:([^:\s]+):(.*)")
_PLANNING = re.compile(r"[ \t]*(?:SCHEDULED|DEADLINE|CLOSED):")


class OrgOutline(NamedTuple):
    """An Org page as blocks."""

    preamble: str
    """The text before the first headline."""
    blocks: tuple[Block, ...]
    """A block's text is its title and other lines, including the drawer, without trailing blank lines."""


class Drawer(NamedTuple):
    """A properties drawer: its lines and its contents."""

    first: int
    """Index of its first line."""
    past: int
    """Index of the line after its `:END:`."""
    properties: Properties
    """Keys as Logseq compares them, values stripped."""


def parse_org(text: str) -> OrgOutline:
    """Parse `text` in time linear in its length.

    Raises UnreadableError if blocks are nested deeper than `DEEPEST_LEVEL`.
    """
    lines = text.split("\n")
    heads = _find_heads(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    blocks: list[Block] = []
    stars, ancestors = [0], [-1]
    for head, past in zip(heads, [*heads[1:], len(lines)], strict=False):
        match = _HEADLINE.match(lines[head])
        depth = len(match[1]) if match else 1
        while stars[-1] >= depth:
            stars.pop()
            ancestors.pop()
        own = [match[2] if match else "", *lines[head + 1 : past]]
        drawer = find_drawer(own, 1)
        blocks.append(
            Block(
                line=head + 1,
                level=len(stars),
                parent=ancestors[-1],
                text="\n".join(line.rstrip("\r") for line in own).rstrip(),
                properties=drawer.properties if drawer else (),
                start=starts[head],
                end=starts[past],
                run=(drawer.first, drawer.past) if drawer else (0, 0),
            )
        )
        stars.append(depth)
        ancestors.append(len(blocks) - 1)
        if len(stars) > DEEPEST_LEVEL + 1:
            raise UnreadableError(f"blocks are nested more than {DEEPEST_LEVEL:,} levels deep", line=head + 1)
    return OrgOutline(text[: blocks[0].start] if blocks else text, tuple(blocks))


def find_drawer(lines: list[str], first: int = 0) -> Drawer | None:
    """Return the properties drawer that opens at line `first`, ignoring blank and planning lines."""
    while first < len(lines) and (not lines[first].strip() or _PLANNING.match(lines[first])):
        first += 1
    if first == len(lines) or lines[first].strip().upper() != ":PROPERTIES:":
        return None
    pairs: list[tuple[str, str]] = []
    for past in range(first + 1, len(lines)):
        match = _DRAWER_LINE.fullmatch(lines[past].rstrip("\r"))
        if match is None:
            return None
        if match[1].upper() == "END":
            return Drawer(first, past + 1, tuple(pairs))
        pairs.append((compare_key(match[1]), match[2].strip()))
    return None


def _find_heads(lines: list[str]) -> list[int]:
    """Return the indices of the lines that are headlines."""
    marks = [
        (number, match[1].upper(), match[2].upper())
        for number, line in enumerate(lines)
        if "#+" in line and (match := _REGION.match(line))
    ]
    ends: dict[str, list[int]] = {}
    for number, kind, name in marks:
        if kind == "END":
            ends.setdefault(name, []).append(number)
    hidden = [False] * len(lines)
    past = 0
    for number, kind, name in marks:
        if kind == "END" or number < past:
            continue
        closers = ends.get(name, [])
        nearest = bisect_right(closers, number)
        if nearest < len(closers):
            past = closers[nearest] + 1
            hidden[number:past] = [True] * (past - number)
    return [
        number
        for number, line in enumerate(lines)
        if line.startswith("*") and not hidden[number] and _HEADLINE.match(line)
    ]
