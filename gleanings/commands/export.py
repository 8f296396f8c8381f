"""`gleanings export`: the store → notes."""

from __future__ import annotations

from collections import Counter
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.errors import InputError
from gleanings.options import Common, common_options, gather, opened_store, say_json, utc_now, warn

if TYPE_CHECKING:
    from export.plans import Write

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
@common_options(writes=True)
def command(
    folder: Path | None,
    flavour: str | None,
    restore: bool,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Write topic notes, document notes, a reading list and an index into FOLDER.

    A note that you edited or deleted stays as you left it, and a file that gleanings did not write is
    never touched; it says which. A second export with nothing new writes no file. --dry-run shows what
    would be written, with -v as a diff.

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
    plan = _export(common, target, flavour or common.config.export.flavour, restore=restore)
    return _say(common, target, plan)


def _export(common: Common, target: Path, flavour: str, *, restore: bool) -> list[Write]:
    from export.plans import plan_writes
    from export.rendering import render_notes
    from export.topics import group_topics
    from export.writing import list_notes, read_note, write_notes
    from gleanings.assigning import assign_stored
    from store.readings import read_documents
    from store.written import WrittenNote, read_written, save_written

    with opened_store(common) as store:
        documents = read_documents(store)
        topics = group_topics(documents, assign_stored(store, documents, common.config.topics))
        written = read_written(store, str(target))
        notes = render_notes(documents, topics, flavour, {note.uid: note.path for note in written})  # type: ignore[arg-type]
        plan = plan_writes(
            lambda path: read_note(target, path),
            [(note.path, note.text) for note in notes],
            {note.path: note.text for note in written},
            list_notes(target),
            restore=restore,
        )
        if common.dry_run:
            return plan
        uids = {note.path: note.uid for note in notes}
        target.mkdir(parents=True, exist_ok=True)
        done = write_notes(target, plan)
        ours = [
            WrittenNote(write.path, uids[write.path], write.text)
            for write in done
            if write.action in ("create", "update", "same", "adopt")
        ]
        save_written(store, str(target), ours, now=utc_now())
    return done


def _say(common: Common, target: Path, plan: list[Write]) -> int:
    from export.plans import LEFT_ALONE, WRITES

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
            }
        )
    else:
        for write in plan if common.dry_run else ():
            if write.action in WRITES:
                click.echo(_format_diff(write) if common.verbose else f"{write.action}  {write.path}")
        same = counts["same"] + counts["adopt"]
        parts = [f"+ {counts['create']:,} new", f"~ {counts['update']:,} changed", f"= {same:,} unchanged"]
        if left:
            parts.append(f"! {len(left):,} left alone")
        click.echo(f"{show_path(target)}: " + ("would be " if common.dry_run else "") + "  ".join(parts))
    for write in left[: None if common.verbose else MOST_LINES]:
        warn(f"{show_path(target / write.path)}: left alone, {write.reason}")
    return 1 if any(write.action in ("refused", "changed", "foreign") for write in left) else 0


def show_path(path: Path) -> str:
    """The path as a person would write it here: below the current folder without it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _format_diff(write: Write) -> str:
    before = (write.before or b"").decode("utf-8", "replace").splitlines()
    return "\n".join(unified_diff(before, write.text.splitlines(), write.path, write.path, lineterm=""))
