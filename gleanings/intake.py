"""One import from paths to the store, with its line in the log of runs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gleanings.import_report import ImportReport
from gleanings.options import count_as, utc_now
from gleanings.steps.import_plan import plan_import
from gleanings.steps.pages import run_import
from gleanings.stop import never
from ingest.folder import Sources, find_sources, stamp_file
from record_types.pages import FileStamp, SourceFile
from store.files import read_known_files
from store.runs import finish_run, start_run, was_left_unfinished
from store.written_notes import read_written_paths

if TYPE_CHECKING:
    from store.runs import Status

CLOCKS_DIFFER = 5.0
"""Seconds by which a file server's clock may be ahead."""

Progress = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""How many files are to be read → a context with what moves the bar on."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What one import is told."""

    paths: tuple[Path, ...]
    allow_empty: bool = False
    repair: bool = True
    settle_seconds: float = 0.0
    """Files that were modified in the last so many seconds are left for the next time."""

    def is_settled(self, stamp: FileStamp) -> bool:
        """Whether nobody is likely to be writing the file just now; a time to come tells nothing."""
        age = time.time() - stamp.mtime_ns / 1e9
        return age >= self.settle_seconds or age < -CLOCKS_DIFFER

    def may_store(self, file: SourceFile) -> bool:
        """Whether the file was settled when it was read; one that could not be read may be half written."""
        if self.settle_seconds <= 0 or file.sha256:
            return self.is_settled(file.stamp)
        try:
            return self.is_settled(stamp_file(file.stamp.root, file.stamp.path))
        except FileNotFoundError:  # renamed meanwhile
            return False
        except OSError:
            return True


def find_all_sources(paths: Sequence[Path], *, repair: bool = True) -> list[Sources]:
    """What each path names; raises InputError for the first that is not there.

    Without `repair` damaged encodings are read as they stand.
    """
    sources = [find_sources(path) for path in paths]
    return [replace(each, settings=replace(each.settings, repair=repair)) for each in sources]


def take_in(
    db: sqlite3.Connection,
    sources: Sequence[Sources],
    intake: Intake,
    progress: Progress,
    *,
    stop: Callable[[], bool] = never,
    log_idle: bool = True,
) -> tuple[ImportReport, Status]:
    """Read what changed in `sources` into the store, and tidy what that made stale.

    Without `log_idle` a run that finds nothing to do leaves no line in `runs`.
    """
    known = read_known_files(db)
    written = read_written_paths(db, [source.root for source in sources])
    plan = plan_import(known, sources, written=written, allow_empty=intake.allow_empty)
    settled = tuple(each for each in plan.read if intake.is_settled(each[0]))
    unsettled = len(plan.read) - len(settled)
    plan = replace(plan, read=settled, unsettled=unsettled, sweep=was_left_unfinished(db, "import"))
    now = utc_now()
    if not (plan.read or plan.gone or plan.sweep or log_idle):
        return run_import(db, plan, known, run_id=0, now=now), "ok"
    run_id = start_run(db, "import", now=now)
    with progress(len(plan.read)) as advance:
        report = run_import(
            db, plan, known, run_id=run_id, now=now, advance=advance, stop=stop, may_store=intake.may_store
        )
    if not report.is_cut_short:
        from gleanings.steps.tweets import tidy_tweets

        tidy_tweets(db)
    left = report.counts.skipped or report.files_unsettled
    status: Status = "interrupted" if report.is_cut_short else "partial" if left else "ok"
    stored = report.files_read + report.files_gone
    message = count_as(stored, "file") if stored > report.counts.skipped else None
    finish_run(db, run_id, report.counts, status, now=utc_now(), message=message)
    return report, status
