"""Hostile text in imported pages is shown as text on every page and in every table."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from store.browse.page_texts import FEEDS
from store.connection import open_memory, open_store
from store.counts import refresh_counts
from tests.store.browse.library import Library, make_example, serve
from tests.store.browse.requirements import need_module

need_module("datasette")

HOSTILE = (
    "<script>window.ran=1;alert(1)</script> <img src=x onerror=alert(2)> [click](javascript:alert(3)) "
    "<javascript:alert(4)> ![p](javascript:alert(5)) \u202egnp.exe\u2066 '); drop table highlights; -- "
    '"><svg onload=alert(6)> ![q](https://evil.example/track.png) {{ 7*7 }} ⟦<b>⟧ '
    '[x](https://e.example/" onmouseover="alert(7))'
    " [y](data:text/html;base64,PHNjcmlwdD4=) [z](JaVa\tScript:alert(10)) [w](vbscript:x) data:text/html,<b>"
    " </script></style></title></textarea></button> --> ]]> &#0; &lt;b&gt; \x00\x01\x08\x0b\x1b[31m\x7f\x9b"
    "\ufffe\uffff\u200f\u061c\U000e0041 \u05e9\u05dc\u05d5\u05dd \r\n\r\n# [heading](# )"
)

LISTED = (
    "highlights", "documents", "authors", "notes", "tags", "topics", "resources", "links", "highlight_links",
    "media", "highlight_media", "problems", "highlight_topics", "versions", "tweets", "runs", "files",
)  # fmt: skip

CHECKED = {
    "status",
    "category",
    "location_kind",
    "offer",
    "hops",
    "properties",
    "gone_at",
    "uid",
    "notes.kind",
}
"""Columns with few or structured values, and those without which a row is not shown."""


def list_free_text() -> dict[str, tuple[str, ...]]:
    """Table → its columns that may contain any text."""
    db = open_memory()
    columns = {
        table: tuple(
            row[1]
            for row in db.execute(f"pragma table_info({table})")
            if row[2].upper() == "TEXT" and not {row[1], f"{table}.{row[1]}"} & CHECKED
        )
        for table in LISTED
    }
    db.close()
    return columns


FREE_TEXT = list_free_text()

PAGES = ("home", "search?q=script", "reading", "plots", "health", "highlights", "documents?q=script",
         "documents", "authors", "topics", "tags", "resources")  # fmt: skip
PAGES_OF = {"document": "documents", "topic": "topics", "resource": "resources", "author": "authors",
            "tag": "tags"}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's store with every free text replaced by hostile text, numbered by row."""
    path = make_example(tmp_path_factory.mktemp("hostile"))
    db = open_store(path)
    db.execute("insert into problems (kind, message, line) values ('odd', 'odd', 1)")
    db.execute("insert into versions (text, highlight_id, replaced_at) values ('x', 1, '2022-01-01')")
    db.execute("update highlights set incomplete = 1 where id = 2")
    db.execute("update resources set status = 'gone' where id = 1")
    for table, columns in FREE_TEXT.items():
        key = "highlight_id" if "highlight_" in table else "id"
        for column in columns:
            db.execute(f"update {table} set {column} = {key} || ? ", (" " + HOSTILE,))
    db.execute("update highlights set text = text || ? where id = 3", ("x" * 2_000_000,))
    db.execute(
        "update documents set full_title = full_title || ?, shown_title = null where id = 2", (HOSTILE * 500,)
    )
    db.execute("update resources set url = 'javascript:alert(8)' where id = 2")
    db.execute("update highlights set view_url = 'javascript:alert(9)' where id > 4")
    refresh_counts(db)
    db.close()
    return path


@pytest.fixture(scope="module")
def guarded(hostile: Path) -> Library:
    from datasette.plugins import pm

    from store.browse import plugin

    if not pm.is_registered(plugin):
        pm.register(plugin, "gleanings")
    return Library(hostile)


