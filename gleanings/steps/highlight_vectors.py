"""Word vectors of highlights: stored, computed where a text is new, searched by meaning."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING

from export.meaning import MODEL, SIZE, find_model, load_embedder, rank_by_meaning
from store.search import Hit, read_hits
from store.topics import read_texts, read_vectors, save_vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MIN_SIMILARITY = 0.3
"""The least similarity to the words of a search; below it, texts only have a tone in common."""

# numpy and the word vectors are optional and slow to load: they are imported in functions.


def load_vectors(db: sqlite3.Connection, texts: Mapping[int, str]) -> NDArray[np.int8]:
    """One row per highlight of `texts` (by id). Raises InputError without the extra `topics`."""
    model = find_model()
    import numpy as np

    stored = read_vectors(db)
    hashes = {id_: _hash(text) for id_, text in texts.items()}
    new = [id_ for id_ in texts if stored.get(id_, (None, b""))[0] != hashes[id_]]
    if new:
        computed = load_embedder(model).embed([texts[id_] for id_ in new])
        rows = [(id_, hashes[id_], row.tobytes()) for id_, row in zip(new, computed, strict=True)]
        save_vectors(db, rows)
        stored |= {id_: (text_hash, vector) for id_, text_hash, vector in rows}
    return np.frombuffer(b"".join(stored[id_][1] for id_ in texts), np.int8).reshape(-1, SIZE)


def find_related(
    db: sqlite3.Connection, words: str, *, limit: int, without: Collection[int] = ()
) -> list[tuple[Hit, float]]:
    """The highlights closest in meaning to `words`, with their similarity, best first; may be empty.

    Raises InputError without the extra `topics`.
    """
    texts = read_texts(db)
    vectors = load_vectors(db, texts)
    import numpy as np

    query = load_embedder(find_model()).embed([words])
    ids = list(texts)
    ranked = rank_by_meaning(np.concatenate((query, vectors)), min_similarity=MIN_SIMILARITY)
    found = [(ids[number], score) for number, score in ranked if ids[number] not in without][:limit]
    hits = read_hits(db, [id_ for id_, _ in found])
    return [(hit, score) for hit, (_, score) in zip(hits, found, strict=True)]


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=MODEL.encode())
    return int.from_bytes(digest.digest(), "big", signed=True)
