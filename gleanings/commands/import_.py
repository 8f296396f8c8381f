"""`gleanings import`: read pages of highlights, or Readwise's API, into the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gleanings.json_report import report_json
from gleanings.options import (
    Common,
    GivenOptions,
    GivenPath,
    common_options,
    find_import_paths,
    gather,
    opened_store,
)
from gleanings.steps.outcome import HARMLESS_KINDS
from gleanings.steps.pages import PagesOutcome, find_all_sources, import_pages
from gleanings.stop import Stop
from gleanings.terminal import count_as, counts_as_dict, echo, format_counts, make_progress, warn
from record_types.errors import InputError
from store.status import read_cut, read_pages

if TYPE_CHECKING:
    from gleanings.steps.readwise import ReadwiseOutcome
    from record_types.pages import Problem

MAX_PROBLEMS = 20
"""Problems that are printed without -v; the table `problems` has all of them."""


@click.command(name="import")
@click.argument("paths", nargs=-1, type=GivenPath())
@click.option("--allow-empty", is_flag=True, help="Continue if a folder that had pages is suddenly empty.")
@click.option("--verify", is_flag=True, help="Also read files whose size and time are unchanged.")
@click.option("--no-repair", is_flag=True, help="Keep damaged encodings as they are.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Read many files with N processes.  [default: one for each core, at most 4]",
)
@click.option("--readwise", is_flag=True, help="Import from Readwise's API instead of files.")
@click.option("--full", is_flag=True, help="With --readwise: request everything again.")
@common_options(writes=True)
def command(
    paths: tuple[Path, ...],
    allow_empty: bool,
    verify: bool,
    no_repair: bool,
    jobs: int | None,
    readwise: bool,
    full: bool,
    given: GivenOptions,
) -> int:
    """Import pages of highlights into the store.

    PATHS are files, folders, the root of a Logseq graph or an Obsidian vault. Without PATHS, those in the
    configuration are read. The format of a page is detected from its contents; other notes are skipped. A
    file that has not changed since the last import is not opened; once in 30 days, or with --verify, such
    files are compared by their contents as well.

    Also read, as files, folders and zip files: exports of X (archive, twitter-web-exporter, fieldtheory),
    Kindle, KOReader, Kobo, Apple Books, Hypothesis, Obsidian Web Clipper, Omnivore, Snipd, Instapaper,
    Matter and Readwise Reader.

    With --readwise, import what has changed since the last time from Readwise's API. The token is
    read from $READWISE_TOKEN or from the place named under [readwise] in the configuration.

    \b
      gleanings import ~/Documents/my-graph
      gleanings import export.md --db reading.db
      gleanings import twitter-archive.zip
      gleanings import ~/graph --dry-run
      gleanings import --readwise
    """
    common = gather(given)
    if readwise or full:
        if paths or not readwise:
            raise InputError("--readwise takes no PATHS, and --full needs --readwise")
        return _import_readwise(common, full=full)
    chosen = paths or find_import_paths(common)
    if not chosen:
        raise InputError(
            "nothing to read: name a file or folder, or set `paths` under [import] in config.toml"
        )
    settings = common.config.import_
    return _import_pages(
        common,
        chosen,
        allow_empty=allow_empty or settings.allow_empty,
        verify=verify,
        repair=settings.repair and not no_repair,
        jobs=jobs or settings.jobs,
    )


def _import_pages(
    common: Common, paths: tuple[Path, ...], *, allow_empty: bool, verify: bool, repair: bool, jobs: int
) -> int:
    stop = Stop()
    sources = find_all_sources(paths, repair=repair)
    with opened_store(common, create=True) as db, stop.on_signals():
        outcome = import_pages(
            db,
            sources,
            allow_empty=allow_empty,
            verify=verify,
            jobs=jobs,
            stop=stop,
            progress=make_progress("Reading", quiet=common.as_json),
        )
        kinds = {problem.kind for _, problem in outcome.report.problems}
        pages = read_pages(db) if common.as_json else None
        cut = read_cut(db) if "cut-text" in kinds else None
    print_problems(common, outcome.report.problems, cut=cut)
    print_files(common, outcome, pages)
    if not (common.as_json or any(source.stamps for source in sources)):
        warn("found no pages: .md, .markdown, .org, .csv or .txt files, or exports of other programs")
    return 1 if outcome.report.counts.skipped or outcome.report.is_cut_short else 0


def print_files(common: Common, outcome: PagesOutcome, pages: Mapping[str, Any] | None = None) -> None:
    """Print what an import of files did; `pages`, for `--json`, has the numbers of pages in the store."""
    report = outcome.report
    if common.as_json:
        report_json(
            source="files",
            status=outcome.run_status,
            dry_run=common.dry_run,
            **counts_as_dict(report.counts),
            files={
                "read": report.files_read,
                "unchanged": report.files_unchanged,
                "gone": report.files_gone,
                "not_highlights": report.not_highlights,
                "repaired": report.repaired,
            },
            pages=pages,
            problems=len(report.problems),
        )
        return
    parts = [f"{count_as(report.files_read, 'file')} read", f"{report.files_unchanged:,} unchanged"]
    if report.repaired:
        parts.append(f"{report.repaired:,} repaired")
    if report.not_highlights:
        parts.append(f"{report.not_highlights:,} without highlights")
    if report.is_cut_short:
        stored = report.files_read or report.files_unchanged
        parts.append(f"interrupted: {'the next import continues' if stored else 'nothing was stored'}")
    echo(f"{common.db}: " + ", ".join(parts))
    echo(("would be " if common.dry_run else "") + format_counts(report.counts))


def _import_readwise(common: Common, *, full: bool) -> int:
    from gleanings.steps.readwise import import_readwise
    from gleanings.steps.readwise_client import require_token

    token = require_token(common.config.readwise)  # before the store is created
    stop = Stop()
    with opened_store(common, create=True) as db, stop.on_signals():
        outcome = import_readwise(db, common.config, token, stop=stop, full=full)
    report = outcome.report
    if common.verbose or not report.error:
        print_problems(common, report.problems)
    if report.error:
        raise report.error
    print_readwise(common, outcome)
    return 1 if report.counts.skipped or report.interrupted else 0


def print_readwise(common: Common, outcome: ReadwiseOutcome) -> None:
    """Print what an import from Readwise's API did."""
    report = outcome.report
    if common.as_json:
        report_json(
            source="readwise",
            status=report.status,
            dry_run=common.dry_run,
            **counts_as_dict(report.counts),
            books={
                "read": report.books_read,
                "unchanged": report.books_unchanged,
                "gone": report.books_gone,
            },
            problems=len(report.problems),
        )
        return
    parts = [f"{count_as(report.books_read, 'book')} read from Readwise"]
    if report.books_gone:
        parts.append(f"{report.books_gone:,} gone")
    if report.interrupted:
        parts.append("interrupted: the next import continues")
    echo(f"{common.db}: " + ", ".join(parts))
    echo(("would be " if common.dry_run else "") + format_counts(report.counts))


def print_problems(common: Common, problems: list[tuple[str, Problem]], *, cut: int | None = None) -> None:
    """List what could not be read; count what is harmless, by kind. With -v, list everything.

    `cut`: how many highlights of the store are cut off; the same one may be cut in several files.
    """
    listed = problems if common.verbose else [each for each in problems if each[1].kind not in HARMLESS_KINDS]
    for path, problem in listed[: None if common.verbose else MAX_PROBLEMS]:
        warn(f"{path}:{problem.line}: {problem.message}" if problem.line else f"{path}: {problem.message}")
    if len(listed) > MAX_PROBLEMS and not common.verbose:
        warn(f"… and {len(listed) - MAX_PROBLEMS:,} more: use -v, or see the table `problems`")
    if common.verbose:
        return
    counts = Counter(problem.kind for _, problem in problems)
    if counts["cut-text"] and cut is not None:
        counts["cut-text"] = cut
    for kind, (one, many, rest) in HARMLESS_KINDS.items():
        if counts[kind]:
            warn(f"{counts[kind]:,} {one if counts[kind] == 1 else many} {rest}")
