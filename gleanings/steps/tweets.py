"""Compute what follows from texts and links, after every import and every expansion of links.

The cleaned texts of tweets, the titles of threads, and how a highlight presents each of its links. A newer
version of the rules computes all of it again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

import export
import markdown_text
from store.connection import transaction
from store.folder_states import read_folder_state, save_folder_state
from store.tweets import (
    find_stale_documents,
    list_documents,
    read_derived_values,
    save_offers,
    save_titles,
    save_tweet_texts,
)

BATCH_DOCUMENTS = 2_000
"""Documents held in memory and stored in one transaction."""


KEY = "derived"
"""The key in `export_states` of the version of the rules."""


def clean_tweets(db: sqlite3.Connection) -> int:
    """Recompute these values for documents with anything new, changed or newly resolved; return their number.

    They are recomputed for all documents if another version of the program computed them: a kill before the
    end leaves that to the next time.
    """
    is_outdated = are_rules_new(db)
    stale = list_documents(db) if is_outdated else find_stale_documents(db)
    _compute_again(db, stale)
    if is_outdated:
        from gleanings.options import utc_now  # which imports this module

        save_folder_state(db, KEY, digest_program(), now=utc_now())
    return len(stale)


def are_rules_new(db: sqlite3.Connection) -> bool:
    """Whether the rules are of another version than those that computed the values in the store."""
    return read_folder_state(db, KEY) != digest_program()


@cache
def digest_program() -> str:
    """A hash of the modules that hold the rules, so that a newer version of them recomputes everything."""
    folders = [Path(package.__path__[0]) for package in (export, markdown_text)]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".txt"))
    return blake2b(b"".join(path.read_bytes() for path in files), digest_size=8).hexdigest()


def _compute_again(db: sqlite3.Connection, documents: Sequence[int]) -> None:
    for start in range(0, len(documents), BATCH_DOCUMENTS):
        with transaction(db):
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
    from export.clean import CleanedTexts, complete_titles
    from export.note_blocks import find_title
    from export.offered_links import read_offers
    from store.note_data import read_documents

    documents = read_documents(db, ids)
    derived = {("text", id_, 0): text for id_, text in CleanedTexts(documents).items()}
    derived |= {("title", each.id, 0): find_title(each) for each in complete_titles(documents)}
    return derived | {
        ("offer", highlight.id, position): offer.role
        for document in documents
        for highlight in document.highlights
        for position, offer in enumerate(read_offers(highlight, document))
    }


def find_wrong_texts(db: sqlite3.Connection) -> list[int]:
    """The documents (ids) with a value that differs from a fresh computation; slow.

    None if another version computed it: then the next command that writes does so again.
    """
    if are_rules_new(db):
        return []
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
