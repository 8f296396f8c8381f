"""Compute what follows from texts and links, after every import and every expansion of links.

The cleaned texts of tweets, the titles of threads, and how a highlight presents each of its links.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from store.connection import transaction
from store.tweets import (
    find_stale_documents,
    read_derived_values,
    save_offers,
    save_titles,
    save_tweet_texts,
)

BATCH_DOCUMENTS = 2_000
"""Documents held in memory and stored in one transaction."""


def clean_tweets(db: sqlite3.Connection) -> int:
    """Compute it again for documents with anything new, changed or newly resolved; return their number."""
    stale = find_stale_documents(db)
    _compute_again(db, stale)
    return len(stale)


def _compute_again(db: sqlite3.Connection, documents: Sequence[int]) -> None:
    for start in range(0, len(documents), BATCH_DOCUMENTS):
        with paused_gc(), transaction(db):
            derived = _derive(db, documents[start : start + BATCH_DOCUMENTS])
            save_tweet_texts(
                db, [(id_, value) for (what, id_, _), value in derived.items() if what == "text"]
            )
            save_titles(db, [(id_, value) for (what, id_, _), value in derived.items() if what == "title"])
            offers = [(id_, at, value) for (what, id_, at), value in derived.items() if what == "offer"]
            save_offers(db, offers)


def _derive(db: sqlite3.Connection, ids: Sequence[int]) -> dict[tuple[str, int, int], str]:
    """What follows from these documents, by (`text`, `title` or `offer`, row id, position of a link)."""
    # These load the Markdown parser: not for a run without changes.
    from export.clean import clean_documents, complete_titles
    from export.note_blocks import find_title
    from export.offered_links import read_offers
    from store.note_data import read_documents

    documents = read_documents(db, ids)
    derived = {("text", id_, 0): text for id_, text in clean_documents(documents).items()}
    derived |= {("title", each.id, 0): find_title(each) for each in complete_titles(documents)}
    return derived | {
        ("offer", highlight.id, position): offer.role
        for document in documents
        for highlight in document.highlights
        for position, offer in enumerate(read_offers(highlight, document))
    }


def find_wrong_texts(db: sqlite3.Connection) -> list[int]:
    """The documents (ids) with anything computed here that is not what computing it again gives; slow."""
    stored = read_derived_values(db)
    owners = sorted({document for document, *_ in stored})
    derived: dict[tuple[str, int, int], str] = {}
    for start in range(0, len(owners), BATCH_DOCUMENTS):
        derived |= _derive(db, owners[start : start + BATCH_DOCUMENTS])
    wrong = {
        document for document, what, id_, at, value in stored if derived.get((what, id_, at), value) != value
    }
    return sorted(wrong)


def fix_texts(db: sqlite3.Connection) -> None:
    """Compute what is missing or wrong."""
    _compute_again(db, find_wrong_texts(db))
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
