"""Requests from other sites are recognised, and too many or too slow ones are refused."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest

from tests.store.browse.requirements import need_module

need_module("datasette")

from datasette.app import Datasette  # noqa: E402

from store.browse import query_limits, request_guard  # noqa: E402 - Datasette brings what they need
from store.browse.access import read_password  # noqa: E402
from store.browse.plugin import prepare_connection  # noqa: E402
from store.browse.query_limits import RowCounter, find_part, raise_limits  # noqa: E402
from store.browse.request_guard import RequestGuard, asks_for_data, comes_from_elsewhere  # noqa: E402


def make_scope(path: str = "/", method: str = "GET", query: bytes = b"", **headers: Any) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"path": path, "method": method, "query_string": query, "headers": named}


@pytest.mark.parametrize(
    ("headers", "is_elsewhere"),
    [
        ({}, False),
        ({"Sec_Fetch_Site": "same-origin"}, False),
        ({"sec_fetch_site": "None"}, False),
        ({"sec_fetch_site": "cross-site"}, True),
        ({"sec_fetch_site": "same-site"}, True),
        ({"sec_fetch_site": "none", "origin": "https://evil.example"}, False),
        ({"origin": "http://A.example:80", "host": "a.example:80"}, False),
        ({"origin": "http://a.example:81", "host": "a.example:80"}, True),
        ({"origin": "null", "host": "a.example"}, True),
        ({"host": "a.example"}, False),
    ],
)
def test_a_browser_says_where_a_request_comes_from(headers: Any, is_elsewhere: bool) -> None:
    assert comes_from_elsewhere(make_scope(**headers)) is is_elsewhere


@pytest.mark.parametrize(
    ("scope", "is_for_data"),
    [
        (make_scope("/home", sec_fetch_mode="navigate"), False),
        (make_scope("/home", "HEAD", sec_fetch_mode="navigate"), False),
        (make_scope("/home"), False),
        (make_scope("/home", query=b"q=a&page=2"), False),
        (make_scope("/home", "POST", sec_fetch_mode="navigate"), True),
        (make_scope("/home", sec_fetch_mode="no-cors"), True),
        (make_scope("/home.json", sec_fetch_mode="navigate"), True),
        (make_scope("/a.b/home", sec_fetch_mode="navigate"), False),
        (make_scope("/home", query=b"sql=select+1", sec_fetch_mode="navigate"), True),
        (make_scope("/home", query=b"_where=", sec_fetch_mode="navigate"), True),
    ],
)
def test_a_link_on_another_site_leads_to_a_page_and_to_no_data(scope: Any, is_for_data: bool) -> None:
    assert asks_for_data(scope) is is_for_data


def run_requests(count: int, seconds: float, *, begins: bool = False) -> list[int]:
    """The statuses of this many requests at once, each of which takes so long to answer."""
    guard = RequestGuard()
    statuses: list[int] = []
    running, most = 0, 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            if begins:
                await send({"type": "http.response.start", "status": 200})
            await asyncio.sleep(seconds)
            if not begins:
                await send({"type": "http.response.start", "status": 200})
        finally:
            running -= 1

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def run_all() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                group.create_task(guard.run(app, {}, None, send))
                if number + 1 == request_guard.MAX_RUNNING:
                    for _ in range(10):  # before the others come, these run
                        await asyncio.sleep(0)

    asyncio.run(run_all())
    assert most <= request_guard.MAX_RUNNING
    return sorted(statuses)


def test_requests_wait_for_their_turn_and_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_guard, "MAX_WAITING", 3)
    assert run_requests(3, 0.05) == [200] * 3
    assert run_requests(5, 0.05) == [200] * 5
    assert run_requests(7, 0.05) == [200] * 5 + [503] * 2


def test_a_request_that_waits_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_guard, "MAX_WAIT_S", 0.02)
    assert run_requests(3, 0.2) == [200, 200, 503]


def test_an_answer_that_does_not_begin_in_time_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_guard, "MAX_ANSWER_S", 0.02)
    assert run_requests(1, 5) == [503]
    assert run_requests(1, 0.1, begins=True) == [200]


def test_a_refusal_says_when_to_try_again() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    for status in (403, 503):
        asyncio.run(request_guard.refuse(send, status, b"x"))
    assert [(b"retry-after", b"5") in each["headers"] for each in sent if "headers" in each] == [False, True]
    assert [each["body"] for each in sent if "body" in each] == [b"x", b"x"]


# --- passwords and limits


@pytest.mark.parametrize(
    ("header", "password"),
    [
        ("Basic cmVhZGVyOmE6Yg==", "a:b"),
        ("basic  Onc= ", "w"),
        ("Bearer  a b ", "a b"),
        ("Basic cmVhZGVy", ""),
        ("Basic !", None),
        ("Basic /w==", None),
        ("Digest x", None),
        ("", None),
    ],
)
def test_a_password_is_read_from_its_header(header: str, password: str | None) -> None:
    assert read_password(header) == password


@pytest.mark.parametrize(("database", "is_limited"), [("_memory", True), ("gleanings", False)])
def test_the_database_in_memory_beside_a_store_is_limited(database: str, is_limited: bool) -> None:
    db = sqlite3.connect(":memory:")
    prepare_connection(db, database, Datasette())
    limits = ("SQLITE_LIMIT_LENGTH", "SQLITE_LIMIT_COLUMN", "SQLITE_LIMIT_LIKE_PATTERN_LENGTH")
    found = [db.getlimit(getattr(sqlite3, name)) for name in limits]
    assert (found == [4_000_000, 100, 500]) is is_limited
    assert isinstance(db.row_factory, RowCounter) is is_limited


def test_the_rows_of_one_result_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_limits, "MAX_RESULT", 1_000)
    db = sqlite3.connect(":memory:")
    rows = """with recursive n (x) as (select 1 union all select x + 1 from n)
    select x, 'aa', x'bb' from n limit ?"""
    for largest, count in ((0, 6), (1_000, 6), (2_000, 13)):
        db.row_factory = RowCounter(largest)
        for _ in range(2):
            assert len(db.execute(rows, (count,)).fetchall()) == count
            with pytest.raises(sqlite3.OperationalError, match="the result is larger than 0 MB"):
                db.execute(rows, (count + 1,)).fetchall()


@pytest.mark.parametrize(
    ("longest", "length", "columns"), [(1_000_000, 1_100_000, 363), (99_000_000, 16_100_000, 24)]
)
def test_a_raised_limit_has_room_for_fewer_columns(longest: int, length: int, columns: int) -> None:
    db = sqlite3.connect(":memory:")
    raise_limits(db, longest)
    assert db.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == length
    assert db.getlimit(sqlite3.SQLITE_LIMIT_COLUMN) == columns


def test_a_raised_result_may_be_twice_its_longest_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_limits, "MAX_RESULT", 1_000)
    db = sqlite3.connect(":memory:")
    raise_limits(db, 0)
    zeros = "select zeroblob(99950), zeroblob(?)"
    assert len(db.execute(zeros, (99_950,)).fetchall()) == 1
    with pytest.raises(sqlite3.OperationalError, match="larger than"):
        db.execute(zeros, (99_951,)).fetchall()


def test_a_part_is_found_in_text_and_bytes() -> None:
    assert [find_part(text, "b") for text in ("abc", "c", None, b"ab", 5)] == [2, 0, None, 2, 0]
    assert [find_part("a5", part) for part in (5, b"5", None, "")] == [2, 2, None, 1]
    assert find_part("éb".encode(), b"b") == 3
    assert find_part("éb".encode(), "b") == 2
    assert [find_part(number, ".") for number in (1.0, 1e300, float("inf"))] == [2, 2, 0]
