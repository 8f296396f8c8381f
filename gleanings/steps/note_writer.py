"""Write notes from the store: read, follow moved notes, render, plan, write, remember what was written."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from export.batch_writer import rename_notes, write_notes
from export.note_files import WRITES, Flusher, Listing, Write, list_notes
from export.note_places import Flavour, PictureFolder, find_picture_folder
from gleanings.config import Config
from gleanings.steps.export_folder import (
    OpenFolder,
    close_folder,
    make_journal,
    open_folder,
    recognise_folder,
    record_notes,
    recover_notes,
)
from gleanings.steps.known_notes import KnownNotes, find_known_notes
from gleanings.steps.note_images import find_note_images, list_copies, write_note_images
from gleanings.steps.note_lessons import learn_from_notes, remember_effects
from gleanings.steps.note_ticks import find_ticked
from gleanings.steps.notes import (
    CachedPlan,
    ExportOptions,
    forget_cached_plan,
    list_note_settings,
    load_cached_plan,
    make_content_stamp,
    make_log_stamp,
    make_settings_stamp,
    read_note_state,
    save_cached_plan,
)
from gleanings.stop import never
from gleanings.terminal import Progress, no_progress
from record_types.errors import InputError
from store.connection import durable_commits, find_version, shrink_cache
from store.files import read_page_paths
from store.links import read_read
from store.note_journal import mark_staged
from store.written_notes import move_written, save_export_folder

if TYPE_CHECKING:
    from export.render import RenderedNote
    from export.templates import Style
    from gleanings.steps.note_selection import Library, NoteState

MIN_NOTES = 20
"""With at most this many notes, no confirmation is required to rewrite them."""
HOW_TO_CONFIRM = "check `gleanings export --dry-run -v`, then run `gleanings export --yes`"


def write_all_notes(
    db: sqlite3.Connection,
    target: Path,
    config: Config,
    options: ExportOptions,
    listing: Listing,
    *,
    now: str,
    stop: Callable[[], bool] = never,
    has_topics: bool = False,
    progress: Progress = no_progress,
) -> list[Write] | CachedPlan:
    """What was done (or would be, for a dry run) about each note below the folder `target` (absolute).

    `listing`: the notes in the folder. After `stop` it ends between two batches; notes that it did not reach
    are not in the list. `has_topics`: the topics in the store are up to date.
    """
    shrink_cache(db)
    if not has_topics:
        learn_from_notes(db, target, options.flavour, now=now)
    version = find_version(db)
    place = find_picture_folder(target, options.flavour, config.media.folder)
    settings = list_note_settings(config, options.flavour)
    if not (options.restore or options.verify):
        stamp = make_content_stamp(db, settings, place.shown, listing.notes)
        if (cached := load_cached_plan(db, target, stamp)) is not None:
            return cached
    if not has_topics:
        from gleanings.steps.topic_scores import update_topics  # slow to load

        update_topics(db, config.topics)
    found, file = recognise_folder(db, target, listing.notes, confirmed=options.confirmed)
    save_export_folder(db, found)
    recover_notes(db, target, file, now=now, dry_run=options.dry_run)
    known = find_known_notes(db, target, listing.notes, file)
    copies, plan, state = _plan(db, target, config, options, listing.notes, place, known)
    plan = _refuse_special(plan, listing.special)
    if options.unattended:
        plan = skip_edited(plan, config.export.ask_above)
    if options.dry_run:
        return plan
    if not (options.confirmed or options.unattended):
        require_confirmation(plan, config.export.ask_above)
    remember_effects(db, target, plan, options.flavour, known.read_blocks, now=now)
    folder = open_folder(db, found, file)
    if any(write.action in WRITES for write in plan):  # until all are written, no state describes them
        forget_cached_plan(db, target, with_state=True, now=now)
    write_note_images(db, place, copies, plan)  # before the notes that show them
    done = _write(db, folder, plan, known, config, options, now=now, stop=stop, progress=progress)
    # If another program stored something meanwhile, the notes may not show it: the next export has to look.
    if len(done) == len(plan) and version == find_version(db):
        existing = list_notes(target).notes
        stamps = (
            make_content_stamp(db, settings, place.shown, existing),
            make_log_stamp(db, settings, config.media, existing),
        )
        packed = {each.name: getattr(state, each.name) for each in fields(state)}
        save_cached_plan(db, target, stamps, done, packed, now=now)
    return done


def _refuse_special(plan: Sequence[Write], special: Sequence[str]) -> list[Write]:
    """The plan with every named pipe, socket and device `refused`, in a note's place or beside the notes."""
    planned = {write.path: write for write in plan}
    for path in special:
        write = planned.get(path) or Write(path, "refused")
        planned[path] = replace(write, action="refused", reason="not a regular file")
    return list(planned.values())


