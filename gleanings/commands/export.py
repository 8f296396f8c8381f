"""`gleanings export`: write notes from the store."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from difflib import unified_diff
from pathlib import Path

import click

from export.note_files import LEFT_ALONE, WRITES, Write
from gleanings.commands.export_parquet import write_parquet
from gleanings.json_report import report_json
from gleanings.options import (
    Common,
    GivenOptions,
    GivenPath,
    common_options,
    find_notes_folder,
    gather,
    opened_store,
    show_path,
)
from gleanings.steps.notes import (
    ExportOptions,
    NotesOutcome,
    choose_flavour,
    export_notes,
    find_unreported,
    list_counts,
)
from gleanings.terminal import (
    count_as,
    echo,
    echo_text,
    progress_bar,
    waiting,
    warn,
)
from record_types.errors import InputError

FAILED = ("refused", "changed", "unsettled", "foreign")
"""Actions that make an export end with exit code 1."""
MAX_LINES = 20
"""Lines about skipped notes that are printed without -v."""


@click.command(name="export")
@click.argument("folder", required=False, type=GivenPath())
@click.option(
    "--flavour",
    type=click.Choice(["markdown", "logseq", "obsidian"]),
    help="Format of the notes.  [default: as before, or as the folder's graph or vault; else markdown]",
)
@click.option("--restore", is_flag=True, help="Recreate notes that you deleted.")
@click.option("--force", is_flag=True, help="Also update notes that you have just edited.")
@click.option("--verify", is_flag=True, help="Read every note, not only those whose text changed.")
@click.option("--remove", is_flag=True, help="Remove the notes from FOLDER; those that you edited stay.")
@click.option("--yes", is_flag=True, help="Rewrite or remove any number of notes without asking.")
@click.option(
    "--write-templates",
    metavar="DIR",
    type=GivenPath(),
    help="Write the templates to DIR for you to change, and exit.",
)
@click.option(
    "--parquet", metavar="DIR", type=GivenPath(), help="Write the tables as a Parquet dataset, and exit."
)
@click.option("--library", metavar="NAME", help="Name in the dataset.  [default: the store's file name]")
@common_options(writes=True)
def command(
    folder: Path | None,
    flavour: str | None,
    restore: bool,
    force: bool,
    verify: bool,
    remove: bool,
    yes: bool,
    write_templates: Path | None,
    parquet: Path | None,
    library: str | None,
    given: GivenOptions,
) -> int:
    """Write topic notes, document notes, a reading list and an index into FOLDER.

    A note that you edited is merged block by block: what you changed, added, moved or deleted stays that
    way, and only new text is added. A note that you deleted stays deleted. In a file that gleanings
    did not write, it only adds a section below your text. A second export with nothing new writes no
    file; once in 30 days, and with --verify, it reads every note anyway. --dry-run shows what would
    be written, with -v as a diff.

    --remove removes everything from FOLDER that gleanings wrote and nobody edited: notes, its sections in
    your own pages, copies of pictures, its hidden file and folders that become empty. It lists what you
    edited, and keeps it.

    You can change how a highlight, a resource or a citation looks: --write-templates writes one small
    Jinja template per element to DIR; set `templates` under [export] to DIR and edit them.

    --parquet writes the tables to DIR for DuckDB, Dask, Polars or Spark, next to those of other libraries:
    DIR/highlights/library=NAME and so on. It needs the extra `parquet`. See
    docs/many.md.

    \b
      gleanings export notes
      gleanings export ~/my-graph --flavour logseq --dry-run -v
      gleanings export --write-templates my-templates
      gleanings export --parquet dataset --library alice
    """
    common = gather(given)
    if write_templates is not None:
        return _write_templates(common, write_templates.expanduser().absolute())
    if parquet is not None or library is not None:
        others = any((folder, remove, restore, force, verify))
        return write_parquet(common, parquet, library, others=others)
    if folder is None and not common.config.export.folder:
        raise InputError("no folder: name one, or set `folder` under [export] in config.toml")
    target = folder.expanduser().absolute() if folder else find_notes_folder(common)
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is not a folder")
    if remove:
        if restore or force or verify:
            raise InputError("--remove cannot be combined with --restore, --force or --verify")
        from gleanings.commands.export_remove import remove_notes_from  # loads the Markdown parser

        return remove_notes_from(common, target, flavour, asks=not yes)

    with opened_store(common) as store:
        options = ExportOptions(
            flavour=choose_flavour(store, target, flavour or common.config.export.flavour),
            restore=restore,
            force=force,
            verify=verify,
            confirmed=yes,
            dry_run=given.dry_run,
        )
        with waiting("Reading the store and sorting by topic", quiet=common.as_json) as end_waiting:

            def progress(total: int) -> AbstractContextManager[Callable[[int], None]]:
                end_waiting()
                return progress_bar("Writing", total, quiet=common.as_json)

            outcome = export_notes(store, target, common.config, options, progress=progress)
        news = find_unreported(store, target, outcome.writes, dry_run=common.dry_run)
    return print_outcome(common, target, outcome, news)


def _write_templates(common: Common, folder: Path) -> int:
    """Write the shipped templates; existing files are the user's and are kept."""
    from export.batch_writer import write_notes
    from export.templates import list_shipped

    shipped = [(path, text.encode()) for path, text in list_shipped() if not (folder / path).exists()]
    if not common.dry_run:
        folder.mkdir(parents=True, exist_ok=True)
        write_notes(folder, [Write(path, "create", contents=data) for path, data in shipped])
    counts = {"written": len(shipped), "there": len(list_shipped()) - len(shipped)}
    if common.as_json:
        report_json(dry_run=common.dry_run, templates=str(folder))
    else:
        would = "would be " if common.dry_run else ""
        echo(f"{show_path(folder)}: {would}+ {count_as(len(shipped), 'template')}  = {counts['there']} kept")
    return 0


