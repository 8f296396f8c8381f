"""Export folders: which folders notes were written to, and the journal of notes being written to them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from store.connection import transaction


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


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A note that is about to be written."""

    path: str
    """Relative to the export folder."""
    uid: str
    temporary: str
    """The temporary file that becomes the note, relative to the export folder."""
    fingerprint: str
    """Of the bytes that the file will hold."""
    text: str
    """The note as it is rendered; see `WrittenNote`."""
    blocks: Mapping[str, str]


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

insert_journal = """
insert or replace into note_journal (folder_id, path, note_uid, temporary, fingerprint, base_text, blocks)
values (:folder, :path, :uid, :temporary, :fingerprint, :text, :blocks)
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
        db.execute(
            upsert_folder,
            {
                "uid": folder.uid,
                "path": folder.path,
                "device": folder.device,
                "emptied": int(folder.emptied),
            },
        )


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


def save_journal(db: sqlite3.Connection, folder: str, entries: Iterable[JournalEntry]) -> None:
    """Record notes before they are written; durable when this returns (see `durable_commits`)."""
    number = find_folder_id(db, folder)
    with transaction(db):
        db.executemany(
            insert_journal,
            [
                {
                    "folder": number,
                    "path": entry.path,
                    "uid": entry.uid,
                    "temporary": entry.temporary,
                    "fingerprint": entry.fingerprint,
                    "text": entry.text,
                    "blocks": json.dumps(list(entry.blocks.items()), ensure_ascii=False),
                }
                for entry in entries
            ],
        )


def read_journal(db: sqlite3.Connection, folder: str) -> list[JournalEntry]:
    """The notes of an export that ended before it could record what it wrote."""
    rows = db.execute(
        "select path, note_uid, temporary, fingerprint, base_text, blocks from note_journal"
        " where folder_id = ? order by path",
        (find_folder_id(db, folder),),
    )
    return [
        JournalEntry(path, uid, temporary, digest, text, dict(json.loads(blocks)))
        for path, uid, temporary, digest, text, blocks in rows
    ]


def clear_journal(db: sqlite3.Connection, folder: str) -> None:
    """Forget the journal: everything in it is recorded, or was not written."""
    with transaction(db):
        db.execute("delete from note_journal where folder_id = ?", (find_folder_id(db, folder),))


def read_folder_state(db: sqlite3.Connection, key: str) -> str | None:
    """The text that `save_folder_state` saved under `key`; None without any."""
    row = db.execute("select text from export_states where key = ?", (key.rstrip("/"),)).fetchone()
    return str(row[0]) if row else None


def save_folder_state(db: sqlite3.Connection, key: str, text: str, *, now: str) -> None:
    """Save a text about a whole folder: which state of the store it shows, and which notes were skipped."""
    with transaction(db):
        db.execute("insert or replace into export_states values (?, ?, ?)", (key.rstrip("/"), text, now))
