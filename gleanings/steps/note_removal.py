"""Remove the notes from a folder: the untouched ones, our sections, copies of pictures, our file."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from export.batch_writer import write_notes
from export.folder_file import FILE_NAME, FolderFile, fingerprint, short_hash
from export.note_files import LEFT_ALONE, WRITES, Flusher, Write, has_link, list_notes, read_note
from export.note_places import Flavour, PictureFolder, find_names, find_picture_folder
from export.reading_list import READING_LIST, copy_ticks
from export.removal_plan import plan_removals
from gleanings.config import Config
from gleanings.steps.export_folder import (
    OpenFolder,
    finish_journal,
    make_journal,
    open_folder,
    recognise_folder,
    recover_notes,
)
from gleanings.steps.known_notes import KnownNotes, find_known_notes
from gleanings.steps.note_ticks import take_ticks
from gleanings.stop import never
from gleanings.terminal import Progress, no_progress
from ingest.graph import find_graph
from record_types.errors import InputError
from record_types.library import EMBEDDED_SECTION
from store.connection import durable_commits
from store.folder_states import save_folder_data
from store.note_journal import clear_journal
from store.pictures import is_whole
from store.written_notes import (
    WrittenNote,
    find_export_folder,
    forget_written,
    save_export_folder,
)


@dataclass(frozen=True, slots=True)
class Removal:
    """What is, or was, to be removed from a folder."""

    writes: Sequence[Write]
    """What was decided about each note; see `export.removal_plan`."""
    others: Sequence[Path] = ()
    """Other files of ours: copies of pictures, the folder's own file."""

    interrupted: bool = False

    @property
    def kept(self) -> list[Write]:
        """The notes that stay, each with the reason."""
        return [write for write in self.writes if write.action in LEFT_ALONE]


def remove_notes(
    db: sqlite3.Connection,
    target: Path,
    config: Config,
    flavour: Flavour,
    *,
    now: str,
    dry_run: bool = False,
    confirm: Callable[[Removal], None] = lambda plan: None,
    stop: Callable[[], bool] = never,
    progress: Progress = no_progress,
) -> Removal:
    """Remove what exports wrote below `target` (absolute), and nothing else; what was done, or would be.

    `confirm` raises to prevent it. Raises InputError if the folder is not one that notes were exported to.
    """
    existing = list_notes(target).notes
    if not dry_run:
        take_ticks(db, target, existing, now=now)
    found, file = recognise_folder(db, target, existing, confirmed=False)
    if not found.notes and find_export_folder(db, path=str(target)) is None:
        raise InputError(f"{target}: no notes were exported there")
    recover_notes(db, target, file, now=now, dry_run=dry_run)
    known = find_known_notes(db, target, existing, file)
    writes = _plan_writes(target, known, file, flavour)
    place = find_picture_folder(target, flavour, config.media.folder)
    plan = Removal(writes, [*_find_copies(target, place, writes), *_find_own_file(target)])
    if dry_run:
        return plan
    confirm(plan)
    done = _carry_out(db, open_folder(db, found, file), known, config, plan.writes, stop, progress)
    if len(done) < len(plan.writes):  # it was stopped: the next one knows what is left
        recover_notes(db, target, file, now=now, dry_run=False)
        return Removal(done, interrupted=True)
    others = [*_find_copies(target, place, done), *_find_own_file(target)]
    for path in others:
        path.unlink(missing_ok=True)
    finish_journal(db, target, Flusher())
    removed = {write.path for write in done if write.action == "remove"} - set(known.moves.values())
    _remove_empty_folders(target, [*(target / path for path in removed), *others])
    # Every note in it is the user's own now, and the next export must not stop because the folder lost its
    # notes.
    save_export_folder(db, replace(found, emptied=True))
    save_folder_data(db, str(target), {}, now=now)
    return Removal(done, others)


def _plan_writes(target: Path, known: KnownNotes, file: FolderFile, flavour: Flavour) -> list[Write]:
    """What to do about each note that the store or the folder's own file knows."""
    sections = {path for path, each in file.notes.items() if short_hash(EMBEDDED_SECTION) in each.blocks}
    data = {path: read_note(target, path) for path in file.notes}
    untouched = [
        path
        for path, each in file.notes.items()
        if path not in sections and fingerprint(data[path] or b"") == each.fingerprint
    ]
    written = {path: _tick(note, target, path) for path, note in known.written.items()}
    unknown = {path: "" for path in file.notes if path not in written}  # of a store that was lost
    plan = plan_removals(known.read, written | unknown, known.read_blocks, flavour, untouched)
    return list(plan)


def _tick(note: WrittenNote, target: Path, path: str) -> str:
    """What was written, with the boxes that the user ticked since: the store has them."""
    if note.uid.partition(":")[0] != READING_LIST:
        return note.text
    return copy_ticks(note.text, (read_note(target, path) or b"").decode("utf-8", "replace"))


def _carry_out(
    db: sqlite3.Connection,
    folder: OpenFolder,
    known: KnownNotes,
    config: Config,
    plan: Sequence[Write],
    stop: Callable[[], bool],
    progress: Progress,
) -> list[Write]:
    folder.check()
    with durable_commits(db), progress(sum(write.action in WRITES for write in plan)) as advance:

        def record(done: Sequence[Write]) -> None:
            gone = [write.path for write in done if write.action in ("remove", "merge", "same")]
            forget_written(
                db, str(folder.path), [known.written[path].path for path in gone if path in known.written]
            )
            clear_journal(db, str(folder.path), removals=False)
            advance(sum(write.action in WRITES for write in done))

        return write_notes(
            folder.path,
            plan,
            settled_before=time.time() - config.export.settle_seconds,
            journal=make_journal(db, folder),
            record=record,
            check_folder=folder.check,
            stop=stop,
            flusher=Flusher(),
        )


def _find_own_file(target: Path) -> list[Path]:
    own = target / FILE_NAME
    return [own] if own.is_file() and not own.is_symlink() else []


def _find_copies(target: Path, place: PictureFolder, writes: Sequence[Write]) -> list[Path]:
    """The copies of pictures that nothing shows but notes to be removed; each has the hash in its name."""
    folder = place.root / place.path
    ours = [write for write in writes if write.action in ("remove", "merge")]
    names = find_names((write.before or b"").decode("utf-8", "replace") for write in ours)
    copies = {name: folder / name for name in names if (folder / name).is_file()}
    if not copies or has_link(place.root, folder):
        return []
    after = {target / write.path: write.data for write in ours}  # a note to be removed has no data
    paths = [place.root / path for path in list_notes(place.root).notes]
    shown = find_names(after.get(path, path.read_bytes()).decode("utf-8", "replace") for path in paths)
    return [
        copy
        for name, copy in sorted(copies.items())
        if name not in shown and not copy.is_symlink() and is_whole(name, copy.read_bytes())
    ]


def _remove_empty_folders(target: Path, paths: Iterable[Path]) -> None:
    """Remove the folders that have become empty by removing `paths`; a graph and its `pages` stay."""
    graph = find_graph(target)
    kept = {target / "pages", target / "journals", target} if graph and graph.folder == target else set()
    folders = {
        parent
        for path in paths
        for parent in path.parents
        if parent.is_relative_to(target) and parent not in kept
    }
    for folder in sorted(folders, key=lambda each: -len(each.parts)):
        if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
            folder.rmdir()
