"""Insert, replace and remove blocks of a page: changes are collected first and then made in one pass."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from export.block_matching import Found, cover
from export.note_tree import Rendered
from export.page_units import (
    NO_HEADING,
    Line,
    Unit,
    find_front_matter,
    new_lines,
    split_markdown,
    split_outline,
)

_COLLAPSED = re.compile(r"[ \t]*collapsed::", re.IGNORECASE)
_FENCES = ("```", "~~~")
_ITEM = re.compile(r"[ \t]*[-*+] ")
_IN_LISTS = ("item", "fact")
"""The kinds of blocks that have no blank line between them in Markdown."""


class Slot(NamedTuple):
    """Where to insert a block."""

    after: int
    """The line before it; -1 at the top."""
    depth: int
    """The deepest of the blocks inserted after one line come first: they belong to what precedes."""
    indent: str = ""


class _Page:
    """A page and the changes to it; a place is a range of units."""

    bullet = ""
    """What a block begins with."""
    is_spaced = False
    """Whether blocks have a blank line between them."""

    def __init__(self, lines: Sequence[Line], units: Sequence[Unit]) -> None:
        self.lines = lines
        self.units = units
        self.pieces = [unit.text for unit in units]
        self.replaced: dict[int, tuple[int, Sequence[Line]]] = {}
        """By first line: the line after the last one, and the new lines."""
        self._removed: set[int] = set()
        self._inserted: dict[int, list[tuple[Slot, Rendered]]] = defaultdict(list)
        self._ours: set[int] = set()
        self._above: list[int] = []

    def set_ours(self, places: Iterable[Found]) -> None:
        """Tell the page which units belong to blocks that gleanings wrote."""
        self._ours = cover(places)

    def find_above(self, place: Found) -> int:
        """Return the unit of the heading or parent that a place is below; -1 for the top level."""
        if not self._above:
            self._above = list(self._find_all_above())
        return self._above[place.first]

    def is_inside(self, place: Found, section: Found) -> bool:
        """Return whether a block is below another at any depth."""
        above = self.units[section.first]
        return above.start < self.units[place.first].start < above.subtree_end

    def _find_all_above(self) -> Iterator[int]:
        open_units: list[int] = []
        for at, unit in enumerate(self.units):
            if unit.depth != NO_HEADING or not self.is_spaced:
                while open_units and self.units[open_units[-1]].depth >= unit.depth:
                    open_units.pop()
            yield open_units[-1] if open_units else -1
            if unit.depth != NO_HEADING or not self.is_spaced:
                open_units.append(at)

    def insert(self, slot: Slot, block: Rendered) -> None:
        """Insert a block after those inserted into the same slot before."""
        self._inserted[slot.after].append((slot, block))

    def remove(self, places: Iterable[Found], loose: Collection[int] = ()) -> None:
        """Remove blocks, except those with children or properties, such as an `id::` that is referred to.

        `loose` are units that belong to no heading, even if they follow one.
        """
        first_by_last = {place.last: place.first for place in places}
        if not first_by_last:
            return
        following = -1  # the depth of what comes next and stays: a child, if it is greater than the block's
        at = len(self.units) - 1
        while at >= 0:
            start, last = first_by_last.get(at, at), self.units[at]
            first = self.units[start]
            if inserted := self._inserted.get(last.end - 1):
                following = last.depth if self.is_spaced else max(slot.depth for slot, _ in inserted)
            is_bare = all(_COLLAPSED.match(self.lines[line].text) for line in first.properties)
            if at in first_by_last and is_bare and following <= first.depth:
                self._removed.update(range(first.start, last.end))
            else:
                following = -1 if self.is_spaced and at in loose else first.depth
            at = start - 1

    def apply(self) -> list[Line]:
        """Return the page's lines with all changes made."""
        out: list[Line] = []
        gap = self._insert_after(-1, out)
        at = 0
        after_removal = False
        while at < len(self.lines):
            end, now = self.replaced.get(at, (at + 1, [self.lines[at]]))
            text = self.lines[at].text
            if at in self._removed:
                after_removal = True
            elif not (after_removal and self.is_spaced and not text.strip() and _ends_blank(out)):
                after_removal = after_removal and not text.strip()
                if gap is not None and text.strip() and not (gap and _ITEM.match(text)):
                    out.append(Line("", ""))
                gap = None
                out += now
            inserted = self._insert_after(end - 1, out)
            gap = inserted if inserted is not None else gap
            at = end
        if after_removal and self.is_spaced:
            while out and not out[-1].text.strip():
                out.pop()
        return out

    def write(self, block: Rendered, indent: str) -> list[Line]:
        """Return the lines of a block."""
        return new_lines(block.text, indent + self.bullet, indent + " " * len(self.bullet))

    def _insert_after(self, line: int, out: list[Line]) -> bool | None:
        """Add the blocks inserted after a line; return whether the last is a list item, None for no block."""
        is_item = None
        for slot, block in sorted(self._inserted.get(line, ()), key=lambda each: -each[0].depth):
            is_item = block.kind in _IN_LISTS
            if self.is_spaced and not _ends_blank(out) and not (is_item and _ITEM.match(out[-1].text)):
                out.append(Line("", ""))
            out += self.write(block, slot.indent)
        return is_item if self.is_spaced else None


