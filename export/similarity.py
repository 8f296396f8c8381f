"""Assign highlights to topics by their similarity to the topics' other highlights. Needs the extra `topics`.

Most of a mean of word vectors is common to all texts (function words, the language, the kind of text). So the
mean of all highlights and the directions in which they differ most are removed first ("all but the top",
Mu & Viswanath 2018). `benchmarks/topics.py` measures the effect and the best threshold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from textwrap import shorten

import numpy as np
from numpy.typing import NDArray

from export.embedder import strip_marks
from record_types.library import Assignment, ReadHighlight

MAX_DIRECTIONS = 6
"""Directions to remove: with fewer, languages and kinds of text become topics; with more, topics vanish."""
TEXTS_PER_DIRECTION = 150
"""With fewer texts, the first directions are their topics."""
MIN_EXAMPLES = 2
MAX_TOPICS = 3
"""Topics that one highlight can get by similarity."""
MIN_LETTERS = 25
"""Letters that a text needs to be compared."""
ROWS = 4096


def remove_common(vectors: NDArray[np.int8]) -> NDArray[np.float32]:
    """Remove what is common to all rows; each then has length 1 (or 0).

    Sums of small integers are exact, so the result does not depend on the order of the rows.
    """
    rows = vectors.astype(np.float64)
    count = max(len(rows), 1)
    mean = rows.sum(axis=0) / count
    spread = rows.T @ rows / count - np.outer(mean, mean)
    top = np.linalg.eigh(spread)[1][:, ::-1][:, : min(MAX_DIRECTIONS, count // TEXTS_PER_DIRECTION)]
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
    """Assign each highlight to the most similar topics that it is not in yet, with the similarity as score.

    `vectors` has a row for each of `highlights`; a topic is the mean of the highlights that `assignments`
    give it. `excluded` are the ids of highlights that never belong to a topic, by topic.
    """
    number_of = {highlight.id: number for number, highlight in enumerate(highlights)}
    examples: dict[str, list[int]] = defaultdict(list)
    for each in assignments:
        examples[each.topic].append(number_of[each.highlight_id])
    topics = sorted(topic for topic, rows in examples.items() if len(rows) >= MIN_EXAMPLES)
    if not topics:
        return []
    places = remove_common(vectors)
    centres = make_unit(np.array([places[sorted(examples[topic])].mean(axis=0) for topic in topics]))
    taken = {(each.highlight_id, each.topic) for each in assignments}
    taken |= {(id_, topic) for topic, ids in (excluded or {}).items() for id_ in ids}
    near: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, topic, score in _find_near(highlights, places, centres, threshold):
        if (highlights[number].id, topics[topic]) not in taken:
            near[topics[topic]].append((number, score))
    return [
        Assignment(highlights[number].id, topic, f'meaning: nearest "{_quote(highlights[example])}"', score)
        for topic, found in near.items()
        for (number, score), example in zip(found, _find_nearest(places, found, examples[topic]), strict=True)
    ]


def rank_by_meaning(vectors: NDArray[np.int8], *, min_similarity: float) -> list[tuple[int, float]]:
    """Rank the rows after the first, numbered from 0, by their similarity to it."""
    places = remove_common(vectors)
    similarity = np.round(places[1:] @ places[0], 4)
    order = np.argsort(-similarity, kind="stable").tolist()
    found = [number for number in order if similarity[number] >= min_similarity]
    return [(number, round(float(similarity[number]), 2)) for number in found]


def make_unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Scale each row to length 1 (or 0)."""
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return np.asarray(rows / lengths, np.float32)


def _find_near(
    highlights: Sequence[ReadHighlight],
    places: NDArray[np.float32],
    centres: NDArray[np.float32],
    threshold: float,
) -> list[tuple[int, int, float]]:
    """Find highlights (numbers) and their most similar topics, with a similarity above the threshold."""
    found = []
    for start in range(0, len(places), ROWS):
        similarity = np.round(places[start : start + ROWS] @ centres.T, 4)
        for row in np.flatnonzero(similarity.max(axis=1) >= threshold).tolist():
            if is_long_enough(highlights[start + row]):
                best = np.argsort(-similarity[row], kind="stable")[:MAX_TOPICS].tolist()
                found += [
                    (start + row, topic, round(float(similarity[row, topic]), 2))
                    for topic in best
                    if similarity[row, topic] >= threshold
                ]
    return found


def _find_nearest(
    places: NDArray[np.float32], found: Sequence[tuple[int, float]], examples: Sequence[int]
) -> list[int]:
    """For each highlight found, the number of the most similar example."""
    similarity = np.round(places[[number for number, _ in found]] @ places[list(examples)].T, 4)
    return [examples[int(column)] for column in similarity.argmax(axis=1)]


def is_long_enough(highlight: ReadHighlight) -> bool:
    """Whether a text is long enough to be compared."""
    return sum(map(str.isalpha, strip_marks(highlight.text[:400]))) >= MIN_LETTERS


def _quote(highlight: ReadHighlight) -> str:
    return shorten(strip_marks(highlight.text).replace('"', "'"), 60, placeholder=" …")
