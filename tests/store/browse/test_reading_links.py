"""Index pages, and the way from every row of a table to the page that shows it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from store.browse.document_pages import read_document
from store.browse.item_pages import PAGE
from store.browse.reading_links import ROW_PAGES, find_reading_page
from store.browse.reading_list import read_reading_list
from store.connection import open_store
from store.counts import refresh_counts
from tests.store.browse.library import Library
from tests.store.browse.requirements import need_module

need_module("datasette")

INDEXES = ("documents", "authors", "topics", "tags", "resources")


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_lists_every_row_that_has_highlights(library: Library, example: Path, name: str) -> None:
    page = library.text(f"/gleanings/-/{name}")
    listed = set(re.findall(rf'href="/gleanings/-/{name[:-1]}/(\d+)"', page))
    db = sqlite3.connect(example)
    without = " where id in (select resource_id from shared_resources)" if name == "resources" else ""
    assert listed == {str(id_) for (id_,) in db.execute(f"select id from {name}{without}")}
    db.close()


@pytest.mark.parametrize("name", INDEXES)
def test_home_leads_to_every_index_and_an_item_without_id_does_too(library: Library, name: str) -> None:
    assert f'href="/gleanings/-/{name}"' in library.text("/gleanings/-/home")
    answer = library.get(f"/gleanings/-/{name[:-1]}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/gleanings/-/{name}")


def list_items(page: str) -> list[str]:
    return [re.sub("<[^>]+>", "", each) for each in re.findall(r"<li><span><a [^>]+>(.*?)</a>", page)]


def test_documents_can_be_filtered_sorted_and_searched(library: Library, example: Path) -> None:
    db = sqlite3.connect(example)
    titles = {title for (title,) in db.execute("select title from documents")}
    books = {title for (title,) in db.execute("select title from documents where category = 'books'")}
    db.close()
    assert set(list_items(library.text("/gleanings/-/documents?category=books"))) == books < titles
    by_title = list_items(library.text("/gleanings/-/documents?sort=title"))
    assert by_title == sorted(by_title)
    assert list_items(library.text("/gleanings/-/documents?sort=most")) != by_title
    found = list_items(library.text("/gleanings/-/documents?q=slow"))
    assert found
    assert all("slow" in title.lower() for title in found)
    assert list_items(library.text("/gleanings/-/documents?q=zzzz")) == []


def test_favorite_is_the_first_tag(library: Library, example: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(example, tmp_path))
    db = open_store(path)
    db.execute("insert or ignore into tags (name) values ('favorite')")
    refresh_counts(db)
    db.close()
    assert library
    assert list_items(Library(path).text("/gleanings/-/tags?sort=name"))[0] == "#favorite"


@pytest.mark.parametrize("on", ["", "2022", "2022-01", "2022-01-08"])
def test_highlights_of_a_period_are_listed(library: Library, example: Path, on: str) -> None:
    sql = "select id from highlights where coalesce(taken_at, synced_on) like ? and gone_at is null"
    db = sqlite3.connect(example)
    expected = {str(id_) for (id_,) in db.execute(sql, (f"{on}%",))}
    db.close()
    assert (
        set(
            re.findall(
                r'<article class="highlight" id="h(\d+)"', library.text(f"/gleanings/-/highlights?on={on}")
            )
        )
        == expected
    )
    assert expected


@pytest.mark.parametrize("table", ROW_PAGES)
def test_every_row_of_a_table_leads_to_a_page_that_answers(library: Library, table: str) -> None:
    page = library.text(f"/gleanings/{table}?_size=100&_nofacet=1")
    body = page[page.index("<tbody>") : page.index("</tbody>")] if "<tbody>" in page else ""
    links = re.findall(r'<a class="reading-page" href="([^"]+)"', body)
    assert len(links) == len(re.findall("<tr[ >]", body))
    for link in sorted(set(links))[:12]:
        answer = library.get(link)
        if answer.status_code == 302:
            target, _, anchor = answer.headers["location"].partition("#")
            assert not anchor or f'id="{anchor}"' in library.text(target)
        else:
            assert answer.status_code == 200, link


def test_the_page_of_a_row_in_datasette_leads_back_as_well(library: Library) -> None:
    assert 'class="reading-page" href="/gleanings/-/document/1"' in library.text("/gleanings/documents/1")


def test_a_highlight_beyond_the_first_page_is_found_on_its_page(example: Path, tmp_path: Path) -> None:
    db = open_store(Path(shutil.copy(example, tmp_path)))
    document = db.execute("select document_id from highlights where category = 'books' limit 1").fetchone()[0]
    for number in range(PAGE + 5):
        db.execute(
            "insert into highlights (text, document_id, position, category, uid, content_hash)"
            " values ('x', ?, ?, 'books', ?, 0)",
            (document, 1000 + number, f"test:{number}"),
        )
    last = db.execute("select max(id) from highlights").fetchone()[0]
    assert find_reading_page(db, "highlight", last) == f"document/{document}?page=2#h{last}"
    db.execute("update highlights set gone_at = '2022-01-01T00:00:00Z' where id = ?", (last,))
    assert find_reading_page(db, "highlight", last) == f"document/{document}"
    assert find_reading_page(db, "highlight", 10**9) is None
    db.close()


def test_a_long_document_is_paged(example: Path, tmp_path: Path) -> None:
    db = open_store(Path(shutil.copy(example, tmp_path)))
    document, there = db.execute(
        "select document_id, count(*) from highlights where category = 'books' group by 1 limit 1"
    ).fetchone()
    for number in range(PAGE + 1 - there):
        db.execute(
            "insert into highlights (text, document_id, position, category, uid, content_hash)"
            " values ('x', ?, ?, 'books', ?, 0)",
            (document, 1000 + number, f"test:{number}"),
        )
    pages = [read_document(db, {"id": str(document), "page": page}) for page in ("1", "2", "none")]
    found = [(len(page["ids"]), page["offset"], page["earlier"], page["later"]) for page in pages if page]
    assert found == [(PAGE, 0, None, 2), (1, PAGE, 1, None), (PAGE, 0, None, 2)]
    db.close()


def test_a_row_that_does_not_exist_has_no_page(library: Library) -> None:
    for address in ("highlight/999999", "note/999999", "link/x", "highlight/99999999999999999999"):
        assert library.get(f"/gleanings/-/{address}").status_code == 404


def test_tables_without_a_description_are_hidden(library: Library) -> None:
    shown = {table["name"] for table in library.json("/gleanings.json")["tables"] if not table["hidden"]}
    assert shown == {name for name in ROW_PAGES if name not in (
        "reading_list", "threads", "dead_links", "cut_highlights", "whats_new")}  # fmt: skip


def test_facets_have_readable_names_and_pages_the_dark_style(library: Library) -> None:
    page = library.text("/gleanings/highlights")
    assert "(kept)" not in page
    assert "(tag)" not in page
    assert re.search(r"<strong>author\s", page)
    assert "/-/gleanings/datasette.css?v=" in page
    assert "prefers-color-scheme: dark" in library.text("/-/gleanings/datasette.css")


def test_lists_are_paged(example: Path, tmp_path: Path) -> None:
    db = open_store(Path(shutil.copy(example, tmp_path)))
    db.execute("delete from highlight_links")
    for number in range(PAGE + 1):
        uid = f"a.org/{number}"
        (id_,) = db.execute(
            "insert into resources (url, kind, site, status, uid) values (?, 'course', 'a.org', 'ok', ?)"
            " returning id",
            (f"https://{uid}", uid),
        ).fetchone()
        db.execute(
            "insert into links (url, host, short, status, resource_id, uid)"
            " values (?, 'a.org', 0, 'resolved', ?, ?)",
            (f"https://{uid}", id_, uid),
        )
    db.execute(
        "insert into highlight_links (highlight_id, link_id, position, offer)"
        " select (select min(id) from highlights), id, id, 'offered' from links where uid like 'a.org/%'"
    )
    refresh_counts(db)
    for arguments in ({}, {"site": "a.org"}, {"site": "a.org", "kind": "course"}):
        first = read_reading_list(db, arguments)
        second = read_reading_list(db, {**arguments, "page": "2"})
        assert (len(first["rows"]), first["offset"], first["earlier"], first["later"]) == (PAGE, 0, None, 2)
        assert (len(second["rows"]), second["offset"], second["earlier"], second["later"]) == (
            1,
            PAGE,
            1,
            None,
        )
    db.close()
