"""What files said before the last import, so that `undo` can have them say it again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

from store.claims import DocumentSaid, HighlightSaid, Place, parse_document_claim, parse_highlight_claim
from store.identities import name_text
from store.stored_claims import read_documents_said, read_highlights_said

FILE_COLUMNS = ("dialect", "encoding", "gone_at", "sha256", "size", "mtime_ns", "reader", "run_id", "read_as")

file_row = """
select dialect, encoding, gone_at, sha256, size, mtime_ns, reader, run_id, read_as from files where id = ?
"""

said_of_documents = """
select a.line, coalesce(a.uid, d.uid), a.said, a.title, d.id
from document_appearances as a join documents as d on d.id = a.document_id
where a.file_id = ?
"""

said_of_highlights = """
select a.line, a.position, coalesce(a.uid, h.uid), d.uid, coalesce(a.document_uid, d.uid), a.said, a.pair,
    h.id
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


def remember_files(db: sqlite3.Connection, run_id: int, known: Iterable[int], new: Iterable[int]) -> None:
    """Before a batch: keep what its files say now (`known`, by id), and which it reads for the first time.

    Only the last run is remembered; a file that the run changes twice is remembered as it was at first.
    """
    db.execute("delete from undo_files where run_id <> ?", (run_id,))
    db.execute("delete from undo_marks where run_id <> ?", (run_id,))
    db.execute(remember_marks, {"run_id": run_id})
    db.executemany(
        "insert or ignore into undo_files (file_id, run_id, before) values (?, ?, ?)",
        [(id_, run_id, json.dumps(read_file(db, id_), ensure_ascii=False)) for id_ in known],
    )
    db.executemany(
        "insert or ignore into undo_files (file_id, run_id, before) values (?, ?, null)",
        [(id_, run_id) for id_ in new],
    )


def read_file(db: sqlite3.Connection, id_: int) -> dict[str, Any]:
    """What the file says now, in its own names, and what the store knows of it besides."""
    return {
        "file": db.execute(file_row, (id_,)).fetchone(),
        "documents": _read_documents(db, id_),
        "highlights": _read_highlights(db, id_),
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


def _read_documents(db: sqlite3.Connection, file_id: int) -> list[tuple[object, ...]]:
    """(line, uid, claim, title), in the file's own names."""
    rows = db.execute(said_of_documents, (file_id,)).fetchall()
    alone = read_documents_said(db, [id_ for *_, said, _, id_ in rows if said is None])
    return [(line, uid, said or alone[id_], title) for line, uid, said, title, id_ in rows]


def _read_highlights(db: sqlite3.Connection, file_id: int) -> list[tuple[object, ...]]:
    """(line, position, uid, document's uid, claim, pair), in the file's own names."""
    rows = db.execute(said_of_highlights, (file_id,)).fetchall()
    alone = read_highlights_said(db, [id_ for *_, said, _, id_ in rows if said is None])
    return [
        (line, position, name_text(uid, row_uid, called), called, said or alone[id_], pair)
        for line, position, uid, row_uid, called, said, pair, id_ in rows
    ]


class Remembered(NamedTuple):
    """What a file said."""

    file_id: int
    path: str
    """Absolute."""
    before: str | None
    """What `read_file` gave, as JSON; None where the store did not have the file."""


def parse_documents(files: Iterable[Remembered]) -> list[DocumentSaid]:
    """What the files said of documents."""
    return [
        DocumentSaid(uid, file_id, Place(uid, path, line, 0), parse_document_claim(said), *title)
        for file_id, path, before in files
        for line, uid, said, *title in (json.loads(before)["documents"] if before else ())
    ]


def parse_highlights(files: Iterable[Remembered]) -> list[HighlightSaid]:
    """What the files said of highlights; an older program remembered no pairs."""
    return [
        HighlightSaid(
            uid, where, file_id, Place(where, path, line, position), parse_highlight_claim(said), *pair
        )
        for file_id, path, before in files
        for line, position, uid, where, said, *pair in (json.loads(before)["highlights"] if before else ())
    ]
