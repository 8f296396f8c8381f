"""`gleanings export`: the store → notes."""

from __future__ import annotations

import textwrap
from collections import Counter
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.errors import InputError
from gleanings.options import Common, common_options, gather, opened_store, say_json, utc_now, warn

if TYPE_CHECKING:
    from export.layout import Flavour
    from export.plans import Action, Write
    from gleanings.exporting import ExportOptions

SKIPPED = ("refused", "changed", "unsettled", "foreign")
"""What makes an export end with 1."""
MOST_LINES = 20
"""Files left alone that are named without -v."""


@click.command(name="export")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--flavour",
    type=click.Choice(["markdown", "logseq", "obsidian"]),
    help="How the notes are written.  [default: markdown]",
)
@click.option("--restore", is_flag=True, help="Write notes again that you deleted.")
@click.option("--force", is_flag=True, help="Write to notes that you edited just now, too.")
@click.option("--yes", is_flag=True, help="Write however many notes anew.")
@common_options(writes=True)
def command(
    folder: Path | None,
    flavour: str | None,
    restore: bool,
    force: bool,
    yes: bool,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Write topic notes, document notes, a reading list and an index into FOLDER.

    A note that you edited is merged block by block: what you changed, added, moved or deleted stays as
    you left it, and what is new comes beside it. A note that you deleted stays deleted, and a file that
    gleanings did not write is never touched; it says which. A second export with nothing new writes no
    file. --dry-run shows what would be written, with -v as a diff.

    \b
      gleanings export notes
      gleanings export ~/my-graph --flavour logseq --dry-run -v
    """
    common = gather(db, config, as_json, verbose, dry_run)
    chosen = folder or (Path(common.config.export.folder) if common.config.export.folder else None)
    if chosen is None:
        raise InputError("where to? Name a folder, or set `folder` under [export] in config.toml")
    target = chosen.expanduser().absolute()
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is not a folder")
    from gleanings.exporting import ExportOptions

    chosen_flavour: Flavour = flavour or common.config.export.flavour  # type: ignore[assignment]
    options = ExportOptions(chosen_flavour, restore, force, yes, dry_run)
    plan = _export(common, target, options)
    return _say(common, target, plan)


def _export(common: Common, target: Path, options: ExportOptions) -> list[Write]:
    from gleanings.exporting import run_export

    with opened_store(common) as store:
        return run_export(store, target, common.config, options, now=utc_now())


def _say(common: Common, target: Path, plan: list[Write]) -> int:
    from export.plans import LEFT_ALONE

    counts = Counter(write.action for write in plan)
    left = [write for write in plan if write.action in LEFT_ALONE]
    if common.as_json:
        say_json(
            {
                "command": "export",
                "dry_run": common.dry_run,
                "folder": str(target),
                "files": dict(sorted(counts.items())),
                "left_alone": [{"path": write.path, "reason": write.reason} for write in left],
                "kept_aside": [
                    {"path": write.path, "block": conflict.key, "text": conflict.text}
                    for write in plan
                    for conflict in write.conflicts
                ],
            }
        )
    else:
        _say_counts(common, target, plan, counts, len(left))
    for write in left[: None if common.verbose else MOST_LINES]:
        warn(f"{show_path(target / write.path)}: left alone, {write.reason}")
    _warn_of_conflicts(target, plan, verbose=bool(common.verbose))
    return 1 if any(write.action in SKIPPED for write in left) else 0


def _say_counts(common: Common, target: Path, plan: list[Write], counts: Counter[Action], left: int) -> None:
    from export.plans import WRITES

    for write in plan if common.dry_run else ():
        if write.action in WRITES:
            click.echo(_format_diff(write) if common.verbose else f"{write.action}  {write.path}")
    changed, same = counts["update"] + counts["merge"], counts["same"] + counts["adopt"]
    parts = [f"+ {counts['create']:,} new", f"~ {changed:,} changed", f"= {same:,} unchanged"]
    if left:
        parts.append(f"! {left:,} left alone")
    click.echo(f"{show_path(target)}: " + ("would be " if common.dry_run else "") + "  ".join(parts))


def _warn_of_conflicts(target: Path, plan: list[Write], *, verbose: bool) -> None:
    aside = [(write, conflict) for write in plan for conflict in write.conflicts]
    for write, conflict in aside[: None if verbose else MOST_LINES]:
        words = conflict.text if verbose else textwrap.shorten(conflict.text, 60, placeholder=" …")
        warn(f"{show_path(target / write.path)}: you changed this, and there is a newer text: {words}")


def show_path(path: Path) -> str:
    """The path as a person would write it here: below the current folder without it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _format_diff(write: Write) -> str:
    before, after = (
        data.decode("utf-8", "replace").splitlines() for data in (write.before or b"", write.data)
    )
    return "\n".join(unified_diff(before, after, write.path, write.path, lineterm=""))
