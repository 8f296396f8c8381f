"""`gleanings import`: pages of highlights → the store."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gleanings.options import (
    Common,
    GivenPath,
    common_options,
    count_as,
    counts_as_dict,
    find_import_paths,
    format_counts,
    gather,
    opened_store,
    say_json,
    warn,
)
from gleanings.output import progress_bar
from record_types.errors import InputError

if TYPE_CHECKING:
    from gleanings.intake import Intake
    from record_types.pages import Problem

MOST_PROBLEMS = 20
"""Lines of trouble that are printed without -v; the table `problems` has all of them."""

COUNTED_KINDS = {
    "cut-text": (
        "highlight looks",
        "highlights look",
        "cut by an old Readwise plugin: the view `cut_highlights` lists them",
    ),
    "unknown-date": ("date", "dates", "could not be read: see the table `problems`"),
    "repaired-lines": ("file", "files", "had damaged words that were repaired: --no-repair leaves them"),
    "damaged": (
        "file has",
        "files have",
        "damaged words, left as they are: without --no-repair they are repaired",
    ),
    "stray-property": (
        "block has",
        "blocks have",
        "a second run of properties, which Logseq does not read",
    ),
}
"""Kinds of problems, common and harmless: listed only with -v, else counted. Of one, of many, what."""


@click.command(name="import")
@click.argument("paths", nargs=-1, type=GivenPath())
@click.option("--allow-empty", is_flag=True, help="Go on when a folder that had pages is suddenly empty.")
@click.option("--no-repair", is_flag=True, help="Leave damaged encodings as they are.")
@click.option("--readwise", is_flag=True, help="Read Readwise's API instead of files.")
@click.option("--full", is_flag=True, help="With --readwise: ask for everything anew.")
@common_options(writes=True)
def command(
    paths: tuple[Path, ...],
    allow_empty: bool,
    no_repair: bool,
    readwise: bool,
    full: bool,
    db: Path | None,
    config: Path | None,
    as_json: bool,
    verbose: int,
    dry_run: bool,
) -> int:
    """Read pages of highlights into the store.

    PATHS are files, folders, a Logseq graph's root or an Obsidian vault; without any, those of the
    configuration. What kind of page a file is, is seen from the file itself, and other notes are left
    alone. A file that did not change since the last import is not opened again.

    With --readwise the source is Readwise's API: what changed there since the last time. Its token is
    looked for in $READWISE_TOKEN, then where [readwise] in the configuration says.

    \b
      gleanings import ~/Documents/my-graph
      gleanings import export.md --db reading.db
      gleanings import ~/graph --dry-run
      gleanings import --readwise
    """
    common = gather(db, config, as_json, verbose, dry_run)
    if readwise or full:
        if paths or not readwise:
            raise InputError("--readwise reads no files, and --full belongs to --readwise")
        from gleanings.commands.import_readwise import import_readwise

        return import_readwise(common, full=full)
    chosen = paths or find_import_paths(common)
    if not chosen:
        raise InputError(
            "nothing to read: name a file or folder, or set `paths` under [import] in config.toml"
        )
    from gleanings.intake import Intake

    settings = common.config.import_
    return _import(
        common,
        Intake(
            chosen,
            allow_empty=allow_empty or settings.allow_empty,
            repair=settings.repair and not no_repair,
        ),
    )


def _import(common: Common, intake: Intake) -> int:
    from gleanings.intake import find_all_sources, take_in

    sources = find_all_sources(intake.paths, repair=intake.repair)
    with opened_store(common, create=True) as db:
        report, status = take_in(
            db, sources, intake, lambda total: progress_bar("Reading", total, quiet=common.as_json)
        )
    counts = report.counts
    say_problems(common, report.problems)
    if common.as_json:
        say_json(
            {
                "command": "import",
                "status": status,
                "dry_run": common.dry_run,
                **counts_as_dict(counts),
                "files": {
                    "read": report.files_read,
                    "unchanged": report.files_unchanged,
                    "gone": report.files_gone,
                    "not_highlights": report.not_highlights,
                    "repaired": report.repaired,
                },
                "problems": len(report.problems),
            }
        )
    else:
        _say(common, report.files_read, report.files_unchanged, report.repaired, report.not_highlights)
        if not any(source.stamps for source in sources):
            warn("nothing there is a page: .md, .markdown, .org, .csv or .txt, and no note of gleanings' own")
        click.echo(("would be " if common.dry_run else "") + format_counts(counts))
    return 1 if counts.skipped else 0


def say_problems(common: Common, problems: list[tuple[str, Problem]]) -> None:
    """What could not be read, file by file; what was read but looks odd, as a count of each kind."""
    listed = problems if common.verbose else [each for each in problems if each[1].kind not in COUNTED_KINDS]
    for path, problem in listed[: None if common.verbose else MOST_PROBLEMS]:
        warn(f"{path}:{problem.line}: {problem.message}" if problem.line else f"{path}: {problem.message}")
    if len(listed) > MOST_PROBLEMS and not common.verbose:
        warn(f"… and {len(listed) - MOST_PROBLEMS:,} more: -v, or the table `problems`")
    if common.verbose:
        return
    counts = Counter(problem.kind for _, problem in problems)
    for kind, (one, many, words) in COUNTED_KINDS.items():
        if counts[kind]:
            warn(f"{counts[kind]:,} {one if counts[kind] == 1 else many} {words}")


def _say(common: Common, read: int, unchanged: int, repaired: int, others: int) -> None:
    parts = [f"{count_as(read, 'file')} read", f"{unchanged:,} as before"]
    if repaired:
        parts.append(f"{repaired:,} repaired")
    if others:
        parts.append(f"{others:,} without highlights")
    click.echo(f"{common.db}: " + ", ".join(parts))
