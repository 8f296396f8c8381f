"""Readwise's API → the store: whatever goes wrong, the end is that of an undisturbed sync."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from ingest.source import parse_text
from ingest.text import Text
from record_types.errors import BusyError, InputError
from record_types.pages import FileStamp, SourceFile
from store.connection import open_memory
from store.cursors import read_cursor
from tests.gleanings.fetches import fetch, read_dump
from tests.readwise_api import Api, Fault, Library, make_book, make_highlight, make_library, read_time, serve
from tests.store.stores import one, read_all, read_state, save, undo


@pytest.fixture
def api() -> Iterator[Api]:
    """24 books with 96 highlights, five books a page."""
    with serve(Api(make_library(24, 96), page_books=5)) as server:
        yield server
        assert server.errors == []


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = open_memory()
    yield connection
    assert connection.execute("pragma foreign_key_check").fetchall() == []
    connection.close()


def from_scratch(api: Api) -> dict[str, list[tuple[object, ...]]]:
    """What a first sync of the library as it is now makes."""
    faults = list(api.faults)
    api.faults.clear()
    fresh = open_memory()
    fetch(fresh, api)
    api.faults += faults
    return read_dump(fresh)


def same_but_history(one: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """Without what only a store with a past has: rows that are gone, links that nothing shows any more."""
    return {
        name: rows
        for name, rows in one.items()
        if name not in ("gone", "gone documents", "links", "counts", "tweet texts", "cursors")
    }


def ask_count(api: Api, work: Callable[[], object]) -> int:
    before = len(api.asked)
    work()
    return len(api.asked) - before


def test_a_first_sync_takes_everything_page_by_page(api: Api, db: sqlite3.Connection) -> None:
    report = fetch(db, api)
    assert (report.error, report.counts.added, report.books_read) == (None, 96, 24)
    assert len(api.asked) == 5
    assert one(db, "select count(*) from highlights where gone_at is null") == 96
    assert one(db, "select count(*) from tweets") == 24


def test_a_sync_without_changes_is_one_request_and_changes_no_row(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    before = read_all(db)
    for _ in range(3):
        assert ask_count(api, lambda: fetch(db, api)) == 1
        assert read_all(db) == before


def test_the_overlap_is_requested_again_and_recognised(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    fetch(db, api)
    assert read_time(api.asked[-1]["updatedAfter"]) == api.library.now - timedelta(seconds=60)
    assert len(list(api.library.list_books(api.library.now - timedelta(seconds=60), None, True))) == 3


@pytest.mark.parametrize("hours", [-24, 24])
def test_the_local_clock_does_not_matter(api: Api, db: sqlite3.Connection, hours: int) -> None:
    now = "2024-02-29T12:00:00Z" if hours < 0 else "2024-03-03T12:00:00Z"
    fetch(db, api, now=now)
    cursor = read_cursor(db, "readwise", reader=1)
    fresh = open_memory()
    fetch(fresh, api)
    assert cursor == read_cursor(fresh, "readwise", reader=1)
    api.library.change(api.library.find(500_010), text="edited")
    assert fetch(db, api, now=now).counts.changed == 1


def test_an_edit_fetches_the_whole_book_by_its_id(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    api.library.tick(3600)
    highlight = api.library.find(500_010)
    api.library.change(highlight, text="Passage 10, edited", note="new", tags=[{"id": 9, "name": "fresh"}])
    assert ask_count(api, lambda: fetch(db, api)) == 2
    assert api.asked[-1]["ids"] == str(highlight["book_id"])
    assert one(db, "select note from highlights where text = 'Passage 10, edited'") == "new"
    assert same_but_history(read_dump(db)) == same_but_history(from_scratch(api))
    assert one(db, "select count(*) from versions") == 1
    assert ask_count(api, lambda: fetch(db, api)) == 1


def test_deleted_tags_and_notes_are_removed(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    api.library.change(api.library.find(500_007), note=None, tags=[])
    assert fetch(db, api).counts.changed == 1
    assert same_but_history(read_dump(db)) == same_but_history(from_scratch(api))


def test_a_books_fields_change_without_a_changed_highlight(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    api.library.change_book(
        api.library.books[1001], document_note="mine", book_tags=[{"id": 1, "name": "shelf"}], title="Renamed"
    )
    fetch(db, api)
    assert one(db, "select note from documents where full_title = 'Renamed'") == "mine"
    assert same_but_history(read_dump(db)) == same_but_history(from_scratch(api))


def test_a_deleted_highlight_is_marked_gone_and_comes_back(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    before = read_state(db)
    highlight = api.library.find(500_010)
    api.library.change(highlight, is_deleted=True)
    assert fetch(db, api).counts.removed == 1
    assert one(db, "select count(*) from highlights where gone_at is not null") == 1
    api.library.change(highlight, is_deleted=False)
    assert fetch(db, api).counts.added == 1
    assert read_state(db) == before


def test_a_highlight_that_moves_to_a_book_on_a_later_page_is_never_gone(db: sqlite3.Connection) -> None:
    with serve(Api(make_library(3, 6), page_books=1)) as api:
        fetch(db, api)
        first, _, last = api.library.books.values()
        last["highlights"].append(first["highlights"].pop())
        api.library.change_book(first)
        api.library.change(last["highlights"][-1])
        assert fetch(db, api).counts.removed == 0
        assert same_but_history(read_dump(db)) == same_but_history(from_scratch(api))


def test_a_deleted_book_is_gone_and_comes_back(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    before = read_state(db)
    api.library.change_book(api.library.books[1005], is_deleted=True)
    report = fetch(db, api)
    assert (report.counts.removed, report.books_gone) == (4, 1)
    assert one(db, "select count(*) from documents where gone_at is not null") == 1
    api.library.change_book(api.library.books[1005], is_deleted=False)
    assert fetch(db, api).counts.added == 4
    assert read_state(db) == before


def test_a_book_that_is_listed_but_not_sent_is_not_deleted(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    api.library.tick(3600)
    api.library.change(api.library.find(500_010), text="edited")
    api.faults += [None, Fault("body", body=b'{"results": [], "nextPageCursor": null}')]
    report = fetch(db, api)
    assert (report.counts.removed, report.counts.skipped) == (0, 1)
    assert "did not send" in report.problems[0][1].message
    assert fetch(db, api).counts.changed == 1
    assert same_but_history(read_dump(db)) == same_but_history(from_scratch(api))


TROUBLE = {
    "429 with a time": [Fault("status", 429, {"Retry-After": "2"})],
    "429 without": [Fault("status", 429)] * 3,
    "a burst of 500": [Fault("status", 500), Fault("status", 502), Fault("status", 503)],
    "reset": [Fault("reset")],
    "cut": [Fault("cut"), Fault("cut")],
    "a portal's page": [Fault("body", body=b"<html>")],
}


@pytest.mark.parametrize("name", TROUBLE)
def test_transient_failures_do_not_change_the_result(api: Api, db: sqlite3.Connection, name: str) -> None:
    for page in range(5):
        api.faults += [*TROUBLE[name], None] if page % 2 else [None]
    assert fetch(db, api).error is None
    assert read_dump(db) == from_scratch(api)


@pytest.mark.parametrize("pages", range(6))
def test_an_interrupted_fetch_resumes_where_it_stopped(api: Api, db: sqlite3.Connection, pages: int) -> None:
    api.faults += [None] * pages + [Fault("status", 500)] * 7
    report = fetch(db, api)
    assert isinstance(report.error, BusyError) == (pages < 5)
    assert report.counts.added == min(pages * 20, 96)
    api.faults.clear()
    second = fetch(db, api)
    assert (second.error, report.counts.added + second.counts.added) == (None, 96)
    if pages:
        assert pages == 5 or "pageCursor" in api.asked[pages + 7]
    assert read_dump(db) == from_scratch(api)
    assert ask_count(api, lambda: fetch(db, api)) == 1


def test_changes_to_pages_read_before_an_interruption_are_not_missed(
    api: Api, db: sqlite3.Connection
) -> None:
    api.faults += [None, None] + [Fault("status", 500)] * 7
    fetch(db, api)
    api.library.tick(86_400)
    api.library.change(api.library.find(500_000), text="edited on the first page")
    api.library.change(api.library.find(500_023), text="edited on the last page")
    fetch(db, api)
    assert same_but_history(read_dump(db)) == same_but_history(from_scratch(api))


def test_changes_during_a_fetch_are_not_missed(api: Api, db: sqlite3.Connection) -> None:
    def edit(requests: int) -> None:
        if requests == 3:
            api.library.change(api.library.find(500_000), text="edited meanwhile")
            api.library.tick(900)
            api.library.change(api.library.find(500_023), text="edited later, and still to be listed")

    api.on_answer = edit
    clock = iter([0.0, 1.0, 2.0, 3.0, 950.0, 951.0, 952.0])
    fetch(db, api, monotonic=lambda: next(clock))
    api.on_answer = lambda _: None
    fetch(db, api)
    assert same_but_history(read_dump(db)) == same_but_history(from_scratch(api))


def test_an_expired_page_cursor_restarts_the_listing(api: Api, db: sqlite3.Connection) -> None:
    api.faults += [None, None] + [Fault("status", 500)] * 7
    fetch(db, api)
    api.faults += [Fault("status", 404)]
    assert fetch(db, api).error is None
    assert read_dump(db) == from_scratch(api)


def test_a_stop_takes_effect_between_pages_and_loses_nothing(api: Api, db: sqlite3.Connection) -> None:
    report = fetch(db, api, stop=lambda: len(api.asked) >= 2)
    assert (report.interrupted, report.error, report.counts.added) == (True, None, 40)
    fetch(db, api)
    assert read_dump(db) == from_scratch(api)


def test_a_malformed_book_is_named_and_the_others_are_stored(api: Api, db: sqlite3.Connection) -> None:
    good = api.library.books[1003]["highlights"]
    api.library.books[1003]["highlights"] = None
    report = fetch(db, api)
    assert (report.counts.added, report.counts.skipped) == (92, 1)
    ((path, problem),) = report.problems
    assert path == "readwise:/1003"
    assert "Article 1003" in problem.message
    assert one(db, "select count(*) from problems where kind = 'unreadable'") == 1
    before = read_all(db)
    assert ask_count(api, lambda: fetch(db, api)) == 2
    assert read_all(db) == before
    api.library.books[1003]["highlights"] = good
    assert fetch(db, api).counts.added == 4
    assert one(db, "select count(*) from problems") == 0


def test_a_book_that_becomes_malformed_keeps_its_stored_rows(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    before = read_state(db)
    good = api.library.books[1003]["highlights"]
    api.library.change_book(api.library.books[1003], highlights={"not": "a list"})
    assert fetch(db, api).counts.removed == 0
    assert read_state(db) == before
    api.library.books[1003]["highlights"] = good
    fetch(db, api)
    assert read_dump(db)["problems"] == []
    assert read_state(db) == before


@pytest.mark.parametrize("entry", [None, {"title": "No id", "highlights": []}, [1, 2]])
def test_an_entry_without_an_id_is_a_problem_until_it_is_fixed(
    api: Api, db: sqlite3.Connection, entry: object
) -> None:
    shown = [entry, *api.library.books.values()]
    listing, api.library.list_books = api.library.list_books, lambda *_, **__: iter(shown)  # type: ignore
    report = fetch(db, api)
    assert (report.counts.added, report.counts.skipped) == (96, 1)
    assert one(db, "select count(*) from problems") == 1
    api.library.list_books = listing  # type: ignore[method-assign]
    fetch(db, api)
    assert one(db, "select count(*) from problems") == 1
    api.library.change(api.library.find(500_010), text="edited")
    fetch(db, api)
    assert one(db, "select count(*) from problems") == 0


def test_a_refused_token_stores_nothing(api: Api, db: sqlite3.Connection) -> None:
    report = fetch(db, api, token="some-other-token")
    assert isinstance(report.error, InputError)
    assert one(db, "select count(*) from files") == 0


def test_an_empty_library_is_fine(db: sqlite3.Connection) -> None:
    with serve(Api(Library())) as api:
        assert fetch(db, api).error is None
        api.library.add(make_book(5, highlights=[make_highlight(1, "first", api.library.tick())]))
        assert fetch(db, api).counts.added == 1


def test_fetching_everything_again_changes_no_row(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    before = read_all(db)
    report = fetch(db, api, full=True)
    assert (report.books_read, report.books_unchanged) == (0, 24)
    assert read_all(db) == before


def test_an_undone_fetch_is_repeated(api: Api, db: sqlite3.Connection) -> None:
    fetch(db, api)
    before = read_dump(db)
    api.library.change(api.library.find(500_010), text="edited")
    api.library.change(api.library.find(500_011), is_deleted=True)
    fetch(db, api)
    after = read_dump(db)
    assert undo(db)
    for name in ("highlights", "documents", "notes", "files", "appearances", "highlight_tags"):
        assert read_dump(db)[name] == before[name], name
    fetch(db, api)
    assert read_dump(db) == after


def test_times_far_in_the_future_do_not_stop_later_updates(api: Api, db: sqlite3.Connection) -> None:
    api.library.find(500_001)["updated_at"] = "2199-01-01T00:00:00Z"
    fetch(db, api)
    api.library.change(api.library.find(500_010), text="edited")
    assert fetch(db, api).counts.changed == 1


# Beside pages of the graph.

STATUS = 1480000000000000001
URL = f"https://twitter.com/ada/status/{STATUS}"
PAGE = f"""title:: Ten Rules (highlights)
author:: [[@ada on Twitter]]
full-title:: "Ten Rules"
category:: #tweets
url:: {URL}

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
\t- The rules:
\t- Second rule ([View Tweet]({URL[:-1]}9))
\t\t- **Note**: on my page only"""


def read_page(text: str) -> SourceFile:
    dialect, parsed = parse_text(Text(text, "Ten Rules"))
    return SourceFile(
        FileStamp("/graph", "ten.md", 1, 1), "0" * 64, dialect, "utf-8", parsed.pages, parsed.problems
    )


def thread() -> Library:
    library = Library()
    book = make_book(
        9, title="Ten Rules", readable_title="Ten Rules", author="@ada on Twitter", category="tweets",
        source_url=URL,
    )  # fmt: skip
    texts = ("The rules:\n\n- read slowly\n- walk\n\nhttps://t.co/AbCdEf1234", "Second rule")
    book["highlights"] = [
        make_highlight(
            id_, text, library.tick(), url=f"{URL[:-1]}{last}", tags=[{"id": 1, "name": "in the API only"}]
        )
        for id_, (text, last) in enumerate(zip(texts, "19", strict=True), 1)
    ]
    library.add(book)
    return library


@pytest.mark.parametrize("page_first", [True, False])
def test_a_tweet_cut_off_by_the_plugin_is_completed_in_one_row(
    db: sqlite3.Connection, page_first: bool
) -> None:
    with serve(Api(thread())) as api:
        if page_first:
            save(db, read_page(PAGE))
            assert one(db, "select incomplete from highlights where uid = ?", f"tweet:{STATUS}") == 1
        fetch(db, api)
        if not page_first:
            save(db, read_page(PAGE))
    assert one(db, "select count(*) from highlights") == 2
    assert one(db, "select count(*) from documents") == 1
    assert one(db, "select count(*) from appearances") == 4
    text, incomplete = db.execute(
        "select text, incomplete from highlights where uid = ?", (f"tweet:{STATUS}",)
    ).fetchone()
    assert (text.endswith("- walk\n\nhttps://t.co/AbCdEf1234"), incomplete) == (True, 0)
    assert one(db, "select note from highlights where text = 'Second rule'") == "on my page only"
    assert one(db, "select count(*) from highlight_tags") == 2
    assert one(db, "select count(*) from links where uid = 't.co/AbCdEf1234'") == 1
    assert one(db, "select count(*) from cut_highlights") == 0


def test_a_highlight_deleted_in_readwise_stays_if_a_page_still_has_it(db: sqlite3.Connection) -> None:
    with serve(Api(thread())) as api:
        fetch(db, api)
        save(db, read_page(PAGE))
        api.library.change(api.library.find(2), is_deleted=True)
        assert fetch(db, api).counts.removed == 0
    assert one(db, "select count(*) from highlights where gone_at is null") == 2


# At full size.


@pytest.mark.slow
def test_twenty_thousand_highlights_survive_every_kind_of_failure(db: sqlite3.Connection) -> None:
    with serve(Api(make_library(500, 20_000), page_books=100)) as api:
        api.library.books[1250]["highlights"], kept = None, api.library.books[1250]["highlights"]
        api.faults += [
            *[Fault("status", 429, {"Retry-After": "5"}), None],
            *[Fault("status", 500), Fault("status", 503), None],
            *[Fault("reset"), Fault("cut"), None],
            *[Fault("status", 429), None],
        ]
        first = fetch(db, api)
        assert (first.error, first.counts.added, first.counts.skipped) == (None, 19_960, 1)
        api.library.change_book(api.library.books[1250], highlights=kept)
        edited = [api.library.find(500_000 + 997 * number) for number in range(20)]
        for highlight in edited[:15]:
            api.library.change(highlight, text=f"edited {highlight['id']}", note="n", tags=[{"name": "t"}])
        for highlight in edited[15:]:
            api.library.change(highlight, is_deleted=True)
        second = fetch(db, api)
        assert (second.error, second.counts.added, second.counts.removed) == (None, 40, 5)
        api.library.change(edited[19], is_deleted=False)
        fetch(db, api)
        before = read_all(db)
        assert ask_count(api, lambda: fetch(db, api)) == 1
        assert read_all(db) == before
        assert same_but_history(read_dump(db)) == same_but_history(from_scratch(api))
        assert api.errors == []
