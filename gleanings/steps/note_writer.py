"""Write notes from the store: read, follow moved notes, render, plan, write, remember what was written."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from export.note_files import DONE, Write, list_notes, read_note, write_notes
from export.note_places import Flavour
from export.picture_copies import PictureFolder, find_picture_folder
from gleanings.config import Config
from gleanings.steps.export_cache import (
    CachedPlan,
    list_note_settings,
    load_cached_plan,
    make_content_stamp,
    make_log_stamp,
    save_cached_plan,
)
from gleanings.steps.note_images import find_note_images, write_note_images
from gleanings.steps.notes import ExportOptions
from gleanings.steps.topics import Prepared, prepare_documents
from gleanings.stop import never
from record_types.errors import InputError
from record_types.library import ReadDocument
from store.connection import find_version
from store.files import read_page_paths
from store.written_notes import WrittenNote, move_written, read_written, read_written_blocks, save_written

BATCH_NOTES = 200
"""Notes written before the store is told: a kill makes at most this many be written again."""

MIN_NOTES = 20
"""With at most this many notes, no confirmation is required to rewrite them."""
HOW_TO_CONFIRM = "check `gleanings export --dry-run -v`, then run `gleanings export --yes`"


def write_all_notes(
    db: sqlite3.Connection,
    target: Path,
    config: Config,
    options: ExportOptions,
    *,
    now: str,
    stop: Callable[[], bool] = never,
    prepared: Prepared | None = None,
) -> list[Write] | CachedPlan:
    """What was done (or would be, for a dry run) about each note below the folder `target` (absolute).

    After `stop` it ends between two notes; notes that it did not reach are not in the list. `prepared` are
    the store's documents and their topics, if they have just been read.
    """
    version = find_version(db)
    existing = list_notes(target)
    place = find_picture_folder(target, options.flavour, config.media.folder)
    settings = list_note_settings(config, options.flavour)
    if not options.restore:
        stamp = make_content_stamp(db, settings, place.shown, existing)
        if (cached := load_cached_plan(db, target, stamp)) is not None:
            return cached
    documents, plan = _plan(db, target, config, options, existing, place, prepared)
    if options.unattended:
        plan = skip_edited(plan, config.export.ask_above)
    if options.dry_run:
        return plan
    if not (options.confirmed or options.unattended):
        require_confirmation(plan, config.export.ask_above)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{target}: cannot create the folder: {error.strerror}") from None
    write_note_images(db, place, documents, plan)  # before the notes that show them
    done = _write(db, target, plan, config, options, now=now, stop=stop)
    # If another program stored something meanwhile, the notes may not show it: the next export has to look.
    if len(done) == len(plan) and version == find_version(db):
        existing = list_notes(target)
        stamps = (
            make_content_stamp(db, settings, place.shown, existing),
            make_log_stamp(db, settings, config.media, existing),
        )
        save_cached_plan(db, target, stamps, done, now=now)
    return done


def require_confirmation(plan: Sequence[Write], share: float) -> None:
    """Raise InputError if more than this share of the existing notes would be rewritten: rarely intended."""
    existing = _count_existing(plan)
    rewritten = sum(write.action in ("update", "merge") for write in plan)
    if existing > MIN_NOTES and rewritten > share * existing:
        raise InputError(f"{rewritten:,} of {existing:,} notes would be rewritten: {HOW_TO_CONFIRM}")


def skip_edited(plan: Sequence[Write], share: float) -> list[Write]:
    """The plan with the notes that the user edited `held` if they are more than this share of all notes.

    For a sync, which has nobody to ask. The other notes are written: nothing can be lost in them, and the
    next sync decides the same way again.
    """
    existing = _count_existing(plan)
    edited = sum(write.action == "merge" for write in plan)
    if existing <= MIN_NOTES or edited <= share * existing:
        return list(plan)
    reason = (
        f"one of {edited:,} notes (of {existing:,}) that you edited and that would change: {HOW_TO_CONFIRM}"
    )
    return [
        replace(write, action="held", reason=reason) if write.action == "merge" else write for write in plan
    ]


def _count_existing(plan: Sequence[Write]) -> int:
    return sum(write.action not in ("create", "foreign", "deleted") for write in plan)


def _plan(
    db: sqlite3.Connection,
    target: Path,
    config: Config,
    options: ExportOptions,
    existing: Sequence[str],
    place: PictureFolder,
    prepared: Prepared | None,
) -> tuple[Sequence[ReadDocument], list[Write]]:
    """The documents behind the notes, and what to do about each note."""
    # These load a Markdown parser and Jinja: not for an export that has nothing to do.
    from export.render import render_notes
    from export.templates import make_style
    from export.topic_assignment import group_topics
    from export.write_plan import plan_writes

    documents, assignments = prepared or prepare_documents(db, config.topics)
    templates = Path(config.export.templates).expanduser() if config.export.templates else None
    written = _follow_moves(db, target, existing, dry_run=options.dry_run)
    notes = render_notes(
        documents,
        group_topics(documents, assignments, config.topics.rules),
        make_style(options.flavour, config.export.quotes, templates),
        {note.uid: path for path, note in written.items()},
        find_note_images(db, documents, place),
        author_min=config.export.authors,
        existing_pages=_find_existing_pages(target, existing, options.flavour),
        inputs=_find_inputs(db, target),
    )
    # Blocks are stored under the path that the page had before a move; a dry run moves no rows.
    plan = plan_writes(
        lambda path: read_note(target, path),
        notes,
        {path: note.text for path, note in written.items()},
        existing,
        flavour=options.flavour,
        read_blocks=lambda path: read_written_blocks(db, str(target), written[path].path),
        restore=options.restore,
        below=config.export.own_pages == "below",
    )
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
    """Write a batch of notes at a time and remember it: what a kill loses is written again."""
    settled = None if options.force else time.time() - config.export.settle_seconds
    done: list[Write] = []
    for start in range(0, len(plan), BATCH_NOTES):
        batch = write_notes(target, plan[start : start + BATCH_NOTES], settled_before=settled, stop=stop)
        news = [write for write in batch if write.action in DONE and not _is_stored(write)]
        save_written(db, str(target), [_make_written(write) for write in news], now=now)
        done += batch
        if stop():
            break
    return done


def _find_existing_pages(target: Path, existing: Sequence[str], flavour: Flavour) -> dict[str, str]:
    """The graph's pages by name: in Logseq, two pages with one name are an error that stays."""
    from export.existing_pages import find_existing_pages

    return find_existing_pages(existing, lambda path: read_note(target, path)) if flavour == "logseq" else {}


