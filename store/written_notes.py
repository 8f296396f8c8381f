"""What the exporter wrote last: the base that a reader's edits are told from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from record_types.library import EMBEDDED_SECTION
from store.connection import transaction


class WrittenNote(NamedTuple):
    """One page as it was written last."""

    path: str
    """Below the export folder."""
    uid: str
    """Which note it is."""
    text: str
    """The note as it was rendered; the file may hold more, its reader's own."""
    blocks: Mapping[str, str] = {}
    """What the text is made of by key, in order; `read_written` leaves them out."""


upsert_written = """
insert into written (path, block_key, base_text, note_uid, written_at, position)
values (:path, :key, :text, :uid, :now, :position)
on conflict (path, block_key) do update set
    base_text = excluded.base_text, note_uid = excluded.note_uid, written_at = excluded.written_at,
    position = excluded.position
    where base_text <> excluded.base_text or note_uid <> excluded.note_uid
        or position <> excluded.position
"""

pages_below = """
select path, note_uid, base_text from written
where block_key = '' and substr(path, 1, :length) = :prefix
"""

paths_below = """
select path from written
where block_key = '' and path > :prefix and path < :after       -- so the key's own order is used
    and not exists (select 1 from written as w where w.path = written.path and w.block_key = :embedded)
"""

blocks_of_page = """
select block_key, base_text from written
where path = :path and block_key <> ''
order by position
"""


def read_written(db: sqlite3.Connection, folder: str) -> list[WrittenNote]:
    """What was written last to each page below `folder` (absolute), without its blocks."""
    prefix = folder.rstrip("/") + "/"
    rows = db.execute(pages_below, {"length": len(prefix), "prefix": prefix})
    return [WrittenNote(path[len(prefix) :], uid, text) for path, uid, text in rows]


def read_written_blocks(db: sqlite3.Connection, folder: str, path: str) -> dict[str, str]:
    """The blocks of one page as they were rendered last, by key, in order."""
    return dict(db.execute(blocks_of_page, {"path": f"{folder.rstrip('/')}/{path}"}).fetchall())


def read_written_paths(db: sqlite3.Connection, folders: Iterable[str]) -> set[str]:
    """The absolute paths of all notes that were ever written below `folders`: they are no input.

    Pages of the reader's own that ours stands below are theirs, and are left out.
    """
    prefixes = [folder.rstrip("/") for folder in folders]
    rows = [  # `0` follows `/`
        {"prefix": f"{prefix}/", "after": f"{prefix}0", "embedded": EMBEDDED_SECTION} for prefix in prefixes
    ]
    return {path for row in rows for (path,) in db.execute(paths_below, row)}


def save_written(db: sqlite3.Connection, folder: str, notes: Iterable[WrittenNote], *, now: str) -> None:
    """Remember what was written to the pages of `folder`, and forget the blocks that a page has no more."""
    prefix = folder.rstrip("/") + "/"
    with transaction(db):
        for note in notes:
            path = prefix + note.path
            known = {key for (key,) in db.execute("select block_key from written where path = ?", (path,))}
            gone = known - note.blocks.keys() - {""}
            db.executemany(
                "delete from written where path = ? and block_key = ?", [(path, key) for key in gone]
            )
            rows = [("", note.text), *note.blocks.items()]
            db.executemany(
                upsert_written,
                [
                    {"path": path, "key": key, "text": text, "uid": note.uid, "now": now, "position": at}
                    for at, (key, text) in enumerate(rows)
                ],
            )


def move_written(db: sqlite3.Connection, folder: str, moves: Mapping[str, str]) -> None:
    """Follow pages that their reader moved: old path to new, both below `folder`."""
    prefix = folder.rstrip("/") + "/"
    with transaction(db):
        for old, new in moves.items():
            db.execute("update written set path = ? where path = ?", (prefix + new, prefix + old))


def read_standing(db: sqlite3.Connection, folder: str) -> str | None:
    """What was said of the whole folder after the last export (see `save_standing`); None for nothing."""
    statement = "select base_text from written where path = ? and block_key = 'standing'"
    row = db.execute(statement, (folder.rstrip("/"),)).fetchone()
    return str(row[0]) if row else None


def save_standing(db: sqlite3.Connection, folder: str, text: str, *, now: str) -> None:
    """Keep a word about the whole folder: which state of the store it shows, and what was left alone."""
    row = {"path": folder.rstrip("/"), "key": "standing", "text": text, "uid": "", "now": now, "position": 0}
    with transaction(db):
        db.execute(upsert_written, row)
