"""Find the sync headers among a page's root blocks, in the words of any template.

`ingest.readwise.notation` parses Readwise's own wording. A page without it may have its reader's:

- Zuletzt abgeglichen mit [[Readwise]] [[19.11.2022]]      with Readwise and a day
- Neue Markierungen vom [[25.02.2023]] um 17:56            with a day and a time at the end
- ## Highlights                                            a single word, with highlights below
- # A chapter                                              if all root blocks are headings
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ingest.outline import Block
from ingest.readwise.blocks import BlockText, is_rule
from ingest.readwise.labels import HIGHLIGHTS, Labels
from ingest.readwise.notation import Header, read_moment

ReadHeader = Callable[[str, tuple[str, ...]], Header | None]

_LONGEST = 160
_DAY = r"\[\[(?P<day>[^\[\]\n]*\d[^\[\]\n]*)\]\]"
_TIME = r"(?P<time>\d{1,2}:\d{2}(?:[\s\u202f]*[AP]\.?M\.?)?)"
_OF_READWISE = re.compile(
    rf"(?P<prefix>[*#>\s]*)[^\[\]\n]{{0,60}}(?:\[\[Readwise\]\]|#Readwise\b)[^\[\]\n]{{0,40}}{_DAY}"
    rf"(?:[^\[\]\d\n]{{0,12}}{_TIME})?",
    re.IGNORECASE,
)
_OF_A_MOMENT = re.compile(
    rf"(?P<prefix>[*#>\s]*)[^\[\]\n]{{3,60}}{_DAY}[^\[\]\d\n]{{0,12}}{_TIME}(?::\d\d)?\W{{0,3}}(?:Uhr)?\s*\Z",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"[*#>\s]*(?:\[\[)?(?:(?:my )?highlights?|highlights from \[\[readwise|readwise"
    rf"|{HIGHLIGHTS})"
    r"(?:\]\])?[*\s]*[:：]?[*\s]*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"#{1,6}[ \t]")
_LABELLED = re.compile(r"[*_]{0,3}(?:Tags|Note|Date)[*_]{0,3}:")
_OF_ANY_LANGUAGE = Labels()


def find_headers(
    blocks: tuple[Block, ...], texts: list[BlockText], read: ReadHeader, day_formats: tuple[str, ...]
) -> dict[int, Header]:
    """Return the headers by block index; `read` parses those in the dialect's own words."""
    first_lines = {
        index: texts[index].text.partition("\n")[0] for index, block in enumerate(blocks) if block.parent < 0
    }
    # If Readwise's own headers are there, headings in other words are the reader's.
    known = {index: header for index, line in first_lines.items() if (header := read(line, day_formats))}
    if known:
        return known
    parents = _find_parents(blocks, texts)
    bare = {index: line for index, line in first_lines.items() if texts[index].text == line}
    found = {
        index: header
        for index, line in first_lines.items()
        if index in parents
        and texts[index].view is None
        and (header := _read_other(line, day_formats, index in bare))
    }
    plain = [line for index, line in first_lines.items() if index not in found and not is_rule(line)]
    # Only if nothing else is at the margin are plain headings chapters of highlights.
    if found or not all(_HEADING.match(line) or line.startswith("![") for line in plain):
        return found
    return {
        index: Header(line, None, None, False, "")  # a page of chapters
        for index, line in bare.items()
        if index in parents and _HEADING.match(line)
    }


def are_siblings(blocks: tuple[Block, ...], texts: list[BlockText], headers: dict[int, Header]) -> bool:
    """Whether the highlights are siblings of the headers instead of their children."""
    if not headers or any(block.parent in headers for block in blocks):
        return False
    return any(
        block.parent < 0 and index not in headers and texts[index].view is not None
        for index, block in enumerate(blocks)
    )


def _find_parents(blocks: tuple[Block, ...], texts: list[BlockText]) -> set[int]:
    """Return the roots with children, except highlights, which only tags or a note below them reveal."""
    parents: dict[int, bool] = {}
    for index, block in enumerate(blocks):
        if block.parent >= 0 and block.level == 2:
            text = texts[index].text
            is_label = _LABELLED.match(text) or _OF_ANY_LANGUAGE.is_label(text)
            parents[block.parent] = parents.get(block.parent, True) and not is_label
    return {parent for parent, is_plain in parents.items() if is_plain}


def _read_other(line: str, day_formats: tuple[str, ...], is_alone: bool) -> Header | None:
    """Parse a header in the reader's own words; None for any other line."""
    head = line[:_LONGEST].replace("\\-", "-")
    match = _OF_READWISE.match(head) or (_OF_A_MOMENT.match(head) if is_alone else None)
    if match is not None:
        moment = read_moment(match["day"], match["time"], day_formats)
        if moment is None:
            return None
        return Header(line, match["day"], moment, "*" in match["prefix"], line[match.end() :].strip())
    if is_alone and _BARE.fullmatch(head):
        return Header(line, None, None, False, "")
    return None