def _find_inputs(db: sqlite3.Connection, target: Path) -> set[str]:
    """The paths below `target` of the pages that highlights come from: they must never be written to."""
    prefix = f"{target.as_posix().rstrip('/')}/"
    return {path[len(prefix) :] for path in read_page_paths(db) if path.startswith(prefix)}


def _follow_moves(
    db: sqlite3.Connection, target: Path, existing: Sequence[str], *, dry_run: bool
) -> dict[str, WrittenNote]:
    """The notes written last, by the path where they are now; each with its path in the store."""
    from export.existing_pages import find_moved

    written = {note.path: note for note in read_written(db, str(target))}
    there = set(existing)
    missing = {path: note.text for path, note in written.items() if path not in there}
    unknown = [path for path in existing if path not in written]
    moves = find_moved(missing, unknown, lambda path: read_note(target, path))
    if moves and not dry_run:
        move_written(db, str(target), moves)
        return {
            moves.get(path, path): note._replace(path=moves.get(path, path)) for path, note in written.items()
        }
    return {moves.get(path, path): note for path, note in written.items()}


def _is_stored(write: Write) -> bool:
    """Whether the store already has this version of the note: its file was not even read."""
    return write.action == "same" and write.before is None


def _make_written(write: Write) -> WrittenNote:
    blocks = {block.key: block.text for block in write.blocks}
    return WrittenNote(write.path, write.uid, write.text, blocks)
