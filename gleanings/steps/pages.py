"""Import pages: read the files that changed and store them batch by batch."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gleanings.options import utc_now
from gleanings.steps.import_plan import (
    READER_VERSION,
    ImportPlan,
    has_same_content,
    is_settled,
    may_store,
    plan_import,
)
from gleanings.steps.outcome import HARMLESS_KINDS, Alert, Outcome, State
from gleanings.steps.tweets import clean_tweets
from gleanings.stop import never
from gleanings.terminal import Progress, count_as, format_counts, no_progress
from ingest.folder import Sources, find_sources
from record_types.pages import Problem, SourceFile
from store.connection import transaction
from store.counts import count_live, count_unchanged
from store.files import (
    KnownFile,
    is_unknown,
    read_known_files,
    read_problems,
    read_written_paths,
    save_run_problems,
    save_stamps,
    save_unreadable,
)
from store.folder_states import is_check_due, save_check
from store.runs import Counts, Status, drop_run, finish_run, start_run, was_left_unfinished

if TYPE_CHECKING:
    from store.claims import FileClaims

BATCH_BYTES = 2 << 20
"""Size of the pages stored in one transaction: some 6,000 highlights. With larger batches the processes that
read files would wait for the one that stores; with smaller ones, storing takes longer."""


@dataclass(slots=True)
class ImportReport:
    """What an import has done so far."""

    counts: Counts = field(default_factory=Counts)
    files_read: int = 0
    files_unchanged: int = 0
    files_gone: int = 0
    files_seen: int = 0
    """How many of the files to read were opened."""
    files_unsettled: int = 0
    is_cut_short: bool = False
    not_highlights: int = 0
    repaired: int = 0
    problems: list[tuple[str, Problem]] = field(default_factory=list)  # absolute path, problem


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesOutcome(Outcome):
    """The result of an import of pages."""

    report: ImportReport
    run_status: Status
    """Status of the import in the table `runs`."""


def find_all_sources(paths: Sequence[Path], *, repair: bool = True) -> list[Sources]:
    """The files below each path; raises InputError for the first path that does not exist.

    Without `repair`, damaged encodings are read unchanged.
    """
    sources = [find_sources(path) for path in paths]
    return [replace(each, settings=replace(each.settings, repair=repair)) for each in sources]


def import_pages(
    db: sqlite3.Connection,
    sources: Sequence[Sources],
    *,
    allow_empty: bool = False,
    verify: bool = False,
    settle_seconds: float = 0.0,
    jobs: int = 1,
    stop: Callable[[], bool] = never,
    progress: Progress = no_progress,
    log_idle: bool = True,
) -> PagesOutcome:
    """Read what changed in `sources` into the store, then clean the tweets that this affects.

    With `verify`, and in folders that were not checked for `CHECK_DAYS`, files are compared by their contents
    even if size and time are the same. Files modified within the last `settle_seconds` are left for the next
    import. Many files are read by `jobs` processes (`steps/file_readers.py`), with the same result. Without
    `log_idle`, a run that finds nothing to do adds no row to `runs`.
    """
    known = read_known_files(db)
    written = read_written_paths(db, [source.root for source in sources])
    now = utc_now()
    verify = verify or any(is_check_due(db, source.root, now=now) for source in sources if source.is_folder)
    plan = plan_import(known, sources, written=written, allow_empty=allow_empty, verify=verify)
    settled = tuple(each for each in plan.read if is_settled(each[0], settle_seconds))
    unsettled = len(plan.read) - len(settled)
    plan = replace(plan, read=settled, unsettled=unsettled, sweep=was_left_unfinished(db, "import"))
    if not (plan.read or plan.gone or plan.sweep or log_idle):
        return make_outcome(db, run_import(db, plan, known, run_id=0, now=now))
    run_id = start_run(db, "import", now=now)
    report = run_import(
        db,
        plan,
        known,
        run_id=run_id,
        now=now,
        jobs=jobs,
        progress=progress,
        stop=stop,
        may_store=lambda file: may_store(file, settle_seconds),
    )
    if not report.is_cut_short:
        for source in sources if verify else ():
            save_check(db, source.root, now=now)
        clean_tweets(db)
    _report_unknown(db, report, [source for source in sources if not source.is_folder])
    outcome = make_outcome(db, report)
    stored = report.files_read + report.files_gone
    if log_idle or stored or outcome.run_status != "ok":
        message = count_as(stored, "file") if stored > report.counts.skipped else None
        finish_run(db, run_id, report.counts, outcome.run_status, now=utc_now(), message=message)
    else:
        drop_run(db, run_id)
    return outcome


def _report_unknown(db: sqlite3.Connection, report: ImportReport, named: Sequence[Sources]) -> None:
    """Report each file that the user named, and that no reader understands, even if it is unchanged."""
    for source in named:
        for stamp in source.stamps:
            if is_unknown(db, stamp.root, stamp.path):
                is_table = stamp.path.lower().endswith((".csv", ".tsv"))
                what = "a table without the columns of a known export" if is_table else NOT_UNDERSTOOD
                problem = Problem("not-understood", f"{what}; it was not read")
                report.problems.append((f"{stamp.root}/{stamp.path}", problem))
                report.counts += Counts(skipped=1)


NOT_UNDERSTOOD = "not a page of highlights in a known form"


def make_outcome(db: sqlite3.Connection, report: ImportReport) -> PagesOutcome:
    """The outcome of an import: one line, and an alert for each problem that is not harmless."""
    alerts = tuple(_make_alert(*row) for row in read_problems(db, without=tuple(HARMLESS_KINDS)))
    line = f"{count_as(report.files_read, 'file')} read, {report.files_unchanged:,} unchanged  "
    line += format_counts(report.counts)
    if report.files_unsettled:
        line += f"  {report.files_unsettled:,} just modified, left for next time"
    state: State = "partial" if any(each.key.startswith("unreadable") for each in alerts) else "ok"
    if report.is_cut_short:
        line, state = f"{line}; the rest next time", "interrupted"
    left = report.counts.skipped or report.files_unsettled
    files = {"read": report.files_read, "unchanged": report.files_unchanged, "gone": report.files_gone}
    return PagesOutcome(
        state,
        line,
        report.counts,
        alerts,
        {"files": files},
        report=report,
        run_status="interrupted" if report.is_cut_short else "partial" if left else "ok",
    )


def _make_alert(kind: str, path: str | None, line: int | None, message: str) -> Alert:
    """The alert for a problem; without a stored file, the message begins with the path and a colon."""
    name = path if path is not None else message.partition(": ")[0]
    place = f"{name}:{line}" if line else name
    return Alert(f"{place}: {message}" if path is not None else message, f"{kind}: {Path(place)}")


def run_import(
    db: sqlite3.Connection,
    plan: ImportPlan,
    known: Mapping[str, KnownFile],
    *,
    run_id: int,
    now: str,
    jobs: int = 1,
    progress: Progress = no_progress,
    stop: Callable[[], bool] = never,
    may_store: Callable[[SourceFile], bool] = lambda _: True,
) -> ImportReport:
    """Read and store everything in `plan`, one transaction per batch; clean the tweets of each.

    After `stop`, what was read so far is stored and the rest is left for the next import (`is_cut_short`).
    Files that `may_store` rejects are left as well.
    """
    report = ImportReport(files_unchanged=plan.unchanged, files_unsettled=plan.unsettled)
    report.problems.extend(plan.problems)
    save_run_problems(db, plan.problems)
    if not (plan.read or plan.gone or plan.sweep):
        report.counts = Counts(unchanged=count_live(db))
        return report
    from gleanings.steps.file_readers import read_files  # most runs of a scheduled import find nothing new

    # Processes are started before a progress bar starts its thread.
    with (
        read_files(plan.read, jobs=jobs, stop=stop) as files,
        progress(len(plan.read)) as advance,
    ):
        for batch in _gather_batches(files, advance, stop):
            report.files_seen += len(batch)
            settled = [file for file in batch if may_store(file.source)]
            report.files_unsettled += len(batch) - len(settled)
            with transaction(db):  # one for both: each page of the database is written once
                _store_batch(db, settled, known, report, run_id=run_id, now=now)
                if not stop():
                    clean_tweets(db)
        report.is_cut_short = report.files_seen < len(plan.read) or stop()
        # A file not yet read may contain a highlight that left another one; the next import sweeps.
        if not (report.is_cut_short or report.files_unsettled):
            _mark_gone(db, plan, report, run_id=run_id, now=now)
    unchanged = count_unchanged(db, touched=report.counts.added + report.counts.changed)
    skipped = len({path for path, problem in report.problems if problem.kind == "unreadable"})
    report.counts += Counts(unchanged=unchanged, skipped=skipped)
    return report


def _mark_gone(
    db: sqlite3.Connection, plan: ImportPlan, report: ImportReport, *, run_id: int, now: str
) -> None:
    from store.save_batch import mark_gone, save_batch

    if plan.gone:
        gone_ids = [file.id for file in plan.gone]
        report.counts += save_batch(db, [], run_id=run_id, now=now, gone_ids=gone_ids)
    report.files_gone = len(plan.gone)
    report.counts += Counts(removed=mark_gone(db, now=now))


def _store_batch(
    db: sqlite3.Connection,
    batch: Sequence[FileClaims],
    known: Mapping[str, KnownFile],
    report: ImportReport,
    *,
    run_id: int,
    now: str,
) -> None:
    """Store what changed, and add it to the report."""
    from store.save_batch import save_batch  # most runs of a scheduled import find nothing new

    touched: list[SourceFile] = []
    readable: list[FileClaims] = []
    unreadable: list[SourceFile] = []
    for claims in batch:
        file = claims.source
        if has_same_content(known.get(_join_path(file)), file):
            touched.append(file)
        elif is_unreadable(claims):
            unreadable.append(file)
        else:
            readable.append(claims)
    save_stamps(db, [(known[_join_path(file)].id, file.stamp) for file in touched])
    save_unreadable(db, unreadable, run_id=run_id, reader=READER_VERSION)
    if readable:
        report.counts += save_batch(db, readable, run_id=run_id, now=now, reader=READER_VERSION)
    report.files_read += len(readable) + len(unreadable)
    report.files_unchanged += len(touched)
    read = [*unreadable, *[claims.source for claims in readable]]
    report.not_highlights += sum(file.dialect is None for file in read)
    report.repaired += sum("repaired" in file.encoding for file in read)
    report.problems.extend((_join_path(file), problem) for file, *_ in batch for problem in file.problems)


def is_unreadable(file: FileClaims) -> bool:
    """Whether nothing of the file could be read: the rows of an earlier import stay valid then."""
    return not file.documents and any(problem.kind == "unreadable" for problem in file.source.problems)


def _join_path(file: SourceFile) -> str:
    return f"{file.stamp.root}/{file.stamp.path}"


def _gather_batches(
    files: Iterable[FileClaims],
    advance: Callable[[int], None],
    stop: Callable[[], bool],
) -> Iterator[list[FileClaims]]:
    batch: list[FileClaims] = []
    size = 0
    for file in files:
        advance(1)
        batch.append(file)
        size += file.source.stamp.size
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
        if stop():
            break
    if batch:
        yield batch
