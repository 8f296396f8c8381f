"""The memory of `undo`: what files claimed before a run.

Each run remembers the files that it changes, as they were before it. What it remembers is kept until a later
run changes something. An undo is a run like any other: what it remembers is what `redo` restores.
"""

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
    try_unpack,
)
from store.connection import load_json

# Only before the first batch of a run: rows with larger ids were then added by this run.
remember_marks = """
insert into undo_marks (run_id, last_highlight_id, last_document_id)
select :run_id, coalesce((select max(id) from highlights), 0), coalesce((select max(id) from documents), 0)
where not exists (select 1 from undo_marks where run_id = :run_id)
"""

remember_file = """
insert or ignore into undo_files (run_id, root, path, before)
select :run_id, root, path, :before from files where id = :id
"""


def remember_files(db: sqlite3.Connection, run_id: int, known: Iterable[int], new: Iterable[int]) -> None:
    """Before a batch: keep what the store has of its files (`known`, by id), and which ones it reads first
    (`new`).

    A file that the run changes twice is remembered as it was before the run.
    """
    db.execute(remember_marks, {"run_id": run_id})
    rows = [
        {"run_id": run_id, "id": id_, "before": json.dumps(_read_file(db, id_), ensure_ascii=False)}
        for id_ in known
    ]
    rows += [{"run_id": run_id, "id": id_, "before": None} for id_ in new]
    db.executemany(remember_file, rows)


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
    """The file's claims, each as the fields of `Sourced` up to the claim, and its rows in other tables.

    A damaged claim is left out: its file is read again (see `store/content_checks.py`).
    """
    claims = {
        noun: [
            (*row, claim)
            for *row, packed in db.execute(query, (id_,))
            if (claim := try_unpack(packed)) is not None
        ]
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
            names = (uid, document_uid, line, page_line, position, match)
            yield Sourced(*names, parse(claim), self.id, self.path, document=document_uid)


file_path = "select root || '/' || path from files where id = ?"


def read_remembered(db: sqlite3.Connection, id_: int) -> RememberedFile:
    """A file as it is now."""
    return RememberedFile(id_, db.execute(file_path, (id_,)).fetchone()[0], _read_file(db, id_))


remembered_files = """
select f.id, u.before
from undo_files as u left join files as f on f.root = u.root and f.path = u.path
where u.run_id = ?
"""


forget_earlier = ("delete from undo_files where run_id < ?", "delete from undo_marks where run_id < ?")
forget_this = ("delete from undo_files where run_id = ?", "delete from undo_marks where run_id = ?")


def settle_memory(db: sqlite3.Connection, run_id: int, *, is_changed: bool) -> None:
    """At the end of a run: forget what earlier runs remembered, or this one if it changed nothing.

    `is_changed`: highlights changed. Otherwise the claims of its files are compared, since a renamed page
    changes no highlight. Part of a transaction.
    """
    if db.execute("select 1 from undo_marks where run_id = ?", (run_id,)).fetchone() is None:
        return
    rows = db.execute(remembered_files, (run_id,))
    is_kept = is_changed or any(_differs(db, id_, before) for id_, before in rows)
    for statement in forget_earlier if is_kept else forget_this:
        db.execute(statement, (run_id,))


def _differs(db: sqlite3.Connection, id_: int | None, before: str | None) -> bool:
    """Whether a file's claims differ from what they were, wherever in the file they are."""
    then = load_json(before, "undo_files.before") if before else {}
    now = json.loads(json.dumps(_read_file(db, id_))) if id_ is not None else {}
    return _strip_places(then) != _strip_places(now)


def _strip_places(file: dict[str, Any]) -> list[list[Any]]:
    claims = [[uid, home, *rest] for noun in claims_of_file for uid, home, _, _, *rest in file.get(noun, ())]
    return [*claims, *file.get("topic_aliases", ())]
