"""Merge a note with its user's edits, block by block: a three-way merge from text to text.

The base is the note as gleanings wrote it last. A block that is still as written takes the new text. One
that the user changed stays, and its new text is reported as a conflict. One that the user deleted stays
deleted. What gleanings did not write stays where it is. Nothing is re-sorted within its section, because
Logseq would lose block ids; a new block goes after the last of ours in its section. Only lines that
are exactly as gleanings wrote them are replaced or removed, so no word of the user's can be lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from export.block_matching import Found, Wanted, is_pasted, match_blocks
from export.note_places import Flavour
from export.note_tree import Rendered
from export.page_edits import MarkdownPage, OutlinePage, Slot
from export.page_properties import merge_properties
from export.page_units import join_lines, split_lines

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A block whose new text is not in the file."""

    key: str
    text: str
    """The new text."""
    line: int = 0
    """Where the user's version of the block is in the file, from 1; 0 if nowhere."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The new contents of a file."""

    text: str
    """The same text if nothing changes."""
    conflicts: tuple[Conflict, ...] = ()
    """Blocks that the user changed."""
    withheld: tuple[Conflict, ...] = ()
    """New blocks whose section the user deleted."""


def merge_note(
    current: str,
    base: Mapping[str, str],
    blocks: Sequence[Rendered],
    flavour: Flavour,
    without: Collection[str] = (),
) -> Merged:
    """Merge the new note `blocks` into the file `current`.

    `base` holds the text of every block of the last export by key, in order. Merging the result again, with
    `blocks` as the base, changes nothing. New blocks with a key in `without` are not inserted.
    """
    mark = BYTE_ORDER_MARK if current.startswith(BYTE_ORDER_MARK) else ""
    lines = split_lines(current[len(mark) :])
    page = OutlinePage(lines) if flavour == "logseq" else MarkdownPage(lines)
    plain = {key: text for key, text in base.items() if not _is_property(key)}
    merge = _Merge(page, plain, blocks, without)
    merge.update_blocks()
    merge.insert_blocks()
    merge.remove_blocks()
    properties = merge_properties(
        lines,
        page.start,
        {key: text for key, text in base.items() if _is_property(key)},
        [block for block in blocks if block.kind == "property"],
        flavour,
    )
    if properties.end > properties.start:
        page.replaced[properties.start] = (properties.end, properties.lines)
    new = {block.key: block.text for block in blocks}
    edited = page.apply()
    numbers = {id(line): number for number, line in enumerate(edited, 1)}
    conflicts = [(key, lines[page.find_first_line(place, base[key])]) for key, place in merge.conflicts]
    return Merged(
        mark + join_lines(edited, lines),
        tuple(
            Conflict(key, new[key], numbers.get(id(line), 0))
            for key, line in (*properties.conflicts, *conflicts)
        ),
        tuple(Conflict(key, new[key]) for key in merge.withheld),
    )


def find_touched(current: str, base: Mapping[str, str], flavour: Flavour) -> set[str]:
    """Return the keys of the blocks that the user changed or deleted in a file."""
    lines = split_lines(current.removeprefix(BYTE_ORDER_MARK))
    page = OutlinePage(lines) if flavour == "logseq" else MarkdownPage(lines)
    plain = {key: text for key, text in base.items() if not _is_property(key)}
    found = match_blocks({key: Wanted(page.split(text)) for key, text in plain.items()}, page.pieces)
    return {
        key
        for key, text in plain.items()
        if key not in found or not (found[key].whole and page.is_as_written(found[key], text))
    }


def shows_blocks(text: str, blocks: Sequence[Rendered], flavour: Flavour) -> bool:
    """Return whether a page shows the headings among these blocks: an unclosed fence would swallow them."""
    lines = split_lines(text.removeprefix(BYTE_ORDER_MARK))
    page = OutlinePage(lines) if flavour == "logseq" else MarkdownPage(lines)
    shown = page.list_headings()
    return all(page.split(block.text)[0] in shown for block in blocks if block.kind == "heading")


def _is_property(key: str) -> bool:
    return key.startswith("property:")