def print_outcome(common: Common, target: Path, outcome: NotesOutcome, news: Collection[str]) -> int:
    """Print what was done; skipped notes by name only if they are `news`, or with -v."""
    skipped = [write for write in outcome.writes if write.action in LEFT_ALONE]
    if common.as_json:
        _print_as_json(common, target, outcome, skipped)
    else:
        _print_counts(common, target, outcome, skipped)
    others = [write for write in skipped if write.action != "deleted"]
    listed = skipped if common.verbose else [write for write in others if write.path in news]
    for write in listed[: None if common.verbose else MAX_LINES]:
        warn(f"{show_path(target / write.path)}: skipped, {write.reason}")
    if (known := len(others) - len(listed)) > 0:
        warn(f"{count_as(known, 'note')} skipped as before (-v lists them)")
    if deleted := 0 if common.verbose else len(skipped) - len(others):
        notes, them = ("note you deleted was", "it") if deleted == 1 else ("notes you deleted were", "them")
        warn(f"{deleted:,} {notes} not recreated (use --restore to bring {them} back)")
    _warn_of_conflicts(target, outcome.writes, verbose=bool(common.verbose))
    return 1 if any(write.action in FAILED for write in skipped) else 0


def _print_as_json(common: Common, target: Path, outcome: NotesOutcome, skipped: Sequence[Write]) -> None:
    report_json(
        dry_run=common.dry_run,
        folder=str(target),
        files=outcome.actions,
        left_alone=[{"path": write.path, "reason": write.reason} for write in skipped],
        kept_aside=[
            {"path": write.path, "line": each.line, "block": each.key, "text": each.text}
            for write in outcome.writes
            for each in write.conflicts
        ],
        withheld=[
            {"path": write.path, "block": each.key, "text": each.text}
            for write in outcome.writes
            for each in write.withheld
        ],
    )


def _print_counts(common: Common, target: Path, outcome: NotesOutcome, skipped: Sequence[Write]) -> None:
    for write in outcome.writes if common.dry_run else ():
        if write.action in WRITES:
            if common.verbose:
                echo_text(_format_diff(write))
            else:
                echo(f"{write.action}  {write.path}")
    parts = list_counts(outcome.actions)
    if skipped:
        parts.append(f"! {len(skipped):,} skipped")
    echo(f"{show_path(target)}: " + ("would be " if common.dry_run else "") + "  ".join(parts))


def _warn_of_conflicts(target: Path, writes: Sequence[Write], *, verbose: bool) -> None:
    """One line for each newer text in the store that is not in a note because the user's edit is kept."""
    found = [
        (f"{show_path(target / write.path)}:{each.line}: you changed this, and there is a newer text", each)
        for write in writes
        for each in write.conflicts
    ]
    found += [
        (f"{show_path(target / write.path)}: new in a section that you deleted, so not written", each)
        for write in writes
        for each in write.withheld
    ]
    for message, conflict in found[: None if verbose else MAX_LINES]:
        text = conflict.text if verbose else textwrap.shorten(conflict.text, 60, placeholder=" …")
        warn(f"{message}: {text}")
    if len(found) > MAX_LINES and not verbose:
        warn(f"… and {len(found) - MAX_LINES:,} more; -v or --json lists them all")


def _format_diff(write: Write) -> str:
    before, after = (
        data.decode("utf-8", "replace").splitlines() for data in (write.before or b"", write.data)
    )
    return "\n".join(unified_diff(before, after, write.path, write.path, lineterm=""))