def require_confirmation(plan: Sequence[Write], share: float) -> None:
    """Raise InputError if more than this share of the existing notes would be rewritten or removed."""
    existing = _count_existing(plan)
    rewritten = sum(write.action in ("update", "merge", "remove") for write in plan)
    if existing > MIN_NOTES and rewritten > share * existing:
        raise InputError(
            f"{rewritten:,} of {existing:,} notes would be rewritten or removed: {HOW_TO_CONFIRM}"
        )


def skip_edited(plan: Sequence[Write], share: float) -> list[Write]:
    """The plan with the notes that the user edited `held` if they are more than this share of all notes.

    The same applies to notes to be removed. For a sync, which has nobody to ask. The other notes are written:
    nothing can be lost in them, and the next sync decides the same way again.
    """
    existing = _count_existing(plan)
    held = {}
    for action, what in (("merge", "that you edited and that would change"), ("remove", "to be removed")):
        count = sum(write.action == action for write in plan)
        if existing > MIN_NOTES and count > share * existing:
            held[action] = f"one of {count:,} notes (of {existing:,}) {what}: {HOW_TO_CONFIRM}"
    return [
        replace(write, action="held", reason=held[write.action]) if write.action in held else write
        for write in plan
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
    known: KnownNotes,
) -> tuple[Mapping[str, str], list[Write], NoteState]:
    """The copies of pictures by URL, what to do about each note, and what the notes show then."""
    # These load a Markdown parser and Jinja: not for an export that has nothing to do.
    from export.write_plan import plan_writes

    copies, notes, state, render = _render(db, target, config, options, existing, place, known)
    bases = known.find_bases(notes, config.topics.aliases, options.flavour, render)
    ticked = find_ticked(known, bases)
    plan = plan_writes(
        known.read,
        ticked.keep(notes),
        {path: ticked.copy(path, text) for path, text in bases.items()},
        (set(existing) - known.renames.keys()) | set(known.renames.values()),
        flavour=options.flavour,
        read_blocks=lambda path: {
            key: ticked.copy(path, text) for key, text in known.read_blocks(path).items()
        },
        restore=options.restore,
        verify=options.verify,
        below=config.export.own_pages == "below",
        uids={path: note.uid for path, note in known.written.items()},
    )
    return copies, [ticked.learn(write, bases.get(write.path, "")) for write in plan], state


