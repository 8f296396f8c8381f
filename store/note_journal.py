"""The journal of notes that are being written or removed: what a killed export did is recorded from it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from store.connection import load_json, transaction
from store.written_notes import find_folder_id


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A note that is about to be written."""

    path: str
    """Relative to the export folder."""
    uid: str
    temporary: str
    """The temporary file that becomes the note, relative to the export folder; empty for a removal."""
    fingerprint: str
    """Of the bytes that the file will hold; of those it held, for a removal."""
    text: str
    """The note as it is rendered; see `WrittenNote`."""
    blocks: Mapping[str, str]
    is_staged: bool = False
    """The temporary file was complete: if it is gone, it became the note."""


insert_journal = """
insert or replace into note_journal (folder_id, path, note_uid, temporary, fingerprint, base_text, blocks)
values (:folder, :path, :uid, :temporary, :fingerprint, :text, :blocks)
"""


def save_journal(db: sqlite3.Connection, folder: str, entries: Iterable[JournalEntry]) -> None:
    """Record notes before they are written; durable when this returns (see `durable_commits`)."""
    number = find_folder_id(db, folder)
    with transaction(db):
        db.executemany(
            insert_journal,
            [
                {
                    "folder": number,
                    "path": entry.path,
                    "uid": entry.uid,
                    "temporary": entry.temporary,
                    "fingerprint": entry.fingerprint,
                    "text": entry.text,
                    "blocks": json.dumps(list(entry.blocks.items()), ensure_ascii=False),
                }
                for entry in entries
            ],
        )


def read_journal(db: sqlite3.Connection, folder: str) -> list[JournalEntry]:
    """The notes of an export that ended before it could record what it wrote."""
    rows = db.execute(
        "select path, note_uid, temporary, fingerprint, base_text, blocks, is_staged from note_journal"
        " where folder_id = ? order by path",
        (find_folder_id(db, folder),),
    )
    return [
        JournalEntry(
            path, uid, temporary, digest, text, dict(load_json(blocks, "note_journal.blocks")), bool(staged)
        )
        for path, uid, temporary, digest, text, blocks, staged in rows
    ]


def mark_staged(db: sqlite3.Connection, folder: str, *, is_staged: bool = True) -> None:
    """Record that all temporary files in the journal are complete, or that they are to be removed."""
    with transaction(db):
        db.execute(
            "update note_journal set is_staged = ? where folder_id = ?",
            (is_staged, find_folder_id(db, folder)),
        )


def clear_journal(db: sqlite3.Connection, folder: str, *, removals: bool = True) -> None:
    """Forget the journal: everything in it is recorded, or was not written.

    `removals`: also those of removals, which the folder's own file must record, too.
    """
    with transaction(db):
        db.execute(
            "delete from note_journal where folder_id = ? and (temporary <> '' or ?)",
            (find_folder_id(db, folder), removals),
        )
