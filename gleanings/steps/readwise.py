"""Import from Readwise's API: page by page, changed books whole, one transaction per page.

The cursor is a time on the server's clock and only moves together with what is stored. While a listing is
in progress, its next page is stored instead, in the same transaction as the page's books. After a kill at any
moment, the next import continues from there.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from gleanings.options import utc_now
from gleanings.steps.outcome import Alert, Outcome, State, fail
from gleanings.steps.readwise_client import make_client
from gleanings.steps.readwise_plan import (
    API_READER,
    BookPlan,
    Listing,
    drop_nameless,
    find_changed,
    find_unread,
    plan_books,
)
from gleanings.steps.tweets import clean_tweets
from gleanings.terminal import count_as, format_counts
from ingest.readwise.api_answer import ROOT, ApiAnswer, ApiBook
from ingest.readwise.api_client import StalePageError
from record_types.errors import BusyError, GleaningsError
from store.connection import transaction
from store.counts import count_unchanged, refresh_counts
from store.cursors import Cursor, read_cursor, save_cursor
from store.files import KnownFile, read_files_below, save_unreadable
from store.runs import Counts, Status, drop_run, finish_run, start_run

if TYPE_CHECKING:
    from gleanings.config import Config
    from gleanings.stop import Stop
    from ingest.readwise.api_origin import Secret
    from record_types.pages import Problem

SOURCE = "readwise"

BATCH_IDS = 100
"""Books requested whole in one request."""


class Exporter(Protocol):
    """The part of `ingest.readwise.api_client.ApiClient` that a fetch uses."""

    def export(
        self, *, updated_after: str | None = None, page_cursor: str | None = None, ids: Sequence[int] = ()
    ) -> ApiAnswer: ...


@dataclass(slots=True)
class FetchReport:
    """What a fetch has done so far."""

    counts: Counts = field(default_factory=Counts)
    books_read: int = 0
    books_unchanged: int = 0
    books_gone: int = 0
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    """`readwise:/<book id>`, and the problem."""
    interrupted: bool = False
    """Stopped early: what is stored stays, and the next fetch continues."""
    error: GleaningsError | None = None
    """What ended the fetch early; raise it once the run is finished."""

    @property
    def status(self) -> Status:
        """Status of the run in the table `runs`."""
        if self.interrupted:
            return "interrupted"
        if self.error:
            return "failed"
        return "partial" if self.counts.skipped else "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadwiseOutcome(Outcome):
    """The result of an import from Readwise's API."""

    report: FetchReport


def import_readwise(
    db: sqlite3.Connection,
    config: Config,
    token: Secret,
    *,
    stop: Stop,
    full: bool = False,
    log_idle: bool = True,
) -> ReadwiseOutcome:
    """Bring the store up to date with Readwise; `full` requests everything again.

    Without `log_idle`, a run that finds nothing new leaves no row in `runs`.
    """
    now = utc_now()
    with make_client(config, token, stop=stop.signalled) as client:
        run_id = start_run(db, "import", now=now)
        report = fetch_books(db, client, run_id=run_id, now=now, stop=stop, full=full)
    clean_tweets(db)
    read = report.books_read + report.books_gone
    if not (log_idle or read or report.error or report.interrupted or report.counts.skipped):
        drop_run(db, run_id)
    else:
        message = str(report.error) if report.error else count_as(read, "book") if read else None
        finish_run(db, run_id, report.counts, report.status, now=utc_now(), message=message)
    return make_outcome(report)


def make_outcome(report: FetchReport) -> ReadwiseOutcome:
    """The outcome of a fetch: one line, and an alert for the error that ended it."""
    line = f"{count_as(report.books_read, 'book')} read  {format_counts(report.counts)}"
    state: State = "partial" if report.counts.skipped else "ok"
    alerts: tuple[Alert, ...] = ()
    if report.error is not None:
        failure = fail(str(report.error), state="later" if report.error.exit_code == 75 else "failed")
        line, state, alerts = failure.line, failure.state, failure.alerts
    elif report.interrupted:
        line, state = f"{line}; the rest next time", "interrupted"
    details = {"books": {"read": report.books_read, "gone": report.books_gone}}
    return ReadwiseOutcome(state, line, report.counts, alerts, details, report=report)


def fetch_books(
    db: sqlite3.Connection,
    client: Exporter,
    *,
    run_id: int,
    now: str,
    stop: Callable[[], bool],
    full: bool = False,
    monotonic: Callable[[], float] = time.monotonic,
) -> FetchReport:
    """Fetch what changed and store it.

    Never raises what the user or a later run can fix: the report has the error, along with the counts of
    what was stored before it.
    """
    fetch = _Fetch(db, client, run_id, now, stop, monotonic)
    try:
        fetch.run(Cursor() if full else read_cursor(db, SOURCE, reader=API_READER))
    except GleaningsError as error:
        fetch.report.error = None if stop() else error
    report = fetch.report
    report.interrupted = stop()
    unchanged = count_unchanged(db, touched=report.counts.added + report.counts.changed)
    skipped = len({path for path, problem in report.problems if problem.kind == "unreadable"})
    report.counts += Counts(unchanged=unchanged, skipped=skipped)
    return report


