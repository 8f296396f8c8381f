"""Check everything below the rows: the database file, its tables and triggers, the encoding of its texts."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from functools import cache

from store.backup import FULL_TEXT
from store.connection import open_memory

objects = """
select type, name, sql from sqlite_master
where sql is not null and name not in (select name from pragma_table_list where type = 'shadow')
    and name not like 'sqlite\\_%' escape '\\' and name <> '_sqlite_migrations'
"""


@cache
def _read_schema() -> dict[tuple[str, str], str]:
    """What a new store contains: statements by (type, name), in the order in which they were made."""
    with closing(open_memory()) as db:
        return {(type_, name): sql for type_, name, sql in db.execute(objects)}


def read_tables() -> dict[str, str]:
    """The statement of each table, by name."""
    return {name: sql for (type_, name), sql in _read_schema().items() if type_ == "table"}


def find_missing(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """(type, name) of the tables, indexes, triggers and views that the store lacks."""
    there = {(type_, name) for type_, name, _ in db.execute(objects)}
    return [each for each in _read_schema() if each not in there]


DERIVED = (
    *FULL_TEXT,
    "facet_counts",
    "shared_resources",
    "document_counts",
    "count_steps",
    "count_marks",
    "stale_counts",
)
"""Tables that are computed from others."""


def is_derived(type_: str, name: str) -> bool:
    """Whether a missing object can be recreated without loss."""
    return type_ != "table" or name in (*DERIVED, "highlights_cjk", "document_notes_fts")


fill_note_index = """
insert into document_notes_fts (rowid, text) select id, text from notes where highlight_id is null
"""


def make_missing(db: sqlite3.Connection) -> None:
    """Make what is missing and derived again, empty; inside the caller's transaction."""
    missing = find_missing(db)
    for each in missing:
        if is_derived(*each):
            db.execute(_read_schema()[each])
    if ("table", "document_notes_fts") in missing:
        db.execute(fill_note_index)


text_columns = """
select t.name, c.name from pragma_table_list as t join pragma_table_info(t.name) as c
where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\' and c.type = 'TEXT'
order by t.name, c.cid
"""


def find_not_utf8(db: sqlite3.Connection) -> list[str]:
    """The columns (`table.column`) that contain bytes which are not UTF-8."""
    return [f"{table}.{column}" for table, column, _ in _list_not_utf8(db)]


def _list_not_utf8(db: sqlite3.Connection) -> list[tuple[str, str, set[bytes]]]:
    """(table, column, damaged values)"""
    found = []
    factory = db.text_factory
    db.text_factory = bytes
    try:
        for table, column in db.execute(text_columns).fetchall():
            name = (table.decode(), column.decode())
            query = 'select "{1}" from "{0}"'.format(*name)  # noqa: S608 - our own names
            if values := {value for (value,) in db.execute(query) if not _is_utf8(value)}:
                found.append((*name, values))
    finally:
        db.text_factory = factory
    return found


def _is_utf8(value: object) -> bool:
    if not isinstance(value, bytes):
        return True
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


WITHOUT_DAMAGED = {
    "written": """delete from written where (folder_id, path) in
        (select folder_id, path from written where cast({} as blob) = ?)""",
    "note_journal": "delete from note_journal where cast({} as blob) = ?",
    "export_states": "delete from export_states where cast({} as blob) = ?",
    "model_answers": "delete from model_answers where cast({} as blob) = ?",
    "topic_scores": "delete from topic_scores where cast({} as blob) = ?",
    "undo_files": """delete from undo_marks where run_id in
        (select run_id from undo_files where cast({} as blob) = ?)""",
    "appearances": "update appearances set claim = x'' where cast({} as blob) = ?",
    "document_appearances": "update document_appearances set claim = x'' where cast({} as blob) = ?",
}
"""What else a damaged text in these tables makes useless; pages and notes have all of it."""


def replace_not_utf8(db: sqlite3.Connection) -> None:
    """Replace what is not UTF-8 with U+FFFD, inside the caller's transaction; what the table refuses stays.

    Later repairs restore the texts that come from pages.
    """
    for table, column, values in _list_not_utf8(db):
        update = f'update "{table}" set "{column}" = ? where cast("{column}" as blob) = ?'  # noqa: S608
        for value in values:
            if table in WITHOUT_DAMAGED:
                db.execute(WITHOUT_DAMAGED[table].format(f'"{column}"'), (value,))
            with suppress(sqlite3.IntegrityError):
                db.execute(update, (decode_tolerantly(value), value))


def decode_tolerantly(value: bytes) -> str:
    """A `text_factory` for stores with damaged texts."""
    return value.decode(errors="replace")


def find_wrong_indexes(db: sqlite3.Connection) -> list[str]:
    """The full-text indexes that differ from their tables.

    `pragma integrity_check` does not notice these. FTS5's own check takes the lock of a writer: while another
    program has it, a copy is checked.
    """
    (timeout,) = db.execute("pragma busy_timeout").fetchone()
    db.execute("pragma busy_timeout = 100")
    try:
        return [name for name in FULL_TEXT if not _is_index_right(db, name)]
    except sqlite3.OperationalError as error:
        is_locked = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY)
        if db.in_transaction or not is_locked:  # a writer holds the lock itself: then the disk failed
            raise
        with closing(sqlite3.connect("", isolation_level=None)) as copy:
            db.execute("begin")  # one snapshot, whatever another program writes
            db.execute("select count(*) from sqlite_master").fetchone()
            try:
                db.backup(copy)
            finally:
                db.execute("rollback")
            return [name for name in FULL_TEXT if not _is_index_right(copy, name)]
    finally:
        db.execute(f"pragma busy_timeout = {timeout}")


def _is_index_right(db: sqlite3.Connection, name: str) -> bool:
    try:
        db.execute(FULL_TEXT[name])
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY):
            raise
        return False
    return True
