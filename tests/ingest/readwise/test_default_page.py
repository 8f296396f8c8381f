"""Readwise's default Logseq page: one typical page in full, damaged and undamaged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.folder import find_sources
from ingest.source import read_source
from record_types.pages import Author, Note, Picture, Section, SourceFile

DATA = Path(__file__).parents[2] / "data" / "readwise"


def read_thread(name: str = "thread.md") -> SourceFile:
    (source,) = find_sources(DATA / name).stamps
    return read_source(source)


def test_the_document_has_the_values_of_the_properties() -> None:
    document = read_thread().pages[0].document
    assert document.uid == "thread:1400000000000000001"
    assert read_thread().pages[0].notes == ()  # no property is read as words of the reader's
    assert document.title == document.full_title == "The Maths You Need..."
    assert document.author == Author("paperlantern", "paperlantern", "https://twitter.com/paperlantern")
    assert (document.category, document.thread_id) == ("tweets", 1400000000000000001)
    assert document.properties == ()


def test_each_section_has_the_day_or_minute_of_its_sync() -> None:
    page = read_thread().pages[0]
    assert page.sections == (
        Section(7, "Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]", "2022-11-19"),
        Section(25, "New highlights added [[Feb 25th, 2023]] at 5:56 PM", "2023-02-25T17:56"),
    )
    assert [highlight.synced_on for highlight in page.highlights] == ["2022-11-19"] * 3 + ["2023-02-25T17:56"]


def test_a_highlight_is_its_text_without_the_view_link() -> None:
    first = read_thread().pages[0].highlights[0]
    assert first.text == (
        "The maths you need before you read your first paper, gathered in one place. A thread 👇 \n\n"
        "![](https://pbs.twimg.com/media/AbCdEfGhIjK.jpg)"
    )
    assert first.uid == "tweet:1400000000000000001"
    assert first.view_url == "https://twitter.com/paperlantern/status/1400000000000000001"
    assert (first.line, first.position, first.incomplete) == (8, 0, False)
    assert first.pictures == (Picture("https://pbs.twimg.com/media/AbCdEfGhIjK.jpg"),)


def test_a_tweet_is_dated_by_its_id() -> None:
    tweet = read_thread().pages[0].highlights[0].tweet
    assert tweet is not None
    assert tweet.handle == "paperlantern"
    assert tweet.created_at == datetime(2021, 6, 2, 8, 3, 5, 399000, tzinfo=UTC)


def test_tags_and_notes_belong_to_the_highlight_above() -> None:
    highlights = read_thread().pages[0].highlights
    assert highlights[0].tags == ("favorite", "machine learning")
    assert highlights[0].notes == (Note("Thread", "mark", 12),)
    assert highlights[2].notes == (Note("Start here,\nthen the rest.", "note", 23),)


def test_links_are_in_text_order_with_their_labels() -> None:
    links = [found for highlight in read_thread().pages[0].highlights for found in highlight.links]
    assert [found.link.url for found in links] == [f"https://t.co/AbCdEf000{n}" for n in range(1, 6)]
    assert [found.label == "Advanced" for found in links] == [False, True, False, True, False]


def test_a_damaged_copy_reads_the_same_and_is_marked_as_repaired() -> None:
    whole, damaged = read_thread(), read_thread("thread-damaged.txt")
    assert damaged.encoding == "utf-8, repaired"
    assert damaged == replace(whole, stamp=damaged.stamp, sha256=damaged.sha256, encoding="utf-8, repaired")
