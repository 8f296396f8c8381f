"""The vectors of all highlights, from the store and made where a text is new; what is near to words."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING

from store.search import Hit, read_hits
from store.topics import read_texts, read_vectors, save_vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST = 0.3
"""Likeness to a search's words; below are texts that merely share a tone."""


def vectors_of(db: sqlite3.Connection, texts: Mapping[int, str]) -> NDArray[np.int8]:
    """A row for each highlight of `texts` (by id). Raises InputError without the extra `topics`."""
    from export.embedder import SIZE, find_model, load_embedder

    model = find_model()
    import numpy as np

    stored = read_vectors(db)
    hashes = {id_: _hash(text) for id_, text in texts.items()}
    new = [id_ for id_ in texts if stored.get(id_, (None, b""))[0] != hashes[id_]]
    if new:
        made = load_embedder(model).embed([texts[id_] for id_ in new])
        rows = [(id_, hashes[id_], row.tobytes()) for id_, row in zip(new, made, strict=True)]
        save_vectors(db, rows)
        stored |= {id_: (text_hash, vector) for id_, text_hash, vector in rows}
    return np.frombuffer(b"".join(stored[id_][1] for id_ in texts), np.int8).reshape(-1, SIZE)


def find_related(
    db: sqlite3.Connection, words: str, *, limit: int, without: Collection[int] = ()
) -> list[tuple[Hit, float]]:
    """The highlights that are most about the same as `words`, with their likeness; few or none where none is.

    Raises InputError without the extra `topics`.
    """
    from export.embedder import find_model, load_embedder

    texts = read_texts(db)
    vectors = vectors_of(db, texts)
    import numpy as np

    from export.similarity import rank_by_meaning

    asked = load_embedder(find_model()).embed([words])
    ids = list(texts)
    ranked = rank_by_meaning(np.concatenate((asked, vectors)), min_similarity=LEAST)
    found = [(ids[number], score) for number, score in ranked if ids[number] not in without][:limit]
    hits = read_hits(db, [id_ for id_, _ in found])
    return [(hit, score) for hit, (_, score) in zip(hits, found, strict=True)]


def _hash(text: str) -> int:
    from export.embedder import MODEL

    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=MODEL.encode())
    return int.from_bytes(digest.digest(), "big", signed=True)
