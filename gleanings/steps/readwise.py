"""A fetch from Readwise's API to rows: page by page, changed books whole, each page one transaction.

The cursor is the server's own time and moves only with what is stored; while a listing is under way its
next page is kept instead, in the same transaction as the page's books. Killed at any moment, the next
fetch goes on.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from gleanings.collecting import paused_collection
from gleanings.steps.readwise_plan import (
    API_READER,
    BookPlan,
    Listing,
    drop_nameless,
    find_changed,
    find_unread,
    plan_books,
)
from ingest.readwise.api_answer import ROOT, ApiAnswer, ApiBook
from ingest.readwise.api_client import StalePageError
from record_types.errors import BusyError, GleaningsError
from store.connection import transaction
from store.counts import count_live, refresh_counts
from store.cursors import Cursor, read_cursor, save_cursor
from store.files import KnownFile, read_files_below, save_unreadable
from store.runs import Counts, Status

if TYPE_CHECKING:
    from record_types.pages import Problem

SOURCE = "readwise"

BATCH_IDS = 100
"""Books that are asked for whole in one request."""


class Exporter(Protocol):
    """What a fetch asks: `ingest.readwise.api_client.ApiClient`."""

    def export(
        self, *, updated_after: str | None = None, page_cursor: str | None = None, ids: Sequence[int] = ()
    ) -> ApiAnswer: ...


@dataclass(slots=True)
class FetchReport:
    """What a fetch did."""

    counts: Counts = field(default_factory=Counts)
    books_read: int = 0
    books_unchanged: int = 0
    books_gone: int = 0
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    """`readwise:/<book id>`, and what was wrong."""
    interrupted: bool = False
    """`stop` said so: what is stored stays, and the next fetch goes on."""
    error: GleaningsError | None = None
    """What ended the fetch early; raise it once the run is finished."""


def run_fetch(
    db: sqlite3.Connection,
    client: Exporter,
    *,
    run_id: int,
    now: str,
    stop: Callable[[], bool],
    full: bool = False,
    advance: Callable[[int], None] = lambda _: None,
    monotonic: Callable[[], float] = time.monotonic,
) -> FetchReport:
    """Bring the store up to date with Readwise; `full` asks for everything anew.

    Never raises for what the user or the network can mend: that is in the report, with the counts of what
    was stored before.
    """
    fetch = _Fetch(db, client, run_id, now, stop, advance, monotonic)
    try:
        with paused_collection():
            fetch.run(Cursor() if full else read_cursor(db, SOURCE, reader=API_READER))
    except GleaningsError as error:
        fetch.report.error = None if stop() else error
    report = fetch.report
    report.interrupted = stop()
    unchanged = count_live(db) - report.counts.added - report.counts.changed
    skipped = len({path for path, problem in report.problems if problem.kind == "unreadable"})
    report.counts += Counts(unchanged=unchanged, skipped=skipped)
    return report


def name_status(report: FetchReport) -> Status:
    """How the run ended, as the table `runs` says it."""
    if report.interrupted:
        return "interrupted"
    if report.error:
        return "failed"
    return "partial" if report.counts.skipped else "ok"


@dataclass(slots=True)
class _Fetch:
    db: sqlite3.Connection
    client: Exporter
    run_id: int
    now: str
    stop: Callable[[], bool]
    advance: Callable[[int], None]
    monotonic: Callable[[], float]
    report: FetchReport = field(default_factory=FetchReport)
    known: dict[str, KnownFile] = field(default_factory=dict)
    unread: list[int] = field(default_factory=list)
    is_touched: bool = False
    """Something was stored that `mark_gone` has not looked at."""

    def run(self, cursor: Cursor) -> None:
        """List what changed; after a listing that an earlier run began once more, for what changed since."""
        self.known = read_files_below(self.db, ROOT)
        self.unread = find_unread(self.known)
        resumed = cursor.page_cursor is not None
        now = datetime.fromisoformat(self.now)
        self.is_touched = resumed
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
            answer = self._ask(updated_after=before.updated_after, page_cursor=before.page_cursor)
            if before.updated_after is None:
                plan = plan_books(answer.books, self.known)
            else:
                plan = self._fetch_whole(find_changed(answer.books, before.recent))
            nameless += [book for book in answer.books if book.id is None]
            if answer.next_cursor is None and (plan.changed or self.is_touched):
                drop_nameless(plan, self.known, nameless)
            cursor = listing.take(answer, self.monotonic() - started)
            self._store(plan, cursor if cursor != before else None, is_last=answer.next_cursor is None)
            self.advance(len(answer.books))
            if answer.next_cursor is None:
                return cursor
            if answer.next_cursor in seen:
                raise BusyError("Readwise's pages go in circles: try again later")
            seen.add(answer.next_cursor)

    def _fetch_whole(self, listed: Sequence[ApiBook]) -> BookPlan:
        """What the listed books, and those that could not be read before, are as a whole."""
        deleted = [book for book in listed if book.is_deleted or book.id is None]
        wanted = [book.id for book in listed if book.id is not None and not book.is_deleted]
        ids = list(dict.fromkeys((*wanted, *self.unread)))
        self.unread = []
        books = [*deleted]
        for start in range(0, len(ids), BATCH_IDS):
            books += self._ask_whole(ids[start : start + BATCH_IDS])
        return plan_books(books, self.known, ids)

    def _ask_whole(self, ids: Sequence[int]) -> Iterable[ApiBook]:
        page_cursor: str | None = None
        seen: set[str | None] = set()
        while page_cursor not in seen:
            seen.add(page_cursor)
            answer = self._ask(page_cursor=page_cursor, ids=ids)
            yield from (book for book in answer.books if book.id in ids)
            page_cursor = answer.next_cursor
            if page_cursor is None:
                return

    def _ask(
        self, *, updated_after: str | None = None, page_cursor: str | None = None, ids: Sequence[int] = ()
    ) -> ApiAnswer:
        if self.stop():
            raise BusyError("stopped")
        return self.client.export(updated_after=updated_after, page_cursor=page_cursor, ids=ids)

    def _store(self, plan: BookPlan, cursor: Cursor | None, *, is_last: bool) -> None:
        """The page's books and where the listing goes on (None: no change), in one transaction."""
        changes = bool(plan.changed or plan.gone_ids)
        self.is_touched = self.is_touched or changes
        with transaction(self.db):
            save_unreadable(self.db, plan.unreadable, run_id=self.run_id, reader=API_READER)
            if changes:
                self._save_books(plan)
            if is_last and self.is_touched:
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
        """What stands nowhere any more; counted here, since a kill may come before the run is finished."""
        from store.save_batch import mark_gone

        self.report.counts += Counts(removed=mark_gone(self.db, now=self.now))
        refresh_counts(self.db)
        self.is_touched = False
