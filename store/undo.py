"""Taking back the last import: what its files said before is remembered, and said again."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from store.batches import save_claims
from store.connection import transaction
from store.cursors import forget_cursors
from store.gone import mark_gone
from store.remembering import FILE_COLUMNS, Remembered, parse_documents, parse_highlights
from store.runs import Counts
from store.scratch import choose_files, create_scratch


class Undone(NamedTuple):
    """The run that was taken back."""

    run_id: int
    started_at: str
    files: int
    counts: Counts


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
        forget_cursors(db, undone_id)
        rows = [Remembered(*row) for row in db.execute(remembered_files, (undone_id,))]
        choose_files(db, [file_id for file_id, _, _ in rows])
        documents, highlights = parse_documents(rows), parse_highlights(rows)
        counts = save_claims(db, documents, highlights, run_id=run_id, now=now)
        _restore_files(db, rows)
        removed = mark_gone(db, now=now)
        _drop_added(db, undone_id)
        db.execute("delete from versions where run_id in (?, ?)", (undone_id, run_id))
        db.execute("delete from undo_files")
        db.execute("delete from undo_marks")
    return Undone(undone_id, started_at, len(rows), counts + Counts(removed=removed))


restore_file = """
update files set dialect = ?, encoding = ?, gone_at = ?, sha256 = ?, size = ?, mtime_ns = ?, reader = ?,
    run_id = ?, read_as = ?
where id = ?
"""


def _restore_files(db: sqlite3.Connection, rows: list[Remembered]) -> None:
    for file_id, _, before in rows:
        if before is None:
            db.execute("delete from files where id = ?", (file_id,))
            continue
        was = json.loads(before)
        columns = [*was["file"], ""][: len(FILE_COLUMNS)]  # an older program remembered no `read_as`
        db.execute(restore_file, (*columns, file_id))
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
