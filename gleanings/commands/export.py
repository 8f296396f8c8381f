"""`gleanings export`: the store → notes."""

from __future__ import annotations

import textwrap
from collections import Counter
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.options import (
    Common,
    GivenPath,
    common_options,
    count_as,
    gather,
    opened_store,
    say_json,
    utc_now,
    warn,
)
from record_types.errors import InputError

if TYPE_CHECKING:
    from export.note_files import Action, Write
    from export.note_places import Flavour
    from gleanings.steps.notes import ExportOptions

SKIPPED = ("refused", "changed", "unsettled", "foreign")
"""What makes an export end with 1."""
MOST_LINES = 20
"""Files left alone that are named without -v."""


@click.command(name="export")
@click.argument("folder", required=False, type=GivenPath())
@click.option(
    "--flavour",
    type=click.Choice(["markdown", "logseq", "obsidian"]),
    help="How the notes are written.  [default: markdown]",
)
@click.option("--restore", is_flag=True, help="Write notes again that you deleted.")
@click.option("--force", is_flag=True, help="Write to notes that you edited just now, too.")
@click.option("--yes", is_flag=True, help="Write however many notes anew.")
@click.option(
    "--write-templates",
    metavar="DIR",
    type=GivenPath(),
    help="Put the templates there for you to change, and end.",
)
@common_options(writes=True)
def command(
    folder: Path | None,
    flavour: str | None,
    restore: bool,
    force: bool,
    yes: bool,
    write_templates: Path | None,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Write topic notes, document notes, a reading list and an index into FOLDER.

    A note that you edited is merged block by block: what you changed, added, moved or deleted stays as
    you left it, and what is new comes beside it. A note that you deleted stays deleted, and a file that
    gleanings did not write only gets what comes under a heading below your words. A second export with
    nothing new writes no file. --dry-run shows what would be written, with -v as a diff.

    How a highlight, a resource or a citation looks is yours to say: --write-templates puts one small
    Jinja template for each piece into DIR; set `templates` under [export] to it and change what you like.

    \b
      gleanings export notes
      gleanings export ~/my-graph --flavour logseq --dry-run -v
      gleanings export --write-templates my-templates
    """
    common = gather(db, config, as_json, verbose, dry_run)
    if write_templates is not None:
        return _write_templates(common, write_templates.expanduser().absolute())
    chosen = folder or (Path(common.config.export.folder) if common.config.export.folder else None)
    if chosen is None:
        raise InputError("where to? Name a folder, or set `folder` under [export] in config.toml")
    target = chosen.expanduser().absolute()
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is not a folder")
    from gleanings.steps.notes import ExportOptions

    chosen_flavour: Flavour = flavour or common.config.export.flavour  # type: ignore[assignment]
    options = ExportOptions(flavour=chosen_flavour, restore=restore, force=force, sure=yes, dry_run=dry_run)
    plan = _export(common, target, options)
    return _say(common, target, plan)


def _write_templates(common: Common, folder: Path) -> int:
    """Write the shipped templates; a file that is there is the reader's and stays."""
    from export.note_files import Write, write_notes
    from export.templates import list_shipped

    shipped = [(path, text.encode()) for path, text in list_shipped() if not (folder / path).exists()]
    if not common.dry_run:
        folder.mkdir(parents=True, exist_ok=True)
        write_notes(folder, [Write(path, "create", data=data) for path, data in shipped])
    counts = {"written": len(shipped), "there": len(list_shipped()) - len(shipped)}
    if common.as_json:
        say_json({"command": "export", "dry_run": common.dry_run, "templates": str(folder), **counts})
    else:
        would = "would be " if common.dry_run else ""
        click.echo(
            f"{show_path(folder)}: {would}+ {count_as(len(shipped), 'template')}  = {counts['there']} there"
        )
    return 0


def _export(common: Common, target: Path, options: ExportOptions) -> list[Write]:
    from gleanings.steps.notes import run_export

    with opened_store(common) as store:
        return run_export(store, target, common.config, options, now=utc_now())


def _say(common: Common, target: Path, plan: list[Write]) -> int:
    from export.note_files import LEFT_ALONE

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
                    {"path": write.path, "line": each.line, "block": each.key, "text": each.text}
                    for write in plan
                    for each in write.conflicts
                ],
                "withheld": [
                    {"path": write.path, "block": each.key, "text": each.text}
                    for write in plan
                    for each in write.withheld
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
    from export.note_files import WRITES

    for write in plan if common.dry_run else ():
        if write.action in WRITES:
            click.echo(_format_diff(write) if common.verbose else f"{write.action}  {write.path}")
    changed, same = counts["update"] + counts["merge"], counts["same"] + counts["adopt"]
    parts = [f"+ {counts['create']:,} new", f"~ {changed:,} changed", f"= {same:,} unchanged"]
    if left:
        parts.append(f"! {left:,} left alone")
    click.echo(f"{show_path(target)}: " + ("would be " if common.dry_run else "") + "  ".join(parts))


def _warn_of_conflicts(target: Path, plan: list[Write], *, verbose: bool) -> None:
    """One line each for what is newer in the store than in a note, since its reader's words stand there."""
    said = [
        (f"{show_path(target / write.path)}:{each.line}: you changed this, and there is a newer text", each)
        for write in plan
        for each in write.conflicts
    ]
    said += [
        (f"{show_path(target / write.path)}: new in a section that you deleted, so not written", each)
        for write in plan
        for each in write.withheld
    ]
    for words, conflict in said[: None if verbose else MOST_LINES]:
        text = conflict.text if verbose else textwrap.shorten(conflict.text, 60, placeholder=" …")
        warn(f"{words}: {text}")
    if len(said) > MOST_LINES and not verbose:
        warn(f"… and {len(said) - MOST_LINES:,} more; -v or --json names them all")


def show_path(path: Path) -> str:
    """The path as a person would write it here: below the current folder without it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _format_diff(write: Write) -> str:
    before, after = (
        data.decode("utf-8", "replace").splitlines() for data in (write.before or b"", write.data)
    )
    return "\n".join(unified_diff(before, after, write.path, write.path, lineterm=""))
