"""Ten things that a reader comes for, each with at most three clicks from the home page, in a real browser.

Pressing Enter in the search box counts as a click.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from store.connection import open_store, transaction
from store.counts import refresh_counts
from tests.store.browse.library import ROOT, enrich, make_example, run, serve
from tests.store.browse.requirements import need_module

need_module("datasette")

TODAY = date.today()
LAST_WEEK = (TODAY - timedelta(days=4)).strftime("%b %d, %Y")
PAGE = f"""\
title:: On Naps (highlights)
author:: [[Ada North]]
full-title:: "On Naps"
category:: #articles
url:: https://naps.example/on

- Highlights first synced by [[Readwise]] [[{LAST_WEEK}]]
\t- Sleep is the cheapest editor. ([View Highlight](https://read.readwise.io/read/01hnap00000000000000000001))
"""


class Reader:
    """Someone at the browser, whose clicks are counted."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.clicks = 0

    def search(self, words: str) -> None:
        self.page.get_by_role("searchbox").first.fill(words)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile(r"/search\?"))
        self.clicks += 1

    def click(self, link: Any) -> None:
        link.click()
        self.page.wait_for_load_state()
        self.clicks += 1

    def open(self, name: str) -> None:
        """Click on a link of the menu."""
        self.click(self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).first)

    def find_link(self, kind: str, **options: Any) -> Any:
        return self.page.locator(f"main a[href*='/-/{kind}/']", **options).first

    @property
    def text(self) -> str:
        return str(self.page.locator("main").inner_text())


def find_the_tweet_about_paper_by_someone_in_2021(reader: Reader) -> None:
    reader.search("hand slower @paperkeeper after:2021 before:2022")
    reader.click(reader.find_link("highlight"))
    assert "the hand is slower" in reader.page.locator("article:target").inner_text()
    assert "Apr 2021" in reader.text


def find_what_was_saved_last_week_about_sleep(reader: Reader) -> None:
    reader.search(f"sleep after:{TODAY - timedelta(days=7)}")
    assert "cheapest editor" in reader.text
    reader.click(reader.find_link("highlight"))
    assert reader.page.locator("h1").inner_text() == "On Naps"


def see_whether_a_link_is_dead_and_where_a_copy_is(reader: Reader) -> None:
    reader.open("Health")
    dead = reader.page.locator("li", has_text="marginalia_(2019).pdf").first
    assert "dead" in dead.inner_text()
    copy = dead.get_by_role("link", name="archived copy")
    assert copy.get_attribute("href") == "https://archive.example/1"


def list_everything_by_an_author(reader: Reader) -> None:
    reader.search("riverkeeper")
    reader.click(reader.find_link("author"))
    assert "A river is a slow argument between water and stone" in reader.text
    assert "Tweets From Mara Rill" in reader.text


def list_the_favourites(reader: Reader) -> None:
    reader.open("Tags")
    reader.click(reader.find_link("tag"))
    assert reader.page.locator("h1").inner_text() == "#favorite"
    assert reader.page.locator("article").count() > 3


def list_what_a_thread_recommended(reader: Reader) -> None:
    reader.search("neural network")
    reader.click(reader.find_link("highlight"))
    names = reader.page.locator("main a[href*='/-/resource/']").all_inner_texts()
    assert {"Linear Algebra in Pictures", "Calculus on Sixty Pages"} <= set(names)


def cite_a_paper(reader: Reader) -> None:
    reader.search("acid gluten")
    reader.click(reader.find_link("resource"))
    with reader.page.expect_download() as download:
        reader.page.get_by_role("link", name="BibTeX").click()
    reader.clicks += 1
    assert Path(download.value.path()).read_text(encoding="utf-8").startswith("@")


def open_a_page_in_logseq(reader: Reader) -> None:
    reader.search("slow reader")
    reader.click(reader.find_link("document", has_text="The Slow Reader"))
    address = reader.page.get_by_role("link", name="Open in Logseq").get_attribute("href")
    assert address == "logseq://graph/graph?page=The%20Slow%20Reader%20%28highlights%29"
    reader.clicks += 1  # the browser hands the address to Logseq


def go_to_the_topic_next_to_this_one(reader: Reader) -> None:
    reader.open("Topics")
    reader.click(reader.find_link("topic", has_text=re.compile("^rivers$")))
    reader.click(reader.page.get_by_role("region", name="Related topics").locator("a").first)
    assert reader.page.locator("h1").inner_text() in ("memory", "maps", "walking", "two words")


def see_what_was_read_on_this_day(reader: Reader) -> None:
    section = reader.page.get_by_role("region", name="This day in other years")
    assert "Old maps know" in section.inner_text()
    reader.click(section.locator("a[href*='/-/highlight/']").first)
    assert reader.page.locator("article:target").count() == 1


TASKS = (
    find_the_tweet_about_paper_by_someone_in_2021,
    find_what_was_saved_last_week_about_sleep,
    see_whether_a_link_is_dead_and_where_a_copy_is,
    list_everything_by_an_author,
    list_the_favourites,
    list_what_a_thread_recommended,
    cite_a_paper,
    open_a_page_in_logseq,
    go_to_the_topic_next_to_this_one,
    see_what_was_read_on_this_day,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example and the graph of the tests, with something from last week and from this day years ago."""
    folder = tmp_path_factory.mktemp("ten")
    store = make_example(folder)
    (folder / "naps").mkdir()
    (folder / "naps" / "On Naps.md").write_text(PAGE, encoding="utf-8")
    run(folder, "import", str(ROOT / "tests" / "data" / "graph"), "naps")
    run(folder, "links", "import", str(ROOT / "tests" / "data" / "graph-links.csv"))
    run(folder, "export", "notes")
    enrich(store)
    db = open_store(store)
    with transaction(db):
        put_on_this_day(db)
        refresh_counts(db)
    db.close()
    with serve(store) as url:
        yield url


def put_on_this_day(db: sqlite3.Connection) -> None:
    """Date one highlight four years ago, which is a day that exists on 29 February, too."""
    day = TODAY.replace(year=TODAY.year - 4)
    found = db.execute("select id from highlights where text like '%Old maps know%'").fetchall()
    assert len(found) == 1
    changed = "update highlights set taken_at = ?, year = ? where id = ?"
    db.execute(changed, (f"{day}T12:00:00Z", day.year, *found[0]))


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.__name__)
def test_a_reader_gets_anywhere_within_three_clicks(
    server: str, browser: Any, task: Callable[[Reader], None]
) -> None:
    page = browser.new_page()
    page.goto(f"{server}/home")
    reader = Reader(page)
    task(reader)
    page.close()
    assert reader.clicks <= 3
