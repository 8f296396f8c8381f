"""The step `export`: notes into the configuration's folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gleanings.options import utc_now
from gleanings.steps.export_cache import make_quick_stamp, recall_quick
from gleanings.steps.outcome import Outcome, State, Trouble
from record_types.errors import InputError
from store.connection import find_version

if TYPE_CHECKING:
    from export.note_files import Write
    from gleanings.sync.pipeline import Session

NEXT_TIME = ("changed", "unsettled")
"""Notes that their reader is at: the next sync looks again, which is no trouble."""
TROUBLE = ("foreign", "refused")
"""Notes that will never be written as things stand."""


def run(session: Session) -> Outcome:
    """Write what changed; nothing where no folder is named."""
    config = session.common.config
    if not config.export.folder:
        return Outcome("ok", "no folder for notes is named: `folder` under [export]", details={"files": {}})
    target = Path(config.export.folder).expanduser().absolute()
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is not a folder")
    quick = make_quick_stamp(session.db, target, config)
    standing = recall_quick(session.db, target, quick)
    if standing is not None:
        trouble = tuple(_describe(target, *each) for each in standing.left if each[1] in TROUBLE)
        return _make_outcome(target, Counter(same=standing.same), trouble, "partial" if trouble else "ok")
    from gleanings.steps.notes import ExportOptions, run_export

    options = ExportOptions(flavour=config.export.flavour, dry_run=session.common.dry_run, alone=True)  # type: ignore[arg-type]
    prepared = session.prepared if session.version == find_version(session.db) else None
    done = run_export(
        session.db, target, config, options, now=utc_now(), stop=session.stop, prepared=prepared
    )
    session.unsettled |= any(write.action in NEXT_TIME for write in done)
    return _judge(session, target, done)


def _judge(session: Session, target: Path, done: Sequence[Write]) -> Outcome:
    counts: Counter[str] = Counter(write.action for write in done)
    trouble = tuple(
        _describe(target, write.path, write.action, write.reason) for write in done if write.action in TROUBLE
    )
    held = [write for write in done if write.action == "held"]
    if held:
        trouble += (Trouble(f"{target}: {_explain(held)}", f"held: {target}"),)
    if session.stop():
        state: State = "interrupted" if session.stop.signalled.is_set() else "partial"
        return _make_outcome(target, counts, trouble, state)
    return _make_outcome(target, counts, trouble, "partial" if trouble else "ok")


def _make_outcome(target: Path, counts: Counter[str], trouble: tuple[Trouble, ...], state: State) -> Outcome:
    changed, same = counts["update"] + counts["merge"], counts["same"] + counts["adopt"]
    parts = [f"+ {counts['create']:,} new", f"~ {changed:,} changed", f"= {same:,} unchanged"]
    later = sum(counts[action] for action in NEXT_TIME)
    if later:
        parts.append(f"{later:,} that you are at next time")
    left = sum(counts[action] for action in (*TROUBLE, "held"))
    if left or trouble:
        parts.append(f"! {left or len(trouble):,} left alone")
    if state == "interrupted":
        parts.append("the rest next time")
    details = {"folder": str(target), "files": dict(sorted(counts.items()))}
    return Outcome(state, f"{target}: " + "  ".join(parts), trouble=trouble, details=details)


def _explain(held: Sequence[Write]) -> str:
    """One line for all notes that wait for an answer."""
    return f"{len(held):,} notes that you edited are left as they are: each is {held[0].reason}"


def _describe(target: Path, path: str, action: str, reason: str) -> Trouble:
    return Trouble(f"{target / path}: left alone, {reason}", f"{action}: {target / path}")
