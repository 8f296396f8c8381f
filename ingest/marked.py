"""Clippings of one book: those that were marked anew, and which note belongs to which.

Both look at the few neighbours by location only, so that a book of any length takes linear time.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from ingest.clippings import Meta

_NEIGHBOURS = 12


@dataclass(slots=True)
class Clipping:
    """One entry of the file."""

    text: str
    line: int
    meta: Meta
    spelled: str = field(init=False)
    """Its letters and digits only."""

    def __post_init__(self) -> None:
        self.spelled = "".join(filter(str.isalnum, self.text.casefold())) or self.text


def drop_overlaps(clippings: list[Clipping]) -> list[Clipping]:
    """The clippings without those whose words another at the same place has too: the fuller text stays.

    Order stays. Of two alike the first stays.
    """
    placed = sorted(range(len(clippings)), key=lambda index: _place(clippings[index]))
    dropped: set[int] = set()
    recent: list[int] = []
    for index in placed:
        for other in list(recent):
            fuller = _find_fuller(clippings, other, index)
            if fuller is None:
                continue
            shorter = index if fuller == other else other
            dropped.add(shorter)
            if shorter == index:
                break
            recent.remove(other)
        if index not in dropped:
            recent = [*recent[1 - _NEIGHBOURS :], index]
    return [clipping for index, clipping in enumerate(clippings) if index not in dropped]


def attach_notes(notes: list[Clipping], highlights: list[Clipping]) -> list[tuple[Clipping, int | None]]:
    """Each note with the index of the highlight that it stands in or at; None where there is none."""
    placed = sorted(
        (index for index, highlight in enumerate(highlights) if highlight.meta.location),
        key=lambda index: _place(highlights[index]),
    )
    starts = [_place(highlights[index])[0] for index in placed]
    pages = {highlight.meta.page: index for index, highlight in enumerate(highlights) if highlight.meta.page}
    return [(note, _find_owner(note, highlights, placed, starts, pages)) for note in notes]


def _find_owner(
    note: Clipping,
    highlights: list[Clipping],
    placed: list[int],
    starts: list[int],
    pages: dict[str, int],
) -> int | None:
    if note.meta.location is None:
        return pages.get(note.meta.page) if note.meta.page else None
    place = note.meta.location[0]
    past = bisect_right(starts, place)
    near = placed[max(past - _NEIGHBOURS, 0) : past]
    holding = [index for index in near if _place(highlights[index])[1] >= place]
    # a note's location is the last one of its highlight
    return min(holding, key=lambda index: (_place(highlights[index])[1] - place, -index), default=None)


def _find_fuller(clippings: list[Clipping], first: int, second: int) -> int | None:
    """The one of two overlapping clippings that has all the words of the other."""
    one, two = clippings[first], clippings[second]
    if _place(one)[1] < _place(two)[0] or _place(two)[1] < _place(one)[0]:
        return None
    if one.spelled == two.spelled:
        return min(first, second)
    if one.meta.location is None or two.meta.location is None:
        return None  # `Yes.` on one page is not `Yes, and …` on the same
    if two.spelled in one.spelled:
        return first
    return second if one.spelled in two.spelled else None


def _place(clipping: Clipping) -> tuple[int, int]:
    """The range of locations; pages are apart from them, and what has no place is at its own."""
    if clipping.meta.location:
        return clipping.meta.location
    page = clipping.meta.page or ""
    number = -int(page) - 1 if page.isdecimal() else -(10**9)
    return number, number
