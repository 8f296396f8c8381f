"""Find the blocks written last in a file that its user has edited since.

Nothing marks a block in the file, so it is found by its lines: first those that are unique in both the base
and the file, then their neighbours, then the rest in order. If all lines changed, it is found by its URL (of
its citation), or else between its neighbours by the words that are left. The user deleted what is not found.
A wrong match loses nothing: `export.note_merge` replaces and removes only what is exactly as written.

This is not a diff: a longest common subsequence would take every block that the user moved for deleted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

_URL = re.compile(r"https?://[^\s()<>\[\]]+")
_WORD = re.compile(r"\w+")
_MIN_SIMILARITY = 0.5
"""The share of words that an edited block has in common with the original."""
_MAX_CANDIDATES = 40
"""How many unmatched lines are compared with a block by their words; more would take quadratic time."""
_MIN_COVERAGE = 1 / 3
"""The share of a block's characters that must be left for the block to be found by its lines."""


class Wanted(NamedTuple):
    """A block to find."""

    pieces: tuple[str, ...]
    """Its lines that are not blank; in an outline the whole block as one piece."""
    mark: str | None = None
    """A URL that identifies it."""


class Found(NamedTuple):
    """The place of a block: its first and last piece in the file."""

    first: int
    last: int
    whole: bool
    """Whether nothing in it is changed, missing or added."""


def match_blocks(wanted: Mapping[str, Wanted], pieces: Sequence[str]) -> dict[str, Found]:
    """Return the places of the blocks that are in the file; `wanted` is in the order they were written in."""
    flat = [piece for block in wanted.values() for piece in block.pieces]
    places = _align(flat, pieces)
    found: dict[str, Found] = {}
    start = 0
    for key, block in wanted.items():
        end = start + len(block.pieces)
        place = _make_place(block, places[start:end])
        if place is not None:
            found[key] = place
        start = end
    _find_edited(wanted, pieces, found)
    return found


def is_pasted(block: Wanted, place: Found, pieces: Sequence[str]) -> bool:
    """Whether the user's lines at a place are the block in another form: its citation, and mostly its words.

    Other words with the same citation only mention it.
    """
    above = (
        1 if len(block.pieces) > 1 and place.first == place.last else 0
    )  # its text, if only the citation is left
    there = "\n".join(pieces[max(0, place.first - above) : place.last + 1])
    if block.mark is None or block.mark not in there:
        return False
    ours, theirs = (set(_WORD.findall(_URL.sub(" ", text))) for text in ("\n".join(block.pieces), there))
    return len(ours & theirs) >= _MIN_SIMILARITY * max(1, len(theirs))


def cover(places: Iterable[Found]) -> set[int]:
    """Return all pieces within the places, each visited once: places of torn blocks overlap."""
    covered: set[int] = set()
    end = 0
    for place in sorted(places):
        covered.update(range(max(place.first, end), place.last + 1))
        end = max(end, place.last + 1)
    return covered


def _make_place(block: Wanted, places: Sequence[int]) -> Found | None:
    there = [at for at in places if at >= 0]
    if not there:
        return None
    whole = len(there) == len(places) and all(b == a + 1 for a, b in pairwise(there))
    kept = [piece for piece, at in zip(block.pieces, places, strict=True) if at >= 0]
    known = block.mark is not None and any(block.mark in piece for piece in kept)
    if not known and sum(map(len, kept)) < sum(map(len, block.pieces)) * _MIN_COVERAGE:
        return None
    return Found(min(there), max(there), whole)


def _align(base: Sequence[str], pieces: Sequence[str]) -> list[int]:
    """Return for each piece of `base` the place of an equal piece in the file, or -1; no place twice."""
    places = [-1] * len(base)
    in_base, in_file = _index(base), _index(pieces)
    pairs = [
        (at[0], in_file[text][0]) for text, at in in_base.items() if len(at) == 1 and len(in_file[text]) == 1
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
    free = {text: deque(at for at in in_file[text] if at not in taken) for text in in_base}
    for at, text in enumerate(base):
        if places[at] < 0 and free[text]:
            places[at] = free[text].popleft()
    return places


def _index(pieces: Sequence[str]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    for at, piece in enumerate(pieces):
        index[piece].append(at)
    return index


def _find_edited(wanted: Mapping[str, Wanted], pieces: Sequence[str], found: dict[str, Found]) -> None:
    """Add the blocks none of whose pieces are left: by their URL, then by their words."""
    inside = cover(found.values())
    free = [at for at in range(len(pieces)) if at not in inside]
    by_url: dict[str, deque[int]] = defaultdict(deque)
    for at in free:
        for url in dict.fromkeys(_URL.findall(pieces[at])):
            by_url[url].append(at)
    claimed: set[int] = set()
    for key, block in wanted.items():
        if key in found:
            continue
        places = by_url.get(block.mark or "")
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
        for at in free[(start := bisect_left(free, after + 1)) : start + _MAX_CANDIDATES]:
            if at not in claimed and _is_similar(block, pieces[at]):
                claimed.add(at)
                found[key] = Found(at, at, False)
                after = at
                break


def _is_similar(block: Wanted, piece: str) -> bool:
    ours, theirs = set(_WORD.findall("\n".join(block.pieces))), set(_WORD.findall(piece))
    return bool(ours) and len(ours & theirs) >= _MIN_SIMILARITY * max(len(ours), len(theirs))
