"""The resources that one request may use, and which requests from other sites are refused."""

from __future__ import annotations

import http.client
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from store.browse.query_limits import MAX_RESULT, MAX_VALUE, limit_connection
from store.connection import open_store
from tests.store.browse.library import Library, make_example, serve
from tests.store.browse.requirements import need_module

need_module("datasette")

ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(make_example(tmp_path_factory.mktemp("served"))) as url:
        yield url


def ask(server: str, path: str, **headers: str) -> tuple[int, bytes]:
    """Request a path with these headers, `_` for `-`, as `curl` does."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=60)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=sent)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize(
    "sql",
    [
        f"select zeroblob({MAX_VALUE + 1})",
        f"select hex(zeroblob({MAX_VALUE}))",
        "select group_concat(x || id, '') from (select hex(zeroblob(500000)) as x, id from highlights)",
        "select replace(hex(zeroblob(900000)), '0', hex(zeroblob(100)))",
        "select hex(zeroblob(1900000)) as x from highlights, (select 1 union select 2)",
        "select hex(zeroblob(900000)) from highlights a, highlights b",
        "select printf('%.*c', 1500000, 'x') from highlights a, highlights b",
        f"select {', '.join(['x'] * 101)} from (select hex(zeroblob(900000)) as x)",
        f"select '{'a' * 50_000}' like '{'%a' * 400}'",
    ],
)
def test_a_query_for_too_much_ends_with_an_error_instead_of_the_data(library: Library, sql: str) -> None:
    response = library.get(f"/gleanings/-/query.json?sql={quote(sql)}")
    if response.status_code == 404:
        response = library.get(f"/gleanings.json?sql={quote(sql)}")
    assert response.status_code == 400, response.text[:300]
    assert len(response.content) < 100_000


def test_the_limits_leave_ordinary_queries_alone(library: Library) -> None:
    sql = quote("select hex(zeroblob(500000)) as x, id from highlights limit 10")
    response = library.get(f"/gleanings.json?sql={sql}&_shape=array")
    if response.status_code in (301, 302):
        response = library.get(response.headers["location"])
    rows = response.json()
    assert [len(row["x"]) for row in rows] == [1_000_000] * 10
    assert MAX_RESULT > 10_000_000


def test_a_page_shows_a_text_that_is_too_long_for_a_query(
    example: Path, library: Library, tmp_path: Path
) -> None:
    path = Path(shutil.copy(example, tmp_path))
    db = open_store(path)
    db.execute("update highlights set text = ? where id = 1", ("word " * (MAX_VALUE // 4),))
    [(document,)] = db.execute("select document_id from highlights where id = 1")
    db.close()
    assert library
    long = Library(path)
    assert long.get(f"/gleanings/-/document/{document}").status_code == 200
    assert long.get("/gleanings/-/home").status_code == 200


LONG = MAX_VALUE + 1_000_000


@pytest.mark.parametrize(
    "path",
    ["/gleanings/highlights", "/gleanings/highlights/1", "/gleanings/highlights.json?_size=100",
     "/gleanings/whats_new", "/gleanings/highlight_tags"],
)  # fmt: skip
def test_datasettes_own_tables_show_a_text_that_is_too_long_for_a_query(
    example: Path, library: Library, tmp_path: Path, path: str
) -> None:
    store = Path(shutil.copy(example, tmp_path))
    db = open_store(store)
    db.execute("update highlights set text = ? where id = 1", ("word " * (LONG // 5),))
    db.execute("insert or ignore into highlight_tags select 1, min(id), 0 from tags")
    db.close()
    assert library
    long = Library(store)
    answer = long.get(path)
    assert (answer.status_code, answer.headers.get("location", path)) in ((302, path), (200, path))
    answer = long.get(path)
    assert answer.status_code == 200, answer.text[:300]
    assert "word word" in answer.text
    sql = quote(f"select hex(zeroblob({LONG}))")
    answer = long.get(f"/gleanings/-/query.json?sql={sql}")
    if answer.status_code == 404:
        answer = long.get(f"/gleanings.json?sql={sql}")
    assert answer.status_code == 400


def test_a_query_for_too_much_does_not_raise_the_limit(library: Library) -> None:
    sql = quote(f"select hex(zeroblob({MAX_VALUE}))")
    for _ in range(2):
        answer = library.get(f"/gleanings.json?sql={sql}")
        assert answer.status_code in (302, 400)


SLOW = (
    "select instr(hex(zeroblob(1900000)), hex(zeroblob(900000)) || '1')",
    "select length(replace(hex(zeroblob(1900000)), hex(zeroblob(900000)) || '1', 'x'))",
    "select length(trim(hex(zeroblob(1900000)), replace(hex(zeroblob(900000)), '0', '1') || '0'))",
)


@pytest.mark.parametrize("sql", SLOW)
def test_functions_that_sqlite_cannot_interrupt_take_linear_time(example: Path, sql: str) -> None:
    db = sqlite3.connect(example)
    limit_connection(db)
    started = time.monotonic()
    db.execute(sql).fetchone()
    assert time.monotonic() - started < 5
    db.close()


@pytest.mark.parametrize(
    "expression",
    [
        "instr('aXbX', 'X')",
        "instr('a', '')",
        "instr(null, 'a')",
        "instr(123, 2)",
        "instr(x'0102', x'02')",
        "replace('aXbX', 'X', 'yy')",
        "replace('a', '', 'b')",
        "replace(1.0, '.', ',')",
        "replace('a', 'a', 1)",
        "trim('xxaxx', 'x')",
        "ltrim('yxaxy', 'xy')",
        "rtrim('abc', 'cb')",
        "trim(' a ')",
        "trim('a', null)",
        "instr('aé€b', 'b')",
        "replace(1e300, 'e', 'E')",
        "trim(0.5, '0')",
        "instr('a', x'61')",
    ],
)
def test_these_functions_return_what_sqlites_own_return(expression: str) -> None:
    plain, limited = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    limit_connection(limited)
    sql = f"select {expression}"
    assert tuple(limited.execute(sql).fetchone()) == plain.execute(sql).fetchone()
    plain.close()
    limited.close()


@pytest.mark.parametrize(
    "path",
    [
        "/gleanings.json?sql=select+1",
        "/gleanings?sql=select+1",
        "/gleanings/-/query?sql=select+1",
        "/gleanings/highlights.json",
        "/gleanings/highlights.csv",
        "/gleanings/highlights?_where=1",
        "/gleanings/highlights/1.json",
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site", "Origin": "https://evil.test"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"},
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "no-cors"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
    ],
)
def test_another_site_can_neither_run_sql_nor_ask_for_data(
    server: str, path: str, headers: dict[str, str]
) -> None:
    status, body = ask(server, path, **headers)
    assert (status, body[:8]) == (403, b"Refused:")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate"},
        {"Sec_Fetch_Site": "same-origin", "Sec_Fetch_Mode": "cors"},
    ],
)
@pytest.mark.parametrize(
    "path", ["/gleanings/highlights.json", "/gleanings/highlights?_where=1", "/gleanings"]
)
def test_scripts_the_address_bar_and_the_library_itself_may_ask(
    server: str, path: str, headers: dict[str, str]
) -> None:
    assert ask(server, path, **headers)[0] == 200


def test_a_request_from_the_same_origin_may_ask(server: str) -> None:
    assert ask(server, "/gleanings/highlights.json", Origin=server.removesuffix("/gleanings/-"))[0] == 200


@pytest.mark.parametrize(
    "path", ["/gleanings/-/home", "/gleanings/-/search?q=memory", "/gleanings/highlights"]
)
def test_a_link_on_another_site_may_lead_to_a_page(server: str, path: str) -> None:
    headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert ask(server, path, **headers)[0] == 200


def test_a_datasette_that_allows_other_origins_answers_them(example: Path, library: Library) -> None:
    from datasette.app import Datasette

    assert library
    shared = Library(example)
    shared.datasette = Datasette([str(example)], cors=True)
    shared._await(shared.datasette.invoke_startup())
    headers = {"Origin": "https://notes.test", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    answer = shared._await(shared.datasette.client.get("/gleanings/highlights.json", headers=headers))
    assert answer.status_code == 200


@pytest.mark.slow
def test_home_answers_within_a_second_during_60_endless_queries(server: str) -> None:
    ask(server, "/gleanings/-/home")
    statuses: list[int] = []

    def burn() -> None:
        statuses.append(ask(server, f"/gleanings.json?sql={quote(ENDLESS)}")[0])

    threads = [threading.Thread(target=burn) for _ in range(60)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    times = []
    for _ in range(3):
        started = time.monotonic()
        assert ask(server, "/gleanings/-/home")[0] == 200
        times.append(time.monotonic() - started)
    for thread in threads:
        thread.join()
    assert min(times) < 1, times
    assert set(statuses) <= {302, 400, 503}
    assert ask(server, "/gleanings/highlights.json")[0] == 200


def test_the_memory_of_sqlite_is_limited_where_every_database_is_a_store(library: Library) -> None:
    db = sqlite3.connect(":memory:")
    assert 0 < db.execute("pragma hard_heap_limit").fetchone()[0] <= 2**30
    db.close()
