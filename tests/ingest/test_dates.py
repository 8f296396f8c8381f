"""Days and times as graphs write them."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import KNOWN_FORMATS, compile_format, parse_day, parse_time

DAY = date(2022, 10, 31)


@pytest.mark.parametrize(
    "text",
    [
        "Oct 31st, 2022",
        "October 31st, 2022",
        "2022-10-31",
        "2022\\-10\\-31",
        "Monday, 31-10-2022",
        "Mon, 31.10.2022",
        "2022_10_31",
        "2022/10/31",
        "20221031",
        "31st Oct 2022",
        "2022-10-31 Monday",
        "Mon, 10/31/2022",
        "31-10-2022",
        "October 31, 2022",
        "2022年10月31日",
        " oct 31ST, 2022 ",
        "October 31st, 2022, Monday",
        "Oct. 31, 2022",
        "2022.10.31",
        "31st October 2022",
        "31 October 2022",
        "Mon, 31/10/2022",
        "Mon, 2022/10/31",
        "Mon, 2022-10-31",
        "Mon, Oct 31st, 2022",
        "Mon, 31st Oct 2022",
        "Mon, 31 Oct 2022",
        "10-31-2022",
        "31.10.2022",
        "31/10/2022",
        "10/31/2022",
        "31_10_2022",
        "10_31_2022",
    ],
)
def test_known_formats_are_parsed_without_configuration(text: str) -> None:
    assert parse_day(text) == DAY


def test_all_months_and_weekdays_have_names() -> None:
    for number in range(365):
        day = date(2022, 1, 1) + timedelta(days=number)
        assert parse_day(f"{day:%a}, {day:%d} {day:%B} 2022") == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Readwise",
        "03-04-2023",
        "2022-13-01",
        "2022-02-30",
        "Tuesday, 31-10-2022",
        "31st, 2022",
        "2022-10-31x",
        "Oct 2022",
        "03/04/2023",
        "03_04_2023",
        "10.31.2022",
        "2022-10-31 Tuesday",
        "Mon, 2022.10.31",
    ],
)
def test_an_invalid_or_ambiguous_day_is_not_parsed(text: str) -> None:
    assert parse_day(text) is None


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("03-04-2023", "MM-dd-yyyy", date(2023, 3, 4)),
        ("03-04-2023", "dd-MM-yyyy", date(2023, 4, 3)),
        ("4. 3. 23", "d. M. yy", date(2023, 3, 4)),
        ("2023'3'4", "yyyy''MM''dd", date(2023, 3, 4)),
        ("day 4 of Mar 2023", "'day' d 'of' MMM yyyy", date(2023, 3, 4)),
        ("Nov 19th, 2022", "yyyy_MM_dd", date(2022, 11, 19)),
        ("2022-10-31", "yyyy yyyy", DAY),
        ("2022-W44-Mon", "yyyy-'W'ww-E", DAY),
        ("Q4 304 2022-10-31", "'Q'Q D yyyy-MM-dd", DAY),
        ("304 304 31. 10. 22", "DDD DD d. M. yy", DAY),
        ("W44 Oct 31st 2022", "'W'w MMMM do yyyy", DAY),
        ("44 22 Mon 2022", "WW YY E xxxx", DAY),
        ("44 Mon 2022", "W EEE YYYY", DAY),
        ("44 Mon 2022", "ww EE xxxx", DAY),
        ("Monday, week 44 of 2022", "EEEE, 'week' w 'of' xxxx", DAY),
    ],
)
def test_the_graphs_own_format_is_tried_before_the_known_ones(text: str, form: str, day: date) -> None:
    assert parse_day(text, (form,)) == day


def test_a_week_that_the_year_does_not_have_is_not_a_day() -> None:
    assert compile_format("yyyy-'W'ww-E")("2022-W53-Mon") is None
    assert compile_format("yyyy-'W'ww")("2022-W44") is None


def test_a_format_without_a_year_matches_no_day() -> None:
    assert compile_format("MMM do")("Oct 31st") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5:56 PM", time(17, 56)),
        ("12:05 AM", time(0, 5)),
        ("12:05 pm", time(12, 5)),
        (" 17:56 ", time(17, 56)),
        ("2:42:30 PM", time(14, 42, 30)),
        ("5:56\u202fp.m.", time(17, 56)),
        ("25:00", None),
        ("0:10 PM", None),
        ("5 PM", None),
    ],
)
def test_times_are_parsed_with_and_without_am_and_pm(text: str, found: time | None) -> None:
    assert parse_time(text) == found


@given(st.text(max_size=30), st.sampled_from(KNOWN_FORMATS) | st.text(max_size=20))
def test_any_text_and_any_format_give_a_day_or_none(text: str, form: str) -> None:
    assert parse_day(text, (form,)) is None or isinstance(parse_day(text, (form,)), date)
