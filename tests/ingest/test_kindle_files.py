"""Kindle clippings as devices and readers leave them: deleted entries, long titles, time zones, changed
ends."""

from __future__ import annotations

import pytest

from ingest.source import parse_text
from ingest.text import Text
from record_types.pages import Page

RULE = "==========\n"


def read(text: str) -> Page:
    dialect, parsed = parse_text(Text(text, "My Clippings", ".txt"))
    assert dialect == "kindle"
    assert parsed.problems == ()
    (page,) = parsed.pages
    return page


def clip(what: str, place: str, time: str, text: str, title: str = "Harbours (Lund, Mara)") -> str:
    return f"{title}\n- Your {what} on {place} | Added on Monday, January 1, 2024 {time} AM\n\n{text}\n{RULE}"


@pytest.mark.parametrize("place", ["page 10 | Location 105-105", "page 12"])
def test_a_note_belongs_to_the_highlight_just_above_it_at_its_place(place: str) -> None:
    page = read(
        clip("Highlight", place, "10:00:00", "First short line.")
        + clip("Note", place, "10:00:30", "about the first")
        + clip("Highlight", place, "10:02:00", "Second line.")
        + clip("Highlight", place, "10:03:00", "Third line.")
        + clip("Note", place, "10:03:30", "about the third")
    )
    notes = [[note.text for note in each.notes] for each in page.highlights]
    assert notes == [["about the first"], [], ["about the third"]]


@pytest.mark.parametrize("place", ["page 10 | Location 105-105", "page 12"])
def test_a_note_above_its_highlight_belongs_to_it_if_both_have_the_same_time(place: str) -> None:
    page = read(
        clip("Note", place, "10:00:00", "about the first")
        + clip("Highlight", place, "10:00:00", "First short line.")
        + clip("Note", place, "10:05:00", "about the second")
        + clip("Highlight", place, "10:05:00", "Second line.")
    )
    notes = [[note.text for note in each.notes] for each in page.highlights]
    assert notes == [["about the first"], ["about the second"]]


@pytest.mark.parametrize("start", [f"\n{RULE}", f"{RULE}\n{RULE}", f"\ufeff{RULE}"])
def test_a_file_may_begin_with_deleted_entries(start: str) -> None:
    page = read(start + clip("Highlight", "page 1", "10:00:00", "Lime."))
    assert [each.text for each in page.highlights] == ["Lime."]


def test_a_title_may_contain_a_line_break() -> None:
    page = read(clip("Highlight", "page 1", "10:00:00", "Lime.", "Butch and\nthe Kid (Willa Gold)"))
    assert page.document.title == "Butch and the Kid"
    assert page.document.author is not None
    assert page.document.author.name == "Willa Gold"
    assert [each.text for each in page.highlights] == ["Lime."]


@pytest.mark.parametrize(
    ("added", "moment"),
    [
        ("Data: terça-feira, 19 de março de 2019 23h32min06s GMT-03:00", "2019-03-20T02:32:06+00:00"),
        ("Added on 2013年8月5日 星期一 上午09时11分28秒 GMT+08:00", "2013-08-05T01:11:28+00:00"),
        ("Hinzugefügt am Montag, 5. August 2013 um 4.46 Uhr GMT+07:29", "2013-08-04T21:17:00+00:00"),
        ("Ajouté le mardi 19 mars 2019 à 23 h 32 min 06 s UTC+02:00", "2019-03-19T21:32:06+00:00"),
        ("Ajouté le mardi 19 mars 2019 UTC+02:00", "2019-03-19T00:00:00+00:00"),
        ("Hinzugefügt am 19.03.2019 23:32", "2019-03-19T23:32:00+00:00"),
        ("Added on Saturday, 29 April 17 21:23:29", "2017-04-29T21:23:29+00:00"),
        ("Added on Saturday, 29 April 2017 21:23:29", "2017-04-29T21:23:29+00:00"),
    ],
)
def test_a_zone_counts_and_a_year_may_have_two_digits(added: str, moment: str) -> None:
    page = read(f"Lamps (Jo Roe)\n- Highlight Loc. 563-64  | {added}\n\nA lamp.\n{RULE}")
    assert page.highlights[0].taken_at is not None
    assert page.highlights[0].taken_at.isoformat() == moment


def test_a_passage_whose_ends_were_moved_within_a_minute_is_one_highlight() -> None:
    page = read(
        clip("Highlight", "page 2-2", "9:24:55", "The owl turned the pages one by one. They were")
        + clip("Highlight", "page 2-2", "9:24:57", "turned the pages one by one")
        + clip("Highlight", "page 2-2", "9:58:00", "turned the pages one by one. They")
    )
    assert len(page.highlights) == 2


def test_a_word_of_another_passage_on_the_page_stays_a_highlight() -> None:
    page = read(
        clip("Highlight", "page 2", "9:24:55", "Yes, and no.")
        + clip("Highlight", "page 2", "9:24:57", "Yes.")
    )
    assert len(page.highlights) == 2
