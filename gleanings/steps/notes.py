"""Export notes: bring the notes in a folder up to date with the store.

An export that has nothing to do is skipped. Reading 7,000 documents and rendering their notes takes seconds,
a digest of their rows 0.7 s, and looking up the last change in the log of runs 20 ms. An export that left
nothing for the next time stores stamps of everything that decides what it writes, with its result; while one
of them still matches, that result is the answer.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import export
from export.note_files import LEFT_ALONE, Write, list_notes
from gleanings.config import Config
from gleanings.options import utc_now
from gleanings.steps.note_ticks import forget_ticks, take_ticks
from gleanings.steps.outcome import Alert, Outcome, State
from gleanings.stop import never
from gleanings.terminal import Progress, no_progress
from ingest.graph import find_graph
from markdown_text.note_marks import read_flavour
from record_types.errors import InputError
from store.folder_states import (
    find_last_note_change,
    forget_note_changes,
    is_check_due,
    read_folder_data,
    read_newest_note,
    save_check,
    save_folder_data,
)
from store.links import find_last_tick, read_read
from store.runs import find_last_change
from store.topics import read_page_aliases

if TYPE_CHECKING:
    from export.note_places import Flavour
    from gleanings.config import Config

RETRIED = ("changed", "unsettled")
"""Actions for notes that the user is editing: the next sync tries again, so they raise no alert."""
BLOCKED = ("foreign", "refused")
"""Actions for notes that will not be written until the user changes something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """Options of one export that are not in the configuration."""

    flavour: Flavour
    restore: bool = False
    """Recreate notes that the user deleted."""
    force: bool = False
    """Also write to files that were edited just now."""
    confirmed: bool = False
    """Rewrite any number of notes without confirmation."""
    unattended: bool = False
    """There is nobody to ask for confirmation; trust the log of runs to tell whether the store changed."""
    dry_run: bool = False
    verify: bool = False
    """Read every note, including those whose text in the store has not changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesOutcome(Outcome):
    """The result of an export."""

    actions: Counter[str]
    """Number of notes by action (`export.note_files.Action`)."""
    writes: Sequence[Write]
    """What was done about each note; only the skipped ones if nothing had to be done."""

    @property
    def is_unsettled(self) -> bool:
        """Whether notes were skipped because the user is editing them: try again soon."""
        return any(self.actions[action] for action in RETRIED)


def choose_flavour(db: sqlite3.Connection, folder: Path, configured: str) -> Flavour:
    """The configured flavour, else that of the last export, else that of the graph around the folder."""
    target = folder.expanduser().absolute()
    if configured:
        return configured  # type: ignore[return-value]  # the configuration knows only flavours
    if flavour := read_flavour(read_newest_note(db, str(target)) or ""):
        return flavour
    if (target / "logseq").is_dir():
        return "logseq"
    graph = find_graph(target)
    return graph.kind if graph else "markdown"


def export_notes(
    db: sqlite3.Connection,
    folder: Path,
    config: Config,
    options: ExportOptions,
    *,
    stop: Callable[[], bool] = never,
    has_topics: bool = False,
    progress: Progress = no_progress,
) -> NotesOutcome:
    """Write what changed to the notes below `folder`; see `note_writer.write_all_notes`."""
    target = folder.expanduser().absolute()
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is not a folder")
    listing = list_notes(target)
    has_ticks = not options.dry_run and take_ticks(db, target, listing.notes, now=utc_now())
    if not options.dry_run and is_check_due(db, f"notes {target}", now=utc_now()):
        options = replace(options, verify=True)
    if options.unattended and not (options.verify or has_ticks):
        settings = list_note_settings(config, options.flavour)
        stamp = make_log_stamp(db, settings, config.media, listing.notes)
        if (cached := load_cached_plan(db, target, stamp)) is not None:
            return make_outcome(target, cached)
    from gleanings.steps.note_writer import write_all_notes  # slow to load, and a sync rarely has news

    done = write_all_notes(
        db,
        target,
        config,
        options,
        listing,
        now=utc_now(),
        stop=stop,
        has_topics=has_topics,
        progress=progress,
    )
    if not (options.dry_run or isinstance(done, CachedPlan)):
        known = {write.path for write in done if write.action not in LEFT_ALONE}
        forget_ticks(db, target, known, now=utc_now())
    if options.verify and not (options.dry_run or stop()):
        save_check(db, f"notes {target}", now=utc_now())
    return make_outcome(target, done, interrupted=stop())


def find_unreported(
    db: sqlite3.Connection, target: Path, writes: Sequence[Write], *, dry_run: bool
) -> set[str]:
    """The skipped notes that the last export did not skip for the same reason; the next one knows them."""
    skipped = {write.path: write.reason for write in writes if write.action in LEFT_ALONE}
    if dry_run:
        return set(skipped)
    known = read_folder_data(db, f"skipped {target}")
    if skipped != known:
        save_folder_data(db, f"skipped {target}", skipped, now=utc_now())
    return {path for path, reason in skipped.items() if known.get(path) != reason}


def make_outcome(target: Path, done: list[Write] | CachedPlan, *, interrupted: bool = False) -> NotesOutcome:
    """The outcome of an export: one line, and an alert for each note that could not be written."""
    if isinstance(done, CachedPlan):
        actions, writes = done
    else:
        actions, writes = Counter(write.action for write in done), done
    alerts = [
        Alert(f"{target / write.path}: skipped, {write.reason}", f"{write.action}: {target / write.path}")
        for write in writes
        if write.action in BLOCKED
    ]
    if held := [write for write in writes if write.action == "held"]:
        message = f"{target}: {len(held):,} notes that you edited were not updated: each is {held[0].reason}"
        alerts.append(Alert(message, f"held: {target}"))
    parts = list_counts(actions)
    if retried := sum(actions[action] for action in RETRIED):
        parts.append(f"{retried:,} being edited, left for next time")
    if skipped := sum(actions[action] for action in (*BLOCKED, "held")):
        parts.append(f"! {skipped:,} skipped")
    state: State = "partial" if alerts else "ok"
    if interrupted:
        parts.append("the rest next time")
        state = "interrupted"
    details = {"folder": str(target), "files": dict(sorted(actions.items()))}
    line = f"{target}: " + "  ".join(parts)
    return NotesOutcome(state, line, alerts=tuple(alerts), details=details, actions=actions, writes=writes)


def list_counts(actions: Counter[str]) -> list[str]:
    """How many notes are new, changed, unchanged and removed; from the counts of `Write.action`."""
    changed, same = actions["update"] + actions["merge"], actions["same"] + actions["adopt"]
    parts = [f"+ {actions['create']:,} new", f"~ {changed:,} changed", f"= {same:,} unchanged"]
    return [*parts, f"- {actions['remove']:,} removed"] if actions["remove"] else parts


# --- the result of the last export, while it is still valid

UNFINISHED = ("changed", "unsettled", "refused", "held")
"""Actions that the next export has to try again."""


class CachedPlan(NamedTuple):
    """The result of the last export: repeating it would write nothing."""

    counts: Counter[str]
    """Number of notes by action."""
    skipped: list[Write]
    """The notes that were not written, with the reason."""


def make_content_stamp(db: sqlite3.Connection, *settings: object) -> str:
    """A stamp of what notes show; also notices changes made in the database by hand, as triggers do."""
    data = (find_last_note_change(db), read_page_aliases(db), sorted(read_read(db)))
    return _make_stamp(data, settings)


def make_settings_stamp(*settings: object) -> str:
    """A stamp of everything that decides about notes, except the store."""
    return _make_stamp("notes", settings)


def make_log_stamp(db: sqlite3.Connection, *settings: object) -> str:
    """A stamp of the last run that changed the store, and of the last tick, which is not a run; fast, for
    a scheduled sync."""
    return _make_stamp((find_last_change(db), find_last_tick(db)), settings)


def _make_stamp(data: object, settings: Sequence[object]) -> str:
    parts = repr((data, settings, _list_exporter_files()))
    return blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def list_note_settings(config: Config, flavour: str) -> tuple[object, ...]:
    """The parts of the configuration that decide what notes contain, with the user's templates."""
    ours = config.export
    templates = _read_templates(Path(ours.templates).expanduser()) if ours.templates else []
    chosen = (ours.notes, ours.quotes, ours.authors, ours.own_pages, ours.templates)
    return (config.topics, chosen, templates, flavour)


