"""Where each highlight stands: file, document and line, and what is said of it there."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from store.claims import HighlightClaim, Place, format_claim
from store.documents import SavedDocument


class HighlightSaid(NamedTuple):
    """One file's claim on a highlight."""

    uid: str
    file_id: int
    place: Place
    claim: HighlightClaim


appearances_of_batch = """
select highlight_id, file_id, line, document_id, position, synced_on, said from appearances
where file_id in (select id from temp.batch_files)
"""

upsert_appearance = """
insert into appearances (highlight_id, file_id, line, document_id, position, synced_on, said)
values (?, ?, ?, ?, ?, ?, ?)
on conflict (highlight_id, file_id, line) do update set
    document_id = excluded.document_id, position = excluded.position, synced_on = excluded.synced_on,
    said = excluded.said
where document_id is not excluded.document_id or position is not excluded.position
    or synced_on is not excluded.synced_on or said is not excluded.said
"""


def save_appearances(
    db: sqlite3.Connection,
    claims: Mapping[str, Sequence[HighlightSaid]],
    ids: Mapping[str, int],
    documents: Mapping[str, SavedDocument],
) -> None:
    """Where each highlight stands; `said` is kept where it stands more than once."""
    wanted = {
        (ids[uid], each.file_id, each.place.line): (
            documents[each.place.document_uid].id,
            each.place.position,
            each.claim.synced_on,
            format_claim(each.claim) if len(all_) > 1 else None,
        )
        for uid, all_ in claims.items()
        for each in all_
    }
    stored = {row[:3]: row[3:] for row in db.execute(appearances_of_batch)}
    db.executemany(
        "delete from appearances where highlight_id = ? and file_id = ? and line = ?",
        [key for key in stored if key not in wanted],
    )
    db.executemany(upsert_appearance, [(*key, *row) for key, row in wanted.items() if stored.get(key) != row])
