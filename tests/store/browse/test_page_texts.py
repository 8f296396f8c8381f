"""Every page as Markdown and JSON, and feeds that a feed reader accepts."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from store.browse.page_texts import FEEDS, format_instant
from tests.store.browse.library import Library
from tests.store.browse.requirements import need_module
from tests.store.browse.test_hostile_text import FREE_TEXT, HOSTILE

need_module("datasette")

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESSES = {
    **{name: name for name in ("home", "reading", "highlights", "documents", "authors", "topics", "tags")},
    **{name: f"{name}/1" for name in ("document", "topic", "resource", "author", "tag")},
    "resources": "resources",
    "search": "search{}?q=linear",
}


def address_of(name: str, ending: str) -> str:
    address = ADDRESSES[name]
    return "/gleanings/-/" + (address.format(ending) if "{}" in address else address + ending)


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_page_is_json_and_markdown_and_links_to_both(library: Library, name: str) -> None:
    page = library.text(address_of(name, ""))
    answer = library.json(address_of(name, ".json"))
    assert answer["items"] or answer["rows"]
    for item in answer["items"]:
        assert {"text", "author", "date", "url", "cite", "page"} <= set(item)
        assert library.get(urlsplit(item["page"]).path).status_code == 302
    for row in answer["rows"]:
        assert library.get(urlsplit(row["page"]).path).status_code == 200
    markdown = library.get(address_of(name, ".md"))
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert markdown.text.startswith(f"# {answer['title']}")
    assert all(item["cite"] in markdown.text for item in answer["items"])
    for ending in (".md", ".json"):
        assert f'href="{address_of(name, ending)}' in page
    assert (f'type="application/atom+xml" title="Atom feed" href="{address_of(name, ".atom")}"' in page) == (
        name in FEEDS
    )


@pytest.mark.parametrize("name", sorted(set(FEEDS) & set(ADDRESSES)))
def test_a_feed_has_an_identity_a_time_and_a_link_for_every_entry(library: Library, name: str) -> None:
    answer = library.get(address_of(name, ".atom"))
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    times = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert times == sorted(times, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == times[0]
    for entry in entries:
        [link] = entry.findall(f"{ATOM}link")
        assert str(link.get("href")).startswith("http://localhost/gleanings/-/highlight/")
        assert entry.findtext(f"{ATOM}title")


def test_a_new_highlight_is_a_new_entry_and_the_others_keep_their_identity(
    example: Path, library: Library, tmp_path: Path
) -> None:
    path = Path(shutil.copy(example, tmp_path))
    assert library

    def read_ids() -> list[str | None]:
        feed = etree.fromstring(Library(path).get("/gleanings/-/home.atom").content)
        return [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]

    before = read_ids()
    db = sqlite3.connect(path)
    with db:
        db.execute(
            "insert into highlights (text, document_id, position, category, synced_on, uid, content_hash)"
            " values ('new', 1, 99, 'tweets', '2030-01-01', 'test:new', 0)"
        )
    db.close()
    assert read_ids() == ["urn:gleanings:test:new", *before]


def test_hostile_text_changes_no_format(example: Path, library: Library, tmp_path: Path) -> None:
    path = Path(shutil.copy(example, tmp_path))
    assert library
    db = sqlite3.connect(path)
    with db:
        for table, columns in FREE_TEXT.items():
            for column in columns:
                key = "highlight_id" if "highlight_" in table else "id"
                db.execute(f"update {table} set {column} = {key} || ?", (f" ]]>\x01\ufffe\u202e {HOSTILE}",))
    db.close()
    hostile = Library(path)
    for name in ADDRESSES:
        assert hostile.get(address_of(name, ".md")).status_code == 200
        assert isinstance(hostile.json(address_of(name, ".json"))["items"], list)
        if name in FEEDS:
            answer = hostile.get(address_of(name, ".atom"))
            feed = etree.fromstring(answer.content)
            assert {child.tag for child in feed} <= {
                f"{ATOM}{tag}" for tag in ("id", "title", "updated", "link", "entry")
            }
            assert not any("<script" in (content.text or "") for content in feed.iter(f"{ATOM}content"))
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("stored", "instant"),
    [
        ("2022-01-08", "2022-01-08T00:00:00Z"),
        ("2022-01-08 10:30", "2022-01-08T10:30:00Z"),
        ("2022-01-08T10:30:05Z", "2022-01-08T10:30:05Z"),
        ("", "1970-01-01T00:00:00Z"),
        ("some day", "1970-01-01T00:00:00Z"),
    ],
)
def test_times_are_written_as_feeds_want_them(stored: str, instant: str) -> None:
    assert format_instant(stored) == instant


def test_action_tags_are_shown_as_headings_and_joined_passages(example: Path, tmp_path: Path) -> None:
    path = shutil.copy(example, tmp_path / "actions.db")
    db = sqlite3.connect(path)
    query = """select document_id, group_concat(id) from highlights
        where gone_at is null and text not like '%' || char(10) || '%'
        group by document_id having count(*) > 2"""
    document, ids = db.execute(query).fetchone()
    db.execute("delete from highlight_tags")
    for id_, name in zip(ids.split(","), ("h2", "c1", "c2"), strict=False):
        tag = db.execute("insert into tags (name) values (?) returning id", (name,)).fetchone()[0]
        db.execute("insert into highlight_tags (highlight_id, tag_id, position) values (?, ?, 0)", (id_, tag))
    for position, id_ in enumerate(ids.split(","), 1000):
        db.execute("update highlights set position = ? where id = ?", (position, id_))
    db.commit()
    db.close()
    page = Library(Path(path)).text(f"/actions/-/document/{document}")
    assert page.count('role="heading" aria-level="3"') == 1
    assert page.count('class="highlight joined"') == 1
    assert "#c1" not in page


def test_neighbours_and_related_documents_have_their_full_titles(library: Library, example: Path) -> None:
    db = sqlite3.connect(example)
    ids = [id_ for (id_,) in db.execute("select id from documents")]
    assert db.execute("select 1 from documents where title = 'How I Read a Paper in th...'").fetchone()
    db.close()
    pages = "".join(library.text(f"/gleanings/-/document/{id_}") for id_ in ids)
    links = [re.sub("<[^>]*>", "", link) for link in re.findall(r"<a [^>]*/-/document/.*?</a>", pages)]
    assert any("How I read a paper in three passes" in link for link in links)
    assert [link for link in links if "..." in link] == []
