"""`gleanings export --remove`: remove the notes from a folder."""

from __future__ import annotations

from collections import Counter
from os.path import relpath
from pathlib import Path

from gleanings.json_report import report_json
from gleanings.options import Common, find_notes_folder, opened_store, show_path, utc_now
from gleanings.steps.note_removal import Removal, remove_notes
from gleanings.steps.notes import choose_flavour
from gleanings.stop import Stop
from gleanings.terminal import confirm_or_raise, count_as, echo, make_progress, warn


def remove_notes_from(common: Common, target: Path, flavour: str | None, *, asks: bool) -> int:
    """Remove what nobody edited, and list what stays; `asks`: ask for confirmation first, if there is
    somebody to answer."""

    def confirm(plan: Removal) -> None:
        if asks and (plan.others or any(write.action in ("remove", "merge") for write in plan.writes)):
            confirm_or_raise(f"{show_path(target)}: to be removed: {_count_removals(plan)}")

    stop = Stop()
    with opened_store(common) as store, stop.on_signals():
        done = remove_notes(
            store,
            target,
            common.config,
            choose_flavour(store, target, flavour or common.config.export.flavour),
            now=utc_now(),
            dry_run=common.dry_run,
            confirm=confirm,
            stop=stop,
            progress=make_progress("Removing", quiet=common.as_json),
        )
    return print_removal(common, target, done)


def print_removal(common: Common, target: Path, done: Removal) -> int:
    """Print what was removed and what stays; return the exit code."""
    if common.as_json:
        _print_removal_as_json(common, target, done)
    else:
        for write in done.writes if common.dry_run else ():
            if write.action in ("remove", "merge"):
                echo(f"{'remove' if write.action == 'remove' else 'restore'}  {write.path}")
        would = "would be " if common.dry_run else ""
        echo(f"{show_path(target)}: {would}removed: {_count_removals(done)}")
        if not common.dry_run and common.config.export.folder and target == find_notes_folder(common):
            echo("The next sync would write them again: remove `folder` under [export], or the schedule.")
    for write in done.kept:
        warn(f"{show_path(target / write.path)}: kept, {write.reason}")
    if done.interrupted:
        warn("interrupted: run it again for the rest")
    return 1 if done.kept or done.interrupted else 0


def _count_removals(plan: Removal) -> str:
    actions = Counter(write.action for write in plan.writes)
    counts = (
        (actions["remove"], "note"),
        (actions["merge"], "section"),
        (sum(path.name != ".gleanings.json" for path in plan.others), "picture"),
    )
    parts = [count_as(count, noun) for count, noun in counts if count]
    return (", ".join(parts) or "nothing") + (f"; {len(plan.kept):,} you edited stay" if plan.kept else "")


def _print_removal_as_json(common: Common, target: Path, done: Removal) -> None:
    report_json(
        dry_run=common.dry_run,
        folder=str(target),
        files=Counter(write.action for write in done.writes),
        removed=[write.path for write in done.writes if write.action == "remove"]
        + [relpath(path, target) for path in done.others],
        restored=[write.path for write in done.writes if write.action == "merge"],
        left_alone=[{"path": write.path, "reason": write.reason} for write in done.kept],
    )
