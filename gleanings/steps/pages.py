"""An import from files to rows: what a plan names is read in batches and stored batch by batch."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from gleanings.collecting import paused_collection
from gleanings.import_report import ImportReport
from gleanings.steps.import_plan import READER_VERSION, ImportPlan
from gleanings.stop import never
from ingest.graph import ReadSettings, is_read_alike
from record_types.pages import FileStamp, SourceFile
from store.counts import count_live
from store.files import KnownFile, save_run_problems, save_stamps, save_unreadable
from store.runs import Counts

BATCH_BYTES = 16 << 20
"""Pages of about this size are stored in one transaction: some 30,000 highlights."""


def run_import(
    db: sqlite3.Connection,
    plan: ImportPlan,
    known: Mapping[str, KnownFile],
    *,
    run_id: int,
    now: str,
    advance: Callable[[int], None] = lambda _: None,
    stop: Callable[[], bool] = never,
    may_store: Callable[[SourceFile], bool] = lambda file: True,
) -> ImportReport:
    """Read and store everything that `plan` names, a transaction a batch.

    After `stop` what was read so far is stored and the rest left for the next time (`is_cut_short`). A file
    that `may_store` refuses once it has been read is left, too. While anything is left nothing is
    marked gone, since it may stand there: `plan.sweep` has the next import see to it.
    """
    if plan.read or plan.gone or plan.sweep:
        with paused_collection():
            return _import_changes(
                db, plan, known, run_id=run_id, now=now, advance=advance, stop=stop, may_store=may_store
            )
    save_run_problems(db, plan.problems)
    return ImportReport(
        Counts(unchanged=count_live(db)),
        files_unchanged=plan.unchanged,
        files_unsettled=plan.unsettled,
        problems=list(plan.problems),
    )


def _import_changes(
    db: sqlite3.Connection,
    plan: ImportPlan,
    known: Mapping[str, KnownFile],
    *,
    run_id: int,
    now: str,
    advance: Callable[[int], None],
    stop: Callable[[], bool],
    may_store: Callable[[SourceFile], bool],
) -> ImportReport:
    from store.save_batch import mark_gone, save_batch  # most runs of a scheduled import find nothing new

    report = ImportReport(files_unchanged=plan.unchanged, files_unsettled=plan.unsettled)
    report.problems.extend(plan.problems)
    save_run_problems(db, plan.problems)
    for batch in _read_batches(plan.read, advance, stop):
        report.files_seen += len(batch)
        settled = [file for file in batch if may_store(file)]
        report.files_unsettled += len(batch) - len(settled)
        _store_batch(db, settled, known, report, run_id=run_id, now=now)
    report.is_cut_short = report.files_seen < len(plan.read) or stop()
    removed = 0
    if not (report.is_cut_short or report.files_unsettled):
        if plan.gone:
            gone_ids = [file.id for file in plan.gone]
            report.counts += save_batch(db, [], run_id=run_id, now=now, gone_ids=gone_ids)
        report.files_gone = len(plan.gone)
        removed = mark_gone(db, now=now)
    unchanged = count_live(db) - report.counts.added - report.counts.changed
    skipped = len({path for path, problem in report.problems if problem.kind == "unreadable"})
    report.counts += Counts(unchanged=unchanged, removed=removed, skipped=skipped)
    return report


def _store_batch(
    db: sqlite3.Connection,
    batch: Sequence[SourceFile],
    known: Mapping[str, KnownFile],
    report: ImportReport,
    *,
    run_id: int,
    now: str,
) -> None:
    """Store what changed, and note in the `report` what that came to."""
    from store.save_batch import save_batch

    changed: list[SourceFile] = []
    touched: list[SourceFile] = []
    for file in batch:
        (touched if _is_same(file, known) else changed).append(file)
    readable: list[SourceFile] = []
    unreadable: list[SourceFile] = []
    for file in changed:
        (unreadable if is_unreadable(file) else readable).append(file)
    save_stamps(db, [(known[_absolute(file)].id, file.stamp) for file in touched])
    save_unreadable(db, unreadable, run_id=run_id, reader=READER_VERSION)
    if readable:
        report.counts += save_batch(db, readable, run_id=run_id, now=now, reader=READER_VERSION)
    _report_batch(report, batch, changed, touched)


def is_unreadable(file: SourceFile) -> bool:
    """Whether nothing of the file could be read: what an earlier import had of it then still stands."""
    return not file.pages and any(problem.kind == "unreadable" for problem in file.problems)


def _report_batch(
    report: ImportReport,
    batch: Sequence[SourceFile],
    changed: Sequence[SourceFile],
    touched: Sequence[SourceFile],
) -> None:
    report.files_read += len(changed)
    report.files_unchanged += len(touched)
    report.not_highlights += sum(file.dialect is None for file in changed)
    report.repaired += sum("repaired" in file.encoding for file in changed)
    report.problems.extend((_absolute(file), problem) for file in batch for problem in file.problems)


def _is_same(file: SourceFile, known: Mapping[str, KnownFile]) -> bool:
    before = known.get(_absolute(file))
    return (
        before is not None
        and before.sha256 == file.sha256 != ""
        and before.reader == READER_VERSION
        and before.repair == _find_repair(file)
        and is_read_alike(before.read_as, file.read_as)
        and not before.gone
    )


def _find_repair(file: SourceFile) -> str:
    """What the store will say in `KnownFile.repair`."""
    kinds = {problem.kind for problem in file.problems}
    if "repaired" in file.encoding or "repaired-lines" in kinds:
        return "done"
    return "left" if "damaged" in kinds else ""


def _absolute(file: SourceFile) -> str:
    return f"{file.stamp.root}/{file.stamp.path}"


def _read_batches(
    stamps: Iterable[tuple[FileStamp, ReadSettings]],
    advance: Callable[[int], None],
    stop: Callable[[], bool] = never,
) -> Iterator[list[SourceFile]]:
    from ingest.source import read_source

    batch: list[SourceFile] = []
    size = 0
    for stamp, settings in stamps:
        file = read_source(stamp, settings)
        advance(1)
        batch.append(file)
        size += file.stamp.size
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
        if stop():
            break
    if batch:
        yield batch
