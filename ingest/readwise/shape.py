"""Where a dialect's blocks differ from those of Readwise's own page; what stays unsaid is as there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingest.outline import Block
from ingest.readwise.blocks import BlockText, read_block
from ingest.readwise.sections import Header, parse_header

Blocks = tuple[Block, ...]


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
