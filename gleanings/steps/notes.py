"""Export notes: bring the notes in a folder up to date with the store."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from export.note_files import list_notes
from gleanings.options import utc_now
from gleanings.output import Progress, no_progress
from gleanings.steps.export_cache import CachedPlan, list_note_settings, load_cached_plan, make_log_stamp
from gleanings.steps.outcome import Alert, Outcome, State
from gleanings.stop import never
from record_types.errors import InputError

if TYPE_CHECKING:
    from export.note_files import Write
    from export.note_places import Flavour
    from gleanings.config import Config
    from gleanings.steps.topics import Prepared

RETRIED = ("changed", "unsettled")
"""Actions for notes that the user is editing: the next sync tries again, so they are no alert."""
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


def export_notes(
    db: sqlite3.Connection,
    folder: Path,
    config: Config,
    options: ExportOptions,
    *,
    stop: Callable[[], bool] = never,
    prepared: Prepared | None = None,
    progress: Progress = no_progress,
) -> NotesOutcome:
    """Write what changed to the notes below `folder`; see `note_writer.write_all_notes`."""
    target = folder.expanduser().absolute()
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is not a folder")
    if options.unattended:
        settings = list_note_settings(config, options.flavour)
        stamp = make_log_stamp(db, settings, config.media, list_notes(target))
        if (cached := load_cached_plan(db, target, stamp)) is not None:
            return _make_outcome(target, cached)
    from gleanings.steps.note_writer import write_all_notes  # slow to load, and a sync rarely has news

    done = write_all_notes(
        db, target, config, options, now=utc_now(), stop=stop, prepared=prepared, progress=progress
    )
    return _make_outcome(target, done, interrupted=stop())


def _make_outcome(target: Path, done: list[Write] | CachedPlan, *, interrupted: bool = False) -> NotesOutcome:
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
    changed, same = actions["update"] + actions["merge"], actions["same"] + actions["adopt"]
    parts = [f"+ {actions['create']:,} new", f"~ {changed:,} changed", f"= {same:,} unchanged"]
    if actions["remove"]:
        parts.append(f"- {actions['remove']:,} removed")
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
