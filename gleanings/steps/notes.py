"""The step from the store to a folder of notes: read, find what moved, render, plan, write, remember."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from export.note_files import DONE, Write, list_notes, read_note, write_notes
from export.note_places import Flavour
from export.picture_copies import PictureFolder, find_picture_folder
from gleanings.config import Config
from gleanings.rewriting import ask_first, hold_edited
from gleanings.steps.export_cache import make_stamp, recall_plan, remember_plan
from gleanings.steps.note_images import find_shown, write_shown
from gleanings.stop import never
from record_types.errors import InputError
from record_types.library import Assignment, ReadDocument
from store.connection import find_version
from store.files import read_page_paths
from store.note_data import read_documents
from store.written_notes import WrittenNote, move_written, read_written, read_written_blocks, save_written

if TYPE_CHECKING:
    from export.render import RenderedNote

PART = 200
"""So many notes are written before the store is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What one export is told beside the configuration."""

    flavour: Flavour
    restore: bool = False
    force: bool = False
    """Write to files that were edited just now, too."""
    sure: bool = False
    """Rewrite however many notes."""
    alone: bool = False
    """Nobody is there to be asked."""
    dry_run: bool = False


Prepared = tuple[list[ReadDocument], list[Assignment]]


def run_export(
    db: sqlite3.Connection,
    target: Path,
    config: Config,
    options: ExportOptions,
    *,
    now: str,
    stop: Callable[[], bool] = never,
    prepared: Prepared | None = None,
) -> list[Write]:
    """What was done (or would be, for a dry run) about each note below the folder `target` (absolute).

    After `stop` it ends between two notes, and what was not come to is not in the list. `prepared` are the
    store's documents and their topics, where those have been read just now.
    """
    version = find_version(db)
    existing = list_notes(target)
    place = find_picture_folder(target, options.flavour, config.media.folder)
    stamp = make_stamp(db, config, options.flavour, existing, place.shown)
    if not options.restore and (standing := recall_plan(db, target, stamp)) is not None:
        return standing
    documents, plan = _prepare(db, target, config, options, existing, place, prepared)
    if options.alone:
        plan = hold_edited(plan, config.export.ask_above)
    if options.dry_run:
        return plan
    if not (options.sure or options.alone):
        ask_first(plan, config.export.ask_above)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{target}: the folder cannot be made: {error.strerror}") from None
    write_shown(db, place, documents, plan)  # before the notes that point at them
    done = _write(db, target, plan, config, options, now=now, stop=stop)
    if len(done) == len(plan) and version == find_version(db):  # else what is there now was not all read
        stamp = make_stamp(db, config, options.flavour, list_notes(target), place.shown)
        as_written = replace(config, export=replace(config.export, flavour=options.flavour))
        remember_plan(db, target, as_written, stamp, done, now=now)
    return done


def _prepare(
    db: sqlite3.Connection,
    target: Path,
    config: Config,
    options: ExportOptions,
    existing: Sequence[str],
    place: PictureFolder,
    prepared: Prepared | None,
) -> tuple[Sequence[ReadDocument], list[Write]]:
    """The documents that the notes are made of, and what is to be done about each note."""
    # These load a Markdown parser and Jinja: not for an export that has nothing to do.
    from export.clean import complete_titles
    from export.render import render_notes
    from export.templates import make_style
    from export.topic_assignment import group_topics
    from gleanings.steps.topics import assign_stored

    templates = Path(config.export.templates).expanduser() if config.export.templates else None
    documents = prepared[0] if prepared else complete_titles(read_documents(db))
    assignments = prepared[1] if prepared else assign_stored(db, documents, config.topics)
    topics = group_topics(documents, assignments, config.topics.rules)
    written = _follow_moves(db, target, existing, dry_run=options.dry_run)
    notes = render_notes(
        documents,
        topics,
        make_style(options.flavour, config.export.quotes, templates),
        {note.uid: path for path, note in written.items()},
        find_shown(db, documents, place),
        author_min=config.export.authors,
        existing_pages=_find_existing_pages(target, existing, options.flavour),
        inputs=_find_inputs(db, target),
    )
    plan = _plan(db, target, notes, written, existing, options, below=config.export.own_pages == "below")
    return documents, plan


def _write(
    db: sqlite3.Connection,
    target: Path,
    plan: Sequence[Write],
    config: Config,
    options: ExportOptions,
    *,
    now: str,
    stop: Callable[[], bool],
) -> list[Write]:
    """Write a part of the plan at a time and remember it: what a kill loses is written again."""
    settled = None if options.force else time.time() - config.export.settle_seconds
    done: list[Write] = []
    for start in range(0, len(plan), PART):
        part = write_notes(target, plan[start : start + PART], settled_before=settled, stop=stop)
        news = [write for write in part if write.action in DONE and not _is_known(write)]
        save_written(db, str(target), [_remember(write) for write in news], now=now)
        done += part
        if stop():
            break
    return done


def _plan(
    db: sqlite3.Connection,
    target: Path,
    notes: Sequence[RenderedNote],
    written: dict[str, WrittenNote],
    existing: Sequence[str],
    options: ExportOptions,
    *,
    below: bool,
) -> list[Write]:
    from export.write_plan import plan_writes

    # Blocks are remembered by the path that the page had before a move; a dry run moves no rows.
    return plan_writes(
        lambda path: read_note(target, path),
        notes,
        {path: note.text for path, note in written.items()},
        existing,
        flavour=options.flavour,
        read_blocks=lambda path: read_written_blocks(db, str(target), written[path].path),
        restore=options.restore,
        below=below,
    )


def _find_existing_pages(target: Path, existing: Sequence[str], flavour: Flavour) -> dict[str, str]:
    """The graph's pages by name; Logseq takes two pages of one name for an error that stays."""
    from export.existing_pages import find_existing_pages

    return find_existing_pages(existing, lambda path: read_note(target, path)) if flavour == "logseq" else {}


def _find_inputs(db: sqlite3.Connection, target: Path) -> set[str]:
    """The paths below `target` of the pages that highlights come from: never to be written to."""
    prefix = f"{target.as_posix().rstrip('/')}/"
    return {path[len(prefix) :] for path in read_page_paths(db) if path.startswith(prefix)}


def _follow_moves(
    db: sqlite3.Connection, target: Path, existing: Sequence[str], *, dry_run: bool
) -> dict[str, WrittenNote]:
    """The notes written last by the path where they are now; each with the path that the store has."""
    written = {note.path: note for note in read_written(db, str(target))}
    there = set(existing)
    missing = {path: note.text for path, note in written.items() if path not in there}
    strangers = [path for path in existing if path not in written]
    from export.existing_pages import find_moved

    moves = find_moved(missing, strangers, lambda path: read_note(target, path))
    if moves and not dry_run:
        move_written(db, str(target), moves)
        return {
            moves.get(path, path): note._replace(path=moves.get(path, path)) for path, note in written.items()
        }
    return {moves.get(path, path): note for path, note in written.items()}


def _is_known(write: Write) -> bool:
    """Whether the store has this form of the note already: its file was not even read."""
    return write.action == "same" and write.before is None


def _remember(write: Write) -> WrittenNote:
    blocks = {block.key: block.text for block in write.blocks}
    return WrittenNote(write.path, write.uid, write.text, blocks)
