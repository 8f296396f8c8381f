"""A page of headings, paragraphs, lists and quotations: what CommonMark and Obsidian have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from export.flavours.pieces import STARTS_APART, PieceWriter
from export.notes import Block
from export.rendered import Rendered, find_mark, key_blocks

_IN_LISTS = ("item", "fact")


class PageWriter(Protocol):
    """What CommonMark and Obsidian have each in its own way."""

    def write_passage(self, key: str, text: str, citation: str) -> str:
        """A highlight with its citation."""

    def write_remark(self, lead: str, text: str) -> str:
        """The reader's own words, set off as theirs."""

    def write_tags(self, text: str) -> str:
        """The line of a highlight's tags."""


def render_blocks(
    blocks: Iterable[Block], pieces: PieceWriter, page: PageWriter, level: int = 1
) -> Iterator[Rendered]:
    """The blocks in order, each without blank lines around it; what belongs to one follows it.

    `level` is that of the heading that they all stand under.
    """
    levels = {"": level}
    for keyed in key_blocks(blocks):
        block = keyed.block
        levels[keyed.key] = levels[keyed.parent] + (block.kind == "heading")
        text = pieces.fill(keyed.key, block)
        if text == "":
            continue
        if block.kind == "heading":
            text = f"{'#' * min(levels[keyed.key], 6)} {pieces.write(block.parts) if text is None else text}"
        elif block.kind == "item":
            text = "- " + (pieces.write(block.parts) if text is None else text.replace("\n", "\n  "))
        elif text is None:
            text = _write_block(keyed.key, block, pieces, page)
        yield Rendered(keyed.key, text, block.kind, keyed.parent, keyed.depth, mark=find_mark(block))


def join_rendered(rendered: Iterable[Rendered]) -> str:
    """One blank line between blocks, none between the items of a list."""
    texts: list[str] = []
    before: Rendered | None = None
    for block in rendered:
        if before is not None:
            texts.append("\n" if before.kind == block.kind and block.kind in _IN_LISTS else "\n\n")
        texts.append(block.text)
        before = block
    return "".join(texts)


def set_apart(lead: str, text: str) -> str:
    """The lead and the words on one line, or on lines of their own where the words are a list or code."""
    return f"{lead}\n\n{text}" if STARTS_APART.match(text) else f"{lead} {text}"


def quote(text: str) -> str:
    """Each line behind `> `."""
    return "\n".join(f"> {line}" if line.strip() else ">" for line in text.split("\n"))


def _write_block(key: str, block: Block, pieces: PieceWriter, page: PageWriter) -> str:
    match block.kind:
        case "passage":
            return page.write_passage(key, pieces.write(block.parts), pieces.cite(block))
        case "remark":
            return page.write_remark(pieces.write(block.parts[:1]), pieces.write(block.parts[2:]))
        case "tags":
            return page.write_tags(pieces.write(block.parts))
    return pieces.write(block.parts)
