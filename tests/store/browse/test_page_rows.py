"""The rows of every page, for a library that is longer than each limit and has every kind of row.

The expected rows are in a file; `--update-golden` writes it again.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from record_types.links import Expansion, Fetch
from store.browse.item_pages import PAGE, TEXT_PAGE, read_page_number, read_topic
from store.browse.library_pages import PAGES
from store.browse.metadata import TABLES, make_metadata
from store.browse.page_templates import FETCHES, WORDS
from store.browse.page_texts import (
    describe_page,
    list_formats,
    read_page_text,
    write_feed,
    write_json,
    write_markdown,
)
from store.browse.queries import QUERIES, Query
from store.browse.reading_links import ROW_PAGES, find_reading_page, link_row
from tests.store.browse.requirements import need_module
from tests.store.long_library import make_long_library

need_module("datasette")

EXPECTED = Path(__file__).parents[2] / "data" / "pages.expected.txt"
ADDRESSES = [
    "home?today=2023-03-04&seen=100",
    "home?today=2022-03-02",
    "search?q=gravel",
    "search?q=title",
    "search?q=passage 12 on",
    "search?q=passage 12 nothing",
    "search?q=passage sand nothing",
    'search?q="on sand"',
    "search?q=san*",
    "search?q=sand author:@h2",
    'search?q=author:"author 04" sand',
    "search?q=sand tag:e1",
    'search?q=sand topic:"a 10"',
    "search?q=sand topic:t2",
    "search?q=sand site:site2.example",
    "search?q=sand category:book",
    "search?q=sand before:2021 after:2020-06",
    "search?q=sand after:2023-02",
    "search?q=is:cut",
    "search?q=is:favorite",
    "search?q=has:note",
    "search?q=category:tweets after:2021",
    "search?q=日本",
    "search?q=茶道 passage 80",
    "search?q=本 author:h1",
    "search?q=日本 酒",
    "search?q=Author 01",
    "search?q=stone 12",
    "search?q=stone",
    "search?q=author",
    "search?q=b",
    "search?q= ",
    "reading",
    "reading?sort=newest",
    "reading?sort=oldest&kind=article",
    "reading?show=read",
    "reading?q=stone&site=site1.example",
    "reading?q=stone&show=read",
    "plots",
    "health",
    "documents",
    "documents?page=2",
    "documents?sort=most",
    "documents?sort=title&category=books",
    "documents?category=tweets",
    "documents?category=nonsense&sort=nonsense",
    "documents?q=moss",
    "documents?q=moss&sort=title",
    "documents?author=2&sort=most",
    "authors",
    "authors?sort=name",
    "authors?q=@H1",
    "topics",
    "topics?sort=rising",
    "topics?sort=name&page=2",
    "topics?q=C 1",
    "tags",
    "tags?sort=name",
    "tags?q=%23g1",
    "resources",
    "resources?sort=newest",
    "resources?kind=pdf",
    "resources?site=site1.example&sort=newest",
    "resources?q=stone",
    "resources?q=stone&sort=newest",
    "highlights?on=2022",
    "highlights?on=2022-03&category=books",
    "highlights?on=2022-03-02",
    "highlights",
    "thread?id=1001",
    "thread?id=9",
    "document?id=1",
    "document?id=1&page=2",
    "document?id=2",
    "document?id=9",
    "document?id=3&format=md",
    "document?id=999",
    "topic?id=1&root=/r",
    "topic?id=2",
    "topic?id=999",
    "resource?id=1",
    "resource?id=999",
    "author?id=1",
    "author?id=3",
    "author?id=999",
    "tag?id=1",
    "tag?id=999",
]


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    db = make_long_library()
    yield db
    db.close()


def describe(value: Any) -> Any:
    """Rows in a short form: of a drawing its words, of a passage its id and what belongs to it."""
    if hasattr(value, "__html__"):
        return " ".join(re.sub(r"<[^>]*>|\s", " ", str(value)).split())
    if isinstance(value, dict) and "document_id" in value and "text" in value:
        kept = {"id", "reason", "heading", "part", "snippet", "tags", "notes", "links", "topics", "author"}
        names = {name: describe(value[name]) for name in sorted(kept & value.keys()) if value[name]}
        return {
            name: [each.get("name") or each.get("text") or each["url"] for each in found]
            if isinstance(found, list)
            else found
            for name, found in names.items()
        }
    if isinstance(value, dict):
        return {str(name): describe(each) for name, each in value.items() if each not in (None, [], "")}
    if isinstance(value, (list, tuple)):
        return [describe(each) for each in value]
    return value


def name_row(row: Any) -> str:
    if isinstance(row, list):
        return " ".join(map(name_row, row))
    if not isinstance(row, dict):
        return str(row)
    return str(row.get("id") or row.get("resource_id") or row.get("page") or row.get("url") or row)


def describe_rows(db: sqlite3.Connection, address: str) -> str:
    name, _, query = address.partition("?")
    arguments = dict(part.split("=", 1) for part in query.replace("%23", "#").split("&") if part)
    row = describe(PAGES[name][1](db, arguments))
    lines = [f"== {address}"]
    for key, value in (row or {"": None}).items():
        if not (isinstance(value, list) and value and isinstance(value[0], (dict, list))):
            lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
            continue
        shown = [json.dumps(each, ensure_ascii=False) for each in value]
        if len(shown) > 4:
            shown[2:-1] = [" … ".join(name_row(each) for each in value[2:-1])]
        lines += [f"{key}:", *(f"  {each}" for each in shown)]
    return "\n".join(lines)


def test_every_page_has_the_expected_rows(
    db: sqlite3.Connection, check_golden: Callable[[Path, str], None]
) -> None:
    check_golden(EXPECTED, "\n\n".join(describe_rows(db, address) for address in ADDRESSES) + "\n")


TEXTS = (
    "search?q=passage 103",
    "resource?id=25",
    "document?id=53",
    "author?id=45",
    "topic?id=30",
    "tag?id=30",
    "highlights?on=2022-12-04",
    "documents?q=90",
    "reading?q=stone&site=site1.example",
)


def test_pages_are_written_as_markdown_json_and_feeds(
    db: sqlite3.Connection, check_golden: Callable[[Path, str], None]
) -> None:
    texts: list[str] = []
    for address in TEXTS:
        name, _, query = address.partition("?")
        arguments = dict(part.split("=", 1) for part in query.split("&")) | {"format": "md"}
        row = PAGES[name][1](db, arguments)
        assert row
        text = read_page_text(db, name, row)
        markdown, feed = write_markdown(text, "/r", "/next"), write_feed(text, "http://h/r", "http://h/a")
        texts += [f"== {address}", markdown, write_json(text, "/r", None), feed]
    check_golden(EXPECTED.with_name("texts.expected.txt"), "\n".join(texts))


ARGUMENTS = {"month": "2021-02", "author": "a1", "since": "2022-01-01", "until": "2023-02-01"}


def run_query(db: sqlite3.Connection, query: Query) -> list[tuple[Any, ...]]:
    """The rows of a canned query, asked on 3 March 2023."""
    return db.execute(query.sql.replace("'now'", "'2023-03-03'"), ARGUMENTS).fetchall()


def test_every_canned_query_returns_the_expected_rows(
    db: sqlite3.Connection, check_golden: Callable[[Path, str], None]
) -> None:
    lines: list[str] = []
    for query in QUERIES:
        rows = [json.dumps(row, ensure_ascii=False) for row in run_query(db, query)]
        shown = rows if len(rows) < 9 else [*rows[:4], f"… {len(rows) - 8} more …", *rows[-4:]]
        lines += [f"== {query.name}", *shown] if query.name != "random_highlight" else []
    check_golden(EXPECTED.with_name("queries.expected.txt"), "\n".join(lines) + "\n")


def test_a_long_search_is_cut_and_a_document_shows_200_notes(db: sqlite3.Connection) -> None:
    found = PAGES["search"][1](db, {"q": f" {'x' * 401} "})
    page = PAGES["document"][1](db, {"id": "107"})
    assert found
    assert page
    assert (found["q"], len(page["blocks"])) == ("x" * 400, 200)


def test_every_canned_query_ends_with_its_limit() -> None:
    limits = dict.fromkeys((query.name for query in QUERIES), 500)
    for name in ("reading_list_by_shares", "shared_by_several_authors", "unread_papers"):
        limits[name] = 200
    limits |= {"this_day_in_other_years": 100, "random_highlight": 1}
    assert {query.name: query.sql.rpartition("\n")[2] for query in QUERIES} == {
        name: f"limit {limit}" for name, limit in limits.items()
    }


def test_a_random_highlight_is_one_that_is_not_gone(db: sqlite3.Connection) -> None:
    (query,) = [each for each in QUERIES if each.name == "random_highlight"]
    wanted = """select h.text, h.note, coalesce(d.shown_title, d.full_title), a.name, h.taken_at, h.view_url
    from highlights as h, documents as d, authors as a
    where d.id = h.document_id and a.id = h.author_id and h.gone_at is null"""
    live = set(db.execute(wanted).fetchall())
    found = [row for _ in range(40) for row in run_query(db, query)]
    assert len(found) == 40
    assert len(set(found)) > 3
    assert set(found) <= live


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("", 1),
        ("2", 2),
        ("250", 250),
        ("251", 250),
        ("9999", 250),
        ("10000", 1),
        ("0", 1),
        ("-1", 1),
        ("²", 1),
    ],
)
def test_a_page_number_is_between_1_and_250(given: str, number: int) -> None:
    assert read_page_number({"page": given}) == number


def test_a_page_as_text_has_more_highlights(db: sqlite3.Connection) -> None:
    assert (PAGE, TEXT_PAGE) == (40, 500)
    page = PAGES["document"][1](db, {"id": "1"})
    text = PAGES["document"][1](db, {"id": "1", "format": "json"})
    assert page
    assert text
    assert (len(page["ids"]), page["later"], len(text["ids"]), text["later"]) == (40, 2, 44, None)


def test_every_described_table_has_pages_for_its_rows(db: sqlite3.Connection) -> None:
    assert ROW_PAGES.keys() == TABLES.keys()
    for table, (_, columns) in TABLES.items():
        cursor = db.execute(f"select * from {table}")
        there = {name for name, *_ in cursor.description}
        page = ROW_PAGES[table]
        assert columns.keys() | {page.cell, page.id or page.cell} <= there


def test_datasette_is_told_the_expected_descriptions_and_settings(
    check_golden: Callable[[Path, str], None],
) -> None:
    metadata = json.dumps(make_metadata(), indent=1, ensure_ascii=False)
    check_golden(EXPECTED.with_name("datasette.expected.json"), metadata + "\n")


WORDS_OF_REASONS = {
    "tag": "tagged",
    "document tag": "in tagged documents",
    "hashtag": "with a hashtag",
    "link": "linked by you",
    "lead-in": "introduced by name",
    "phrase": "by your phrases",
    "pattern": "by your patterns",
    "query": "found by your query",
    "author": "by author",
    "site": "by site",
    "subtopic": "of a subtopic",
    "about": "by meaning",
    "another": "another",
}


def test_the_reasons_of_a_topic_are_words(db: sqlite3.Connection) -> None:
    db.execute("savepoint reasons")
    db.execute("delete from highlight_topics")
    row = "insert into highlight_topics (highlight_id, topic_id, reason) values (1, 1, ?)"
    db.executemany(row, [(f"{kind}: x",) for kind in WORDS_OF_REASONS])
    topic = read_topic(db, {"id": "1"})
    db.execute("rollback to reasons")
    assert topic
    assert set(topic["reasons"]) == {f"1 {words}" for words in WORDS_OF_REASONS.values()}


def test_every_status_and_some_kinds_of_problems_have_words() -> None:
    assert FETCHES.keys() == set(get_args(Fetch))
    assert WORDS.keys() == {*get_args(Expansion), "unreadable", "cut-text", "unknown-date"}


def test_a_page_has_the_facts_about_its_subject() -> None:
    shown = {
        "author": "a", "url": "u", "category": "c", "kind": "k", "site": "s", "published_on": "p",
        "status": "t", "archive_url": "v", "summary": "m", "note": "n",
    }  # fmt: skip
    titles = {"shown_title": "1", "full_title": "2", "title": "3", "name": "4"}
    for subject in ("document", "resource", "author", "topic"):
        context: dict[str, Any] = {subject: {**shown, **titles, "id": 5, "uid": "x"}}
        assert describe_page(subject, context) == ("1", shown)
    assert describe_page("tag", {"tag": {"name": "t"}}) == ("#t", {})
    for name in [*titles, "url"]:
        assert describe_page("document", context)[0] == (context["topic"].get(name) or "")
        context["topic"].pop(name)
    assert [describe_page(page, {}) for page in ("home", "reading", "plots")] == [
        ("New highlights", {}), ("Reading list", {}), ("Plots", {})]  # fmt: skip


@pytest.mark.parametrize(
    "page", ["home", "search", "topic", "tag", "author", "resource", "highlights", "documents"]
)
def test_a_page_has_these_other_formats(page: str) -> None:
    formats = [
        ("Markdown", "text/markdown", "/a.md?q=1"),
        ("JSON", "application/json", "/a.json?q=1"),
        ("Atom feed", "application/atom+xml", "/a.atom?q=1"),
    ]
    assert list_formats(page, "/a", "q=1") == formats[: 2 if page == "documents" else 3]


@pytest.mark.parametrize(
    ("kind", "id_", "page"),
    [
        ("highlight", 103, "document/53#h103"),
        ("highlight", 1, "document/1?page=2#h1"),
        ("highlight", 5, "document/1#h5"),
        ("highlight", 4, "document/1?page=2#h4"),
        ("highlight", 7, "document/1"),
        ("highlight", 158, "thread/1001#h158"),
        ("highlight", 999, None),
        ("link", 22, "resource/1"),
        ("link", 131, "health"),
        ("link", 140, "document/1#h38"),
        ("link", 999, None),
        ("note", 1, "document/1"),
        ("note", 4, "document/53#h103"),
        ("note", 999, None),
        ("media", 1, "document/53#h103"),
        ("media", 2, "health"),
        ("file", 1, "document/3"),
        ("file", 2, "health"),
    ],
)
def test_a_row_is_shown_first_on_this_page(
    db: sqlite3.Connection, kind: str, id_: int, page: str | None
) -> None:
    assert find_reading_page(db, kind, id_) == page


def test_a_link_to_a_rows_page_needs_its_id() -> None:
    def link(row: Any, column: str = "text", table: str | None = "tweets") -> str | None:
        found = link_row(row, column, table, "/r")
        return found and re.sub(r'.*href="([^"]*)".*', r"\1", found)

    assert link({"highlight_id": 5}) == "/r/-/highlight/5"
    assert link({"highlight_id": {"value": 5, "label": "x"}}) == "/r/-/highlight/5"
    assert link({"highlight_id": "5"}) is None
    assert link({}) is None
    assert link(None) is None
    assert link({"highlight_id": 5}, "url") is None
    assert link({"highlight_id": 5}, table=None) is None
    assert link({}, "command", "runs") == "/r/-/health"
