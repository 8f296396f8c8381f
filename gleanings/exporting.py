"""The step from the store to a folder of notes: read, find what moved, render, plan, write, remember."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from export.layout import Flavour
from export.moves import find_moved
from export.pictures import find_picture_folder
from export.plans import DONE, Write, plan_writes
from export.rendering import RenderedNote, render_notes
from export.topics import group_topics
from export.writing import list_notes, read_note, write_notes
from gleanings.assigning import assign_stored
from gleanings.config import Config
from gleanings.errors import InputError
from gleanings.illustrating import find_shown, write_shown
from gleanings.standing import make_stamp, recall_plan, remember_plan
from store.readings import read_documents
from store.written import WrittenNote, move_written, read_written, read_written_blocks, save_written

FEWEST = 20
"""With fewer notes than this nobody is asked."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What one export is told beside the configuration."""

    flavour: Flavour
    restore: bool = False
    force: bool = False
    """Write to files that were edited just now, too."""
    sure: bool = False
    """Rewrite however many notes."""
    dry_run: bool = False


def run_export(
    db: sqlite3.Connection, target: Path, config: Config, options: ExportOptions, *, now: str
) -> list[Write]:
    """What was done (or would be, for a dry run) about each note below the folder `target` (absolute)."""
    existing = list_notes(target)
    place = find_picture_folder(target, options.flavour, config.media.folder)
    stamp = make_stamp(db, config, options.flavour, existing, place.shown)
    if not options.restore and (standing := recall_plan(db, target, stamp)) is not None:
        return standing
    documents = read_documents(db)
    topics = group_topics(documents, assign_stored(db, documents, config.topics), config.topics.rules)
    written = _follow_moves(db, target, existing, dry_run=options.dry_run)
    kept = {note.uid: path for path, note in written.items()}
    notes = render_notes(documents, topics, options.flavour, kept, find_shown(db, documents, place))
    plan = _plan(db, target, notes, written, existing, options)
    if options.dry_run:
        return plan
    if not options.sure:
        ask_first(plan, config.export.ask_above)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{target}: the folder cannot be made: {error.strerror}") from None
    write_shown(db, place, documents, plan)  # before the notes that point at them
    settled = None if options.force else time.time() - config.export.settle_seconds
    done = write_notes(target, plan, settled_before=settled)
    news = [write for write in done if write.action in DONE and not _is_known(write)]
    rows = [_remember(write) for write in news]
    save_written(db, str(target), rows, now=now)
    stamp = make_stamp(db, config, options.flavour, list_notes(target), place.shown)
    remember_plan(db, target, stamp, done, now=now)
    return done


def _plan(
    db: sqlite3.Connection,
    target: Path,
    notes: Sequence[RenderedNote],
    written: dict[str, WrittenNote],
    existing: Sequence[str],
    options: ExportOptions,
) -> list[Write]:
    # Blocks are remembered by the path that the page had before a move; a dry run moves no rows.
    return plan_writes(
        lambda path: read_note(target, path),
        notes,
        {path: note.text for path, note in written.items()},
        existing,
        flavour=options.flavour,
        read_blocks=lambda path: read_written_blocks(db, str(target), written[path].path),
        restore=options.restore,
    )


def _follow_moves(
    db: sqlite3.Connection, target: Path, existing: Sequence[str], *, dry_run: bool
) -> dict[str, WrittenNote]:
    """The notes written last by the path where they are now; each with the path that the store has."""
    written = {note.path: note for note in read_written(db, str(target))}
    there = set(existing)
    missing = {path: note.text for path, note in written.items() if path not in there}
    strangers = [path for path in existing if path not in written]
    moves = find_moved(missing, strangers, lambda path: read_note(target, path))
    if moves and not dry_run:
        move_written(db, str(target), moves)
        return {
            moves.get(path, path): note._replace(path=moves.get(path, path)) for path, note in written.items()
        }
    return {moves.get(path, path): note for path, note in written.items()}


def ask_first(plan: Sequence[Write], share: float) -> None:
    """Stop before most of the notes that are there are written anew: that is seldom what was meant."""
    there = sum(write.action not in ("create", "foreign", "deleted") for write in plan)
    anew = sum(write.action in ("update", "merge") for write in plan)
    if there > FEWEST and anew > share * there:
        raise InputError(
            f"{anew:,} of {there:,} notes would be written anew: look at it with --dry-run -v, then say --yes"
        )


def _is_known(write: Write) -> bool:
    """Whether the store has this form of the note already: its file was not even read."""
    return write.action == "same" and write.before is None


def _remember(write: Write) -> WrittenNote:
    blocks = {block.key: block.text for block in write.blocks}
    return WrittenNote(write.path, write.uid, write.text, blocks)
