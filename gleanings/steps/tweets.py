"""The step after every import and expansion: tweets whose cleaned text went stale get a new one."""

from __future__ import annotations

import sqlite3

from gleanings.collecting import paused_collection
from store.connection import transaction
from store.tweets import find_stale_documents, save_tweet_texts

BATCH_DOCUMENTS = 2_000
"""So many documents are held in memory, and stored in one transaction."""


def tidy_tweets(db: sqlite3.Connection) -> int:
    """Clean the text of every tweet that is new, changed or has a link resolved since; how many documents."""
    stale = find_stale_documents(db)
    if not stale:
        return 0
    from export.clean import clean_documents
    from store.note_data import read_documents

    for start in range(0, len(stale), BATCH_DOCUMENTS):
        with paused_collection(), transaction(db):
            documents = read_documents(db, stale[start : start + BATCH_DOCUMENTS])
            save_tweet_texts(db, clean_documents(documents).items())
    return len(stale)
