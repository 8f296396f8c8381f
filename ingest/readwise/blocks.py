"""The body of a page as blocks, and each block's words apart from its view link, tags and state.

Logseq begins a block at every line like `# heading` and lets a region (`$$`, `<tag`, a fence) run across
bullets to its end. Highlights are foreign text, written for no outline: a heading inside one is part of its
text, and a `$$` in one tweet with another `$$` three tweets later is not a formula. `parse_body` therefore
hides such openers from the outline reader. A dialect states in a `Shape` how its blocks differ from those of
Readwise's own page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from ingest.outline import Block, parse_outline
from ingest.readwise.notation import Header, View, parse_header, parse_tag_list, split_view
from markdown_text.escapes import unescape_dashes

_STATE = re.compile(
    r"id|collapsed|card-.*|logseq\..*|heading|background-color|created-at|updated-at|hl-.*|ls-type|query-.*"
    r"|properties|end"  # an Org drawer's first and last line
)
_PROPERTY_LINE = re.compile(r"[ \t]*([\w.-]{1,40})::(?:[ \t]+(.*))?[ \t\r]*")
_RULE = re.compile(r"[-–—*_ ]*")
HIDDEN = "\0"
"""Put before what must not begin a block or region. A page's own NULs are gone before its body is read."""

_INNER_HEADING = re.compile(r"(\n[ \t]+)(?=#+[ \t\r\n])")
_SWALLOWED = re.compile(r"\]\([^\s()]*\)\)[ \t]*\n[\s\0]*-[ \t]")  # a view link, then a bullet
_OPENER_BUT_CODE = re.compile(r"^([ \t]*(?:-[ \t]+)?)(?=[$<\\:#])", re.MULTILINE)
_OPENER = re.compile(r"^([ \t]*(?:-[ \t]+)?)(?=[`~$<\\:#])", re.MULTILINE)
Blocks = tuple[Block, ...]


class BlockText(NamedTuple):
    """What a block says."""

    text: str
    """Stripped, dashes unescaped, without the view link; may be empty."""
    view: View | None = None
    behind: str = ""
    """What the reader wrote behind the view link."""
    tags: tuple[str, ...] = ()
    """From a `tags::` line."""
    state: tuple[tuple[str, str], ...] = ()
    """Logseq's own properties and the marks of a template: (key, value)"""
    day: str = ""
    """The highlight's own day, as it stands there."""
    is_marked: bool = False
    """The template marks it as a highlight."""
    is_cut: bool = False
    """What the template writes behind every highlight is missing."""


def read_block(block: Block) -> BlockText:
    """The words of a block, unknown properties too; `id::`, `collapsed::`, `card-…::` stand apart."""
    text, tags, state = _take_properties(block) if block.properties else (block.text, (), ())
    text = (text.replace(HIDDEN, "") if HIDDEN in text else text).strip()
    view, behind = None, ""
    if text.endswith(")") or "([" in text:
        text, view, behind = split_view(text)
    if "\\-" in text or behind:
        text, behind = unescape_dashes(text), unescape_dashes(behind)
    return BlockText(text, view, behind, tags, state)


def is_state(key: str) -> bool:
    """True for the properties in which Logseq keeps a block's state."""
    return _STATE.fullmatch(key) is not None


def split_properties(text: str, is_known: Callable[[str], bool]) -> tuple[str, list[tuple[str, str]]]:
    """The lines without the known properties at their beginning and end, and those: (key, value).

    For templates that write properties where Logseq itself sees text (below a quote or a list).
    """
    lines = text.split("\n")
    last = len(lines)
    while last and _read_property(lines[last - 1], is_known):
        last -= 1
    first = 0
    while first < last and _read_property(lines[first], is_known):
        first += 1
    found = [_read_property(line, is_known) for line in lines[:first] + lines[last:]]
    return "\n".join(lines[first:last]), [pair for pair in found if pair]


def _read_property(line: str, is_known: Callable[[str], bool]) -> tuple[str, str] | None:
    match = _PROPERTY_LINE.fullmatch(line) if "::" in line else None
    if match is None:
        return None
    key = match[1].lower().replace("_", "-")
    return (key, (match[2] or "").strip()) if is_known(key) else None


