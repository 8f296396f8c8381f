"""Taking back the last import: what its files said before is remembered, and said again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from store.appearances import HighlightSaid
from store.claims import Place, format_claim, parse_document_claim, parse_highlight_claim
from store.connection import transaction
from store.documents import DocumentSaid, read_document_claim, save_documents
from store.gone import mark_gone
from store.highlights import save_highlights
from store.renames import rename_edited
from store.runs import Counts
from store.scratch import choose_files, create_scratch
from store.stored_claims import read_highlight_claims
from store.threads import save_threads

FILE_COLUMNS = ("dialect", "encoding", "gone_at", "sha256", "size", "mtime_ns", "reader", "run_id")

file_row = """
select dialect, encoding, gone_at, sha256, size, mtime_ns, reader, run_id from files where id = ?
"""

said_of_documents = """
select a.line, d.uid, a.said, d.id
from document_appearances as a join documents as d on d.id = a.document_id
where a.file_id = ?
"""

said_of_highlights = """
select a.line, a.position, h.uid, d.uid, a.said, h.id
from appearances as a
join highlights as h on h.id = a.highlight_id
join documents as d on d.id = a.document_id
where a.file_id = ?
"""

remember_marks = """
insert into undo_marks (run_id, last_highlight_id, last_document_id)
select :run_id, coalesce((select max(id) from highlights), 0), coalesce((select max(id) from documents), 0)
where not exists (select 1 from undo_marks where run_id = :run_id)
"""


class Undone(NamedTuple):
    """The run that was taken back."""

    run_id: int
    started_at: str
    files: int
    counts: Counts


def remember_files(db: sqlite3.Connection, run_id: int, known: Iterable[int], new: Iterable[int]) -> None:
    """Before a batch: keep what its files say now (`known`, by id), and which it reads for the first time.

    Only the last run is remembered; a file that the run changes twice is remembered as it was at first.
    """
    db.execute("delete from undo_files where run_id <> ?", (run_id,))
    db.execute("delete from undo_marks where run_id <> ?", (run_id,))
    db.execute(remember_marks, {"run_id": run_id})
    db.executemany(
        "insert or ignore into undo_files (file_id, run_id, before) values (?, ?, ?)",
        [(id_, run_id, json.dumps(_read_file(db, id_), ensure_ascii=False)) for id_ in known],
    )
    db.executemany(
        "insert or ignore into undo_files (file_id, run_id, before) values (?, ?, null)",
        [(id_, run_id) for id_ in new],
    )


def _read_file(db: sqlite3.Connection, id_: int) -> dict[str, Any]:
    highlights = db.execute(said_of_highlights, (id_,)).fetchall()
    alone = read_highlight_claims(db, [row[5] for row in highlights if row[4] is None])
    return {
        "file": db.execute(file_row, (id_,)).fetchone(),
        "documents": [
            (line, uid, said or format_claim(read_document_claim(db, document_id)))
            for line, uid, said, document_id in db.execute(said_of_documents, (id_,)).fetchall()
        ],
        "highlights": [
            (line, position, uid, document, said or format_claim(alone[highlight_id]))
            for line, position, uid, document, said, highlight_id in highlights
        ],
        "problems": db.execute(
            "select kind, message, line from problems where file_id = ?", (id_,)
        ).fetchall(),
        "sections": db.execute(
            "select line, heading, synced_on from sections where file_id = ?", (id_,)
        ).fetchall(),
        "block_properties": db.execute(
            "select line, key, value from block_properties where file_id = ?", (id_,)
        ).fetchall(),
        "topic_aliases": db.execute(
            "select page, alias from topic_aliases where file_id = ?", (id_,)
        ).fetchall(),
    }


last_run = """
select m.run_id, r.started_at from undo_marks as m join runs as r on r.id = m.run_id
order by m.run_id desc limit 1
"""

remembered_files = """
select u.file_id, f.root || '/' || f.path, u.before
from undo_files as u join files as f on f.id = u.file_id
where u.run_id = ?
"""


def undo_last_run(db: sqlite3.Connection, *, run_id: int, now: str) -> Undone | None:
    """Take back the last import that changed anything, in one transaction; None where there is none.

    `run_id` is this run's own. What `expand` and maps found out about links stays.
    """
    create_scratch(db)
    with transaction(db):
        last = db.execute(last_run).fetchone()
        if last is None:
            return None
        undone_id, started_at = last
        rows = db.execute(remembered_files, (undone_id,)).fetchall()
        choose_files(db, [file_id for file_id, _, _ in rows])
        counts = _say_again(db, rows, run_id=run_id, now=now)
        _restore_files(db, rows)
        removed = mark_gone(db, now=now)
        _drop_added(db, undone_id)
        db.execute("delete from versions where run_id in (?, ?)", (undone_id, run_id))
        db.execute("delete from undo_files")
        db.execute("delete from undo_marks")
    return Undone(undone_id, started_at, len(rows), counts + Counts(removed=removed))


def _say_again(
    db: sqlite3.Connection, rows: list[tuple[int, str, str | None]], *, run_id: int, now: str
) -> Counts:
    highlights = list(_parse_highlights(rows))
    rename_edited(db, highlights)
    documents = save_documents(db, list(_parse_documents(rows)))
    counts, document_ids = save_highlights(db, highlights, documents, run_id=run_id, now=now)
    save_threads(db, document_ids | {document.id for document in documents.values()})
    return counts


def _parse_documents(rows: list[tuple[int, str, str | None]]) -> Iterator[DocumentSaid]:
    for file_id, path, before in rows:
        for line, uid, said in json.loads(before)["documents"] if before else ():
            yield DocumentSaid(uid, file_id, Place(uid, path, line, 0), parse_document_claim(said))


def _parse_highlights(rows: list[tuple[int, str, str | None]]) -> Iterator[HighlightSaid]:
    for file_id, path, before in rows:
        for line, position, uid, document, said in json.loads(before)["highlights"] if before else ():
            place = Place(document, path, line, position)
            yield HighlightSaid(uid, file_id, place, parse_highlight_claim(said))


restore_file = """
update files set dialect = ?, encoding = ?, gone_at = ?, sha256 = ?, size = ?, mtime_ns = ?, reader = ?,
    run_id = ?
