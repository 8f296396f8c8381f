"""The body of a page as blocks, and each block's words apart from its view link, tags and state.

Logseq begins a block at every line like `# heading` and lets a region (`$$`, `<tag`, a fence) run across
bullets to its end. Highlights are foreign text, not written for an outline: a heading inside one is part of
its text, and a `$$` in one tweet with another `$$` three tweets later is not a formula. `parse_body`
therefore hides such openers from the outline reader. A dialect states in a `Shape` how its blocks differ from
those of Readwise's own page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.outline import Block, Outline, parse_outline
from ingest.readwise.notation import Header, View, parse_header, parse_tag_list, split_view
from markdown_text.escapes import unescape_dashes

_STATE = re.compile(
    r"id|collapsed|card-.*|logseq\..*|heading|background-color|created-at|updated-at|hl-.*|ls-type|query-.*"
    r"|properties|end"  # the first and last line of an Org drawer
)
# Longer words before `::` occur in prose, but are never property names.
_PROPERTY_LINE = re.compile(r"[ \t]*([\w.-]{1,40})::(?:[ \t]+(.*))?[ \t\r]*")
# Readers separate highlights with dashes, stars or underscores.
_RULE = re.compile(r"[-–—*_ ]*")
_FRAMES = "QUOTE|NOTE|TIP|IMPORTANT|CAUTION|WARNING|PINNED|CENTER|VERSE"
_FRAME = re.compile(
    rf"\A#\+BEGIN_(?:{_FRAMES})\b[ \t\r]*\n?"
    rf"|(?:\s*\n|[ \t]+)#\+END_(?:{_FRAMES})\b\\?[ \t]*(?P<end>(?=\n|\Z))?",
    re.IGNORECASE,
)
"""The frame of a passage that a template writes as a region of prose in one block."""

HIDDEN = "\0"
"""Precedes a line that must not begin a block or region. NULs in the page itself are removed before."""

_INNER_HEADING = re.compile(r"(\n[ \t]+)(?=#+[ \t\r\n])")
_SWALLOWED = re.compile(r"\]\([^\s()]*\)\)[ \t]*\n[\s\0]*-[ \t]")  # a view link, then a bullet
# Without the fences of code, which may contain bullets at the margin (`_find_opener`).
_OPENER_BUT_CODE = re.compile(r"^([ \t]*(?:-[ \t]+)?)(?=[$<\\:#])", re.MULTILINE)
_OPENER = re.compile(r"^([ \t]*(?:-[ \t]+)?)(?=[`~$<\\:#])", re.MULTILINE)
Blocks = Sequence[Block]


class BlockText(NamedTuple):
    """A block's contents."""

    text: str
    """Stripped, dashes unescaped, without the view link; may be empty."""
    view: View | None = None
    behind: str = ""
    """The reader's words after the view link."""
    tags: tuple[str, ...] = ()
    """From a `tags::` line."""
    state: tuple[tuple[str, str], ...] = ()
    """Logseq's own properties and a template's marks: (key, value)."""
    day: str = ""
    """The highlight's own day, as written."""
    is_marked: bool = False
    """The template marks it as a highlight."""
    is_cut: bool = False
    """What the template writes after every highlight is missing."""


def read_block(block: Block) -> BlockText:
    """Read a block; unknown properties stay in its text, `id::`, `collapsed::`, `card-…::` go to `state`."""
    text, tags, state = _take_properties(block) if block.properties else (block.text, (), ())
    text = (text.replace(HIDDEN, "") if HIDDEN in text else text).strip()
    if text[:8].upper() == "#+BEGIN_" and _FRAME.match(text):
        text = _FRAME.sub(lambda mark: " " if mark["end"] is None else "", text).strip()
    if text.endswith(("))\\", "]]\\")):
        text = text[:-1]  # a Markdown line break
    view, behind = None, ""
    # A cheap test, since tags and notes have no view link.
    if text.endswith(")") or "([" in text:
        text, view, behind = split_view(text)
    if "\\-" in text or behind:
        text, behind = unescape_dashes(text), unescape_dashes(behind)
    return BlockText(text, view, behind, tags, state)


