"""Stores for tests, and their comparable state."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

from record_types.pages import SourceFile
from store.connection import open_memory
from store.runs import Counts, start_run
from store.save_batch import mark_gone, save_batch
from store.undo import find_last_change, undo_run

NOW = "2022-02-01T00:00:00Z"

# What two stores of the same files must agree in: ids, times of runs and history aside.
STATES = {
    "documents": "select uid, title, full_title, category, url, summary, note, properties, thread_id"
    " from documents where gone_at is null",
    "highlights": "select h.uid, h.text, h.note, d.uid, h.position, a.uid, h.category, h.year, h.taken_at,"
    " h.view_url, h.location, h.synced_on, h.incomplete"
    " from highlights h join documents d on d.id = h.document_id"
    " left join authors a on a.id = h.author_id where h.gone_at is null",
    "tweets": "select t.id, t.thread_id, t.position, t.created_at, t.url from tweets t"
    " join highlights h on h.id = t.highlight_id where h.gone_at is null",
    "appearances": "select h.uid, f.path, a.line, a.position, d.uid, a.uid, a.alias, p.uid, a.pair, a.claim"
    " from appearances a"
    " join highlights h on h.id = a.highlight_id join files f on f.id = a.file_id"
    " join documents d on d.id = a.document_id"
    " join document_appearances p on p.file_id = a.file_id and p.line = a.page_line",
    "document_appearances": "select d.uid, f.path, a.line, a.uid, a.alias, a.title, a.claim"
    " from document_appearances a join documents d on d.id = a.document_id join files f on f.id = a.file_id",
    "document_tags": "select d.uid, g.name, dt.position from document_tags dt"
    " join documents d on d.id = dt.document_id join tags g on g.id = dt.tag_id where d.gone_at is null",
    "notes": "select h.uid, d.uid, n.kind, n.text, n.position from notes n left join highlights h"
    " on h.id = n.highlight_id join documents d on d.id = n.document_id"
    " where d.gone_at is null and (n.highlight_id is null or h.gone_at is null)",
    "highlight_tags": "select h.uid, g.name, ht.position from highlight_tags ht join highlights h"
    " on h.id = ht.highlight_id join tags g on g.id = ht.tag_id where h.gone_at is null",
    "highlight_links": "select h.uid, l.uid, hl.position, hl.label from highlight_links hl join highlights h"
    " on h.id = hl.highlight_id join links l on l.id = hl.link_id where h.gone_at is null",
    "highlight_media": "select h.uid, m.url, hm.position from highlight_media hm join highlights h"
    " on h.id = hm.highlight_id join media m on m.id = hm.media_id where h.gone_at is null",
}


def save(db: sqlite3.Connection, *files: SourceFile, gone: Sequence[int] = (), now: str = NOW) -> Counts:
    """One import of these files."""
    run_id = start_run(db, "import", now=now)
    counts = save_batch(db, files, run_id=run_id, now=now, gone_ids=gone)
    return counts + Counts(removed=mark_gone(db, now=now))


def undo(db: sqlite3.Connection, command: str = "undo") -> bool:
    """Undo the last run that changed anything, or redo the last undo; whether there was one."""
    target = find_last_change(db)
    if target is None or (target.command == "undo") != (command == "redo"):
        return False
    undo_run(db, target, run_id=start_run(db, command, now=NOW), now=NOW)
    return True


def save_in_any_order(files: Sequence[SourceFile]) -> sqlite3.Connection:
    """A store of these files, each imported on its own; every order gives the same store."""
    states = []
    for order in permutations(files):
        db = open_memory()
        for file in order:
            save(db, file)
        states.append(read_state(db))
    assert all(state == states[0] for state in states)
    return db


def read_state(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(db.execute(query).fetchall(), key=repr) for name, query in STATES.items()}


def read_all(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table except the log of runs and the undo tables."""
    query = """
        select name from sqlite_master
        where type = 'table' and name not in ('runs', 'undo_files', 'undo_marks', '_sqlite_migrations')
    """
    tables = [name for (name,) in db.execute(query)]
    return {name: db.execute(f'select * from "{name}"').fetchall() for name in tables}


def one(db: sqlite3.Connection, query: str, *parameters: object) -> object:
    return db.execute(query, parameters).fetchone()[0]


# --- all tables, with uids in place of row ids

NOT_COMPARED = (
    "runs",
    "versions",
    "settings",
    "sqlite",
    "undo",
    "export_",
    "count_",
    "facet_counts",
    "host_paces",
    "_",
)
"""What belongs to a run or a folder, and counts by row id, which `test_counts.py` compares with queries."""
NOT_OF_CONTENT = {
    "id",
    "run_id",
    "mtime_ns",
    "root",
    "checked_at",
    "due_at",
    "content_hash",
    "reader",
    "size",
}


def dump(db: sqlite3.Connection) -> dict[str, list[Any]]:
    """The rows of all tables, with uids in place of row ids."""
    db.row_factory = sqlite3.Row
    named = {
        "highlight_id": dict(db.execute("select id, uid from highlights").fetchall()),
        "document_id": dict(db.execute("select id, uid from documents").fetchall()),
        "author_id": dict(db.execute("select id, uid from authors").fetchall()),
        "file_id": dict(db.execute("select id, path from files").fetchall()),
        "tag_id": dict(db.execute("select id, name from tags").fetchall()),
        "link_id": dict(db.execute("select id, uid from links").fetchall()),
        "media_id": dict(db.execute("select id, url from media").fetchall()),
        "resource_id": dict(db.execute("select id, uid from resources").fetchall()),
    }
    found: dict[str, list[Any]] = {}
    for (table,) in list_tables(db):
        keys = NOT_OF_CONTENT - {"id"} if table == "tweets" else NOT_OF_CONTENT
        rows = [
            {key: named.get(key, {}).get(row[key], row[key]) for key in row.keys() if key not in keys}  # noqa: SIM118
            for row in db.execute(f'select * from "{table}"')
        ]
        found[table] = sorted(rows, key=repr)
    return found


def list_tables(db: sqlite3.Connection) -> Iterator[tuple[str]]:
    query = (
        "select name from sqlite_master where type = 'table' and sql not like 'create virtual%' order by 1"
    )
    for (name,) in db.execute(query).fetchall():
        if (
            not name.startswith(NOT_COMPARED)
            and "_fts" not in name
            and "_cjk" not in name
            and name != "folder_states"
        ):
            yield (name,)
