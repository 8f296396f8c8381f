"""A page of headings, paragraphs, lists and quotations: what CommonMark and Obsidian have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from export.notes import Block, Part
from export.rendered import Keyed, Rendered, find_mark, key_blocks

_OWN_START = re.compile(r" {0,3}(?:[-*+>|]\s|\d{1,3}[.)]\s|```|~~~)| {4}|\t")
_IN_LISTS = ("item", "fact")

WriteParts = Callable[[Sequence[Part]], str]


def render_blocks(blocks: Iterable[Block], write: WriteParts) -> Iterator[Rendered]:
    """The blocks in order, each without blank lines around it; what belongs to one follows it."""
    levels = {"": 1}
    for keyed in key_blocks(blocks):
        levels[keyed.key] = levels[keyed.parent] + (keyed.block.kind == "heading")
        text = _write_block(keyed, write, levels[keyed.key])
        yield Rendered(
            keyed.key, text, keyed.block.kind, keyed.parent, keyed.depth, mark=find_mark(keyed.block)
        )


def join_rendered(rendered: Iterable[Rendered]) -> str:
    """One blank line between blocks, none between the items of a list."""
    pieces: list[str] = []
    before: Rendered | None = None
    for block in rendered:
        if before is not None:
            pieces.append("\n" if before.kind == block.kind and block.kind in _IN_LISTS else "\n\n")
        pieces.append(block.text)
        before = block
    return "".join(pieces)


def _write_block(keyed: Keyed, write: WriteParts, level: int) -> str:
    block = keyed.block
    match block.kind:
        case "heading":
            return f"{'#' * min(level, 6)} {write(block.parts)}"
        case "item":
            return f"- {write(block.parts)}"
        case "remark":
            return _quote(_set_apart(write(block.parts[:2]), write(block.parts[2:])))
    text = write(block.parts)
    return f"{text}\n\n— {write(block.citation)}" if block.citation else text


def _set_apart(lead: str, text: str) -> str:
    """The lead and the words on one line, or on lines of their own where the words are a list or code."""
    if _OWN_START.match(text):
        return f"{lead.rstrip()}\n\n{text}"
    return lead + text


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" if line.strip() else ">" for line in text.split("\n"))
