"""A Markdown page as a merge sees it: its lines, and how a block is replaced, put in and taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from export.edits import Edits, Insertion
from export.lines import Line, new_lines
from export.locating import Found
from export.rendered import Rendered
from export.sheets import Sheet

_IN_LISTS = ("item", "fact")


class SheetFile:
    """One file; places are numbers of lines that are not blank."""

    spaced = True

    def __init__(self, lines: Sequence[Line], start: int) -> None:
        self.edits = Edits()
        self.start = start
        """The line after the front matter."""
        self.placed: dict[str, tuple[int, int]] = {}
        """Of the blocks put in: after which line, in which depth of what was there."""
        self._lines = lines
        self._sheet = Sheet(lines, start)
        self._rows = self._sheet.rows
        self.pieces = [lines[at].text.rstrip() for at in self._rows]
        self._ours: set[int] = set()

    def list_shown(self) -> set[str]:
        """The headings that are not in code."""
        levels = self._sheet.levels
        return {piece for piece, row in zip(self.pieces, self._rows, strict=True) if levels[row]}

    def split(self, text: str) -> tuple[str, ...]:
        """What a block's text is found by: its lines that are not blank."""
        return tuple(line.rstrip() for line in text.split("\n") if line.strip())

    def set_ours(self, found: Mapping[str, Found]) -> None:
        """Learn which blocks are ours."""
        for place in found.values():
            self._ours.update(range(self._rows[place.first], self._rows[place.last] + 1))

    def find_line(self, place: Found, text: str) -> int:
        """The number of the first line of what became of `text`; what it misses stood above."""
        first = place.first
        for _ in range(len(self.split(text)) - (place.last - place.first + 1)):
            above = self._rows[first - 1] if first else -1
            if above < 0 or above in self._ours or self._sheet.levels[above]:
                break
            first -= 1
        return self._rows[first]

    def is_as_written(self, place: Found, text: str) -> bool:
        """Whether the lines at a place are these, blank ones and all."""
        lines = self._lines[self._rows[place.first] : self._rows[place.last] + 1]
        return [line.text.rstrip() for line in lines] == [line.rstrip() for line in text.split("\n")]

    def is_under(self, place: Found, parent: Found) -> bool:
        """Whether a block still stands in the section of a heading."""
        heading = self._rows[parent.first]
        if not self._sheet.levels[heading]:
            return True
        return heading < self._rows[place.first] < self._sheet.find_section_end(heading)

    def replace(self, place: Found, block: Rendered) -> None:
        """Give a block another text."""
        start, end = self._rows[place.first], self._rows[place.last] + 1
        self.edits.replaced[start] = (end, new_lines(block.text))

    def remove(self, places: Iterable[Found]) -> None:
        """Take blocks out, but for headings that have anything under them still."""
        spans = [(self._rows[place.first], self._rows[place.last] + 1) for place in places]
        for start, end in sorted(spans, reverse=True):
            past = self._sheet.find_section_end(start) if self._sheet.levels[start] else end
            rest = [
                at for at in range(end, past) if at not in self.edits.removed and self._lines[at].text.strip()
            ]
            if not rest and not any(at in self.edits.inserted for at in range(end, past)):
                self.edits.removed.update(range(start, end))

    def insert_after(self, place: Found, block: Rendered) -> None:
        """Put a block behind the last of ours in its section and the reader's words that go with that."""
        last = self._rows[place.last]
        after = self._sheet.find_last_attached(last, self._ours, in_list=block.kind in _IN_LISTS)
        self._insert(block, after, block.depth)

    def insert_under(self, parent: Found, block: Rendered) -> None:
        """Put a block under a heading or passage that has none of ours."""
        self.insert_after(parent, block)

    def insert_at_end(self, block: Rendered) -> None:
        """Put a block at the end of the page."""
        last = self._rows[-1] if self._rows else self.start - 1
        self._insert(block, last, 0)

    def insert_behind(self, key: str, block: Rendered, *, is_child: bool) -> None:
        """Put a block behind one that was put in just now."""
        self._insert(block, *self.placed[key])

    def _insert(self, block: Rendered, after: int, depth: int) -> None:
        self.placed[block.key] = (after, depth)
        self.edits.insert(after, depth, Insertion(tuple(new_lines(block.text)), block.kind in _IN_LISTS))