class Finder(HTMLParser):
    """Collects whatever on a page would run, mislead or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.trouble: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base", "style"):
            self.trouble.append(tag)
        for name, value in attrs:
            address = (value or "").strip().lower()
            if name.startswith("on") or name == "style":
                self.trouble.append(f"{tag} {name}")
            if name in ("href", "src", "action") and re.match(r"(?!https?:)[a-z]+:", address):
                self.trouble.append(f"{tag} {name}={address[:40]}")
            if name == "src" and address.startswith(("http", "//")):
                self.trouble.append(f"{tag} loads {address[:40]}")


def list_pages(path: Path) -> Iterator[str]:
    db = sqlite3.connect(path)
    yield from PAGES
    for page, table in PAGES_OF.items():
        for (id_,) in db.execute(f"select id from {table}").fetchall():
            yield f"{page}/{id_}"
    for (id_,) in db.execute("select distinct thread_id from tweets where thread_id is not null").fetchall():
        yield f"thread/{id_}"
    db.close()


def test_hostile_text_runs_and_loads_nothing_on_any_page(guarded: Library, hostile: Path) -> None:
    pages = list(list_pages(hostile))
    assert len(pages) > 25
    for page in pages:
        answer = guarded.get(f"/gleanings/-/{page}")
        assert answer.status_code == 200, page
        finder = Finder()
        finder.feed(answer.text)
        assert finder.trouble == [], page
        assert not re.search("[\x00-\x08\x0b\x0e-\x1f\u202e]", answer.text), page
        assert len(answer.text) < 1_500_000, page
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_hostile_text_is_only_text_in_feeds_and_json(guarded: Library, hostile: Path) -> None:
    for page in list_pages(hostile):
        name, _, query = page.partition("?")
        kind = name.partition("/")[0]
        for format_ in ("json", "md", "atom") if kind in FEEDS else ("json", "md"):
            answer = guarded.get(f"/gleanings/-/{name}.{format_}" + f"?{query}" * bool(query))
            assert answer.status_code == 200, page
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ufffe]", answer.text), page
            if format_ == "json":
                json.loads(answer.text)
            if format_ != "atom":
                continue
            for content in ElementTree.fromstring(answer.text).iter("{http://www.w3.org/2005/Atom}content"):
                finder = Finder()
                finder.feed(content.text or "")
                assert finder.trouble == [], page


def test_hostile_text_is_shown_as_text(guarded: Library) -> None:
    page = guarded.text("/gleanings/-/document/1")
    assert "&lt;script&gt;window.ran=1;alert(1)&lt;/script&gt;" in page
    assert "drop table highlights" in page
    assert "{{ 7*7 }}" in page
    assert "⟨U+202E⟩" in page


@pytest.mark.parametrize("table", FREE_TEXT)
def test_hostile_text_runs_nothing_in_datasettes_tables(guarded: Library, table: str) -> None:
    page = guarded.text(f"/gleanings/{table}?_size=20&_nofacet=1")
    assert "<script>window.ran" not in page
    assert "<img src=x" not in page
    assert not re.search(r"""(href|src)=["']?javascript:""", page)
    assert "<svg onload" not in page
    assert 'evil.example/track.png" alt' not in page


@pytest.mark.parametrize("table", FREE_TEXT)
def test_json_and_csv_are_never_sniffed_as_pages(guarded: Library, hostile: Path, table: str) -> None:
    db = sqlite3.connect(hostile)
    first = dict(zip([row[1] for row in db.execute(f"pragma table_info({table})")],
                     db.execute(f"select * from {table} limit 1").fetchone(), strict=True))  # fmt: skip
    db.close()
    answer = guarded.get(f"/gleanings/{table}.json?_shape=array&_size=max")
    assert answer.headers["content-type"].startswith("application/json")
    values = {value for row in answer.json() for value in row.values()}
    assert {first[column] for column in FREE_TEXT[table]} <= values
    answer = guarded.get(f"/gleanings/{table}.csv?_size=5")
    assert answer.headers["content-type"].startswith(("text/plain", "text/csv"))
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("table", ["highlights", "documents", "resources", "notes", "versions", "problems"])
def test_hostile_text_runs_nothing_on_the_page_of_a_row(guarded: Library, table: str) -> None:
    page = guarded.text(f"/gleanings/{table}/1")
    for code in ("<script>window.ran", "<img src=x", "<svg onload", "\u202e"):
        assert code not in page
    assert not re.search(r"""(href|src)=["']?javascript:""", page)


def test_a_very_long_cell_is_truncated(guarded: Library) -> None:
    assert len(guarded.text("/gleanings/-/document/1")) < 1_500_000
    assert len(guarded.text("/gleanings/highlights?_size=20")) < 4_500_000


def test_search_accepts_any_syntax(guarded: Library) -> None:
    for words in ("%22", "%22unclosed", "a*", "NEAR(", "'%3B--", "%00", "AND", "%E2%80%AE", "-", "*"):
        assert guarded.get(f"/gleanings/-/search?q={words}").status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "document/999999",
        "document/99999999999999999999",
        "thread/1",
        "topic/0",
        "resource/x",
        "picture/1",
        "picture/x",
        "author/9223372036854775807",
        "author/9999999999999999999",
    ],
)
def test_an_unknown_id_is_not_found(library: Library, page: str) -> None:
    assert library.get(f"/gleanings/-/{page}").status_code == 404


@pytest.mark.parametrize("query", ["page=-1", "page=x", "page=99999999999", "kind=%27", "site=a&kind=b"])
def test_invalid_arguments_are_ignored(library: Library, query: str) -> None:
    assert library.get(f"/gleanings/-/reading?{query}").status_code == 200


@pytest.mark.slow
def test_hostile_text_runs_and_loads_nothing_in_a_browser(browser: Any, hostile: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    trouble: list[str] = []

    def dismiss(dialog: Any) -> None:
        trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    with serve(hostile) as server:
        origin = server[: server.index("/", 8)]
        page.on("dialog", dismiss)
        page.on(
            "request", lambda request: None if request.url.startswith(origin) else trouble.append(request.url)
        )
        tables = [f"{server.removesuffix('/-')}/{table}?_size=20" for table in FREE_TEXT]
        rows = [
            f"{server.removesuffix('/-')}/{table}/1" for table in ("highlights", "documents", "resources")
        ]
        for address in [*(f"{server}/{each}" for each in list_pages(hostile)), *tables, *rows]:
            page.goto(address, wait_until="load")
            assert page.evaluate("window.ran === undefined"), address
            assert trouble == [], address
    context.close()