where id = ?
"""


def _restore_files(db: sqlite3.Connection, rows: list[tuple[int, str, str | None]]) -> None:
    for file_id, _, before in rows:
        if before is None:
            db.execute("delete from files where id = ?", (file_id,))
            continue
        was = json.loads(before)
        db.execute(restore_file, (*was["file"], file_id))
        for table in clear:
            db.execute(clear[table], (file_id,))
            db.executemany(fill[table], [(*row, file_id) for row in was.get(table, ())])


clear = {
    "problems": "delete from problems where file_id = ?",
    "sections": "delete from sections where file_id = ?",
    "block_properties": "delete from block_properties where file_id = ?",
    "topic_aliases": "delete from topic_aliases where file_id = ?",
}
fill = {
    "problems": "insert into problems (kind, message, line, file_id) values (?, ?, ?, ?)",
    "sections": "insert into sections (line, heading, synced_on, file_id) values (?, ?, ?, ?)",
    "block_properties": "insert into block_properties (line, key, value, file_id) values (?, ?, ?, ?)",
    "topic_aliases": "insert into topic_aliases (page, alias, file_id) values (?, ?, ?)",
}


drop_highlights = """
delete from highlights
where id > (select last_highlight_id from undo_marks where run_id = :run_id)
    and not exists (select 1 from appearances as a where a.highlight_id = highlights.id)
"""

drop_documents = """
delete from documents
where id > (select last_document_id from undo_marks where run_id = :run_id)
    and not exists (select 1 from document_appearances as a where a.document_id = documents.id)
    and not exists (select 1 from highlights as h where h.document_id = documents.id)
"""


def _drop_added(db: sqlite3.Connection, run_id: int) -> None:
    """What the undone run added and nothing shows any more was never there."""
    db.execute(drop_highlights, {"run_id": run_id})
    db.execute(drop_documents, {"run_id": run_id})
