"""Undo and redo the last run: its files claim again what they claimed before."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from record_types.errors import InputError
from store.children import drop_unused_tags
from store.connection import load_json, transaction
from store.cursors import forget_cursors
from store.files import clear_files, fill_files
from store.runs import Counts
from store.save_batch import mark_gone, save_remembered
from store.undo_log import RememberedFile, remember_files


class LoggedRun(NamedTuple):
    """A run that reads files, or that undoes or repeats such a run."""

    id: int
    command: str
    started_at: str


class Undone(NamedTuple):
    """What an undo did, or would do."""

    run: LoggedRun
    """The run that was undone."""
    files: int
    counts: Counts
    """Of highlights: the run had added those that are `removed`, and removed those that are `added`."""


last_run = """
select id, command, started_at from runs
where status <> 'running' and (
    command = 'import'
    or command in ('undo', 'redo') and id in (select run_id from undo_marks) -- else killed at its beginning
)
order by id desc limit 1
"""

last_change = """
select r.id, r.command, r.started_at from undo_marks as m join runs as r on r.id = m.run_id
where r.id < :before
order by m.run_id desc limit 1
"""


def find_last_run(db: sqlite3.Connection) -> LoggedRun | None:
    """The last run of a kind that can be undone, whether it changed anything or not."""
    row = db.execute(last_run).fetchone()
    return LoggedRun(*row) if row else None


last_fixed = """
select id, command, started_at from runs
where id > :after and (added or changed or removed or command = 'restore')
    and command in ('links import', 'links rebuild-keys', 'restore', 'doctor')
order by id desc limit 1
"""


def find_last_fixed(db: sqlite3.Connection, *, after: int) -> LoggedRun | None:
    """The last run that the user started after the run `after` and that cannot be undone."""
    row = db.execute(last_fixed, {"after": after}).fetchone()
    return LoggedRun(*row) if row else None


def find_last_change(db: sqlite3.Connection, *, before: int = 1 << 62) -> LoggedRun | None:
    """The last run that changed anything: the one that can be undone or, if it is an undo, redone."""
    row = db.execute(last_change, {"before": before}).fetchone()
    return LoggedRun(*row) if row else None


remembered_files = "select root, path, before from undo_files where run_id = ?"


def undo_run(db: sqlite3.Connection, target: LoggedRun, *, run_id: int, now: str) -> Undone:
    """Undo the run `target`, in one transaction, so that this run can be undone in turn.

    `run_id` is this run's own; `target` is what `find_last_change` returned. What `expand` and maps revealed
    about links stays. Raises InputError if another run has changed something in between.
    """
    with transaction(db):
        if find_last_change(db, before=run_id) != target:
            raise InputError(f"run {target.id} cannot be undone any more: another run changed something")
        forget_cursors(db, target.id)
        rows = db.execute(remembered_files, (target.id,)).fetchall()
        known = [id_ for root, path, _ in rows if (id_ := _find_file(db, root, path)) is not None]
        remember_files(db, run_id, known, ())
        files = [
            RememberedFile(id_, f"{root}/{path}", load_json(before, "undo_files.before") if before else None)
            for root, path, before in rows
            if (id_ := _place_file(db, root, path, run_id, is_new=before is None)) is not None
        ]
        counts = save_remembered(db, files, run_id=run_id, now=now)
        _restore_files(db, files)
        removed = mark_gone(db, now=now)
        for drop in (drop_highlights, drop_documents):  # what the undone run added
            db.execute(drop, {"run_id": target.id})
        drop_unused_tags(db)
        if target.command != "undo":  # a text that an undo replaces does not count as an earlier one
            db.execute("delete from versions where run_id in (?, ?)", (target.id, run_id))
        db.execute("delete from undo_files where run_id <> ?", (run_id,))
        db.execute("delete from undo_marks where run_id <> ?", (run_id,))
    return Undone(target, len(rows), counts + Counts(removed=removed))


def _find_file(db: sqlite3.Connection, root: str, path: str) -> int | None:
    row = db.execute("select id from files where root = ? and path = ?", (root, path)).fetchone()
    return int(row[0]) if row else None


insert_file = """
insert into files (root, path, sha256, size, mtime_ns) values (?, ?, '', 0, 0) returning id
"""


def _place_file(db: sqlite3.Connection, root: str, path: str, run_id: int, *, is_new: bool) -> int | None:
    """The row of a file to restore, inserted if an undo deleted it; None for one that is to be deleted and
    has none."""
    id_ = _find_file(db, root, path)
    if id_ is None and not is_new:
        id_ = int(db.execute(insert_file, (root, path)).fetchone()[0])
        remember_files(db, run_id, (), (id_,))
    return id_


restore_file = """
update files set dialect = ?, encoding = ?, gone_at = ?, sha256 = ?, size = ?, mtime_ns = ?, reader = ?,
    run_id = (select id from runs where id = ?), read_as = ?
where id = ?
"""


def _restore_files(db: sqlite3.Connection, files: list[RememberedFile]) -> None:
    """Restore what the store has about files besides their claims; those that were new are forgotten."""
    before = {file.id: file.before for file in files if file.before is not None}
    db.executemany("delete from files where id = ?", [(file.id,) for file in files if file.before is None])
    db.executemany(restore_file, [(*rows["file"][0], id_) for id_, rows in before.items()])
    clear_files(db, before)
    fill_files(db, list(before.items()))


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
