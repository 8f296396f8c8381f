"""Where highlights and documents stand: file and line, what is said of them there and what they are called.

`said` is kept where something stands more than once, and a name where it is not the row's own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from store.claims import DocumentSaid, HighlightSaid, format_claim
from store.staging import APPEARANCES, Row, insert_rows
from store.stood import DocumentStood, HighlightStood

Key = tuple[int, int, int]
"""Row, file, line."""

delete_document_appearance = """
delete from document_appearances where document_id = ? and file_id = ? and line = ?
"""

upsert_document_appearance = """
insert into document_appearances (document_id, file_id, line, said, uid, title) values (?, ?, ?, ?, ?, ?)
on conflict (document_id, file_id, line) do update set
    said = excluded.said, uid = excluded.uid, title = excluded.title
"""


def save_document_appearances(
    db: sqlite3.Connection,
    claims: Mapping[str, Sequence[DocumentSaid]],
    ids: Mapping[str, int],
    stood: Iterable[DocumentStood],
) -> None:
    """Write where documents (by name) stand; `stood` is all that the store has of them and of the batch."""
    wanted: dict[Key, Row] = {
        (ids[name], each.file_id, each.place.line): (
            format_claim(each.claim) if len(all_) > 1 else None,
            each.uid if each.uid != name else None,
            each.title,
        )
        for name, all_ in claims.items()
        for each in all_
    }
    stored: dict[Key, Row] = {
        (each.row_id, each.file_id, each.line): (each.said, each.called, each.title) for each in stood
    }
    db.executemany(delete_document_appearance, stored.keys() - wanted.keys())
    db.executemany(upsert_document_appearance, _find_new(stored, wanted))


delete_appearance = "delete from appearances where highlight_id = ? and file_id = ? and line = ?"


def save_appearances(
    db: sqlite3.Connection,
    claims: Mapping[str, Sequence[HighlightSaid]],
    ids: Mapping[str, int],
    document_ids: Mapping[str, int],
    stood: Iterable[HighlightStood],
) -> None:
    """Write where highlights (by name) stand; `stood` is all that the store has of them and of the batch."""
    wanted: dict[Key, Row] = {
        (ids[name], each.file_id, each.place.line): (
            document_ids[each.place.document_uid],
            each.place.position,
            each.claim.synced_on,
            format_claim(each.claim) if len(all_) > 1 else None,
            each.uid if each.uid != name else None,
            each.document_uid if each.document_uid != each.place.document_uid else None,
            each.pair,
        )
        for name, all_ in claims.items()
        for each in all_
    }
    stored: dict[Key, Row] = {
        (each.row_id, each.file_id, each.line): (
            each.document_id,
            each.position,
            each.synced_on,
            each.said,
            each.called,
            each.document_called,
            each.pair,
        )
        for each in stood
    }
    db.executemany(delete_appearance, stored.keys() - wanted.keys())
    insert_rows(db, APPEARANCES, _find_new(stored, wanted))


def _find_new(stored: Mapping[Key, Row], wanted: Mapping[Key, Row]) -> list[Row]:
    """The rows that are not stored as they are wanted."""
    if not stored:
        return [(*key, *row) for key, row in wanted.items()]
    return [(*key, *row) for key, row in wanted.items() if stored.get(key) != row]
