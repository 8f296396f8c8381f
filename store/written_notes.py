"""Written notes: the text of each note as it was last exported, the base for finding the reader's edits."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from record_types.library import EMBEDDED_SECTION
from store.connection import transaction


class WrittenNote(NamedTuple):
    """A note as it was last written."""

    path: str
    """Relative to the export folder."""
    uid: str
    """Identifies the note: topic:<slug>, document:<uid> …"""
    text: str
    """The note as it was rendered; the file may also contain text of the reader's."""
    blocks: Mapping[str, str] = {}
    """The blocks of the text by key, in order; empty from `read_written`."""


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
where block_key = '' and path > :prefix and path < :after       -- a range, which the primary key finds
    and not exists (select 1 from written as w where w.path = written.path and w.block_key = :embedded)
"""

blocks_of_page = """
select block_key, base_text from written
where path = :path and block_key <> ''
order by position
"""


def read_written(db: sqlite3.Connection, folder: str) -> list[WrittenNote]:
    """The notes last written to `folder` (absolute), without their blocks."""
    prefix = folder.rstrip("/") + "/"
    rows = db.execute(pages_below, {"length": len(prefix), "prefix": prefix})
    return [WrittenNote(path[len(prefix) :], uid, text) for path, uid, text in rows]


def read_written_blocks(db: sqlite3.Connection, folder: str, path: str) -> dict[str, str]:
    """The blocks of one note as they were last written, by key, in order."""
    return dict(db.execute(blocks_of_page, {"path": f"{folder.rstrip('/')}/{path}"}).fetchall())


def read_written_paths(db: sqlite3.Connection, folders: Iterable[str]) -> set[str]:
    """The absolute paths of all notes written to `folders`, which an import must not read.

    Pages of the reader's that contain a note of ours as a section are not among them.
    """
    prefixes = [folder.rstrip("/") for folder in folders]
    rows = [  # `0` follows `/`
        {"prefix": f"{prefix}/", "after": f"{prefix}0", "embedded": EMBEDDED_SECTION} for prefix in prefixes
    ]
    return {path for row in rows for (path,) in db.execute(paths_below, row)}


def save_written(db: sqlite3.Connection, folder: str, notes: Iterable[WrittenNote], *, now: str) -> None:
    """Save the notes written to `folder`, and delete the blocks that a note no longer contains."""
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
    """Change the paths of notes that the reader moved: old path → new path, both relative to `folder`."""
    prefix = folder.rstrip("/") + "/"
    with transaction(db):
        for old, new in moves.items():
            db.execute("update written set path = ? where path = ?", (prefix + new, prefix + old))


FOLDER_STATE = "folder state"
"""The `block_key` of a row about a whole folder, whose path is the folder's."""


def read_folder_state(db: sqlite3.Connection, folder: str) -> str | None:
    """The text that `save_folder_state` saved for `folder`; None without any."""
    statement = "select base_text from written where path = ? and block_key = ?"
    row = db.execute(statement, (folder.rstrip("/"), FOLDER_STATE)).fetchone()
    return str(row[0]) if row else None


def save_folder_state(db: sqlite3.Connection, folder: str, text: str, *, now: str) -> None:
    """Save a text about a whole folder: which state of the store it shows, and which notes were skipped."""
    row = {
        "path": folder.rstrip("/"),
        "key": FOLDER_STATE,
        "text": text,
        "uid": "",
        "now": now,
        "position": 0,
    }
    with transaction(db):
        db.execute(upsert_written, row)


_BELOW = re.compile(r"(?:~[0-9]+)?(?:/(?:remark|tags)(?:~[0-9]+)?)?")
"""What follows a highlight's uid in the key of a block: its number among equals, and which child of it."""


def rename_written_blocks(db: sqlite3.Connection, names: Mapping[str, str]) -> None:
    """Follow highlights to their new uids: the blocks that were written from them stay known."""
    if not names:
        return
    keys = db.execute("select path, block_key from written where block_key <> ''").fetchall()
    db.executemany(
        "update or ignore written set block_key = ? where path = ? and block_key = ?",
        [
            (names[uid] + key[len(uid) :], path, key)
            for path, key in keys
            if (uid := _find_uid(key, names)) is not None
        ],
    )


def _find_uid(key: str, names: Mapping[str, str]) -> str | None:
    """The uid that a block's key begins with, if it is one of `names`."""
    parent = key.rpartition("/")[0]
    candidates = (key, key.rpartition("~")[0], parent, parent.rpartition("~")[0])
    return next((uid for uid in candidates if uid in names and _BELOW.fullmatch(key, len(uid))), None)


def rename_written_notes(db: sqlite3.Connection, names: Mapping[str, str]) -> None:
    """Follow documents to their new uids: the notes that were written of them stay known."""
    if names:
        uids = [uid for (uid,) in db.execute("select distinct note_uid from written") if uid in names]
        db.executemany(
            "update written set note_uid = ? where note_uid = ?", [(names[uid], uid) for uid in uids]
        )
