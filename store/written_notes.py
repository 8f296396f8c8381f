"""Export folders, and the text of each note as it was last written: the base for finding edits."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple

from store.connection import transaction


class WrittenNote(NamedTuple):
    """A note as it was last written."""

    path: str
    """Relative to the export folder."""
    uid: str
    """Identifies the note: topic:<slug>, document:<uid> …"""
    text: str
    """The note as it was rendered; the file may also contain the reader's text."""
    blocks: Mapping[str, str] = {}
    """The blocks of the text by key, in order; empty from `read_written`."""


upsert_written = """
insert into written (folder_id, path, block_key, base_text, note_uid, written_at, position)
values (:folder, :path, :key, :text, :uid, :now, :position)
on conflict (folder_id, path, block_key) do update set
    base_text = excluded.base_text, note_uid = excluded.note_uid, written_at = excluded.written_at,
    position = excluded.position
    where base_text <> excluded.base_text or note_uid <> excluded.note_uid
        or position <> excluded.position
"""

blocks_of_page = """
select block_key, base_text from written
where folder_id = :folder and path = :path and block_key <> ''
order by position
"""


def read_written(db: sqlite3.Connection, folder: str, prefix: str = "") -> list[WrittenNote]:
    """The notes last written to `folder` (absolute) whose uid begins with `prefix`, without their blocks."""
    rows = db.execute(
        "select path, note_uid, base_text from written"
        " where folder_id = ? and block_key = '' and note_uid glob ? || '*'",
        (find_folder_id(db, folder), prefix),
    )
    return [WrittenNote(*row) for row in rows]


reading_list_pages = """
select path, base_text from written
where folder_id = ? and block_key = ''
    and (note_uid = 'reading-list' or note_uid like 'reading-list:%' or note_uid like 'resource:%')
"""


def read_reading_lists(db: sqlite3.Connection, folder: str) -> dict[str, str]:
    """The pages of the reading list and the notes of resources as last written to `folder`, by path."""
    return dict(db.execute(reading_list_pages, (find_folder_id(db, folder),)).fetchall())


def read_written_blocks(db: sqlite3.Connection, folder: str, path: str) -> dict[str, str]:
    """The blocks of one note as they were last written, by key, in order."""
    row = {"folder": find_folder_id(db, folder), "path": path}
    return dict(db.execute(blocks_of_page, row).fetchall())


def save_written(db: sqlite3.Connection, folder: str, notes: Iterable[WrittenNote], *, now: str) -> None:
    """Save the notes written to `folder`, and delete the blocks that a note no longer contains."""
    number = find_folder_id(db, folder)
    with transaction(db):
        for note in notes:
            known = {
                key
                for (key,) in db.execute(
                    "select block_key from written where folder_id = ? and path = ?", (number, note.path)
                )
            }
            gone = known - note.blocks.keys() - {""}
            db.executemany(
                "delete from written where folder_id = ? and path = ? and block_key = ?",
                [(number, note.path, key) for key in gone],
            )
            db.executemany(
                upsert_written,
                [
                    {
                        "folder": number,
                        "path": note.path,
                        "key": key,
                        "text": text,
                        "uid": note.uid,
                        "now": now,
                        "position": at,
                    }
                    for at, (key, text) in enumerate([("", note.text), *note.blocks.items()])
                ],
            )


def forget_written(db: sqlite3.Connection, folder: str, paths: Iterable[str]) -> None:
    """Forget notes that the exporter removed: unlike notes that the reader deleted, they may come back."""
    number = find_folder_id(db, folder)
    with transaction(db):
        db.executemany(
            "delete from written where folder_id = ? and path = ?", [(number, path) for path in paths]
        )


def move_written(db: sqlite3.Connection, folder: str, moves: Mapping[str, str]) -> None:
    """Change the paths of notes that were moved: old path → new path, both relative to `folder`.

    Moves may form a chain or a circle (two notes that swapped names), so they go through other names.
    """
    number = find_folder_id(db, folder)
    statement = "update written set path = ? where folder_id = ? and path = ?"
    with transaction(db):
        forget_written(db, folder, set(moves.values()) - moves.keys())
        db.executemany(statement, [(f"\n{new}", number, old) for old, new in moves.items()])
        db.executemany(statement, [(new, number, f"\n{new}") for new in moves.values()])


