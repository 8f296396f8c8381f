"""A Logseq page as a merge sees it: its blocks, and how one is replaced, put in and taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from export.edits import Edits, Insertion
from export.lines import Line, new_lines
from export.locating import Found
from export.outlines import split_outline
from export.rendered import Rendered

_STATE = re.compile(r"[ \t]*collapsed::", re.IGNORECASE)
_CODE = ("```", "~~~")


class OutlineFile:
    """One file; places are blocks' numbers."""

    spaced = False

    def __init__(self, lines: Sequence[Line]) -> None:
        self.edits = Edits()
        self.blocks = split_outline(lines)
        self.pieces = [block.text for block in self.blocks]
        self.start = self.blocks[0].start if self.blocks else len(lines)
        """The line after the page's properties."""
        self.placed: dict[str, tuple[int, int, str]] = {}
        """Of the blocks put in: after which line, in which depth of what was there, their indentation."""
        self._lines = lines
        indents = [block.indent for block in self.blocks if block.depth == 1]
        self._step = indents[0] if indents else "\t"

    def list_shown(self) -> set[str]:
        """The texts of all blocks."""
        return set(self.pieces)

    def split(self, text: str) -> tuple[str, ...]:
        """What a block's text is found by: itself, as the outline gives it."""
        return ("\n".join(line.rstrip() for line in text.split("\n")).rstrip(),)

    def set_ours(self, found: Mapping[str, Found]) -> None:
        """Learn which blocks are ours; an outline needs not to."""

    def find_line(self, place: Found, text: str) -> int:
        """The number of the first line of what became of `text`."""
        return self.blocks[place.first].start

    def is_as_written(self, place: Found, text: str) -> bool:
        """Whether the block has this text."""
        return self.split(text)[0] == self.pieces[place.first]

    def is_under(self, place: Found, parent: Found) -> bool:
        """Whether a block still stands right under another."""
        below, above = self.blocks[place.first], self.blocks[parent.first]
        return below.depth == above.depth + 1 and above.start < below.start < above.subtree

    def replace(self, place: Found, block: Rendered) -> None:
        """Give a block another text; its properties and its children stay."""
        old = self.blocks[place.first]
        lines = self._write(block, old.indent)
        properties = [self._lines[at] for at in old.properties]
        past = max(
            (at for at in range(old.start, old.end) if self._lines[at].text.strip()), default=old.start
        )
        first = len(lines) if block.text.startswith(_CODE) else 1
        self.edits.replaced[old.start] = (past + 1, [*lines[:first], *properties, *lines[first:]])

    def remove(self, places: Iterable[Found]) -> None:
        """Take blocks out, but for those with properties (`id::`, the reader's own) or others under them."""
        out: set[int] = set()
        for at in sorted((place.first for place in places), reverse=True):
            block = self.blocks[at]
            if not all(_STATE.match(self._lines[line].text) for line in block.properties):
                continue
            following = at + 1
            while following in out and self.blocks[following].depth > block.depth:
                following += 1
            has_child = following < len(self.blocks) and self.blocks[following].depth > block.depth
            if not has_child:
                out.add(at)
                self.edits.removed.update(range(block.start, block.end))

    def insert_after(self, place: Found, block: Rendered) -> None:
        """Put a block behind a sibling and all that is under it."""
        sibling = self.blocks[place.first]
        self._insert(block, sibling.subtree - 1, sibling.depth, sibling.indent)

    def insert_under(self, parent: Found, block: Rendered) -> None:
        """Put a block under one that has none of ours, behind what the reader has there."""
        above = self.blocks[parent.first]
        child = parent.first + 1
        is_child = child < len(self.blocks) and self.blocks[child].depth > above.depth
        indent = self.blocks[child].indent if is_child else above.indent + self._step
        self._insert(block, above.subtree - 1, above.depth + 1, indent)

    def insert_at_end(self, block: Rendered) -> None:
        """Put a block at the end of the page."""
        self._insert(block, len(self._lines) - 1, 0, "")

    def insert_behind(self, key: str, block: Rendered, *, is_child: bool) -> None:
        """Put a block behind one that was put in just now, or under it."""
        after, depth, indent = self.placed[key]
        self._insert(block, after, depth, indent + self._step * is_child)

    def _insert(self, block: Rendered, after: int, depth: int, indent: str) -> None:
        self.placed[block.key] = (after, depth, indent)
        self.edits.insert(after, depth, Insertion(tuple(self._write(block, indent))))

    def _write(self, block: Rendered, indent: str) -> list[Line]:
        return new_lines(block.text, f"{indent}- ", f"{indent}  ")
