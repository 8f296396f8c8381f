"""Derived state that a run which ended too early left stale: found by its marks, renewed by the next command.

Every change marks what it makes stale in its own transaction: triggers mark the kept counts, and a tweet
whose cleaned text is out of date has none.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from store.backup import FOLDER, drop_leftover_copies
from store.connection import transaction
from store.counts import are_counts_stale, refresh_counts
from store.pictures import find_store_file
from store.runs import is_other_run_alive
from store.tweets import find_stale_documents


def is_renewal_due(db: sqlite3.Connection) -> bool:
    """Whether derived state is stale, and no other process has a run under way that would renew it."""
    is_stale = are_counts_stale(db) or bool(find_stale_documents(db))
    return is_stale and not is_other_run_alive(db)


def renew_counts(db: sqlite3.Connection) -> None:
    """Update the kept counts if they are stale."""
    with transaction(db):
        if are_counts_stale(db):
            refresh_counts(db)


def drop_leftovers(db: sqlite3.Connection) -> None:
    """Delete the temporary files of killed backups and restores beside the store."""
    file = find_store_file(db)
    for folder in (file.parent, file.parent / FOLDER) if file else ():
        if Path(folder).is_dir():
            drop_leftover_copies(folder)