@dataclass(slots=True)
class _Fetch:
    db: sqlite3.Connection
    client: Exporter
    run_id: int
    now: str
    stop: Callable[[], bool]
    monotonic: Callable[[], float]
    report: FetchReport = field(default_factory=FetchReport)
    known: dict[str, KnownFile] = field(default_factory=dict)
    unread: list[int] = field(default_factory=list)
    needs_sweep: bool = False
    """Something was stored since `mark_gone` last ran."""

    def run(self, cursor: Cursor) -> None:
        """List what changed. After a listing that an earlier run began, list again what changed since."""
        self.known = read_files_below(self.db, ROOT)
        self.unread = find_unread(self.known)
        resumed = cursor.page_cursor is not None
        now = datetime.fromisoformat(self.now)
        self.needs_sweep = resumed
        try:
            cursor = self._list(Listing(cursor, resumed, now))
        except StalePageError:
            if not resumed:
                raise
            cursor = self._list(Listing(Cursor(cursor.updated_after, cursor.recent), False, now))
            resumed = False
        if resumed:
            self._list(Listing(cursor, False, now))

    def _list(self, listing: Listing) -> Cursor:
        started = self.monotonic()
        seen: set[str] = set()
        nameless: list[ApiBook] = []
        while True:
            before = listing.cursor
            answer = self._request(updated_after=before.updated_after, page_cursor=before.page_cursor)
            if before.updated_after is None:
                plan = plan_books(answer.books, self.known)
            else:
                plan = self._fetch_whole(find_changed(answer.books, before.recent))
            nameless += [book for book in answer.books if book.id is None]
            if answer.next_cursor is None and (plan.changed or self.needs_sweep):
                drop_nameless(plan, self.known, nameless)
            cursor = listing.take(answer, self.monotonic() - started)
            self._store(plan, cursor if cursor != before else None, is_last=answer.next_cursor is None)
            if answer.next_cursor is None:
                return cursor
            if answer.next_cursor in seen:
                raise BusyError("Readwise's API returned the same page twice: try again later")
            seen.add(answer.next_cursor)

    def _fetch_whole(self, listed: Sequence[ApiBook]) -> BookPlan:
        """Plan the listed books, fetched whole, and those that were unreadable before."""
        deleted = [book for book in listed if book.is_deleted or book.id is None]
        wanted = [book.id for book in listed if book.id is not None and not book.is_deleted]
        ids = list(dict.fromkeys((*wanted, *self.unread)))
        self.unread = []
        books = [*deleted]
        for start in range(0, len(ids), BATCH_IDS):
            books += self._request_whole(ids[start : start + BATCH_IDS])
        return plan_books(books, self.known, ids)

    def _request_whole(self, ids: Sequence[int]) -> Iterable[ApiBook]:
        page_cursor: str | None = None
        seen: set[str | None] = set()
        while page_cursor not in seen:
            seen.add(page_cursor)
            answer = self._request(page_cursor=page_cursor, ids=ids)
            yield from (book for book in answer.books if book.id in ids)
            page_cursor = answer.next_cursor
            if page_cursor is None:
                return

    def _request(
        self, *, updated_after: str | None = None, page_cursor: str | None = None, ids: Sequence[int] = ()
    ) -> ApiAnswer:
        if self.stop():
            raise BusyError("stopped")
        return self.client.export(updated_after=updated_after, page_cursor=page_cursor, ids=ids)

    def _store(self, plan: BookPlan, cursor: Cursor | None, *, is_last: bool) -> None:
        """Store the page's books and the new cursor (None: unchanged) in one transaction."""
        changes = bool(plan.changed or plan.gone_ids)
        self.needs_sweep = self.needs_sweep or changes
        with transaction(self.db):
            save_unreadable(self.db, plan.unreadable, run_id=self.run_id, reader=API_READER)
            if changes:
                self._save_books(plan)
            if is_last and self.needs_sweep:
                self._sweep()
            if cursor is not None:
                save_cursor(self.db, SOURCE, cursor, reader=API_READER)
        if changes or plan.unreadable:
            self.known = read_files_below(self.db, ROOT)
        self.report.books_read += len(plan.changed)
        self.report.books_unchanged += plan.unchanged
        self.report.books_gone += len(plan.gone_ids)
        self.report.problems += plan.problems

    def _save_books(self, plan: BookPlan) -> None:
        from store.save_batch import save_batch  # most fetches of a scheduled sync find nothing new

        self.report.counts += save_batch(
            self.db,
            plan.changed,
            run_id=self.run_id,
            now=self.now,
            reader=API_READER,
            gone_ids=plan.gone_ids,
        )

    def _sweep(self) -> None:
        """Mark what no longer appears; count it here, since a kill may come before the run is finished."""
        from store.save_batch import mark_gone

        self.report.counts += Counts(removed=mark_gone(self.db, now=self.now))
        refresh_counts(self.db)
        self.needs_sweep = False
