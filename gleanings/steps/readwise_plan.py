"""Plan what to store from a page of Readwise's API, and where the next listing begins."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ingest.readwise.api_answer import ROOT, ApiAnswer, ApiBook, hash_book
from store.cursors import Cursor
from store.files import KnownFile

if TYPE_CHECKING:
    from record_types.pages import Problem, SourceFile

API_READER = 2
"""Incremented when the API reader's records change: everything is then requested again."""

OVERLAP = timedelta(seconds=60)
"""Requested again before the latest time seen: the server may store what it stamped earlier."""

HORIZON = timedelta(days=366)
"""A time this far ahead of this machine's clock is an error: a cursor there would miss all changes."""

QUICK = 30.0
"""Seconds; a longer listing is also overlapped by its own length, since books change meanwhile."""

NAMELESS = "without-id"
"""Path for all entries without an id, which can be neither stored nor requested again."""


@dataclass(slots=True)
class BookPlan:
    """What to store from some complete books."""

    changed: list[SourceFile] = field(default_factory=list)
    unreadable: list[SourceFile] = field(default_factory=list)
    gone_ids: list[int] = field(default_factory=list)
    """Ids of files."""
    unchanged: int = 0

    @property
    def problems(self) -> list[tuple[str, Problem]]:
        """Each with the book's path in the store."""
        files = (*self.changed, *self.unreadable)
        return [(f"{ROOT}/{file.stamp.path}", problem) for file in files for problem in file.problems]


def find_changed(books: Iterable[ApiBook], recent: Set[str]) -> list[ApiBook]:
    """The listed books with something that was not seen before."""
    return [book for book in books if not book.make_fingerprints().keys() <= recent]


def find_unread(known: Mapping[str, KnownFile]) -> list[int]:
    """The ids of the books that have been unreadable so far."""
    return [
        int(path) for path, file in known.items() if path.isdecimal() and not file.sha256 and not file.gone
    ]


def plan_books(
    books: Iterable[ApiBook], known: Mapping[str, KnownFile], asked: Collection[int] = ()
) -> BookPlan:
    """Compare whole `books` with the `known` ones by id.

    A book that was `asked` for and not sent is unreadable: nothing is deleted unless the server says so.
    """
    plan = BookPlan()
    books = list(books)
    if not books and not asked:
        return plan
    # Imported here, since most fetches of a scheduled sync find nothing new.
    from ingest.readwise.api_book import make_source, make_unread
    from record_types.pages import FileStamp, SourceFile

    by_id = {book.id: book for book in books if book.id is not None}
    for id_, book in by_id.items():
        before = known.get(str(id_))
        if book.is_deleted:
            plan.gone_ids += [before.id] if before and not before.gone else []
        elif before and _is_same(before, book):
            plan.unchanged += 1
        else:
            file = make_source(book)
            (plan.changed if file.pages else plan.unreadable).append(file)
    for id_ in sorted(set(asked) - set(by_id)):
        stamp = FileStamp(ROOT, str(id_), 0, 0)
        plan.unreadable.append(make_unread(stamp, "changed, but the API did not send it when requested"))
    nameless = tuple(problem for book in books if book.id is None for problem in make_source(book).problems)
    if nameless:
        plan.unreadable.append(SourceFile(FileStamp(ROOT, NAMELESS, 0, 0), "", problems=nameless))
    return plan


def drop_nameless(plan: BookPlan, known: Mapping[str, KnownFile], listed: Iterable[ApiBook]) -> None:
    """On a listing's last page: drop the problem about entries without an id if it `listed` none."""
    before = known.get(NAMELESS)
    if before and not before.gone and all(book.id is not None for book in listed):
        plan.gone_ids.append(before.id)


def _is_same(before: KnownFile, book: ApiBook) -> bool:
    if before.gone or before.reader != API_READER:
        return False
    digest, size = hash_book(book)
    return (before.sha256, before.size) == (digest, size)


@dataclass(slots=True)
class Listing:
    """One listing from its first page to its last; computes where the next one begins."""

    cursor: Cursor
    """As stored."""
    resumed: bool
    """An earlier run began it, so changes on its first pages since then are unknown."""
    now: datetime
    """This machine's clock; only used to reject impossible times."""
    latest: datetime | None = None
    prints: dict[str, datetime | None] = field(default_factory=dict)

    def take(self, answer: ApiAnswer, elapsed: float) -> Cursor:
        """The cursor to store with the answer's books; `elapsed` is in seconds since this listing began."""
        is_first = self.cursor.page_cursor is None
        latest = self._find_latest(answer)
        self.latest = max(filter(None, (self.latest, latest)), default=None)
        since = self.latest - OVERLAP if self.latest else None
        for book in answer.books:
            self.prints |= book.make_fingerprints(since)
        first_latest = _format(latest) if is_first else self.cursor.first_latest
        if answer.next_cursor is not None:
            self.cursor = self.cursor._replace(page_cursor=answer.next_cursor, first_latest=first_latest)
        else:
            self.cursor = self._finish(first_latest, elapsed)
        return self.cursor

    def _find_latest(self, answer: ApiAnswer) -> datetime | None:
        horizon = self.now + HORIZON
        times = (book.latest for book in answer.books if book.latest and book.latest < horizon)
        return max(times, default=None)

    def _finish(self, first_latest: str | None, elapsed: float) -> Cursor:
        before = self.cursor.updated_after
        latest = _parse(first_latest) if self.resumed else self.latest
        overlap = OVERLAP if elapsed < QUICK else OVERLAP * (1 + math.ceil(elapsed / 60))
        candidates = [moment for moment in (before, _format(latest and latest - overlap)) if moment]
        after = max(candidates, default=None)
        if self.resumed:
            return Cursor(after)
        since = _parse(after)
        fresh = frozenset(each for each, time in self.prints.items() if not (since and time and time < since))
        return Cursor(after, fresh | self.cursor.recent if after == before else fresh)


def _format(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with a fixed width, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def _parse(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
