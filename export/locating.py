"""Where the blocks that were written last stand in a file that its reader has edited since.

Nothing marks a block in the file. A block is found by its own lines: those that stand once in the base
and once in the file, then their neighbours, then what is left in order. One whose words were all changed
is found by its address (a citation's link), else between its neighbours by the words that it still has.
What is not found, its reader deleted. Finding the wrong place loses nothing: `export.merging` replaces
and removes only what is line for line as it was written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

_ADDRESS = re.compile(r"https?://[^\s()<>\[\]]+")
_WORD = re.compile(r"\w+")
_LIKE = 0.5
"""The share of words in common that makes two blocks one block, edited."""
_NEAR = 40
"""How many of the reader's lines are looked at for a block without an address."""
_COVERED = 1 / 3
"""The share of a block's characters that must be there still for the block to be."""


class Wanted(NamedTuple):
    """A block to be found."""

    pieces: tuple[str, ...]
    """What it is made of: its lines that are not blank, or in an outline itself."""
    mark: str | None = None


class Found(NamedTuple):
    """Where a block stands: the first and the last of the file's pieces."""

    first: int
    last: int
    whole: bool
    """Whether nothing of it is changed or missing, and nothing stands in between."""


def locate_blocks(wanted: Mapping[str, Wanted], pieces: Sequence[str]) -> dict[str, Found]:
    """The blocks that are in the file, by key; `wanted` in the order in which they were written."""
    flat = [piece for block in wanted.values() for piece in block.pieces]
    places = _align(flat, pieces)
    found: dict[str, Found] = {}
    start = 0
    for key, block in wanted.items():
        end = start + len(block.pieces)
        place = _span(block, places[start:end])
        if place is not None:
            found[key] = place
        start = end
    _find_edited(wanted, pieces, found)
    return found


def _span(block: Wanted, places: Sequence[int]) -> Found | None:
    there = [at for at in places if at >= 0]
    if not there:
        return None
    whole = len(there) == len(places) and all(b == a + 1 for a, b in pairwise(there))
    kept = [piece for piece, at in zip(block.pieces, places, strict=True) if at >= 0]
    known = block.mark is not None and any(block.mark in piece for piece in kept)
    if not whole and not known and sum(map(len, kept)) < sum(map(len, block.pieces)) * _COVERED:
        return None
    return Found(min(there), max(there), whole)


def _align(base: Sequence[str], pieces: Sequence[str]) -> list[int]:
    """For each piece of `base` the place of the same piece in the file, -1 for none; no place twice."""
    places = [-1] * len(base)
    in_base, in_file = _index(base), _index(pieces)
    pairs = [
        (at[0], in_file[text][0])
        for text, at in in_base.items()
        if len(at) == 1 and len(in_file.get(text, ())) == 1
    ]
    for at, place in pairs:
        places[at] = place
    taken = {place for _, place in pairs}
    for step, order in ((1, range(len(base))), (-1, range(len(base) - 1, -1, -1))):
        for at in order:
            before = at - step
            if places[at] >= 0 or not 0 <= before < len(base) or places[before] < 0:
                continue
            place = places[before] + step
            if 0 <= place < len(pieces) and place not in taken and pieces[place] == base[at]:
                places[at] = place
                taken.add(place)
    free = {text: deque(at for at in in_file[text] if at not in taken) for text in in_base if text in in_file}
    for at, text in enumerate(base):
        if places[at] < 0 and free.get(text):
            places[at] = free[text].popleft()
    return places


def _index(pieces: Sequence[str]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    for at, piece in enumerate(pieces):
        index[piece].append(at)
    return index


def _find_edited(wanted: Mapping[str, Wanted], pieces: Sequence[str], found: dict[str, Found]) -> None:
    """Add the blocks of which no piece is as it was: by their address, then by their words."""
    spans = sorted((place.first, place.last) for place in found.values())
    inside = {at for first, last in spans for at in range(first, last + 1)}
    free = [at for at in range(len(pieces)) if at not in inside]
    by_address: dict[str, deque[int]] = defaultdict(deque)
    for at in free:
        for address in dict.fromkeys(_ADDRESS.findall(pieces[at])):
            by_address[address].append(at)
    claimed: set[int] = set()
    for key, block in wanted.items():
        if key in found or block.mark is None:
            continue
        places = by_address.get(block.mark)
        while places and places[0] in claimed:
            places.popleft()
        if places:
            at = places.popleft()
            claimed.add(at)
            found[key] = Found(at, at, False)
    free = [at for at in free if at not in claimed]
    after = -1
    for key, block in wanted.items():
        if key in found:
            after = found[key].last
            continue
        for at in free[(start := bisect_left(free, after + 1)) : start + _NEAR]:
            if at not in claimed and _is_like(block, pieces[at]):
                claimed.add(at)
                found[key] = Found(at, at, False)
                after = at
                break


def _is_like(block: Wanted, piece: str) -> bool:
    ours, theirs = set(_WORD.findall("\n".join(block.pieces))), set(_WORD.findall(piece))
    return bool(ours) and len(ours & theirs) >= _LIKE * max(len(ours), len(theirs))
