"""Groups of highlights that are about the same: simple, and the same for the same highlights. Pure.

Whoever has most neighbours gathers them; then whoever has most among the rest, and so on. What a group
gathers in the end is all that is nearer to its middle than to another's, and near enough. Needs the extra
`topics`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from export.cleaning import is_closer
from export.group_names import Naming, count_words, find_phrases, find_words, spell_name
from export.meaning import is_long_enough, make_unit
from record_types.library import ReadHighlight

NEIGHBOUR = 0.35
"""Likeness of two texts that are about the same."""
MEMBER = 0.4
"""Likeness to a group's middle."""
MOST_COMPARED = 6_000
"""Texts that are compared each with each; of more a share is, evenly drawn."""
MOST_GROUPS = 400


@dataclass(frozen=True, slots=True)
class Group:
    """Highlights that are about the same."""

    name: str
    words: tuple[str, ...]
    """What stands out in their texts, the name first."""
    phrases: tuple[str, ...]
    """Those of the words that seldom stand elsewhere: what a rule may look for."""
    highlights: tuple[ReadHighlight, ...]
    """The most typical first."""
    documents: int


def find_groups(
    highlights: Sequence[ReadHighlight],
    places: NDArray[np.float32],
    taken: set[int],
    known: Sequence[str] = (),
    *,
    fewest: int = 5,
) -> list[Group]:
    """Groups of the highlights that are not `taken` (ids), each under a name of its own.

    Those from most documents come first: what is met everywhere is more of a topic than one long article.

    `places` has a row for each of `highlights`, as `take_off_common` gives them; `known` are names that
    topics have already. A group has at least `fewest` highlights, from more than one document.
    """
    order = sorted(range(len(highlights)), key=lambda number: highlights[number].uid)
    free = [n for n in order if highlights[n].id not in taken and _may_be_grouped(highlights[n])]
    if len(free) < fewest:
        return []
    rows = places[free]
    naming = Naming([count_words(each) for each in highlights], known)
    groups = []
    for members in _gather_members(rows, fewest):
        chosen = [free[member] for member in members]
        documents = len({highlights[number].document_id for number in chosen})
        words = find_words(naming, chosen) if documents > 1 else ()
        if words:
            found = tuple(highlights[number] for number in chosen)
            name = spell_name(words[0], found)
            groups.append(Group(name, words, find_phrases(naming, chosen, words), found, documents))
    return sorted(groups, key=lambda group: (-group.documents, -len(group.highlights), group.name))


def _may_be_grouped(highlight: ReadHighlight) -> bool:
    return is_long_enough(highlight) and not is_closer(highlight.text)


def _gather_members(rows: NDArray[np.float32], fewest: int) -> list[list[int]]:
    """The members of each group, the largest group and its most typical member first."""
    middles = _find_middles(rows, fewest)
    if not len(middles):
        return []
    likeness = np.round(rows @ middles.T, 4)
    nearest = likeness.argmax(axis=1)
    best = likeness[np.arange(len(rows)), nearest]
    groups = []
    for group in range(len(middles)):
        members = np.flatnonzero((nearest == group) & (best >= MEMBER))
        if len(members) >= fewest:
            groups.append(members[np.argsort(-best[members], kind="stable")].tolist())
    return sorted(groups, key=lambda members: (-len(members), members))  # the largest takes its name first


def _find_middles(rows: NDArray[np.float32], fewest: int) -> NDArray[np.float32]:
    step = -(-len(rows) // MOST_COMPARED)
    some = rows[::step]
    near = np.round(some @ some.T, 4) >= NEIGHBOUR
    left = near.sum(axis=1)
    alive = np.ones(len(some), bool)
    middles: list[NDArray[np.float32]] = []
    while len(middles) < MOST_GROUPS:
        centre = int(left.argmax())
        if left[centre] < max(fewest // step, 2):
            break
        members = np.flatnonzero(near[centre] & alive)
        middles.append(some[members].mean(axis=0))
        alive[members] = False
        left -= near[:, members].sum(axis=1)
        left[~alive] = 0
    return make_unit(np.array(middles)) if middles else np.zeros((0, rows.shape[1]), np.float32)
