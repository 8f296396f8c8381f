"""Cells of Datasette's tables and words on the pages: safe HTML, exact numbers, readable dates."""

from __future__ import annotations

from typing import Any

import pytest

from tests.store.browse.requirements import need_module

need_module("datasette")

from markupsafe import Markup  # noqa: E402 - Datasette brings it

from store.browse.cells import (  # noqa: E402 - Datasette brings what they need
    add_link,
    find_picture_urls,
    may_contain_pictures,
    render_value,
)
from store.browse.facets import find_question, kept_counts, kept_one, kept_parts, kept_values  # noqa: E402
from store.browse.page_templates import (  # noqa: E402
    ENVIRONMENT,
    format_day,
    format_time,
    make_target,
    mark_matches,
    name_category,
)
from store.browse.safe_html import Picture  # noqa: E402

PICTURE = "https://p.example/a.png"


def render(value: Any, column: str = "text", table: str | None = "highlights", row: Any = None) -> str | None:
    found = render_value(value, column, table, row, remote=False, pictures={PICTURE: Picture("/copy")})
    return None if found is None else str(found).strip()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2**53, None),
        (2**53 + 1, str(2**53 + 1)),
        (-(2**53) - 1, str(-(2**53) - 1)),
        (True, None),
        (1.5, None),
    ],
)
def test_a_number_that_javascript_rounds_is_text(value: Any, shown: str | None) -> None:
    assert render(value, "id") == shown


def test_only_text_columns_are_markdown_and_only_up_to_a_length() -> None:
    assert render("*a*") == "<p><em>a</em></p>"
    assert render("*a*", "title") is None
    assert render("a" * 20_000) == f"<p>{'a' * 20_000}</p>"
    assert render("a" * 20_001) is None
    assert render("") is None
    assert render("a\x07<b>", "title") == "a⟨U+0007⟩&lt;b&gt;"


def test_an_address_is_a_link_with_the_title_of_its_row() -> None:
    assert ">Tea</a>" in (render("https://a.example/", "url", "links", {"title": "Tea"}) or "")
    rows: tuple[Any, ...] = ({"title": ""}, {"title": 5}, {}, None, [])
    for row in rows:
        assert ">a.example</a>" in (render("https://a.example/", "url", "links", row) or "")
    assert ">a.example</a>" in (render("https://a.example/", "final_url", "links", {"title": "Tea"}) or "")
    assert 'src="/copy"' in (render(PICTURE, "url", "media") or "")
    assert "<img" not in (render(PICTURE, "url", "links") or "")
    assert "<img" not in (render(PICTURE, "path", "media") or "")
    assert 'src="/copy"' in (render(f"![]({PICTURE})") or "")


def test_a_link_to_the_page_precedes_the_content() -> None:
    link = Markup("<a>")
    assert add_link(None, Markup("<b>"), "x") == "<b>"
    assert add_link(None, None, "x") is None
    assert add_link(link, Markup("<b>"), "x") == "<a><b>"
    assert add_link(link, None, "<") == "<a>&lt;"
    assert add_link(link, None, 7) == "<a>7"
    assert add_link(link, None, "b" * 2048) == "<a>" + "b" * 2048
    assert add_link(link, None, "b" * 2049) == "<a>" + "b" * 2048 + "…"


def test_pictures_are_looked_for_where_they_may_be() -> None:
    assert may_contain_pictures(PICTURE, "url", "media")
    assert not may_contain_pictures(PICTURE, "url", "links")
    assert not may_contain_pictures(PICTURE, "path", "media")
    assert not may_contain_pictures("picture", "url", "media")
    assert may_contain_pictures(f"![]({PICTURE})", "text", None)
    assert not may_contain_pictures(f"![]({PICTURE})", "title", None)
    assert not may_contain_pictures("[]", "text", None)
    assert may_contain_pictures("![" + "a" * 19_998, "text", None)
    assert not may_contain_pictures("![" + "a" * 19_999, "text", None)
    assert find_picture_urls(PICTURE) == [PICTURE]
    assert find_picture_urls(f"a ![b]({PICTURE}) [c](x) ![d](http://e)") == [PICTURE, "http://e"]


