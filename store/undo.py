"""Undo the last import: its files claim again what they claimed before."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from store.connection import transaction
from store.cursors import forget_cursors
from store.runs import Counts
from store.save_batch import mark_gone, save_claims
from store.undo_log import RememberedFile


class Undone(NamedTuple):
    """The run that was undone."""

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
    """Undo the last import that changed anything, in one transaction; None if there is none.

    `run_id` is this run's own. What `expand` and maps found out about links stays.
    """
    with transaction(db):
        last = db.execute(last_run).fetchone()
        if last is None:
            return None
        undone_id, started_at = last
        forget_cursors(db, undone_id)
        files = [
            RememberedFile(id_, path, json.loads(before) if before else None)
            for id_, path, before in db.execute(remembered_files, (undone_id,))
        ]
        counts = save_claims(
            db,
            [claim for file in files for claim in file.list_documents()],
            [claim for file in files for claim in file.list_highlights()],
            files={file.id for file in files},
            run_id=run_id,
            now=now,
        )
        _restore_files(db, files)
        removed = mark_gone(db, now=now)
        for drop in (drop_highlights, drop_documents):  # what the undone run added
            db.execute(drop, {"run_id": undone_id})
        db.execute("delete from versions where run_id in (?, ?)", (undone_id, run_id))
        db.execute("delete from undo_files")
        db.execute("delete from undo_marks")
    return Undone(undone_id, started_at, len(files), counts + Counts(removed=removed))


restore_file = """
update files set dialect = ?, encoding = ?, gone_at = ?, sha256 = ?, size = ?, mtime_ns = ?, reader = ?,
    run_id = ?, read_as = ?
where id = ?
"""

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


def _restore_files(db: sqlite3.Connection, files: list[RememberedFile]) -> None:
    """Restore what the store has of files beside their claims; those that were new are forgotten."""
    for file in files:
        if file.before is None:
            db.execute("delete from files where id = ?", (file.id,))
            continue
        (columns,) = file.before["file"]
        db.execute(restore_file, (*columns, file.id))
        for table, statement in fill.items():
            db.execute(clear[table], (file.id,))
            db.executemany(statement, [(*row, file.id) for row in file.before[table]])


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
