"""The vectors of all highlights: from the store, and made where a text is new."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from gleanings.records.readings import ReadHighlight
from store.vectors import read_vectors, save_vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def vectors_of(db: sqlite3.Connection, highlights: Sequence[ReadHighlight]) -> NDArray[np.int8]:
    """A row for each highlight. Raises InputError where the extra `topics` is not installed."""
    from export.vectors import SIZE, find_model, load_embedder

    model = find_model()
    import numpy as np

    stored = read_vectors(db)
    hashes = [_hash(each.text) for each in highlights]
    new = [
        number
        for number, each in enumerate(highlights)
        if stored.get(each.id, (None, b""))[0] != hashes[number]
    ]
    rows = np.zeros((len(highlights), SIZE), np.int8)
    if new:
        rows[new] = load_embedder(model).embed([highlights[number].text for number in new])
        save_vectors(db, [(highlights[n].id, hashes[n], rows[n].tobytes()) for n in new])
    for number in sorted(set(range(len(highlights))).difference(new)):
        rows[number] = np.frombuffer(stored[highlights[number].id][1], np.int8)
    return rows


def _hash(text: str) -> int:
    from export.vectors import MODEL

    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=MODEL.encode())
    return int.from_bytes(digest.digest(), "big", signed=True)
