"""Clean the text of tweets, after every import and every expansion of links."""

from __future__ import annotations

import sqlite3

from gleanings.steps.batches import paused_gc
from store.connection import transaction
from store.tweets import clear_texts, find_stale_documents, read_tweet_texts, save_tweet_texts

BATCH_DOCUMENTS = 2_000
"""Documents held in memory and stored in one transaction."""


def clean_tweets(db: sqlite3.Connection) -> int:
    """Clean every tweet that is new, changed or has a newly resolved link; return the number of documents."""
    stale = find_stale_documents(db)
    if not stale:
        return 0
    from export.clean import clean_documents  # loads the Markdown parser: not for a run without changes
    from store.note_data import read_documents

    for start in range(0, len(stale), BATCH_DOCUMENTS):
        with paused_gc(), transaction(db):
            documents = read_documents(db, stale[start : start + BATCH_DOCUMENTS])
            save_tweet_texts(db, clean_documents(documents).items())
    return len(stale)


def find_wrong_texts(db: sqlite3.Connection) -> list[int]:
    """The documents (ids) with a tweet whose cleaned text is not what cleaning makes of it; slow."""
    from export.clean import clean_documents
    from store.note_data import read_documents

    stored = read_tweet_texts(db)
    owners = sorted({document for document, _, _ in stored})
    cleaned: dict[int, str] = {}
    for start in range(0, len(owners), BATCH_DOCUMENTS):
        cleaned |= clean_documents(read_documents(db, owners[start : start + BATCH_DOCUMENTS]))
    return sorted({document for document, id_, text in stored if cleaned.get(id_, text) != text})


def fix_texts(db: sqlite3.Connection) -> None:
    """Clean the tweets again whose text is missing or wrong."""
    if wrong := find_wrong_texts(db):
        clear_texts(db, wrong)
    clean_tweets(db)
