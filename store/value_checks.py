"""Values that their columns do not allow: unknown constants, damaged JSON.

SQLite's own check of the file reports them without the row, and as damage to the file, although most can be
restored from claims, or be computed or learned again.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from store.connection import JSON_TYPES
from store.file_checks import read_tables

NOT_JSON = {
    "export_states.text": "not (key like '/%' or key like 'skipped %' or key like 'ticks %'"
    " or key like 'effects %' or key = 'topic state')"
}
"""The condition for rows whose text is not JSON."""

FIXES = {
    "documents.category": "update documents set category = 'other' where {}",
    "documents.properties": "update documents set properties = '{{}}' where {}",
    "highlights.location_kind": "update highlights set location_kind = null where {}",
    "highlights.incomplete": "update highlights set incomplete = 0 where {}",
    "notes.kind": "update notes set kind = 'note' where {}",
    "highlight_links.offer": "update highlight_links set offer = null where {}",
    "links.status": "update links set status = 'pending', checked_at = null, due_at = null where {}",
    "links.hops": "update links set hops = '[]' where {}",
    "resources.status": "update resources set status = iif(title is null, 'pending', 'ok') where {}",
    "runs.status": "update runs set status = 'failed' where {}",
    "export_folders.emptied": "update export_folders set emptied = 0 where {}",
    "export_states.text": "delete from export_states where {}",
    "note_journal.blocks": "delete from note_journal where {}",
    "note_journal.is_staged": "update note_journal set is_staged = 0 where {}",
    "undo_files.before": "delete from undo_marks where run_id in (select run_id from undo_files where {})",
    "cursors.recent": "delete from cursors where {}",
    "topic_scores.summary": "delete from topic_scores where {}",
    "topic_scores.scores": "delete from topic_scores where {}",
    "stale_counts.is_stale": "update stale_counts set is_stale = 1 where {}",
}
"""What becomes of a row whose value cannot be restored from claims; `{}` selects the row.

A link or resource is requested again; what only saves time is forgotten. Not here: `topic_examples.kind`,
which only the reader knows.
"""

forget_unmarked = "delete from undo_files where run_id not in (select run_id from undo_marks)"

_CHECK = re.compile(r"check \(")


class BadValue(NamedTuple):
    """A value that its column does not allow."""

    table: str
    column: str
    key: tuple[object, ...]
    """The row's primary key."""

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of {', '.join(map(str, self.key))}"


def find_bad_values(db: sqlite3.Connection) -> list[BadValue]:
    """Every such value of the store."""
    found = []
    for table, columns in _read_constraints().items():
        keys = _read_key(db, table)
        for column, condition in columns.items():
            query = f"select {', '.join(keys)} from {table} where not coalesce(({condition}), 1)"  # noqa: S608
            found += [BadValue(table, column, tuple(key)) for key in db.execute(query)]
    return found


def fix_bad_values(db: sqlite3.Connection) -> None:
    """Replace what is left of them. Part of a transaction, after rows were restored from claims."""
    for table, column, key in find_bad_values(db):
        if statement := FIXES.get(f"{table}.{column}"):
            where = " and ".join(f"{name} is ?" for name in _read_key(db, table))
            db.execute(statement.format(where), key)
    db.execute(forget_unmarked)


@contextmanager
def ignored_constraints(db: sqlite3.Connection) -> Iterator[None]:
    """Let rows with such values be read and written."""
    db.execute("pragma ignore_check_constraints = on")
    try:
        yield
    finally:
        db.execute("pragma ignore_check_constraints = off")


def _read_constraints() -> dict[str, dict[str, str]]:
    """The condition that values meet, by table and column."""
    found: dict[str, dict[str, str]] = {}
    for table, statement in read_tables().items():
        for match in _CHECK.finditer(statement):
            column = re.findall(r"^ {4}(\w+)", statement[: match.start()], re.MULTILINE)[-1]
            found.setdefault(table, {})[column] = _read_parenthesis(statement, match.end())
    for name, type_ in JSON_TYPES.items():
        table, _, column = name.partition(".")
        condition = f"iif(json_valid({column}), json_type({column}) = '{type_}', {column} is null)"
        found.setdefault(table, {})[column] = f"{condition} or {NOT_JSON.get(name, 'false')}"
    return found


def _read_parenthesis(text: str, start: int) -> str:
    """What is in the parenthesis that begins just before `start`."""
    depth = 1
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if not depth:
            return text[start:at]
    return text[start:]


def _read_key(db: sqlite3.Connection, table: str) -> list[str]:
    query = "select name from pragma_table_info(?) where pk > 0 order by pk"
    return [name for (name,) in db.execute(query, (table,))] or ["rowid"]
