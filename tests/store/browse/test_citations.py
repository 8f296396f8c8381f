"""Citations, links into the reader's notes, and what surrounds a document."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest

from store.browse.citations import split_authors, write_citation
from store.browse.document_pages import make_app_link
from tests.store.browse.library import Library
from tests.store.browse.requirements import need_module

need_module("datasette")

BOOK = {
    "category": "books",
    "full_title": "Signs & {Symbols} of 50%",
    "author": "Ann Halloway, Piet de Wit, and Jo Sand",
    "url": "https://b.test/x",
    "published_on": "2019-05-01",
}


def test_a_book_is_cited_in_bibtex_and_csl() -> None:
    assert write_citation(BOOK, "bib") == (
        "@book{halloway2019signssymbols,\n"
        "  title = {Signs \\& \\{Symbols\\} of 50\\%},\n"
        "  author = {Ann Halloway and Piet de Wit and Jo Sand},\n"
        "  year = {2019},\n"
        "  url = {https://b.test/x},\n}\n"
    )
    [item] = json.loads(write_citation(BOOK, "csl"))
    assert write_citation(BOOK, "csl").startswith(
        '[\n {\n  "id": "halloway2019signssymbols",\n  "type": "book",'
    )
    assert item["type"] == "book"
    assert item["author"][1] == {"literal": "Piet de Wit"}
    assert item["issued"] == {"date-parts": [[2019]]}


@pytest.mark.parametrize("title", ["", "}\n@misc{x", "\\input{/etc/passwd}", "{{{", "日本"])
def test_no_title_breaks_an_entry(title: str) -> None:
    entry = write_citation({"kind": "paper", "title": title, "author": None, "url": None}, "bib")
    plain = re.sub(r"\\[{}]", "", entry)
    assert plain.count("{") == plain.count("}")
    assert entry.count("\n@") == 0
    assert "\\input" not in entry


@pytest.mark.parametrize(
    ("names", "split"),
    [
        ("A B", ["A B"]),
        ("A, B", ["A", "B"]),
        ("A and B", ["A", "B"]),
        ("", []),
        ("Anders Land", ["Anders Land"]),
    ],
)
def test_authors_are_split_at_commas_and_and(names: str, split: list[str]) -> None:
    assert split_authors(names) == split


@pytest.mark.parametrize(
    ("kind", "bibtex", "csl"),
    [
        ("books", "book", "book"), ("book", "book", "book"), ("paper", "article", "article-journal"),
        ("pdf", "misc", "document"), ("articles", "misc", "webpage"), ("article", "misc", "webpage"),
        ("tweets", "misc", "post"), ("tweet", "misc", "post"), ("podcasts", "misc", "broadcast"),
        ("video", "misc", "motion_picture"), ("other", "misc", "webpage"),
    ],
)  # fmt: skip
def test_each_kind_has_a_type_of_its_own(kind: str, bibtex: str, csl: str) -> None:
    for key in ("category", "kind"):
        assert write_citation({key: kind, "title": "A"}, "bib").startswith(f"@{bibtex}{{sourcea,\n")
        assert json.loads(write_citation({key: kind, "title": "A"}, "csl"))[0]["type"] == csl


def test_documents_and_resources_are_cited_and_other_pages_are_not(library: Library) -> None:
    for page in ("document/1", "resource/1"):
        assert library.text(f"/gleanings/-/{page}.bib").startswith("@")
        assert library.json(f"/gleanings/-/{page}.csl")[0]["title"]
        assert f'href="/gleanings/-/{page}.bib"' in library.text(f"/gleanings/-/{page}")
    assert library.get("/gleanings/-/author/1.bib").status_code == 404


def test_a_page_opens_in_the_app_whose_folder_it_is_in(tmp_path: Path) -> None:
    graph, vault = tmp_path / "my graph", tmp_path / "vault&"
    for folder in (graph / "logseq", graph / "pages", vault / ".obsidian", vault / "a b"):
        folder.mkdir(parents=True)
    (graph / "pages" / "On%3A x___y.md").touch()
    (vault / "a b" / "n#1.md").touch()
    (tmp_path / "loose.md").touch()
    logseq = make_app_link(graph / "pages" / "On%3A x___y.md")
    assert logseq == ("Logseq", "logseq://graph/my%20graph?page=On%3A%20x%2Fy")
    obsidian = make_app_link(vault / "a b" / "n#1.md")
    assert obsidian == ("Obsidian", "obsidian://open?vault=vault%26&file=a%20b%2Fn%231")
    assert make_app_link(tmp_path / "loose.md") is None
    assert make_app_link(graph / "pages" / "none.md") is None


def test_a_document_shows_its_surroundings(library: Library, example: Path) -> None:
    db = sqlite3.connect(example)
    ids = [
        id_ for (id_,) in db.execute("select document_id from document_counts order by last_at, document_id")
    ]
    db.close()
    page = library.text(f"/gleanings/-/document/{ids[1]}")
    around = page[page.index('aria-label="Other documents"') :]
    assert re.findall(r'href="/gleanings/-/document/(\d+)"', around)[:2] == [str(ids[2]), str(ids[0])]
    assert "Open in Logseq" in page
    assert 'aria-label="Other documents"' in library.text(f"/gleanings/-/document/{ids[0]}")


def test_a_day_is_shown_once_for_highlights_of_the_same_day(library: Library, example: Path) -> None:
    db = sqlite3.connect(example)
    [(thread,)] = db.execute("select thread_id from tweets group by 1 order by count(*) desc limit 1")
    db.close()
    page = library.text(f"/gleanings/-/thread/{thread}")
    assert page.count("<article") == 7
    assert page.count("<time datetime=") == 1


def test_a_resource_does_not_repeat_its_title_on_every_card(library: Library, example: Path) -> None:
    db = sqlite3.connect(example)
    id_, title = db.execute(
        "select r.id, r.title from resources r join shared_resources s on s.resource_id = r.id"
        " where r.title <> '' order by s.shared desc limit 1"
    ).fetchone()
    db.close()
    page = library.text(f"/gleanings/-/resource/{id_}")
    cards = page[page.index("<article") : page.index('id="as-found"')]
    assert title not in cards
    assert "this page" in cards