def is_rule(text: str) -> bool:
    """True for an empty block and one that only separates (`-`, `---`)."""
    return not text or (len(text) < 80 and _RULE.fullmatch(text) is not None)


def _take_properties(block: Block) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """(text without them, tags, state)"""
    lines = block.text.split("\n")
    first, past = block.run
    kept = lines[:first]
    tags: tuple[str, ...] = ()
    state: list[tuple[str, str]] = []
    for line in lines[first:past]:
        key, _, value = line.strip().strip(":").partition(":")
        key = key.lower().replace("_", "-")
        if key == "tags":
            tags = parse_tag_list(unescape_dashes(value.lstrip(":")))
        elif line.strip() and not _STATE.fullmatch(key):
            kept.append(line)
        elif value.strip(": "):
            state.append((key, value.lstrip(":").strip()))
    return "\n".join(kept + lines[past:]), tags, tuple(state)


def parse_body(text: str) -> tuple[Block, ...]:
    """The blocks of a body, each highlight in one of its own.

    Line numbers hold, offsets do not; the blocks' texts may hold `HIDDEN`. Raises UnreadableError where
    they are nested deeper than an outline may be.
    """
    if "#" in text:
        text = _INNER_HEADING.sub(rf"\1{HIDDEN}", text)
    blocks = parse_outline(text).blocks
    swallowing = [(block, opener) for block in blocks if (opener := _find_opener(text, block))]
    return parse_outline(_hide_openers(text, swallowing)).blocks if swallowing else blocks


def _find_opener(text: str, block: Block) -> re.Pattern[str] | None:
    """What in a block that holds others' bullets is to be hidden; None for a block that holds none.

    A bullet behind a view link is another highlight's, whatever region seems to hold both. Otherwise one no
    deeper than the block's own is; but code may hold such lines.
    """
    if "))" in block.text[:-2] and _SWALLOWED.search(block.text):
        return _OPENER
    if "\n- " not in block.text:
        return None
    lines = text[block.start : block.end].split("\n")
    margin = len(lines[0]) - len(lines[0].lstrip(" \t"))
    bullets = (line for line in lines[1:] if line.lstrip(" \t").startswith("- "))
    return (
        _OPENER_BUT_CODE if any(len(line) - len(line.lstrip(" \t")) <= margin for line in bullets) else None
    )


def _hide_openers(text: str, blocks: list[tuple[Block, re.Pattern[str]]]) -> str:
    """`text` with nothing in those blocks that begins a region."""
    parts = []
    place = 0
    for block, opener in blocks:
        parts += [text[place : block.start], opener.sub(rf"\1{HIDDEN}", text[block.start : block.end])]
        place = block.end
    return "".join([*parts, text[place:]])


def find_groups(blocks: Blocks, texts: list[BlockText]) -> set[int]:
    """The blocks that have highlights with a view link below them.

    A view link in a block of its own belongs to the highlight right above it.
    """
    groups: set[int] = set()
    for index, block in enumerate(blocks):
        if texts[index].view is not None:
            parent = block.parent
            if parent >= 0 and not texts[index].text and texts[parent].text and texts[parent].view is None:
                parent = blocks[parent].parent
            while parent >= 0 and parent not in groups:
                groups.add(parent)
                parent = blocks[parent].parent
    return groups


def keep_places(blocks: Blocks, texts: list[BlockText]) -> tuple[Blocks, set[int]]:
    """The blocks as they stand, and those that only group highlights."""
    return blocks, find_groups(blocks, texts)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a dialect writes its blocks."""

    read_block: Callable[[Block], BlockText] = read_block
    read_header: Callable[[str, tuple[str, ...]], Header | None] = parse_header
    """The sync header in a block's first line, for a graph with these date formats; None where it is none."""
    arrange: Callable[[Blocks, list[BlockText]], tuple[Blocks, set[int]]] = keep_places
    """The blocks with the parents that their meaning gives them (order, number and lines stay), and the
    indices of those that are no highlights but group some."""
    is_marked: bool = False
    """At the margin only what is marked or has a view link is a highlight; the rest is the reader's own."""


PLAIN = Shape()
