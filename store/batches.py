"""Saving a batch of files that were read: one transaction, before or after, never between."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from gleanings.records.pages import SourceFile
from store.appearances import HighlightSaid
from store.claims import Place, make_document_claim, make_highlight_claim
from store.connection import transaction
from store.documents import DocumentSaid, save_documents
from store.edits import match_edits
from store.files import save_files
from store.highlights import save_highlights
from store.links import save_links
from store.runs import Counts
from store.threads import save_threads

# Scratch space of the connection, in memory; each step empties what it uses.
scratch_tables = (
    "create temp table if not exists batch_files (id integer primary key)",
    "create temp table if not exists touched_documents (uid text primary key) without rowid",
    "create temp table if not exists touched_highlights (uid text primary key) without rowid",
    "create temp table if not exists changed_highlights (id integer primary key)",
    "create temp table if not exists touched_threads (id integer primary key)",
    "create temp table if not exists wanted (uid text primary key) without rowid",
    "create temp table if not exists alone (id integer primary key)",
)


def create_scratch(db: sqlite3.Connection) -> None:
    """Make the connection's scratch tables, where they are not there yet."""
    for statement in scratch_tables:
        db.execute(statement)


def save_batch(
    db: sqlite3.Connection,
    files: Sequence[SourceFile],
    *,
    run_id: int,
    now: str,
    reader: int = 1,
    gone_ids: Sequence[int] = (),
) -> Counts:
    """Store what `files` say, in one transaction; the counts are of highlights.

    `gone_ids` are files that are no longer there: what they said no longer counts. A highlight that
    stands nowhere any more keeps its row until `mark_gone`, as a later batch may have it on another page.
    """
    create_scratch(db)
    with transaction(db):
        file_ids = save_files(db, files, run_id=run_id, reader=reader)
        db.execute("delete from temp.batch_files")
        db.executemany(
            "insert into temp.batch_files (id) values (?)", [(id_,) for id_ in (*file_ids, *gone_ids)]
        )
        documents_said, highlights_said = _collect_claims(files, file_ids)
        _rename_edited(db, highlights_said)
        save_links(
            db,
            [
                found.link
                for file in files
                for page in file.pages
                for highlight in page.highlights
                for found in highlight.links
            ],
        )
        documents = save_documents(db, documents_said)
        counts, document_ids = save_highlights(db, highlights_said, documents, run_id=run_id, now=now)
        save_threads(db, document_ids | {document.id for document in documents.values()})
    return counts


def _collect_claims(
    files: Sequence[SourceFile], file_ids: Sequence[int]
) -> tuple[list[DocumentSaid], list[HighlightSaid]]:
    documents: list[DocumentSaid] = []
    highlights: list[HighlightSaid] = []
    for file, file_id in zip(files, file_ids, strict=True):
        path = f"{file.stamp.root}/{file.stamp.path}"
        for page in file.pages:
            uid = page.document.uid
            documents.append(
                DocumentSaid(uid, file_id, Place(uid, path, page.line, 0), make_document_claim(page))
            )
            for each in page.highlights:
                place = Place(uid, path, each.line, each.position)
                highlights.append(HighlightSaid(each.uid, file_id, place, make_highlight_claim(each)))
    return documents, highlights


texts_before = """
select a.file_id, h.uid, h.text
from appearances as a join highlights as h on h.id = a.highlight_id
where a.file_id in (select id from temp.batch_files)
order by a.file_id, a.line
"""

stands_elsewhere = """
select exists (
    select 1 from appearances as a join highlights as h on h.id = a.highlight_id
    where h.uid = ? and a.file_id <> ?
)
"""


def _rename_edited(db: sqlite3.Connection, said: Sequence[HighlightSaid]) -> None:
    """Let an edited highlight without a URL keep its row: the row's uid follows the edited text."""
    before: dict[int, list[tuple[str, str]]] = {}
    for file_id, uid, text in db.execute(texts_before):
        before.setdefault(file_id, []).append((uid, text))
    if not before:
        return
    after: dict[int, list[tuple[str, str]]] = {}
    for each in said:
        after.setdefault(each.file_id, []).append((each.uid, each.claim.text))
    for file_id, old in before.items():
        for old_uid, new_uid in _match_file(db, file_id, old, after.get(file_id, [])).items():
            db.execute("update highlights set uid = ? where uid = ?", (new_uid, old_uid))


def _match_file(
    db: sqlite3.Connection, file_id: int, old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> Mapping[str, str]:
    new_uids = {uid for uid, _ in new}
    if not any(uid.startswith("text:") and uid not in new_uids for uid, _ in old):
        return {}
    kept = frozenset(
        uid for uid in new_uids if db.execute("select 1 from highlights where uid = ?", (uid,)).fetchone()
    )
    edits = match_edits(old, new, kept=kept)
    return {
        before: after
        for before, after in edits.items()
        if before not in new_uids and not db.execute(stands_elsewhere, (before, file_id)).fetchone()[0]
    }


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