_BELOW = re.compile(r"(?:~[0-9]+)?(?:/(?:remark|tags)(?:~[0-9]+)?)?")
"""What follows a highlight's uid in the key of a block: its number among equals, and which child of it."""


def rename_written_blocks(db: sqlite3.Connection, names: Mapping[str, str]) -> None:
    """Follow highlights to their new uids: the blocks that were written from them stay known."""
    keys = db.execute("select folder_id, path, block_key from written where block_key <> ''").fetchall()
    db.executemany(
        "update or ignore written set block_key = ? where folder_id = ? and path = ? and block_key = ?",
        [
            (names[uid] + key[len(uid) :], folder, path, key)
            for folder, path, key in keys
            if (uid := _find_uid(key, names)) is not None
        ],
    )


def _find_uid(key: str, names: Mapping[str, str]) -> str | None:
    """The uid that a block's key begins with, if it is one of `names`."""
    parent = key.rpartition("/")[0]
    candidates = (key, key.rpartition("~")[0], parent, parent.rpartition("~")[0])
    return next((uid for uid in candidates if uid in names and _BELOW.fullmatch(key, len(uid))), None)


def rename_written_notes(db: sqlite3.Connection, names: Mapping[str, str]) -> None:
    """Follow documents to their new uids: the notes that were written about them stay known."""
    uids = [uid for (uid,) in db.execute("select distinct note_uid from written") if uid in names]
    db.executemany("update written set note_uid = ? where note_uid = ?", [(names[uid], uid) for uid in uids])


# --- export folders


@dataclass(frozen=True, slots=True)
class ExportFolder:
    """A folder that notes were written to."""

    uid: str
    """Also in a file of the folder, so that it is recognised after a move."""
    path: str
    """Absolute; where it was when notes were last exported."""
    device: int
    """The file system's number (`st_dev`) there."""
    notes: int = 0
    """Number of notes written to it."""
    emptied: bool = False
    """The reader confirmed that they emptied it."""


find_folder = """
select uid, path, device,
    (select count(*) from written where folder_id = export_folders.id and block_key = '') as notes, emptied
from export_folders
where path = :path or uid = :uid
"""

upsert_folder = """
insert into export_folders (uid, path, device, emptied) values (:uid, :path, :device, :emptied)
on conflict (uid) do update set path = excluded.path, device = excluded.device, emptied = excluded.emptied
    where path <> excluded.path or device <> excluded.device or emptied <> excluded.emptied
"""

copy_written = """
insert into written (folder_id, path, block_key, base_text, note_uid, position, written_at)
select :new, path, block_key, base_text, note_uid, position, written_at from written where folder_id = :old
"""


def find_export_folder(
    db: sqlite3.Connection, *, path: str | None = None, uid: str | None = None
) -> ExportFolder | None:
    """The folder with this path or uid; None if no notes were exported to it."""
    row = db.execute(find_folder, {"path": path, "uid": uid}).fetchone()
    return ExportFolder(row[0], row[1], row[2], row[3], bool(row[4])) if row else None


def save_export_folder(db: sqlite3.Connection, folder: ExportFolder) -> None:
    """Add a folder, or update where it is; another folder that was there before is forgotten."""
    with transaction(db):
        db.execute("delete from export_folders where path = ? and uid <> ?", (folder.path, folder.uid))
        db.execute(upsert_folder, asdict(folder))


def copy_export_folder(db: sqlite3.Connection, old: str, new: ExportFolder) -> None:
    """Add a folder that the user made as a copy of the one with the uid `old`."""
    with transaction(db):
        save_export_folder(db, new)
        ids = dict(db.execute("select uid, id from export_folders").fetchall())
        db.execute(copy_written, {"old": ids[old], "new": ids[new.uid]})


def find_folder_id(db: sqlite3.Connection, path: str) -> int | None:
    """The id of the export folder with this absolute path."""
    row = db.execute("select id from export_folders where path = ?", (path.rstrip("/"),)).fetchone()
    return int(row[0]) if row else None