class _Merge:
    """The decisions about the blocks of one page."""

    def __init__(
        self,
        page: OutlinePage | MarkdownPage,
        base: Mapping[str, str],
        blocks: Sequence[Rendered],
        without: Collection[str],
    ) -> None:
        self.conflicts: list[tuple[str, Found]] = []
        self.withheld: list[str] = []
        self._page = page
        self._base = base
        self._blocks = {block.key: block for block in blocks if block.kind != "property"}
        new = {key: block.text for key, block in self._blocks.items() if key not in base}
        texts = {**base, **new}
        marks = {block.key: block.mark for block in blocks}
        wanted = {key: Wanted(page.split(text), marks.get(key)) for key, text in texts.items()}
        matches = match_blocks(wanted, page.pieces)
        # A new block that is there as a whole was written by an export that could not record it; one that is
        # there in another form was pasted by the user.
        self._found = {
            key: place
            for key, place in matches.items()
            if key in base or place.whole or is_pasted(wanted[key], place, page.pieces)
        }
        self._unchanged = {
            key for key, place in self._found.items() if place.whole and page.is_as_written(place, texts[key])
        }
        page.set_ours(self._found.values())
        self._without = without
        self._old_ends = self._find_old_ends()
        self._homes = self._find_homes()
        self._rehomed = {
            key
            for key, block in self._blocks.items()
            if block.kind in ("passage", "item") and block.parent and key in base
            if block.parent != self._homes[key]
        }
        """The blocks that the note now has below another heading."""
        self._moved = self._take_moved()

    def _find_old_ends(self) -> dict[tuple[str, bool], Found]:
        """Return the end of the last section that the note no longer has: new ones take its place."""
        gone = [self._found[key] for key in self._unchanged - self._blocks.keys()]
        top = [place for place in gone if self._page.find_above(place) < 0 or self._page.is_spaced]
        sections = {self._page.find_above(place) for place in self._found.values()}
        last = max((place for place in top if place.first in sections), default=None)
        if last is None:
            return {}
        inside = [each.last for each in self._found.values() if self._page.is_inside(each, last)]
        return {("", True): Found(last.first, max(inside, default=last.last), False)}

    def _find_homes(self) -> dict[str, str]:
        """Return the heading that each block was last written below; none for those above all headings."""
        above = {self._page.find_above(place) for place in self._found.values()}
        homes: dict[str, str] = {}
        home = ""
        for key in self._base:
            if key in self._blocks:
                is_heading = self._blocks[key].kind == "heading"
            else:
                is_heading = key in self._found and self._found[key].first in above
            home = key if is_heading else home
            homes[key] = home
        return homes

    def _take_moved(self) -> dict[str, Found]:
        """Take the blocks that are as written, and below the heading as written, to their new heading.

        They stay if the user moved them, or if anything of the user's is below them.
        """
        below: dict[str, list[str]] = defaultdict(list)
        for key in self._base:
            parent = key.rpartition("/")[0]
            if parent in self._base:
                below[parent].append(key)
        moved: dict[str, Found] = {}
        for key in self._rehomed:
            place, home = self._found.get(key), self._found.get(self._homes[key])
            if place is None or home is None or self._page.find_above(place) != home.first:
                continue
            parent = self._blocks[key].parent
            if parent in self._base and parent not in self._found:
                continue  # the user deleted that section
            family = [key, *below[key]]
            if self._unchanged.issuperset(family):
                places = [self._found[each] for each in family]
                if self._page.is_alone(place, places):
                    moved |= dict(zip(family, places, strict=True))
        for key in moved:
            del self._found[key]
        return moved

    def update_blocks(self) -> None:
        """Replace the blocks with a new text, unless the user changed them.

        A passage that does not follow its heading keeps its text, which may name what only the heading names.
        """
        for key, block in self._blocks.items():
            place = self._found.get(key)
            if place is None or block.text == self._base.get(key, block.text):
                continue
            if block.kind == "passage" and key in self._rehomed:
                continue
            if key in self._unchanged:
                self._page.replace(place, block)
            elif not self._page.is_as_written(place, block.text):
                self.conflicts.append((key, place))

    def remove_blocks(self) -> None:
        """Remove the blocks that the note no longer has, unless the user changed them."""
        gone = self._base.keys() - self._blocks.keys()
        places = {**self._found, **self._moved}
        obsolete = [places[key] for key in (gone & self._unchanged) | self._moved.keys()]
        top = [key for key, block in self._blocks.items() if block.kind != "heading" and not block.parent]
        self._page.remove(obsolete, {self._found[key].first for key in top if key in self._found})

    def insert_blocks(self) -> None:
        """Insert each new block after the last of ours in its section and the ones inserted before it."""
        ends = self._find_section_ends()
        slots: dict[tuple[str, bool], Slot] = {}
        inserted: dict[str, Slot] = {}
        for key, block in self._blocks.items():
            if key in self._found or (key in self._base and key not in self._moved):
                continue
            if key in self._without or block.parent in self._without:
                continue
            section = _name_section(block)
            if above := inserted.get(block.parent):
                slot = above._replace(indent=above.indent + self._page.step)
            elif section in slots:
                slot = slots[section]
            elif section in ends:
                slot = self._page.find_slot_after(ends[section], block)
            elif block.parent and (block.parent, False) in ends:  # the first heading, below the text
                slot = self._page.find_slot_after(ends[block.parent, False], block)
            elif block.parent in self._found:
                slot = self._page.find_slot_below(self._found[block.parent], block)
            elif section in self._old_ends:
                slot = self._page.find_slot_after(self._old_ends[section], block)
            elif block.parent:
                self.withheld.append(key)
                continue
            else:
                slot = self._page.find_last_slot()
            self._page.insert(slot, block)
            slots[section] = inserted[key] = slot

    def _find_section_ends(self) -> dict[tuple[str, bool], Found]:
        """Return the last of our blocks in each section, extended to the end of its own children."""
        last = dict(self._found)
        ends: dict[tuple[str, bool], Found] = {}
        for block in reversed(self._blocks.values()):
            own, place = self._found.get(block.key), last.get(block.key)
            if own is None or place is None or not self._is_in_section(block, own):
                continue
            if block.parent in last and last[block.parent].last < place.last:
                last[block.parent] = Found(last[block.parent].first, place.last, False)
            section = _name_section(block)
            if section not in ends or ends[section].last < place.last:
                ends[section] = Found(own.first, place.last, False)
        return ends

    def _is_in_section(self, block: Rendered, place: Found) -> bool:
        """Return whether the user left a block in its section."""
        parent = self._found.get(block.parent)
        return parent is None or self._page.is_below(place, parent)


def _name_section(block: Rendered) -> tuple[str, bool]:
    """Return a key for the blocks that a new one joins: headings follow headings, text follows text."""
    return block.parent, block.kind == "heading"
