"""The home page: what to read again, what is new since the last visit, and charts that are links."""

from __future__ import annotations

import re
import shutil
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from store.browse.charts import fill_gaps, group_by_month
from store.browse.heat_maps import draw_day_map, draw_month_map, draw_neighbours
from store.browse.home_page import choose_again, read_home, read_visit
from store.connection import open_store
from tests.store.browse.library import Library
from tests.store.browse.requirements import need_module

need_module("datasette")


def test_a_highlight_is_worth_rereading_all_day_and_favourites_come_first(
    example: Path, tmp_path: Path
) -> None:
    db = open_store(Path(shutil.copy(example, tmp_path)))
    today = date(2026, 3, 4)
    assert choose_again(db, today) == choose_again(db, today)
    tagged = "select highlight_id from highlight_tags join tags on tags.id = tag_id where name = 'favorite'"
    favourites = {id_ for (id_,) in db.execute(tagged)}
    assert favourites
    chosen = {choose_again(db, today + timedelta(days=n))[0] for n in range(40)}
    assert chosen <= favourites
    db.execute("delete from highlight_tags")
    noted = {id_ for (id_,) in db.execute("select highlight_id from notes where kind = 'note'")}
    assert {choose_again(db, today + timedelta(days=n))[0] for n in range(40)} <= noted
    db.execute("delete from notes")
    assert len({choose_again(db, today + timedelta(days=n))[0] for n in range(40)}) > 5
    db.execute("update highlights set gone_at = '2022-01-01T00:00:00Z'")
    assert choose_again(db, today) == []
    db.close()


def test_this_day_in_other_years_shows_the_highlights_of_the_day(example: Path) -> None:
    db = sqlite3.connect(example)
    page = read_home(db, {"today": "2030-01-08"})
    assert {row["taken_at"][5:10] for row in page["other_years"]} == {"01-08"}
    assert read_home(db, {"today": "2030-12-31"})["other_years"] == []
    db.close()


def test_the_highlight_to_reread_is_not_shown_again_under_this_day(example: Path, tmp_path: Path) -> None:
    db = open_store(Path(shutil.copy(example, tmp_path)))
    (again,) = choose_again(db, date(2030, 1, 8))
    db.execute("update highlights set gone_at = 'x' where taken_at like '____-01-08%' and id <> ?", (again,))
    db.execute("update highlights set taken_at = '2022-01-08T00:00:00Z' where id = ?", (again,))
    page = read_home(db, {"today": "2030-01-08"})
    db.close()
    assert ([row["id"] for row in page["again"]], page["other_years"]) == ([again], [])


@pytest.mark.parametrize(
    ("cookie", "now", "seen"),
    [
        ("", 0, 0),
        ("3-9-1000", 1100, 3),  # the same visit
        ("3-9-1000", 2800, 3),
        ("3-9-1000", 2801, 9),  # the next one
        ("3-9-1000", 9000, 9),
        (f"{'3' * 18}-9-{'1' * 12}", 0, int("3" * 18)),
        (f"3-9-{'1' * 13}", 0, 0),
        (f"3-{'9' * 19}-1", 0, 0),
        ("3-9", 0, 0),
        ("3-9-x", 0, 0),
        ("<script>-1-1", 0, 0),
        ("9" * 40 + "-1-1", 0, 0),
    ],
)
def test_a_visit_ends_after_a_pause(cookie: str, now: int, seen: int) -> None:
    assert read_visit(cookie, now).seen == seen


def test_home_counts_what_arrived_since_the_last_visit(
    example: Path, library: Library, tmp_path: Path
) -> None:
    path = Path(shutil.copy(example, tmp_path))
    assert library
    fresh = Library(path)
    answer = fresh.get("/gleanings/-/home")
    assert "since your last visit" not in answer.text
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    db = sqlite3.connect(path)
    last = db.execute("select max(id) from highlights").fetchone()[0]
    assert re.match(rf"gleanings-visit=0-{last}-\d+;", cookie)
    with db:
        db.execute(
            "insert into highlights (text, document_id, position, category, uid, content_hash)"
            " values ('new', 1, 99, 'tweets', 'test:new', 0)"
        )
    db.close()
    request = fresh.datasette.client.get("/gleanings/-/home", cookies={"gleanings-visit": f"0-{last}-1"})
    assert "1 new since your last visit" in fresh._await(request).text


def test_every_mark_of_a_chart_leads_to_what_it_counts(library: Library) -> None:
    page = library.text("/gleanings/-/home")
    marks = re.findall(
        r'href="(/gleanings/-/highlights\?on=[\d-]+)" tabindex="-1" aria-label="[^"]*: ([\d,]+)"', page
    )
    assert len({len(address) for address, _ in marks}) == 2, "days and months"
    for address, count in marks:
        assert library.text(address).count('<article class="highlight"') == int(count)


def test_empty_years_are_left_out() -> None:
    months = group_by_month([("1999-02", "tweets", 1), ("2022-03", "tweets", 2)])
    assert len(months) == 24
    assert {label[:4] for label in months} == {"1999", "2022"}
    assert fill_gaps({"odd": {"tweets": 1}}) == {"odd": {"tweets": 1}}
    assert draw_month_map({"1999-02": 1, "2022-03": 2}).count("<rect") == 24


def test_a_heat_map_has_a_cell_for_each_day_of_53_weeks_at_most() -> None:
    drawn = draw_day_map({"2022-07-03": 4, "2021-12-31": 1, "1990-01-01": 9}, date(2022, 7, 3), "x?on=")
    assert 52 * 7 < drawn.count("<rect") <= 53 * 7
    assert re.findall(r'<a href="x\?on=([^"]+)"', drawn) == ["2021-12-31", "2022-07-03"]
    assert draw_day_map({}, date(2022, 7, 3), "") == ""


def test_neighbours_of_a_topic_are_links_with_escaped_names() -> None:
    drawn = draw_neighbours("<b>", [("<i>", 3, '/t/"1'), ("other", 1, "/t/2")])
    assert "<i>" not in drawn
    assert "<b>" not in drawn
    assert re.findall('href="([^"]+)"', drawn) == ["/t/&#34;1", "/t/2"]
    assert draw_neighbours("alone", []) == ""


def test_a_topic_says_why_and_shows_its_neighbours(library: Library, example: Path) -> None:
    db = sqlite3.connect(example)
    [(topic,)] = db.execute("select topic_id from highlight_topics group by 1 order by count(*) desc limit 1")
    [(reason,)] = db.execute("select reason from highlight_topics where topic_id = ? limit 1", (topic,))
    db.close()
    page = library.text(f"/gleanings/-/topic/{topic}")
    assert re.search(r'<p class="lead">\d+ (tagged|linked by you|with a hashtag|introduced by name)', page)
    assert f"Why here: <bdi>{reason}" in page
