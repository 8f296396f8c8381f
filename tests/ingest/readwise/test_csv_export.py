"""Readwise's CSV: many documents in one table, and no row that spoils the others."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.source import parse_text
from ingest.text import Parsed, Text
from record_types.pages import BlockProperty, Note, Problem

DATA = Path(__file__).parents[2] / "data" / "vaults"
HEADER = (
    "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,"
    "Location Type,Location,Highlighted at,Document tags\n"
)


def parse(text: str) -> Parsed:
    dialect, parsed = parse_text(Text(text, "readwise-data", ".csv"))
    assert dialect == "readwise-csv"
    return parsed


def test_each_document_is_a_page_in_the_order_of_its_first_row() -> None:
    pages = parse((DATA / "readwise.csv").read_text(encoding="utf-8")).pages
    assert [(page.document.title, page.document.category, page.line) for page in pages] == [
        ("The Patient Gardener", "books", 2),
        ("Nine Notes on Slow Rea...", "tweets", 5),
        ("Ep 4: Ferns", "podcasts", 6),
    ]
    assert pages[0].document.tags == ("garden",)
    assert pages[0].document.properties == (("asin", "B00MOSS"),)
    assert pages[0].notes == (Note("a note alone", "note", 7),)


def test_a_row_has_location_moment_tags_note_and_colour() -> None:
    book, _, podcast = parse((DATA / "readwise.csv").read_text(encoding="utf-8")).pages
    first, second, last = book.highlights
    assert (first.uid, first.text, first.line) == (
        "kindle:B00MOSS:12",
        "A garden is a library\nof weather.",
        2,
    )
    assert (first.tags, first.notes) == (("weather", "slow lane"), (Note('mine, "all" mine', "note", 2),))
    assert (second.line, second.taken_at) == (4, datetime(2022, 3, 7, 21, 12, 42, tzinfo=UTC))
    assert (last.location, last.location_kind, last.view_url, last.line) == ("9", "page", None, 10)
    assert book.block_properties == (BlockProperty(2, "color", "yellow"),)
    assert (podcast.highlights[0].location, podcast.highlights[0].location_kind) == ("1:02:05", "time")


def test_a_title_is_displayed_without_entities_and_kept_as_written() -> None:
    (page,) = parse(HEADER + "Words,Tea &Amp; Toast,A. Cook,,,,,,,,\n").pages
    assert page.document.title == page.document.full_title == "Tea & Toast"
    assert ("title", "Tea &Amp; Toast") in page.document.properties


def test_bad_rows_are_reported_with_line_and_words_and_skipped() -> None:
    problems = parse((DATA / "readwise.csv").read_text(encoding="utf-8")).problems
    assert [(problem.kind, problem.line) for problem in problems] == [
        ("unknown-date", 5),
        ("bad-row", 8),
        ("bad-row", 9),
    ]
    assert 'broken "quote" row' in problems[2].message


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest() -> None:
    parsed = parse(HEADER + 'one,T,A\n"two,T,A\nthree,T,A\nfour,T,A\n')
    assert [highlight.text for highlight in parsed.pages[0].highlights] == ["one", "three", "four"]
    assert parsed.problems == (Problem("bad-row", 'a quote is never closed: "two,T,A', 3),)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spreadsheets_delimiters_and_line_endings_are_read(delimiter: str, end: str) -> None:
    table = "\ufeff" + (HEADER + "words,T,A,,,,a,page,3,2022-03-07,\n").replace(",", delimiter).replace(
        "\n", end
    )
    (page,) = parse(table).pages
    (highlight,) = page.highlights
    assert (highlight.text, highlight.location, highlight.tags) == ("words", "3", ("a",))


def test_columns_may_be_fewer_and_unknown_ones_are_kept() -> None:
    (page,) = parse("Book Title,Highlight,Shelf\nT,words,left\n").pages
    assert page.highlights[0].text == "words"
    assert page.block_properties == (BlockProperty(2, "shelf", "left"),)
    assert parse("Book Title,Highlight\nT,words,more\n").problems[0].kind == "bad-row"
    (page,) = parse("Book Title,Highlight,Note,Note,Tags\nT,,one,two,three\n").pages
    assert page.notes == (Note("one", "note", 2),)
    assert page.block_properties == (BlockProperty(2, "note 4", "two"), BlockProperty(2, "tags", "three"))


def test_a_cell_may_be_larger_than_the_csv_modules_default_limit() -> None:
    (page,) = parse(HEADER + f'"{"word " * 100_000}",T,A\n').pages
    assert len(page.highlights[0].text) == 499_999


@pytest.mark.parametrize(
    "table", ["", "Highlight,Title\nx,y\n", "Name,Book Title\n", '"Highlight\n', "Highlights of Book Title\n"]
)
def test_other_tables_are_not_detected(table: str) -> None:
    assert parse_text(Text(table, "table", ".csv")) == (None, Parsed())


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        ("Location", "books"),
        ("PAGE", "books"),
        ("time_offset", "podcasts"),
        ("order", "other"),
        ("", "other"),
    ],
)
def test_a_book_without_a_category_is_recognised_by_its_locations(kind: str, category: str) -> None:
    (page,) = parse(f"{HEADER}Words,Tea,A. Cook,,,,,{kind},5,,\n").pages
    assert page.document.category == category