def is_state(key: str) -> bool:
    """Whether Logseq keeps a block's state in this property."""
    return _STATE.fullmatch(key) is not None


def split_properties(text: str, is_known: Callable[[str], bool]) -> tuple[str, list[tuple[str, str]]]:
    """Take the known properties off the beginning and end of `text`; return the rest and (key, value) pairs.

    For templates that write properties where Logseq itself reads text (below a quote or a list).
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


def join_parts(text: BlockText) -> str:
    """Return the words of a block that is not a highlight: its `tags::` line and location count as text."""
    parts = [text.text]
    if text.view is not None:
        parts.append(text.view.url or f"({text.view.kind} {text.view.place})")
    parts.append(text.behind)
    if text.tags:
        parts.append("tags:: " + ", ".join(text.tags))
    return "\n".join(part for part in parts if part)


def is_rule(text: str) -> bool:
    """Whether a block is empty or only a separator (`-`, `---`)."""
    return not text or (len(text) < 80 and _RULE.fullmatch(text) is not None)


def _take_properties(block: Block) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the text without properties, the tags, and the state."""
    lines = block.text.split("\n")
    first, past = block.run
    kept = lines[:first]
    tags: tuple[str, ...] = ()
    state: list[tuple[str, str]] = []
    for line in lines[first:past]:
        key, _, value = line.strip("# \t\r:").partition(":")
        key = key.lower().replace("_", "-")
        if key == "tags":
            tags = parse_tag_list(unescape_dashes(value.lstrip(":")))
        elif line.strip() and not _STATE.fullmatch(key):
            kept.append(line)
        elif value.strip(": "):
            state.append((key, value.lstrip(":").strip()))
    return "\n".join(kept + lines[past:]), tags, tuple(state)


def parse_body(text: str) -> Outline:
    """Parse a body into blocks, with each highlight in a block of its own.

    Line numbers are those of `text`, offsets are not; the blocks' texts may contain `HIDDEN`. Raises
    UnreadableError if the blocks are nested too deeply.
    """
    if "#" in text:
        text = _INNER_HEADING.sub(rf"\1{HIDDEN}", text)
    outline = parse_outline(text)
    swallowing = [(block, opener) for block in outline.blocks if (opener := _find_opener(text, block))]
    # Parse again only if a region swallowed bullets, which is rare.
    return parse_outline(_hide_openers(text, swallowing)) if swallowing else outline


def _find_opener(text: str, block: Block) -> re.Pattern[str] | None:
    """Return a pattern for the openers to hide in a block that swallowed other bullets; None if it did not.

    A bullet after a view link belongs to another highlight, even if a region seems to contain both. Otherwise
    so does a bullet that is no deeper than the block's own, but code may contain such lines.
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
    """Hide everything in those blocks that begins a region."""
    parts = []
    place = 0
    for block, opener in blocks:
        parts += [text[place : block.start], opener.sub(rf"\1{HIDDEN}", text[block.start : block.end])]
        place = block.end
    return "".join([*parts, text[place:]])


def find_groups(blocks: Blocks, texts: list[BlockText]) -> set[int]:
    """Return the blocks that have highlights with a view link below them.

    A view link in a block of its own belongs to the highlight directly above it.
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
    """Return the blocks unchanged, and the indices of those that only group highlights."""
    return blocks, find_groups(blocks, texts)


@dataclass(frozen=True, slots=True)
class Shape:
    """How the blocks of a dialect differ from those of the default page, which the defaults describe."""

    read_block: Callable[[Block], BlockText] = read_block
    read_header: Callable[[str, tuple[str, ...]], Header | None] = parse_header
    """Parses a block's first line as a sync header, with the graph's date formats; None for other lines."""
    arrange: Callable[[Blocks, list[BlockText]], tuple[Blocks, set[int]]] = keep_places
    """Returns the blocks with the parents that they belong to (order, number and lines stay), and the
    indices of those that are not highlights but group some."""
    is_marked: bool = False
    """At the margin, only a block with a mark or a view link is a highlight; the others are the reader's."""


PLAIN = Shape()
