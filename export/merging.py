"""A note that its reader edited, merged block by block with its newer form: pure, text to text.

Of a block that gleanings wrote (LOGSEQ.md, Writing 5 to 8): still as it was written, it takes the newer
text; changed by the reader, it stays as it is and the newer text is kept aside and reported; deleted, it
stays deleted. What gleanings did not write stays where it is. Nothing is re-sorted; a new block goes after
the last of ours in its section. Only lines that are exactly as gleanings wrote them are ever replaced or
removed, so that no word of the reader's can be lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from export.edits import apply_edits
from export.front import find_front, merge_front
from export.lines import join_lines, split_lines
from export.locating import Found, Wanted, locate_blocks
from export.note_places import Flavour
from export.outline_merging import OutlineFile
from export.rendered import Rendered
from export.sheet_merging import SheetFile

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A block of which there is a newer text beside the reader's own."""

    key: str
    text: str
    """The newer text, which the note does not show."""
    line: int = 0
    """Where the reader's own stands in the note, from 1; 0 where nothing of it does."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a file is to hold."""

    text: str
    """The same text where nothing changes."""
    conflicts: tuple[Conflict, ...] = ()
    withheld: tuple[Conflict, ...] = ()
    """New blocks whose section the reader deleted."""


def merge_note(current: str, base: Mapping[str, str], blocks: Sequence[Rendered], flavour: Flavour) -> Merged:
    """The file `current` with what is new in `blocks`, the note as it is now rendered.

    `base` holds the text of every block as the last export rendered it, by key, in order. Merging again
    with `blocks` as the base changes nothing.
    """
    mark = BYTE_ORDER_MARK if current.startswith(BYTE_ORDER_MARK) else ""
    lines = split_lines(current[len(mark) :])
    body = [block for block in blocks if block.kind != "property"]
    page = OutlineFile(lines) if flavour == "logseq" else SheetFile(lines, find_front(lines))
    decided = _Merge(page, {key: text for key, text in base.items() if not _is_property(key)}, body)
    decided.decide()
    front = merge_front(
        lines,
        page.start,
        {key: text for key, text in base.items() if _is_property(key)},
        [block for block in blocks if block.kind == "property"],
        flavour,
    )
    if front.end > front.start:
        page.edits.replaced[front.start] = (front.end, list(front.lines))
    newer = {block.key: block.text for block in blocks}
    edited = apply_edits(lines, page.edits, spaced=page.spaced)
    at = {id(line): number for number, line in enumerate(edited, 1)}
    conflicts = ((key, lines[page.find_line(place, base[key])]) for key, place in decided.conflicts)
    theirs = [*front.kept_aside, *conflicts]
    return Merged(
        mark + join_lines(edited, lines),
        tuple(Conflict(key, newer[key], at.get(id(line), 0)) for key, line in theirs),
        tuple(Conflict(key, newer[key]) for key in decided.withheld),
    )


def shows_blocks(text: str, blocks: Sequence[Rendered], flavour: Flavour) -> bool:
    """Whether a page has these blocks as such: a fence above that is never closed would swallow them."""
    lines = split_lines(text.removeprefix(BYTE_ORDER_MARK))
    page = OutlineFile(lines) if flavour == "logseq" else SheetFile(lines, find_front(lines))
    there = page.list_shown()
    return all(page.split(block.text)[0] in there for block in blocks if block.kind == "heading")


def _is_property(key: str) -> bool:
    return key.startswith("property:")


class _Merge:
    """The decisions for the blocks of one file; `page` knows how its flavour puts them in and out."""

    def __init__(
        self, page: OutlineFile | SheetFile, base: Mapping[str, str], blocks: Sequence[Rendered]
    ) -> None:
        self.conflicts: list[tuple[str, Found]] = []
        self.withheld: list[str] = []
        self._page = page
        self._base = base
        self._blocks = blocks
        self._marks = {block.key: block.mark for block in blocks}
        texts = {**base, **{block.key: block.text for block in blocks if block.key not in base}}
        wanted = {key: Wanted(page.split(text), self._marks.get(key)) for key, text in texts.items()}
        self._found = {
            key: place
            for key, place in locate_blocks(wanted, page.pieces).items()
            if key in base or place.whole
        }
        self._whole = {
            key for key, place in self._found.items() if place.whole and page.is_as_written(place, texts[key])
        }

    def decide(self) -> None:
        """Collect the page's edits, and what is kept aside."""
        page, found = self._page, self._found
        page.set_ours(found)
        for block in self._blocks:
            if block.key in found and block.key in self._base:
                self._update(block, found[block.key])
        newer = self._marks.keys()
        gone = [key for key in self._base if key not in newer and key in self._whole]
        self._insert_new()
        page.remove([found[key] for key in gone])

    def _update(self, block: Rendered, place: Found) -> None:
        if block.text == self._base[block.key]:
            return
        if block.key in self._whole:
            self._page.replace(place, block)
        elif not self._page.is_as_written(place, block.text):
            self.conflicts.append((block.key, place))

    def _insert_new(self) -> None:
        """Put every new block after the last of ours in its section, behind other new ones there."""
        ends = self._find_ends()
        slots: dict[tuple[str, bool], str] = {}
        for block in self._blocks:
            if block.key in self._found or block.key in self._base:
                continue
            section = (block.parent, block.kind == "heading")
            if block.parent in self._page.placed:
                self._page.insert_behind(block.parent, block, is_child=True)
            elif section in slots:
                self._page.insert_behind(slots[section], block, is_child=False)
            elif section in ends:
                self._page.insert_after(ends[section], block)
            elif block.parent in self._found:
                self._page.insert_under(self._found[block.parent], block)
            elif block.parent:
                self.withheld.append(block.key)
                continue
            else:
                self._page.insert_at_end(block)
            slots[section] = block.key

    def _find_ends(self) -> dict[tuple[str, bool], Found]:
        """The last of ours in each section, its own blocks included; headings apart from what is none."""
        last: dict[str, Found] = dict(self._found)
        ends: dict[tuple[str, bool], Found] = {}
        for block in reversed(self._blocks):
            own, place = self._found.get(block.key), last.get(block.key)
            if own is None or place is None or not self._is_in_place(block, own):
                continue
            if block.parent in last and last[block.parent].last < place.last:
                last[block.parent] = Found(last[block.parent].first, place.last, False)
            section = (block.parent, block.kind == "heading")
            if section not in ends or ends[section].last < place.last:
                ends[section] = Found(own.first, place.last, False)
        return ends

    def _is_in_place(self, block: Rendered, place: Found) -> bool:
        """Whether a block is still in its section: the reader may have moved it elsewhere."""
        parent = self._found.get(block.parent)
        return parent is None or self._page.is_under(place, parent)
