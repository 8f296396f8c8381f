"""The export folder: recognise it after a move, stop if its disk is absent, recover a killed export."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from export.batch_writer import Staged
from export.folder_file import (
    FILE_NAME,
    FolderFile,
    fingerprint,
    make_known,
    read_folder_file,
    write_folder_file,
)
from export.note_files import DONE, Flusher, Write, find_hidden, find_target, has_link, read_note
from markdown_text.note_marks import make_mark, read_mark
from record_types.errors import InputError
from store.connection import durable_commits, transaction
from store.note_journal import JournalEntry, clear_journal, mark_staged, read_journal, save_journal
from store.written_notes import (
    ExportFolder,
    WrittenNote,
    copy_export_folder,
    find_export_folder,
    forget_written,
    read_written,
    save_export_folder,
    save_written,
)

MANY_NOTES = 20
"""A folder that held this many notes and is empty, or on another disk, is probably not mounted."""


@dataclass(frozen=True, slots=True)
class OpenFolder:
    """The export folder of one run, whose identity has been checked."""

    path: Path
    file: FolderFile
    inode: tuple[int, int]
    """File system and number of the folder."""

    def check(self) -> None:
        """Raise InputError if the path has become another folder since the run began."""
        if _find_inode(self.path) != self.inode:
            raise InputError(
                f"{self.path}: another folder is there now; is its disk still connected? {_ADVICE}"
            )


_ADVICE = "Nothing was lost: run the export again when the disk is back"


def recognise_folder(
    db: sqlite3.Connection, target: Path, existing: Sequence[str], *, confirmed: bool
) -> tuple[ExportFolder, FolderFile]:
    """The folder as the store knows it, and the contents of its file.

    The folder's own file says which one it is, so that it may be moved or copied. Raises InputError if it
    held many notes and is empty, or is on another file system without its file; `confirmed` accepts that.
    """
    path, inode = str(target), _find_inode(target)
    device = inode[0] if inode else 0
    known, file = find_export_folder(db, path=path), read_folder_file(target)
    if file is not None and (known is None or known.uid != file.uid):
        other, here = find_export_folder(db, uid=file.uid), known
        known = other and replace(other, path=path)
        old = read_folder_file(Path(other.path)) if other else None
        if other and old and old.uid == file.uid:  # a copy: both folders are in use from now on
            copy = ExportFolder(_make_uid(f"{path}\n{file.uid}"), path, device, other.notes)
            if here is None or here.uid != copy.uid:  # else an export to it ended before it wrote the file
                copy_export_folder(db, other.uid, copy)
            known, file = copy, FolderFile(copy.uid, file.notes)
    held = max(known.notes if known else 0, len(file.notes) if file else 0)
    is_empty = not existing
    is_elsewhere = file is None and known is not None and known.device != device and inode is not None
    emptied = bool(known and known.emptied)
    if held >= MANY_NOTES and (is_empty or is_elsewhere) and not (confirmed or (emptied and is_empty)):
        state = "is not there" if inode is None else "is on another disk" if not is_empty else "is empty"
        raise InputError(
            f"{target} held {held:,} notes and now {state}: connect its disk, or "
            "run `gleanings export --yes` if that is intended (notes that are gone count as deleted then; "
            "--restore recreates them)"
        )
    uid = file.uid if file else known.uid if known else _make_uid(path)
    found = ExportFolder(uid, path, device, held, is_empty and held > 0)
    return found, file or FolderFile(uid)


def open_folder(db: sqlite3.Connection, known: ExportFolder, file: FolderFile) -> OpenFolder:
    """Create the folder if necessary, and remember which one it is; durable from here on."""
    target = Path(known.path)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{target}: cannot create the folder: {error.strerror}") from None
    inode = _find_inode(target)
    if inode is None:
        raise InputError(f"{target} is not a folder")
    save_export_folder(db, replace(known, device=inode[0]))
    return OpenFolder(target, file, inode)


def recover_notes(db: sqlite3.Connection, target: Path, file: FolderFile, *, now: str, dry_run: bool) -> None:
    """Record the notes that a killed export wrote or removed, also in `file`, and remove its temporary
    files."""
    folder = str(target)
    entries = read_journal(db, folder)
    if not entries:
        return
    written = {note.path for note in read_written(db, folder)}
    landed, removed = [], []
    for entry in entries:
        if not entry.temporary:
            is_hidden = find_hidden(target, entry.path).exists()  # else its reader deleted it
            if is_hidden and not find_target(target, entry.path).exists():
                removed.append(entry.path)
                file.notes.pop(entry.path, None)
            continue
        temporary = find_target(target, entry.temporary)
        data = read_note(target, entry.path)
        is_new = entry.path not in written  # then only this export can have put our mark there
        if data is None:  # the reader deleted it, or it was not renamed; a power cut takes a whole new folder
            has_landed = entry.is_staged and temporary.parent.is_dir() and not temporary.exists()
        else:
            has_landed = fingerprint(data) == entry.fingerprint or (is_new and _has_mark(data, entry.uid))
        if has_landed:
            landed.append(WrittenNote(entry.path, entry.uid, entry.text, entry.blocks))
    with durable_commits(db), transaction(db):
        save_written(db, folder, landed, now=now)
        forget_written(db, folder, removed)
        mark_staged(db, folder, is_staged=False)  # before they are removed: then it proves nothing
    if dry_run:
        return
    (target / f"{FILE_NAME}.tmp").unlink(missing_ok=True)
    if removed:
        write_folder_file(target, file, Flusher())
    finish_journal(db, target, Flusher())


def make_journal(db: sqlite3.Connection, folder: OpenFolder) -> Callable[[Sequence[Staged]], None]:
    """A function that records notes before they are written."""

    def journal(staged: Sequence[Staged]) -> None:
        folder.check()
        entries = [
            JournalEntry(
                each.write.path,
                each.write.uid,
                each.temporary,
                fingerprint(each.write.data if each.temporary else each.write.before or b""),
                each.write.text,
                {block.key: block.text for block in each.write.blocks},
            )
            for each in staged
        ]
        save_journal(db, str(folder.path), entries)

    return journal


def record_notes(db: sqlite3.Connection, folder: OpenFolder, done: Sequence[Write], *, now: str) -> None:
    """Record a batch that was written, in the store and for the folder's file."""
    news = [write for write in done if write.action in DONE and write.action != "remove"]
    news = [write for write in news if not _is_stored(write)]
    removed = [write.path for write in done if write.action == "remove"]
    save_written(db, str(folder.path), [_make_written(write) for write in news], now=now)
    forget_written(db, str(folder.path), removed)
    clear_journal(db, str(folder.path), removals=False)
    for write in news:
        folder.file.notes[write.path] = make_known(make_mark(write.uid), write.text, write.blocks)
    for path in removed:
        folder.file.notes.pop(path, None)


