"""Names for groups of highlights out of their own words: what stands in many of them and seldom elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log

from export.stop_words import NO_NAME
from export.topic_names import fold_name, is_stop_name
from export.vectors import strip_marks
from record_types.library import ReadHighlight

MOST_WORDS = 4
COMMON = 0.1
"""Share of all highlights; a word that stands in more is about nothing in particular."""
OFTEN = 0.25
"""Share of the group in which its name stands."""

_WORD = re.compile(r"(?<![@\w])[^\W\d_][\w'’-]+")
_SHORTEST = 3


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
