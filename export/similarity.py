"""Rank highlights by their similarity to the words of a search. Needs the extra `topics`.

Most of a mean of word vectors is common to all texts (function words, the language, the kind of text). So the
mean of all highlights and the directions in which they differ most are removed first ("all but the top",
Mu & Viswanath 2018).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MAX_DIRECTIONS = 6
"""Directions to remove: with fewer, languages and kinds of text become topics; with more, topics vanish."""
TEXTS_PER_DIRECTION = 150
"""With fewer texts, the first directions are their topics."""


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
