"""Compute what follows from texts and links, after every import and every expansion of links.

The cleaned texts of tweets, the titles of threads, and how a highlight presents each of its links.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from store.connection import transaction
from store.tweets import (
    clear_texts,
    find_stale_documents,
    read_tweet_texts,
    save_offers,
    save_titles,
    save_tweet_texts,
)

BATCH_DOCUMENTS = 2_000
"""Documents held in memory and stored in one transaction."""


def clean_tweets(db: sqlite3.Connection) -> int:
    """Compute it again for documents with anything new, changed or newly resolved; return their number."""
    stale = find_stale_documents(db)
    if not stale:
        return 0
    # These load the Markdown parser: not for a run without changes.
    from export.clean import clean_documents, complete_titles
    from export.note_blocks import find_title
    from export.offered_links import read_offers
    from store.note_data import read_documents

    for start in range(0, len(stale), BATCH_DOCUMENTS):
        with paused_gc(), transaction(db):
            documents = read_documents(db, stale[start : start + BATCH_DOCUMENTS])
            save_tweet_texts(db, clean_documents(documents).items())
            save_titles(db, [(each.id, find_title(each)) for each in complete_titles(documents)])
            save_offers(
                db,
                [
                    (highlight.id, position, offer.role)
                    for document in documents
                    for highlight in document.highlights
                    for position, offer in enumerate(read_offers(highlight, document))
                ],
            )
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


@contextmanager
def paused_gc() -> Iterator[None]:
    """Turn off the cyclic garbage collector: records form no cycles, and it takes a fifth of an import."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
