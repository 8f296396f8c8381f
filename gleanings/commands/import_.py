"""`gleanings import`: pages of highlights → the store."""

from __future__ import annotations

from pathlib import Path

import click

from gleanings.errors import InputError
from gleanings.options import (
    Common,
    common_options,
    counts_as_dict,
    format_counts,
    gather,
    opened_store,
    say_json,
    utc_now,
    warn,
)
from gleanings.progress import progress_bar

MOST_PROBLEMS = 20
"""Lines of trouble that are printed without -v; the table `problems` has all of them."""


@click.command(name="import")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--allow-empty", is_flag=True, help="Go on when a folder that had pages is suddenly empty.")
@common_options(writes=True)
def command(
    paths: tuple[Path, ...],
    allow_empty: bool,
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

    \b
      gleanings import ~/Documents/my-graph
      gleanings import export.md --db reading.db
      gleanings import ~/graph --dry-run
    """
    common = gather(db, config, as_json, verbose, dry_run)
    chosen = paths or tuple(Path(path).expanduser() for path in common.config.import_.paths)
    if not chosen:
        raise InputError(
            "nothing to read: name a file or folder, or set `paths` under [import] in config.toml"
        )
    return _import(common, chosen, allow_empty=allow_empty or common.config.import_.allow_empty)


def _import(common: Common, paths: tuple[Path, ...], *, allow_empty: bool) -> int:
    from gleanings.importing import find_all_sources, plan_import, run_import
    from store.files import read_known_files
    from store.runs import finish_run, start_run

    sources = find_all_sources(paths)
    with opened_store(common, create=True) as db:
        known = read_known_files(db)
        plan = plan_import(known, sources, allow_empty=allow_empty)
        now = utc_now()
        run_id = start_run(db, "import", now=now)
        with progress_bar("Reading", len(plan.read), quiet=common.as_json) as advance:
            report = run_import(db, plan, known, run_id=run_id, now=now, advance=advance)
        counts = report.counts
        status = "partial" if counts.skipped else "ok"
        finish_run(db, run_id, counts, status, now=utc_now())
    for path, problem in report.problems[: None if common.verbose else MOST_PROBLEMS]:
        place = f"{path}:{problem.line}" if problem.line else path
        warn(f"{place}: {problem.message}")
    if len(report.problems) > MOST_PROBLEMS and not common.verbose:
        warn(f"… and {len(report.problems) - MOST_PROBLEMS:,} more: -v, or the table `problems`")
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
        click.echo(("would be " if common.dry_run else "") + format_counts(counts))
    return 1 if counts.skipped else 0


def _say(common: Common, read: int, unchanged: int, repaired: int, others: int) -> None:
    parts = [f"{read:,} files read", f"{unchanged:,} as before"]
    if repaired:
        parts.append(f"{repaired:,} repaired")
    if others:
        parts.append(f"{others:,} without highlights")
    click.echo(f"{common.db}: " + ", ".join(parts))
