"""Which of Readwise's answers are stored, and where the next listing begins."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gleanings.steps.readwise_plan import (
    API_READER,
    NAMELESS,
    Listing,
    drop_nameless,
    find_changed,
    find_unread,
    plan_books,
)
from ingest.readwise.api_answer import ApiAnswer, ApiBook, hash_book, parse_answer
from store.cursors import Cursor
from store.files import KnownFile

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def book(id_: object, minutes: float = 0, *, text: str = "Words.", **more: object) -> dict[str, Any]:
    at = (NOW + timedelta(minutes=minutes)).isoformat()
    highlights = [{"id": 1, "text": text, "updated_at": at}] if text else []
    fields = {"user_book_id": id_, "title": "T", "category": "books", "highlights": highlights}
    return {**fields, **more}


def answer(*books: dict[str, Any], following: str | None = None) -> ApiAnswer:
    return parse_answer(json.dumps({"results": list(books), "nextPageCursor": following}).encode())


def known(id_: int, each: ApiBook | None = None, **more: Any) -> KnownFile:
    digest, size = hash_book(each) if each else ("", 0)
    return KnownFile(id_ + 100, "readwise:", str(id_), size, 0, digest, False, API_READER, "")._replace(
        **more
    )


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({}, "unchanged"),
        ({"gone": True}, "changed"),
        ({"reader": API_READER - 1}, "changed"),
        ({"sha256": "x"}, "changed"),
        ({"size": 1}, "changed"),
    ],
)
def test_a_book_is_stored_unless_it_is_unchanged(more: dict[str, Any], outcome: str) -> None:
    (each,) = answer(book(1)).books
    plan = plan_books([each], {"1": known(1, each, **more)})
    assert (plan.unchanged, len(plan.changed)) == ((1, 0) if outcome == "unchanged" else (0, 1))
    assert (plan.unreadable, plan.gone_ids, plan.problems) == ([], [], [])
    assert len(plan_books([each], {}).changed) == 1


def test_a_deleted_book_is_gone_once_and_one_that_was_not_sent_is_unreadable() -> None:
    deleted = answer(book(1, is_deleted=True)).books
    assert plan_books(deleted, {"1": known(1)}).gone_ids == [101]
    assert plan_books(deleted, {"1": known(1, gone=True)}).gone_ids == []
    assert plan_books(deleted, {}).gone_ids == []
    plan = plan_books(answer(book(2)).books, {}, asked=[3, 2, 1])
    assert [each.stamp.path for each in plan.unreadable] == ["1", "3"]
    assert [path for path, _ in plan.problems] == ["readwise:/1", "readwise:/3"]
    assert len(plan_books([], {}, asked=[1]).unreadable) == 1
    assert plan_books([], {}) == plan_books([], {"1": known(1)})


def test_entries_without_an_id_are_one_problem_until_none_is_listed() -> None:
    listed = answer(book(None), book(1), book(None)).books
    plan = plan_books(listed, {})
    assert [each.stamp.path for each in plan.unreadable] == [NAMELESS]
    assert len(plan.problems) == 2
    for is_gone, books, gone in ((False, listed, []), (False, listed[1:2], [100]), (True, listed[1:2], [])):
        plan = plan_books(listed[1:2], {})
        drop_nameless(plan, {NAMELESS: known(0, gone=is_gone)}, books)
        assert plan.gone_ids == gone
    drop_nameless(plan, {}, [])
    assert plan.gone_ids == []


def test_unread_books_are_found_by_their_missing_hash() -> None:
    files = {"1": known(1), "2": known(2, sha256="x"), "3": known(3, gone=True), NAMELESS: known(4)}
    assert find_unread(files) == [1]


def test_a_book_has_changed_if_any_highlight_was_not_seen() -> None:
    one, two = answer(book(1), book(2)).books
    assert find_changed([one, two], set(one.make_fingerprints())) == [two]


def take(listing: Listing, elapsed: float, *pages: ApiAnswer) -> Cursor:
    for page in pages:
        cursor = listing.take(page, elapsed)
    return cursor


def at(minutes: float) -> str:
    return (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.mark.parametrize(
    ("elapsed", "minutes"), [(0, -1), (29.9, -1), (30, -2), (60, -2), (60.1, -3), (600, -11)]
)
def test_the_next_listing_overlaps_this_one_by_a_minute_and_by_its_length(
    elapsed: float, minutes: float
) -> None:
    cursor = take(Listing(Cursor(), False, NOW), elapsed, answer(book(1, -5), book(2, 0)))
    assert (cursor.updated_after, cursor.page_cursor, cursor.first_latest) == (at(minutes), None, None)


def test_only_what_the_next_listing_repeats_is_remembered() -> None:
    pages = answer(book(1, -2), book(2, -1), book(3, 0)), answer(book(4, -0.5), book(5, text=""))
    cursor = take(Listing(Cursor(), False, NOW), 0, answer(*pages[0:0]), pages[0])
    wanted = {each for one in pages[0].books[1:] for each in one.make_fingerprints()}
    assert cursor.recent == wanted
    before = Cursor(at(-1), frozenset({"old"}))
    assert take(Listing(before, False, NOW), 0, pages[0]).recent == wanted | {"old"}
    assert take(Listing(before, False, NOW), 0, answer(book(3, 1))).recent == set(
        answer(book(3, 1)).books[0].make_fingerprints()
    )
    empty = take(Listing(before, False, NOW), 0, answer())
    assert empty == before
    assert take(Listing(Cursor(), False, NOW), 0, answer()) == Cursor()


def test_a_listing_of_several_pages_is_continued_and_ends_at_the_latest_of_all() -> None:
    first, last = answer(book(1, -9), following="p2"), answer(book(2, -3))
    listing = Listing(Cursor(at(-60)), False, NOW)
    assert listing.take(first, 0) == Cursor(at(-60), frozenset(), "p2", at(-9))
    assert listing.take(answer(book(3, -4), following="p3"), 0) == Cursor(at(-60), frozenset(), "p3", at(-9))
    assert listing.take(last, 0).updated_after == at(-4)
    resumed = Listing(Cursor(at(-60), frozenset({"x"}), "p2", at(-9)), True, NOW)
    assert resumed.take(last, 0) == Cursor(at(-10))
    late = Listing(Cursor(at(-5), frozenset({"x"}), "p2", at(-9)), True, NOW)
    assert late.take(last, 0) == Cursor(at(-5))


@pytest.mark.parametrize(("days", "counts"), [(365, True), (366, False), (367, False)])
def test_an_impossible_time_does_not_move_the_cursor(days: int, counts: bool) -> None:
    cursor = take(Listing(Cursor(), False, NOW), 0, answer(book(1, days * 1440), book(2, 0)))
    assert cursor.updated_after == (at(days * 1440 - 1) if counts else at(-1))
