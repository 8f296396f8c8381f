"""What stands in no file any more: marked, never removed."""

from __future__ import annotations

import sqlite3

from store.connection import transaction
from store.scratch import create_scratch
from store.threads import save_threads

gone_highlights = """
update highlights set gone_at = :now
where gone_at is null and not exists (select 1 from appearances as a where a.highlight_id = highlights.id)
returning document_id
"""

gone_documents = """
update documents set gone_at = :now
where gone_at is null
    and not exists (select 1 from document_appearances as a where a.document_id = documents.id)
"""


def mark_gone(db: sqlite3.Connection, *, now: str) -> int:
    """Mark what stands in no file any more; how many highlights that were."""
    create_scratch(db)
    with transaction(db):
        removed = db.execute(gone_highlights, {"now": now}).fetchall()
        db.execute(gone_documents, {"now": now})
        save_threads(db, {document_id for (document_id,) in removed})
    return len(removed)
