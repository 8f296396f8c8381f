"""Topics by meaning: highlights that are near what a topic holds already. Pure; needs the extra `topics`.

Most of a mean of word vectors is common to all texts (function words, the language, the kind of text): the
mean of all highlights and the directions in which they differ most are taken off first ("all but the top",
Mu & Viswanath 2018). `benchmarks/topics.py` measures what that does, and where the threshold should lie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from textwrap import shorten

import numpy as np
from numpy.typing import NDArray

from export.embedder import strip_marks
from record_types.library import Assignment, ReadHighlight

MOST_COMMON = 6
"""Directions that are taken off: fewer let languages and kinds of text be topics, more take topics away."""
TEXTS_PER_DIRECTION = 150
"""Of few texts the first directions are their topics."""
FEWEST_EXAMPLES = 2
MOST_TOPICS = 3
"""That one highlight is given by its meaning."""
SHORTEST = 25
"""Letters of a text that says enough."""
ROWS = 4096


def take_off_common(vectors: NDArray[np.int8]) -> NDArray[np.float32]:
    """The rows without what is common to all, each of length 1 (or 0).

    Sums of small whole numbers are exact, so the order of the rows changes none.
    """
    rows = vectors.astype(np.float64)
    count = max(len(rows), 1)
    mean = rows.sum(axis=0) / count
    spread = rows.T @ rows / count - np.outer(mean, mean)
    top = np.linalg.eigh(spread)[1][:, ::-1][:, : min(MOST_COMMON, count // TEXTS_PER_DIRECTION)]
    rows -= mean
    rows -= (rows @ top) @ top.T
    rows[~vectors.any(axis=1)] = 0
    return make_unit(rows)


def find_by_meaning(
    highlights: Sequence[ReadHighlight],
    vectors: NDArray[np.int8],
    assignments: Sequence[Assignment],
    *,
    threshold: float,
    excluded: Mapping[str, Collection[int]] | None = None,
) -> list[Assignment]:
    """For each highlight the topics that it is nearest to and does not have yet, with the likeness as score.

    `vectors` has a row for each of `highlights`; a topic's place is the middle of what `assignments` give it.
    `excluded` are highlights by topic that never belong to it.
    """
    number_of = {highlight.id: number for number, highlight in enumerate(highlights)}
    examples: dict[str, list[int]] = defaultdict(list)
    for each in assignments:
        examples[each.topic].append(number_of[each.highlight_id])
    topics = sorted(topic for topic, rows in examples.items() if len(rows) >= FEWEST_EXAMPLES)
    if not topics:
        return []
    places = take_off_common(vectors)
    middles = make_unit(np.array([places[sorted(examples[topic])].mean(axis=0) for topic in topics]))
    taken = {(each.highlight_id, each.topic) for each in assignments}
    taken |= {(id_, topic) for topic, ids in (excluded or {}).items() for id_ in ids}
    near: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, topic, score in _find_near(highlights, places, middles, threshold):
        if (highlights[number].id, topics[topic]) not in taken:
            near[topics[topic]].append((number, score))
    return [
        Assignment(highlights[number].id, topic, f'meaning: nearest "{_quote(highlights[example])}"', score)
        for topic, found in near.items()
        for (number, score), example in zip(found, _find_nearest(places, found, examples[topic]), strict=True)
    ]


def rank_by_meaning(vectors: NDArray[np.int8], *, least: float) -> list[tuple[int, float]]:
    """The rows behind the first, numbered from 0, with their likeness to it, the nearest first."""
    places = take_off_common(vectors)
    likeness = np.round(places[1:] @ places[0], 4)
    order = np.argsort(-likeness, kind="stable").tolist()
    return [(number, round(float(likeness[number]), 2)) for number in order if likeness[number] >= least]


def make_unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """The rows, each of length 1 (or 0)."""
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return np.asarray(rows / lengths, np.float32)


def _find_near(
    highlights: Sequence[ReadHighlight],
    places: NDArray[np.float32],
    middles: NDArray[np.float32],
    threshold: float,
) -> list[tuple[int, int, float]]:
    """Numbers of highlight and topic with their likeness, where it reaches the threshold: the best few."""
    found = []
    for start in range(0, len(places), ROWS):
        likeness = np.round(places[start : start + ROWS] @ middles.T, 4)
        for row in np.flatnonzero(likeness.max(axis=1) >= threshold).tolist():
            if is_long_enough(highlights[start + row]):
                best = np.argsort(-likeness[row], kind="stable")[:MOST_TOPICS].tolist()
                found += [
                    (start + row, topic, round(float(likeness[row, topic]), 2))
                    for topic in best
                    if likeness[row, topic] >= threshold
                ]
    return found


def _find_nearest(
    places: NDArray[np.float32], found: Sequence[tuple[int, float]], examples: Sequence[int]
) -> list[int]:
    """For each highlight found the nearest of the examples (numbers)."""
    likeness = np.round(places[[number for number, _ in found]] @ places[list(examples)].T, 4)
    return [examples[int(column)] for column in likeness.argmax(axis=1)]


def is_long_enough(highlight: ReadHighlight) -> bool:
    """Whether a text says enough for its meaning to be told."""
    return sum(map(str.isalpha, strip_marks(highlight.text[:400]))) >= SHORTEST


def _quote(highlight: ReadHighlight) -> str:
    return shorten(strip_marks(highlight.text).replace('"', "'"), 60, placeholder=" …")
