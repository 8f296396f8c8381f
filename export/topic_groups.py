"""Groups of highlights that are about the same: simple, and the same for the same highlights. Pure.

Whoever has most neighbours gathers them; then whoever has most among the rest, and so on. What a group
gathers in the end is all that is nearer to its middle than to another's, and near enough. Needs the extra
`topics`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from export.embedder import strip_marks
from export.similarity import is_long_enough, make_unit
from export.stop_words import NO_NAME
from export.thread_marks import is_closer
from export.topic_names import fold_name, is_stop_name
from record_types.library import ReadHighlight

NEIGHBOUR = 0.35
"""Likeness of two texts that are about the same."""
MEMBER = 0.4
"""Likeness to a group's middle."""
MOST_COMPARED = 6_000
"""Texts that are compared each with each; of more a share is, evenly drawn."""
MOST_GROUPS = 400
MOST_WORDS = 4
COMMON = 0.1
"""Share of all highlights; a word that stands in more is about nothing in particular."""
OFTEN = 0.25
"""Share of the group in which its name stands."""

_WORD = re.compile(r"(?<![@\w])[^\W\d_][\w'’-]+")
_SHORTEST = 3


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


class Naming:
    """All highlights' words, and which names are given away already."""

    def __init__(self, words: Sequence[frozenset[str]], known: Sequence[str]) -> None:
        """`words` as `count_words` gives them, `known` the names of topics that there are."""
        self.words = words
        self.counts = Counter(word for each in words for word in each)
        self.given = {fold_name(name) for name in known}


def count_words(highlight: ReadHighlight) -> frozenset[str]:
    """The words of a text and its pairs of neighbouring words, without those that name nothing."""
    words = [word.casefold().replace("’", "'").removesuffix("'s") for word in _split(highlight.text)]
    pairs = (f"{one} {other}" for one, other in pairwise(words) if one != other)
    return frozenset(
        term
        for term in (*words, *pairs)
        if not is_stop_name(term) and not any(_names_nothing(word) for word in term.split())
    )


def find_words(naming: Naming, group: Sequence[int]) -> tuple[str, ...]:
    """What stands out in the group (numbers of highlights), the name that it takes first; empty for none."""
    inside = Counter(word for number in group for word in naming.words[number])
    everywhere = max(COMMON * len(naming.words), 2 * len(group))
    scores = {
        word: count * log(len(naming.words) / naming.counts[word] + 1) * (1.3 if " " in word else 1.0)
        for word, count in inside.items()
        if count >= max(2, OFTEN * len(group)) and naming.counts[word] <= everywhere
    }
    found: list[str] = []
    for word in sorted(scores, key=lambda word: (-scores[word], word)):
        if fold_name(word) not in naming.given and not _is_part(word, found):
            found.append(word)
        if len(found) == MOST_WORDS:
            break
    if found:
        naming.given.add(fold_name(found[0]))
    return tuple(found)


def find_phrases(naming: Naming, group: Sequence[int], words: Sequence[str]) -> tuple[str, ...]:
    """The name and those of the group's words that stand in it about as often as everywhere else."""
    inside = Counter(word for number in group for word in naming.words[number])
    return (words[0], *(word for word in words[1:] if 2 * inside[word] >= naming.counts[word]))


def spell_name(word: str, highlights: Sequence[ReadHighlight]) -> str:
    """The word as the highlights spell it most, with a capital: `ChatGPT`, `Sleep`."""
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    spelled = Counter(match for each in highlights for match in pattern.findall(strip_marks(each.text)))
    name = min(spelled, key=lambda match: (-spelled[match], match), default=word)
    return name[:1].upper() + name[1:]


def _is_part(word: str, found: Sequence[str]) -> bool:
    """Whether a word says what another of them says already: `sleep` beside `deep sleep`, or its plural."""
    keys = {fold_name(part) for other in found for part in (other, *other.split())}
    return any(fold_name(part) in keys for part in (word, *word.split()))


def _names_nothing(word: str) -> bool:
    return word in NO_NAME or (len(word) < _SHORTEST and word.isascii())


def _split(text: str) -> Iterator[str]:
    return (match[0] for match in _WORD.finditer(strip_marks(text)))
