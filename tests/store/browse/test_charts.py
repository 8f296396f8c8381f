"""Charts: each mark is as long as its count, is named, and leads to what it counts."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from tests.store.browse.requirements import need_module

need_module("datasette")

from store.browse.charts import (  # noqa: E402 - Datasette brings what they need
    BASE,
    COLOUR_COUNT,
    MAX_YEARS_BY_MONTH,
    ROW,
    TOP,
    draw_bars,
    draw_columns,
    draw_share,
    draw_trend,
    format_month,
    group_by_month,
    label_ticks,
    round_up_axis,
)
from store.browse.heat_maps import draw_day_map, draw_month_map, draw_neighbours  # noqa: E402

Mark = tuple[str, Any, float, float, float, str]


def read_marks(svg: str) -> list[Mark]:
    """Class, x, y, width, height and title of each rectangle; places across are percentages."""
    pattern = (
        r'<rect class="(\w+)" x="([\d.]+)%" y="([\d.]+)" width="([\d.]+)%" height="([\d.]+)"[^>]*>'
        r"<title>(.*?)</title>"
    )
    return [
        (name, float(x), float(y), float(width), float(height), title)
        for name, x, y, width, height, title in re.findall(pattern, svg)
    ]


def test_columns_are_stacked_from_the_base_line_up() -> None:
    columns = {"2022-01": {"tweets": 3, "books": 1}, "2022-02": {}, "2022-03": {"books": 2}}
    drawn = draw_columns(columns, ("tweets", "books"), "By month", "list?on=")
    room = BASE - TOP
    assert read_marks(drawn) == [
        ("part0", pytest.approx(4.667), BASE - 0.75 * room, 24.0, 0.75 * room, "Jan 2022: 3 tweets"),
        ("part1", pytest.approx(4.667), BASE - room, 24.0, 0.25 * room, "Jan 2022: 1 books"),
        ("part1", pytest.approx(71.333), BASE - 0.5 * room, 24.0, 0.5 * room, "Mar 2022: 2 books"),
    ]
    assert re.findall(r'href="([^"]*)" tabindex="-1" aria-label="([^"]*)"', drawn) == [
        ("list?on=2022-01", "Jan 2022: 4"),
        ("list?on=2022-03", "Mar 2022: 2"),
    ]
    assert 'role="group" aria-label="By month"' in drawn
    assert ">4</text>" in drawn
    assert ">2</text>" in drawn


def test_columns_without_an_address_are_one_picture_and_without_a_count_none() -> None:
    drawn = draw_columns({"2022": {"a": 1}}, ("a",), "By year")
    assert 'role="img"' in drawn
    assert "<a " not in drawn
    assert draw_columns({"2022": {"a": 0}}, ("a",), "By year") == draw_columns({}, (), "") == ""


def test_colours_begin_again_after_the_last() -> None:
    parts = [f"p{number}" for number in range(COLOUR_COUNT + 1)]
    drawn = draw_columns({"2022": dict.fromkeys(parts, 1)}, parts, "")
    assert [name for name, *_ in read_marks(drawn)] == [
        *(f"part{number}" for number in range(COLOUR_COUNT)),
        "part0",
    ]


@pytest.mark.parametrize(
    ("count", "top"),
    [
        (1, 2),
        (2, 2),
        (3, 4),
        (4, 4),
        (5, 10),
        (10, 10),
        (11, 20),
        (21, 40),
        (41, 100),
        (100, 100),
        (101, 200),
    ],
)
def test_an_axis_ends_at_a_number_whose_half_is_whole(count: int, top: int) -> None:
    assert round_up_axis(count) == top


def months(count: int) -> list[str]:
    return [f"{2020 + number // 12}-{number % 12 + 1:02}" for number in range(count)]


@pytest.mark.parametrize(
    ("labels", "ticks"),
    [
        (months(12), [(0, "2020"), (3, "Apr"), (6, "Jul"), (9, "Oct")]),
        (
            months(24),
            [
                (0, "2020"),
                (3, "Apr"),
                (6, "Jul"),
                (9, "Oct"),
                (12, "2021"),
                (15, "Apr"),
                (18, "Jul"),
                (21, "Oct"),
            ],
        ),
        (months(25), [(0, "2020"), (12, "2021"), (24, "2022")]),
        (["2001", "2002"], [(0, "2001"), (1, "2002")]),
        (
            [str(2000 + n) for n in range(9)],
            [(0, "2000"), (2, "2002"), (4, "2004"), (6, "2006"), (8, "2008")],
        ),
    ],
)
def test_columns_are_labelled_where_there_is_room(labels: list[str], ticks: list[tuple[int, str]]) -> None:
    assert label_ticks(labels) == ticks


def test_months_have_names_and_other_labels_stay() -> None:
    assert [format_month(text) for text in ("2022-01", "2022-12", "2022", "x")] == [
        "Jan 2022",
        "Dec 2022",
        "2022",
        "x",
    ]


@pytest.mark.parametrize(
    ("years", "label"), [(MAX_YEARS_BY_MONTH, "2000-02"), (MAX_YEARS_BY_MONTH + 1, "2000")]
)
def test_many_years_are_counted_by_year(years: int, label: str) -> None:
    rows = [(f"{2000 + number}-02", "a", 1) for number in range(years)] + [
        ("2000-02", "a", 2),
        ("2000-03", "b", 5),
    ]
    counted = group_by_month(rows)
    assert counted[label] == ({"a": 3} if "-" in label else {"a": 3, "b": 5})
    assert list(counted) == sorted(counted)


def test_bars_are_stacked_from_the_left_and_named() -> None:
    long = "a" * 33
    drawn = draw_bars([("one", {"x": 3, "y": 1}), (long, {"y": 2})], ("x", "y", "z"), "By site")
    assert read_marks(drawn) == [
        ("part0", 0.0, 23.0, 75.0, 9.0, "one: 3 x"),
        ("part1", 75.0, 23.0, 25.0, 9.0, "one: 1 y"),
        ("part1", 0.0, ROW + 23.0, 50.0, 9.0, f"{long}: 2 y"),
    ]
    assert re.findall(r'<text class="(\w+)" x="\S+" y="(\d+)">(.*?)</text>', drawn) == [
        ("label", "16", "one"),
        ("grid", "16", "4"),
        ("label", str(ROW + 16), "a" * 31 + "…"),
        ("grid", str(ROW + 16), "2"),
    ]
    assert f'height="{2 * ROW}"' in drawn
    assert draw_bars([("none", {})], ("x",), "") == draw_bars([], ("x",), "") == ""
    assert "a" * 32 + "</text>" in draw_bars([("a" * 32, {"x": 1})], ("x",), "")


@pytest.mark.parametrize(
    ("count", "highest", "width"), [(1, 4, "25.0"), (9, 4, "100.0"), (0, 4, "0.0"), (0, 0, "0.0")]
)
def test_a_share_is_at_most_the_whole(count: int, highest: int, width: str) -> None:
    assert f'<rect width="{width}%"' in draw_share(count, highest)


def test_a_trend_has_a_bar_for_each_year() -> None:
    drawn = draw_trend([("2020", 0), ("2021", 23), ("2022", 1000)])
    assert [(x, y, width, height, title) for _, x, y, width, height, title in read_marks(drawn)] == [
        (0.0, 24.0, 26.67, 1.0, "2020: 0"),
        (33.33, 23.5, 26.67, 1.0, "2021: 23"),
        (66.67, 1.0, 26.67, 23.0, "2022: 1,000"),
    ]
    assert 'aria-label="2020: 0, 2021: 23, 2022: 1,000"' in drawn
    assert draw_trend([("2020", 0)]) == draw_trend([]) == ""


# --- heat maps


@pytest.mark.parametrize(
    ("count", "level"), [(0, 0), (1, 1), (25, 1), (26, 2), (50, 2), (51, 3), (76, 4), (100, 4)]
)
def test_a_cell_is_darker_by_quarters_of_the_highest_count(count: int, level: int) -> None:
    drawn = draw_month_map({"2022-01": 100, "2022-02": count})
    january, february, *_ = read_marks(drawn)
    assert (january[0], february[0]) == ("heat4", f"heat{level}")


def test_years_are_rows_the_newest_first_and_months_columns() -> None:
    drawn = draw_month_map({"2021-12": 1, "2023-01": 2, "odd": 9, "2022-05": 0})
    marks = read_marks(drawn)
    assert len(marks) == 24
    assert [(mark[1], mark[2], mark[5]) for mark in (marks[0], marks[-1])] == [
        (12.0, 17.0, "Jan 2023: 2"),
        (pytest.approx(12 + 11 * 7.3), 37.0, "Dec 2021: 1"),
    ]
    assert "<a " not in drawn
    assert draw_month_map({"2022-05": 0}) == ""


def test_days_are_rows_of_a_week_and_the_last_week_ends_with_today() -> None:
    wednesday = date(2022, 7, 6)
    drawn = draw_day_map({"2022-07-06": 2, "2022-07-04": 1}, wednesday, "x?on=")
    marks = read_marks(drawn)
    assert marks[0][5] == "5 Jul 2021: 0"
    monday, _, last = marks[-3:]
    assert monday[1] == last[1] == pytest.approx(52 / 53 * 100, abs=0.001)
    assert (monday[0], last[0], last[5]) == ("heat2", "heat4", "6 Jul 2022: 2")
    assert last[2] - monday[2] == 2 * (marks[1][2] - marks[0][2])


def test_neighbours_are_on_both_sides_the_closest_with_the_thickest_line() -> None:
    long = "a topic with a long name"
    drawn = draw_neighbours("tides", [("sea", 10, "/t/1"), (long, 5, "/t/2"), ("moon", 2, "/t/3")])
    edges = re.findall(r'x2="(\d+)%" y2="(\d+)" stroke-width="([\d.]+)"', drawn)
    assert edges == [("25", "24", "6.0"), ("25", "68", "2.0"), ("75", "24", "3.5")]
    assert f">{long[:21]}…</text>" in drawn
    assert f'aria-label="{long}: 5 together"' in drawn
    assert f">{'b' * 22}</text>" in draw_neighbours("b" * 22, [("sea", 1, "/")])
    assert draw_neighbours("tides", []) == ""