def _render(
    db: sqlite3.Connection,
    target: Path,
    config: Config,
    options: ExportOptions,
    existing: Sequence[str],
    place: PictureFolder,
    known: KnownNotes,
) -> tuple[Mapping[str, str], list[RenderedNote], NoteState, Callable[[Flavour], list[RenderedNote]]]:
    """The copies of pictures by URL, all notes, what they show, and what renders them in another flavour."""
    from export.existing_pages import find_existing_pages
    from export.note_places import NO_PAGES
    from export.render import KINDS_IN_A_GRAPH, USUAL_KINDS, RenderedNote, find_first_uid, render_notes
    from gleanings.steps.note_selection import Scope, find_state, make_state, read_library, select_notes
    from gleanings.steps.own_pages import find_own_pages

    own_pages = find_own_pages(db, target, options.flavour)
    kinds = config.export.notes or (KINDS_IN_A_GRAPH if own_pages else USUAL_KINDS)
    settings = list_note_settings(config, options.flavour)
    stamp = make_settings_stamp(settings, config.media, place.shown, kinds, own_pages)
    scope = Scope(stamp=stamp, config=config, kinds=kinds, read=read_read(db))
    is_usual = known.is_as_stored() and not (options.restore or options.verify or options.force)
    before, sure = find_state(*read_note_state(db, target), known)
    part = select_notes(db, scope, before, sure) if is_usual else None
    kept, marked = {note.uid: path for path, note in known.written.items()}, dict(known.marked)

    def render(library: Library, flavour: Flavour = options.flavour) -> list[RenderedNote]:
        read = known.read if library.part.wanted is None else known.read_stored
        is_graph = flavour == options.flavour == "logseq"  # two pages with the same name are an error there
        return render_notes(
            library.documents,
            library.topics,
            _make_style(config, flavour, in_a_graph=own_pages is not None),
            kept,
            find_note_images(db, list_copies(library.documents), place),
            author_min=config.export.authors,
            existing_pages=find_existing_pages(existing, read) if is_graph else {},
            inputs=_find_inputs(db, target),
            marked=marked,
            aliases=config.topics.aliases,
            read=scope.read,
            kinds=kinds,
            own_pages=own_pages or NO_PAGES,
            part=replace(library.part, shows_properties=flavour == "obsidian"),
            related=library.related,
        )

    library, notes = part, render(part) if part else []
    places = before.places if before else {}
    # Others link to a note that was not written (it is in the reader's way): they must follow it.
    if library is None or any(places.get(each.uid, each.path) != each.path for each in notes):
        library = read_library(db, config)
        notes = render(library)
    state = make_state(db, library, scope, {each.uid: each.path for each in notes if each.uid not in kept})
    notes += [
        RenderedNote(note.uid, path, note.text)
        for path, note in known.written.items()
        if find_first_uid(note.uid) in library.live and not library.part.wants(note.uid)
    ]
    return list_copies(library.documents), notes, state, lambda other: render(read_library(db, config), other)


def _make_style(config: Config, flavour: Flavour, *, in_a_graph: bool) -> Style:
    from export.templates import make_style

    templates = Path(config.export.templates).expanduser() if config.export.templates else None
    style = make_style(flavour, config.export.quotes, templates)
    return replace(style, unlinked=in_a_graph and not config.export.notes)


def _write(
    db: sqlite3.Connection,
    folder: OpenFolder,
    plan: Sequence[Write],
    known: KnownNotes,
    config: Config,
    options: ExportOptions,
    *,
    now: str,
    stop: Callable[[], bool],
    progress: Progress,
) -> list[Write]:
    """Write a batch of notes at a time and remember it; the journal says what a kill left unrecorded."""
    flusher = Flusher()
    settled = None if options.force else time.time() - config.export.settle_seconds
    folder.check()
    rename_notes(folder.path, known.renames, flusher)
    moved = {note.path: path for path, note in known.written.items() if note.path != path}
    if moved:
        move_written(db, str(folder.path), moved)
    total = sum(write.action in WRITES for write in plan)
    with durable_commits(db), progress(total) as advance:

        def record(done: Sequence[Write]) -> None:
            record_notes(db, folder, done, now=now)
            advance(sum(write.action in WRITES for write in done))

        done = write_notes(
            folder.path,
            plan,
            settled_before=settled,
            journal=make_journal(db, folder),
            mark_staged=partial(mark_staged, db, str(folder.path)),
            record=record,
            check_folder=folder.check,
            stop=stop,
            flusher=flusher,
        )
    close_folder(db, folder, done, flusher)
    return done


def _find_inputs(db: sqlite3.Connection, target: Path) -> set[str]:
    """The paths below `target` of the pages that highlights come from: they must never be written to."""
    prefix = f"{target.as_posix().rstrip('/')}/"
    return {path[len(prefix) :] for path in read_page_paths(db) if path.startswith(prefix)}
