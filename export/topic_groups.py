"""Group highlights that are about the same subject, as proposals for topics. Needs the extra `topics`.

The highlight with most neighbours forms a group with them, then the one with most among the rest, and so on.
In the end every highlight joins the group whose centre is most similar, if it is similar enough. The same
highlights always make the same groups.
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
"""Similarity of two texts about the same subject."""
MEMBER = 0.4
"""Similarity of a member to the centre of its group."""
MAX_COMPARED = 6_000
"""Texts that are compared with each other; of more, an evenly spaced sample."""
MAX_GROUPS = 400
MAX_WORDS = 4
COMMON = 0.1
"""Share of all highlights; a word that more of them contain is about nothing in particular."""
OFTEN = 0.25
"""Share of a group's highlights that contain its name."""

_WORD = re.compile(r"(?<![@\w])[^\W\d_][\w'’-]+")
_MIN_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Highlights about the same subject."""

    name: str
    words: tuple[str, ...]
    """The words that distinguish their texts, the name first."""
    phrases: tuple[str, ...]
    """Those of the words that rarely occur elsewhere, for a rule to search for."""
    highlights: tuple[ReadHighlight, ...]
    """The most typical first."""
    documents: int


def find_groups(
    highlights: Sequence[ReadHighlight],
    places: NDArray[np.float32],
    taken: set[int],
    known: Sequence[str] = (),
    *,
    min_size: int = 5,
) -> list[Group]:
    """Group the highlights that are not `taken` (ids), each group with a name of its own.

    Groups from most documents come first: they are better topics than one long article.

    `places` has a row for each of `highlights`, from `remove_common`; `known` are the names of existing
    topics. A group has at least `min_size` highlights, from more than one document.
    """
    order = sorted(range(len(highlights)), key=lambda number: highlights[number].uid)
    free = [n for n in order if highlights[n].id not in taken and _may_be_grouped(highlights[n])]
    if len(free) < min_size:
        return []
    rows = places[free]
    naming = Naming([count_words(each) for each in highlights], known)
    groups = []
    for members in _gather_members(rows, min_size):
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


def _gather_members(rows: NDArray[np.float32], min_size: int) -> list[list[int]]:
    """The members of each group, the largest group and the most typical member first."""
    centres = _find_centres(rows, min_size)
    if not len(centres):
        return []
    similarity = np.round(rows @ centres.T, 4)
    nearest = similarity.argmax(axis=1)
    best = similarity[np.arange(len(rows)), nearest]
    groups = []
    for group in range(len(centres)):
        members = np.flatnonzero((nearest == group) & (best >= MEMBER))
        if len(members) >= min_size:
            groups.append(members[np.argsort(-best[members], kind="stable")].tolist())
    return sorted(groups, key=lambda members: (-len(members), members))  # the largest takes its name first


def _find_centres(rows: NDArray[np.float32], min_size: int) -> NDArray[np.float32]:
    step = -(-len(rows) // MAX_COMPARED)
    some = rows[::step]
    near = np.round(some @ some.T, 4) >= NEIGHBOUR
    left = near.sum(axis=1)
    alive = np.ones(len(some), bool)
    centres: list[NDArray[np.float32]] = []
    while len(centres) < MAX_GROUPS:
        centre = int(left.argmax())
        if left[centre] < max(min_size // step, 2):
            break
        members = np.flatnonzero(near[centre] & alive)
        centres.append(some[members].mean(axis=0))
        alive[members] = False
        left -= near[:, members].sum(axis=1)
        left[~alive] = 0
    return make_unit(np.array(centres)) if centres else np.zeros((0, rows.shape[1]), np.float32)


class Naming:
    """The words of all highlights, and the names in use."""

    def __init__(self, words: Sequence[frozenset[str]], known: Sequence[str]) -> None:
        """Take `words` from `count_words`, and the names of existing topics."""
        self.words = words
        self.counts = Counter(word for each in words for word in each)
        self.given = {fold_name(name) for name in known}


def count_words(highlight: ReadHighlight) -> frozenset[str]:
    """The words of a text and its pairs of adjacent words, without those that cannot be names."""
    words = [word.casefold().replace("’", "'").removesuffix("'s") for word in _split(highlight.text)]
    pairs = (f"{one} {other}" for one, other in pairwise(words) if one != other)
    return frozenset(
        term
        for term in (*words, *pairs)
        if not is_stop_name(term) and not any(_names_nothing(word) for word in term.split())
    )


def find_words(naming: Naming, group: Sequence[int]) -> tuple[str, ...]:
    """Find the words that distinguish a group (numbers of highlights); the first becomes its name."""
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
        if len(found) == MAX_WORDS:
            break
    if found:
        naming.given.add(fold_name(found[0]))
    return tuple(found)


def find_phrases(naming: Naming, group: Sequence[int], words: Sequence[str]) -> tuple[str, ...]:
    """The name, and those of the group's words that occur at least as often in it as elsewhere."""
    inside = Counter(word for number in group for word in naming.words[number])
    return (words[0], *(word for word in words[1:] if 2 * inside[word] >= naming.counts[word]))


def spell_name(word: str, highlights: Sequence[ReadHighlight]) -> str:
    """Spell a word as most highlights do, with a capital: `ChatGPT`, `Sleep`."""
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    spelled = Counter(match for each in highlights for match in pattern.findall(strip_marks(each.text)))
    name = min(spelled, key=lambda match: (-spelled[match], match), default=word)
    return name[:1].upper() + name[1:]


def _is_part(word: str, found: Sequence[str]) -> bool:
    """Whether a word repeats another one: `sleep` besides `deep sleep`, or its plural."""
    keys = {fold_name(part) for other in found for part in (other, *other.split())}
    return any(fold_name(part) in keys for part in (word, *word.split()))


def _names_nothing(word: str) -> bool:
    return word in NO_NAME or (len(word) < _MIN_LETTERS and word.isascii())


def _split(text: str) -> Iterator[str]:
    return (match[0] for match in _WORD.finditer(strip_marks(text)))