# --- facets


@pytest.mark.parametrize(
    ("table", "column", "chosen", "question"),
    [
        ("highlights", "year", ("", ""), (kept_counts, "year")),
        ("resources", "status", ("", ""), (kept_counts, "resource")),
        ("resources", "year", ("", ""), None),
        ("highlights", "year", None, None),
        ("highlights", "year", ("category", "books"), (kept_parts, "category year")),
        ("highlights", "author_id", ("category", "books"), (kept_parts, "category author_id")),
        ("highlights", "author_id", ("year", "2022"), (kept_parts, "year author_id")),
        ("highlights", "category", ("year", "2022"), (kept_values, "category year")),
        ("highlights", "category", ("category", "books"), (kept_one, "category")),
        ("highlights", "category", ("author_id", "1"), None),
        ("resources", "kind", ("kind", "pdf"), None),
    ],
)
def test_a_facet_is_counted_from_what_is_kept(
    table: str, column: str, chosen: tuple[str, str] | None, question: tuple[str, str] | None
) -> None:
    assert find_question(table, column, chosen) == question


# --- words of pages


@pytest.mark.parametrize(
    ("text", "day", "time"),
    [
        ("2022-07-03T10:05:00Z", "3 Jul 2022", "3 Jul 2022, 10:05"),
        ("2022-12-31 23:59", "31 Dec 2022", "31 Dec 2022, 23:59"),
        ("2022-01-10", "10 Jan 2022", "10 Jan 2022"),
        ("2022-07", "2022-07", "2022-07"),
        ("2022-13-01", "2022-13-01", "2022-13-01"),
        ("soon", "soon", "soon"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_a_date_is_written_as_people_read_it(text: str | None, day: str, time: str) -> None:
    assert (format_day(text), format_time(text)) == (day, time)


def test_the_words_that_a_search_found_are_marked() -> None:
    assert mark_matches("a ⟦b⟧ <c>") == "a <mark>b</mark> &lt;c&gt;"
    assert mark_matches("a ⟦b <c>") == "a ⟦b &lt;c&gt;"


def test_a_link_shows_how_often_it_is_shared_and_whether_it_is_gone() -> None:
    link = {"resource_id": 5, "resource_url": "u", "final_url": "f", "title": "t", "archive_url": "a"}
    remarks = [
        make_target({**link, "shared": shared, "fetch": fetch}, "/r").remark
        for shared, fetch in ((None, "ok"), (1, "ok"), (2, "ok"), (1200, "dns"), (1, "gone"), (1, "archived"))
    ]
    assert remarks == ["", "", "shared 2 times", "shared 1,200 times · gone", "gone", "gone"]
    target = make_target({**link, "shared": 1, "fetch": "ok"}, "/r")
    assert (target.url, target.title, target.page, target.snapshot) == ("u", "t", "/r/-/resource/5", "a")
    assert make_target({**link, "resource_id": None}, "/r").url == "f"


def test_templates_show_long_names_shortened_and_statuses_in_words() -> None:
    def show(template: str, **values: object) -> str:
        return ENVIRONMENT.from_string(template).render(**values)

    assert show("{{ a }}", a="b" * 5000) == "b" * 5000
    assert show("{{ a }}", a="b" * 5001) == "b" * 5000 + "…"
    assert show("{{ a }}|{{ b }}|{{ c }}", a=None, b="<\x07", c=0) == "|&lt;⟨U+0007⟩|0"
    assert show("{{ 'gone'|words }} {{ 'x'|words }} {{ 'tls'|fetched }}") == "dead x broken encryption"
    assert show("{{ a is safe_address }}", a="javascript:x") == "False"
    assert (name_category("books"), name_category("x")) == ("Book", "x")
