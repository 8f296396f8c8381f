"""What a page of Readwise's API means for the store: pure."""

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
"""Raised when the API's reader gives other records than before: everything is then asked for again."""

OVERLAP = timedelta(seconds=60)
"""So much before the largest time that was seen is asked again: what was stamped early and stored late."""

HORIZON = timedelta(days=366)
"""A time so far ahead of this machine's clock is an error: a cursor there would never see news."""

QUICK = 30.0
"""Seconds; a listing that takes longer is overlapped by its own length too, since meanwhile things change."""

NAMELESS = "without-id"
"""Stands for all entries without an id, which can neither be stored nor asked for again."""


@dataclass(slots=True)
class BookPlan:
    """What to store of some whole books."""

    changed: list[SourceFile] = field(default_factory=list)
    unreadable: list[SourceFile] = field(default_factory=list)
    gone_ids: list[int] = field(default_factory=list)
    """Ids of files."""
    unchanged: int = 0

    @property
    def problems(self) -> list[tuple[str, Problem]]:
        """With the path that the store knows the book by."""
        files = (*self.changed, *self.unreadable)
        return [(f"{ROOT}/{file.stamp.path}", problem) for file in files for problem in file.problems]


def find_changed(books: Iterable[ApiBook], recent: Set[str]) -> list[ApiBook]:
    """The listed books of which something was not seen before."""
    return [book for book in books if not book.make_fingerprints().keys() <= recent]


def find_unread(known: Mapping[str, KnownFile]) -> list[int]:
    """The ids of the books that could not be read so far."""
    return [
        int(path) for path, file in known.items() if path.isdecimal() and not file.sha256 and not file.gone
    ]


def plan_books(
    books: Iterable[ApiBook], known: Mapping[str, KnownFile], asked: Collection[int] = ()
) -> BookPlan:
    """What of `books`, which are whole, differs from what is `known` by id.

    Of those `asked` for, one that did not come is unreadable: nothing is deleted unless the server says so.
    """
    plan = BookPlan()
    books = list(books)
    if not books and not asked:
        return plan
    # Here, since most fetches of a scheduled sync find nothing new.
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
        plan.unreadable.append(make_unread(stamp, "it changed, but was not sent when asked for"))
    nameless = tuple(problem for book in books if book.id is None for problem in make_source(book).problems)
    if nameless:
        plan.unreadable.append(SourceFile(FileStamp(ROOT, NAMELESS, 0, 0), "", problems=nameless))
    return plan


def drop_nameless(plan: BookPlan, known: Mapping[str, KnownFile], listed: Iterable[ApiBook]) -> None:
    """On a listing's last page: the note on entries without an id goes, where it `listed` none."""
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
    """One listing from its first page to its last, and what it says of where the next begins."""

    cursor: Cursor
    """As it is stored."""
    resumed: bool
    """An earlier run began it: what changed since then on its pages is not known."""
    now: datetime
    """This machine's clock: only to tell what cannot be a time."""
    latest: datetime | None = None
    prints: dict[str, datetime | None] = field(default_factory=dict)

    def take(self, answer: ApiAnswer, elapsed: float) -> Cursor:
        """The cursor to store with the answer's books; `elapsed` in seconds since this listing began."""
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
    """ISO 8601 in UTC, of a width that sorts by time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def _parse(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
