"""What files claimed before the last import, kept so that `undo` can restore it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from store.claims import (
    ClaimT,
    Sourced,
    SourcedDocument,
    SourcedHighlight,
    parse_document_claim,
    parse_highlight_claim,
    unpack_claim,
)

remember_marks = """
insert into undo_marks (run_id, last_highlight_id, last_document_id)
select :run_id, coalesce((select max(id) from highlights), 0), coalesce((select max(id) from documents), 0)
where not exists (select 1 from undo_marks where run_id = :run_id)
"""


def remember_files(db: sqlite3.Connection, run_id: int, known: Iterable[int], new: Iterable[int]) -> None:
    """Before a batch: keep what the store has of its files (`known`, by id), and which ones it reads first
    (`new`).

    Only the last run is remembered; a file that the run changes twice is remembered as it was before the run.
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


rows_of_file = {
    "file": """
select dialect, encoding, gone_at, sha256, size, mtime_ns, reader, run_id, read_as from files where id = ?
""",
    "problems": "select kind, message, line from problems where file_id = ?",
    "sections": "select line, heading, synced_on from sections where file_id = ?",
    "block_properties": "select line, key, value from block_properties where file_id = ?",
    "topic_aliases": "select page, alias from topic_aliases where file_id = ?",
}

claims_of_file = {
    "documents": """
select uid, uid, line, line, 0, title, claim from document_appearances where file_id = ? order by line
""",
    "highlights": """
select a.uid, p.uid, a.line, a.page_line, a.position, a.pair, a.claim
from appearances as a join document_appearances as p on p.file_id = a.file_id and p.line = a.page_line
where a.file_id = ?
order by a.line
""",
}


def _read_file(db: sqlite3.Connection, id_: int) -> dict[str, Any]:
    """The file's claims, each as the fields of `Sourced` up to the claim, and its rows in other tables."""
    claims = {
        noun: [(*row, unpack_claim(packed)) for *row, packed in db.execute(query, (id_,))]
        for noun, query in claims_of_file.items()
    }
    rows = {table: db.execute(query, (id_,)).fetchall() for table, query in rows_of_file.items()}
    return {**claims, **rows}


@dataclass(frozen=True, slots=True)
class RememberedFile:
    """A file as it was."""

    id: int
    path: str
    """Absolute."""
    before: dict[str, Any] | None
    """What `_read_file` returned, from JSON; None for a file that was new."""

    def list_documents(self) -> list[SourcedDocument]:
        """The claims that it made on documents."""
        return list(self._source("documents", parse_document_claim))

    def list_highlights(self) -> list[SourcedHighlight]:
        """The claims that it made on highlights."""
        return list(self._source("highlights", parse_highlight_claim))

    def _source(self, noun: str, parse: Callable[[Any], ClaimT]) -> Iterator[Sourced[ClaimT]]:
        for uid, document_uid, line, page_line, position, match, claim in (self.before or {}).get(noun, ()):
            yield Sourced(
                uid, document_uid, line, page_line, position, match, parse(claim), self.id, self.path
            )


file_path = "select root || '/' || path from files where id = ?"


def read_remembered(db: sqlite3.Connection, id_: int) -> RememberedFile:
    """A file as it is now."""
    return RememberedFile(id_, db.execute(file_path, (id_,)).fetchone()[0], _read_file(db, id_))