class OutlinePage(_Page):
    """A Logseq page; its units are blocks."""

    bullet = "- "

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__(lines, split_outline(lines))
        self.start = self.units[0].start if self.units else len(lines)
        """The line after the page's properties."""
        self.step = next((unit.indent for unit in self.units if unit.depth == 1), "\t")
        """The indentation of a child below its parent's."""

    def split(self, text: str) -> tuple[str, ...]:
        """Return the pieces to find a block's text by: the whole of it."""
        return ("\n".join(line.rstrip() for line in text.split("\n")).rstrip(),)

    def list_headings(self) -> set[str]:
        """Return the texts of all blocks; any can be a heading."""
        return set(self.pieces)

    def find_first_line(self, place: Found, text: str) -> int:
        """Return the first line of what the user made of `text`."""
        return self.units[place.first].start

    def is_as_written(self, place: Found, text: str) -> bool:
        """Return whether the block has this text."""
        return self.split(text)[0] == self.pieces[place.first]

    def is_below(self, place: Found, parent: Found) -> bool:
        """Return whether a block is still directly below another."""
        below, above = self.units[place.first], self.units[parent.first]
        return below.depth == above.depth + 1 and above.start < below.start < above.subtree_end

    def is_alone(self, place: Found, own: Collection[Found]) -> bool:
        """Return whether a block has nothing below it and no properties except for its `own` blocks."""
        unit, ours = self.units[place.first], {each.first for each in own}
        at = place.first
        while at < len(self.units) and self.units[at].start < unit.subtree_end:
            if at not in ours or self.units[at].properties:
                return False
            at += 1
        return True

    def find_slot_after(self, place: Found, block: Rendered) -> Slot:
        """Return a slot after a sibling and everything below it."""
        sibling = self.units[place.first]
        return Slot(sibling.subtree_end - 1, sibling.depth, sibling.indent)

    def find_slot_below(self, parent: Found, block: Rendered) -> Slot:
        """Return a slot below a block without children of ours, after the user's."""
        above, child = self.units[parent.first], parent.first + 1
        has_child = child < len(self.units) and self.units[child].depth > above.depth
        indent = self.units[child].indent if has_child else above.indent + self.step
        return Slot(above.subtree_end - 1, above.depth + 1, indent)

    def find_last_slot(self) -> Slot:
        """Return the slot at the end of the page."""
        return Slot(len(self.lines) - 1, 0)

    def replace(self, place: Found, block: Rendered) -> None:
        """Replace the text of a block; its properties and its children stay."""
        old = self.units[place.first]
        lines = self.write(block, old.indent)
        last = max((at for at in range(old.start, old.end) if self.lines[at].text.strip()), default=old.start)
        # Properties go after the first line, or after code: inside it they would be text.
        split = len(lines) if block.text.startswith(_FENCES) else 1
        properties = [self.lines[at] for at in old.properties]
        self.replaced[old.start] = (last + 1, [*lines[:split], *properties, *lines[split:]])


class MarkdownPage(_Page):
    """A Markdown page; its units are the lines that are not blank."""

    is_spaced = True
    step = ""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.start = find_front_matter(lines)
        super().__init__(lines, split_markdown(lines, self.start))

    def split(self, text: str) -> tuple[str, ...]:
        """Return the pieces to find a block's text by: its lines that are not blank."""
        return tuple(line.rstrip() for line in text.split("\n") if line.strip())

    def list_headings(self) -> set[str]:
        """Return the headings that are not in code."""
        return {unit.text for unit in self.units if unit.depth != NO_HEADING}

    def find_first_line(self, place: Found, text: str) -> int:
        """Return the first line of what the user made of `text`; lines not found were above the others."""
        first = place.first
        for _ in range(len(self.split(text)) - (place.last - place.first + 1)):
            if not first or not self._is_users_text(first - 1):
                break
            first -= 1
        return self.units[first].start

    def is_as_written(self, place: Found, text: str) -> bool:
        """Return whether the lines of a place, with the blank ones, are this text."""
        lines = self.lines[self.units[place.first].start : self.units[place.last].end]
        return [line.text.rstrip() for line in lines] == [line.rstrip() for line in text.split("\n")]

    def is_below(self, place: Found, parent: Found) -> bool:
        """Return whether a block is still in the section of a heading."""
        heading, start = self.units[parent.first], self.units[place.first].start
        return heading.depth == NO_HEADING or heading.start < start < heading.subtree_end

    def is_alone(self, place: Found, own: Collection[Found]) -> bool:
        """Return whether no text of the user's follows a block and its `own` blocks directly."""
        ours = cover(own)
        last = max(each.last for each in own)
        return len(ours) == last + 1 - place.first and not (
            last + 1 < len(self.units) and self._is_users_text(last + 1)
        )

    def find_slot_after(self, place: Found, block: Rendered) -> Slot:
        """Return a slot after one of our blocks and the user's lines that belong to it.

        After a list item these are the lines directly below it or indented, otherwise all lines up to the
        next block of ours or heading.
        """
        last = place.last
        while last + 1 < len(self.units) and self._is_users_text(last + 1):
            following = self.units[last + 1]
            is_apart = following.start > self.units[last].end
            if block.kind in _IN_LISTS and is_apart and not following.text.startswith((" ", "\t")):
                break
            last += 1
        return Slot(self.units[last].start, block.depth)

    def find_slot_below(self, parent: Found, block: Rendered) -> Slot:
        """Return a slot below a heading or passage that nothing of ours follows."""
        return self.find_slot_after(parent, block)

    def find_last_slot(self) -> Slot:
        """Return the slot at the end of the page."""
        return Slot(self.units[-1].start if self.units else self.start - 1, 0)

    def replace(self, place: Found, block: Rendered) -> None:
        """Replace the lines of a block."""
        self.replaced[self.units[place.first].start] = (self.units[place.last].end, self.write(block, ""))

    def _is_users_text(self, at: int) -> bool:
        return self.units[at].depth == NO_HEADING and at not in self._ours


def _ends_blank(out: Sequence[Line]) -> bool:
    return not out or not out[-1].text.strip()