def load_cached_plan(db: sqlite3.Connection, target: Path, stamp: str) -> CachedPlan | None:
    """The result of the last export to `target`; None if it has no such stamp."""
    cached = read_folder_data(db, str(target))
    if stamp not in cached.get("stamps", ()):
        return None
    skipped = [Write(path, action, reason=reason) for path, action, reason in cached["skipped"]]
    counts = Counter[str](write.action for write in skipped)
    counts["same"] += cached["same"]
    return CachedPlan(counts, skipped)


def read_note_state(db: sqlite3.Connection, target: Path) -> tuple[dict[str, Any] | None, set[str]]:
    """What `save_cached_plan` saved as `notes`, and the paths of the notes that were skipped then."""
    cached = read_folder_data(db, str(target))
    return cached.get("notes"), {path for path, _, _ in cached.get("skipped", ())}


def forget_cached_plan(db: sqlite3.Connection, target: Path, *, with_state: bool, now: str) -> None:
    """Have the next export check the notes again; with `with_state`, all of them."""
    cached = {} if with_state else read_folder_data(db, str(target)) | {"stamps": []}
    save_folder_data(db, str(target), cached, now=now)


def save_cached_plan(
    db: sqlite3.Connection,
    target: Path,
    stamps: Sequence[str],
    done: Sequence[Write],
    state: Mapping[str, object],
    *,
    now: str,
) -> None:
    """Keep what the notes of an export show, and its result unless it left something for the next time."""
    if any(write.action in UNFINISHED for write in done):
        stamps = ()
    skipped = [[write.path, write.action, write.reason] for write in done if write.action in LEFT_ALONE]
    removed = sum(write.action == "remove" for write in done)
    same = len(done) - len(skipped) - removed
    cached = {"stamps": list(stamps), "same": same, "skipped": skipped, "notes": state}
    save_folder_data(db, str(target), cached, now=now)
    forget_note_changes(db)


def _read_templates(folder: Path) -> list[tuple[str, bytes]]:
    """The user's templates: notes are written again when one changes."""
    paths = (path for path in folder.rglob("*.jinja") if path.is_file())
    return sorted((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)


def _list_exporter_files() -> list[tuple[str, int, int]]:
    """The exporter's own modules with time and size, so that a newer version writes the notes again."""
    folder = Path(export.__file__).parent
    return sorted(
        (path.name, path.stat().st_mtime_ns, path.stat().st_size)
        for path in folder.rglob("*")
        if path.suffix in (".py", ".txt")
    )
