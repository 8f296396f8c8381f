"""A page of headings, paragraphs, lists and quotations: what CommonMark and Obsidian have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from export.notes import Block, Part

_OWN_START = re.compile(r" {0,3}(?:[-*+>|]\s|\d{1,3}[.)]\s|```|~~~)| {4}|\t")


@dataclass(frozen=True, slots=True)
class Rendered:
    """One rendered block, for a merge block by block."""

    key: str | None
    text: str


WriteParts = Callable[[Sequence[Part]], str]


def render_blocks(blocks: Iterable[Block], write: WriteParts, level: int = 2) -> Iterator[Rendered]:
    """The blocks in order, each without blank lines around it; a heading's children follow it."""
    for is_item, group in groupby(blocks, key=lambda block: block.kind == "item"):
        if is_item:
            yield Rendered(None, "\n".join(f"- {write(block.parts)}" for block in group))
            continue
        for block in group:
            if block.kind == "heading":
                yield Rendered(block.key, f"{'#' * min(level, 6)} {write(block.parts)}")
                yield from render_blocks(block.children, write, level + 1)
            else:
                yield Rendered(block.key, _render_block(block, write))


def join_rendered(rendered: Iterable[Rendered]) -> str:
    """One blank line between blocks."""
    return "\n\n".join(block.text for block in rendered)


def _render_block(block: Block, write: WriteParts) -> str:
    if block.kind == "remark":
        return _quote(_set_apart(write(block.parts[:2]), write(block.parts[2:])))
    pieces = [write(block.parts)]
    if block.citation:
        pieces.append(f"— {write(block.citation)}")
    pieces += [_render_block(child, write) for child in block.children]
    return "\n\n".join(pieces)


def _set_apart(lead: str, text: str) -> str:
    """The lead and the words on one line, or on lines of their own where the words are a list or code."""
    if _OWN_START.match(text):
        return f"{lead.rstrip()}\n\n{text}"
    return lead + text


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" if line.strip() else ">" for line in text.split("\n"))
