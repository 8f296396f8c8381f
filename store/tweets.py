"""The cleaned text of tweets: made outside, kept here, made anew where it went stale."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

stale_documents = """
select distinct h.document_id
from tweets as t join highlights as h on h.id = t.highlight_id
where t.text is null and h.gone_at is null
"""


def find_stale_documents(db: sqlite3.Connection) -> list[int]:
    """The documents (ids) with tweets whose cleaned text is to be made anew."""
    return [id_ for (id_,) in db.execute(stale_documents)]


def save_tweet_texts(db: sqlite3.Connection, texts: Iterable[tuple[int, str]]) -> None:
    """Keep the cleaned texts: (highlight id, text); those that are as they were stay untouched."""
    db.executemany(
        "update tweets set text = ? where highlight_id = ? and text is not ?",
        [(text, id_, text) for id_, text in texts],
    )
