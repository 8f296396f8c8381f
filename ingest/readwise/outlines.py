"""The body of a page → its blocks, where the outline's rules would tear highlights or swallow them.

Logseq begins a block at every line like `# heading` and lets a region (`$$`, `<tag`, a fence) run over
bullets till its end. Highlights are foreign text that its author wrote for no outline: a heading inside
one is its text, and a `$$` in one tweet with another `$$` three tweets later is no formula.
"""

from __future__ import annotations

import re

from ingest.outline import Block, parse_outline

HIDDEN = "\0"
"""Put before what must not begin a block or region. A page's own NULs are gone before its body is read."""

_INNER_HEADING = re.compile(r"(\n[ \t]+)(?=#+[ \t\r\n])")
_SWALLOWED = re.compile(r"\]\([^\s()]*\)\)[ \t]*\n[\s\0]*-[ \t]")  # a view link, then a bullet
_OPENER_BUT_CODE = re.compile(r"^([ \t]*(?:-[ \t]+)?)(?=[$<\\:#])", re.MULTILINE)
_OPENER = re.compile(r"^([ \t]*(?:-[ \t]+)?)(?=[`~$<\\:#])", re.MULTILINE)


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
