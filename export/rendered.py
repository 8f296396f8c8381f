"""Rendered blocks: a note's pieces in one flavour, each known by its key from one export to the next.

A key stays the same while the block's words change: the highlight's or resource's uid, for a remark its
passage's key and its number. It never stands in the file; how a block is found again in a file that its
reader edited, says `export.block_matching`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from export.notes import Block, BlockKind, Part, WebLink

RenderedKind = BlockKind | Literal["property", "title", "fact"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """One block as a file shows it."""

    key: str
    """Of this block alone in its note."""
    text: str
    """Its own lines, without the indentation that its place gives it, its children's or a final newline."""
    kind: RenderedKind = "text"
    parent: str = ""
    """The key of the block that it belongs under; empty at the top."""
    depth: int = 0
    mark: str | None = None
    """An address in its text that tells it from the others even when its words were changed."""


class Keyed(NamedTuple):
    """A note's own block with its key and its place in the tree."""

    key: str
    block: Block
    parent: str = ""
    depth: int = 0


def key_blocks(blocks: Iterable[Block]) -> list[Keyed]:
    """The blocks in order, children after their parent; a number tells apart keys that would be the same."""
    uses: Counter[str] = Counter()
    return list(_key_blocks(blocks, "", 0, uses))


def find_mark(block: Block) -> str | None:
    """The address that a block is known by: its citation's, of a list item the first."""
    parts = block.citation or (block.parts if block.kind == "item" else ())
    return next((part.url for part in parts if isinstance(part, WebLink)), None)


def _key_blocks(blocks: Iterable[Block], parent: str, depth: int, uses: Counter[str]) -> Iterator[Keyed]:
    for block in blocks:
        key = block.key or _name_block(block, parent)
        uses[key] += 1
        if uses[key] > 1:
            key = f"{key}~{uses[key]}"
        yield Keyed(key, block, parent, depth)
        yield from _key_blocks(block.children, key, depth + 1, uses)


def _name_block(block: Block, parent: str) -> str:
    """A key for a block that the note itself needs: a heading's words, elsewhere its kind."""
    name = f"heading:{_words(block.parts)}" if block.kind == "heading" else block.kind
    return f"{parent}/{name}" if parent else name


def _words(parts: Iterable[Part]) -> str:
    return "".join(str(getattr(part, "text", None) or getattr(part, "label", "")) for part in parts)
