"""Vectors of highlights, kept so that a text is turned into one only once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from store.connection import transaction

upsert_vector = """
insert into highlight_vectors (highlight_id, text_hash, vector) values (?, ?, ?)
on conflict (highlight_id) do update set text_hash = excluded.text_hash, vector = excluded.vector
"""


def read_vectors(db: sqlite3.Connection) -> dict[int, tuple[int, bytes]]:
    """By highlight the hash of the text that its vector was made of, and the vector."""
    rows = db.execute("select highlight_id, text_hash, vector from highlight_vectors")
    return {id_: (text_hash, vector) for id_, text_hash, vector in rows}


def read_texts(db: sqlite3.Connection) -> dict[int, str]:
    """The text of every live highlight by its id."""
    return dict(db.execute("select id, text from highlights where gone_at is null order by id").fetchall())


def save_vectors(db: sqlite3.Connection, rows: Iterable[tuple[int, int, bytes]]) -> None:
    """Keep vectors: highlight, hash of its text, vector."""
    with transaction(db):
        db.executemany(upsert_vector, rows)