def close_folder(db: sqlite3.Connection, folder: OpenFolder, plan: Sequence[Write], flusher: Flusher) -> None:
    """Write the folder's file. Notes that it lacks (it was deleted) are added, and those that a killed export
    wrote without it are brought up to date."""
    notes = folder.file.notes
    for write in plan:
        if write.action not in ("same", "deleted") or not write.text:
            continue
        known = notes.get(write.path)
        is_whole = write.action == "same" and bool(write.blocks)
        if known is None or (
            is_whole and known.fingerprint != fingerprint(write.text.encode("utf-8", "replace"))
        ):
            notes[write.path] = make_known(make_mark(write.uid), write.text, write.blocks)
    folder.check()
    write_folder_file(folder.path, folder.file, flusher)
    finish_journal(db, folder.path, flusher)


def finish_journal(db: sqlite3.Connection, target: Path, flusher: Flusher) -> None:
    """Delete the files that the journal names, those of removed notes too, and then the journal."""
    files = [
        find_target(target, entry.temporary) if entry.temporary else find_hidden(target, entry.path)
        for entry in read_journal(db, str(target))
    ]
    left = [path for path in files if path.exists() and not has_link(target, path)]
    for path in left:
        path.unlink()
    flusher.flush_folders(sorted({path.parent for path in left}))
    clear_journal(db, str(target))


def _find_inode(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _make_uid(path: str) -> str:
    return blake2b(path.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _has_mark(data: bytes, uid: str) -> bool:
    return read_mark(data.decode("utf-8", "replace")) == make_mark(uid)


def _is_stored(write: Write) -> bool:
    """Whether the store already has this version of the note: its file was not even read."""
    return write.action == "same" and write.before is None


def _make_written(write: Write) -> WrittenNote:
    blocks = {block.key: block.text for block in write.blocks}
    return WrittenNote(write.path, write.uid, write.text, blocks)
