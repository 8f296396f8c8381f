"""View links, tags, sync headers and times: what each notation means, and what only looks like one."""

from __future__ import annotations

import pytest

from ingest.readwise.notation import (
    Header,
    View,
    parse_header,
    parse_tag_list,
    parse_tags,
    read_utc,
    split_day,
    split_view,
    write_time,
)

READ = "https://read.readwise.io/read/01a"
TWEET = "https://x.com/ada/status/20"


@pytest.mark.parametrize(
    ("text", "before", "view", "after"),
    [
        (f"a ([View Highlight]({READ}))", "a", View(READ, None, None), ""),
        (f"a([View Tweet]({TWEET}?a=1&amp;b=\\-))", "a", View(f"{TWEET}?a=1&b=-", None, None), ""),
        ("a ([View Tweet]( ))", "a", View(None, None, None), ""),
        ("a ([View Tweet](https://a.example/b_(c)))", "a", View("https://a.example/b_(c)", None, None), ""),
        ("a ([Location 12](https://a.example))", "a", View("https://a.example", "location", "12"), ""),
        ("a ([Page\u00a0iv](https://a.example))", "a", View("https://a.example", "page", "iv"), ""),
        ("a ([Time 0:12:01](https://a.example))", "a", View("https://a.example", "time", "0:12:01"), ""),
        ("a ([Location 1 2](https://a.example))", "a ([Location 1 2](https://a.example))", None, ""),
        (
            f"a ([Location {'1' * 41}](https://a.example))",
            f"a ([Location {'1' * 41}](https://a.example))",
            None,
            "",
        ),
        *[
            (
                f"a ([View x](https://b.example)) b ([{kind} 1](https://a.example))",
                "a ([View x](https://b.example)) b",
                View("https://a.example", kind.lower(), "1"),
                "",
            )
            for kind in ("Location", "Page", "Time")
        ],
        ("a (Location 12)", "a", View(None, "location", "12"), ""),
        ("a (page xiv)", "a", View(None, "page", "xiv"), ""),
        ("a (Page 12:3.4,5–6-7)", "a", View(None, "page", "12:3.4,5–6-7"), ""),
        ("a (Page one)", "a (Page one)", None, ""),
        ("a (Chapter 12)", "a (Chapter 12)", None, ""),
        (f"a [🔗]({TWEET})", "a", View(TWEET, None, None, "🔗"), ""),
        (f"a [View Tweet]({TWEET})", "a", View(TWEET, None, None), ""),
        (f"a [words]({TWEET})", f"a [words]({TWEET})", None, ""),
        (f"a ([words]({TWEET}))", "a", View(TWEET, None, None, "words"), ""),
        (f"a [words]({READ})", "a", View(READ, None, None, "words"), ""),
        (f"a [Seite 12]({READ})", "a", View(READ, "page", "12"), ""),
        (f"a ([p. iv]({READ}))", "a", View(READ, "page", "iv"), ""),
        (f"a [loc12]({READ})", "a", View(READ, "location", "12"), ""),
        (f"a [p. four]({READ})", "a", View(READ, None, None, "p. four"), ""),
        (f"a [位置 5]({READ})", "a", View(READ, "location", "5"), ""),
        (f"a [Zeit 1:02]({READ})", "a", View(READ, "time", "1:02"), ""),
        (
            "a ([View Article](https://a.example/b))",
            "a",
            View("https://a.example/b", None, None, "View Article"),
            "",
        ),
        ("a [View Article](https://a.example/b)", "a [View Article](https://a.example/b)", None, ""),
        ("a [b](https://a.example/c)", "a [b](https://a.example/c)", None, ""),
        (f"a ([View Highlight]({READ})) b\nc", "a", View(READ, None, None), "b\nc"),
        (
            f"a ([View Highlight]({READ}1)) b ([Page 2]({READ}2)) c",
            f"a ([View Highlight]({READ}1)) b",
            View(f"{READ}2", "page", "2"),
            "c",
        ),
        (f"a [View Highlight]({READ}) b", f"a [View Highlight]({READ}) b", None, ""),
        ("([b])", "([b])", None, ""),
        (")", ")", None, ""),
        ("a", "a", None, ""),
    ],
)
def test_a_passage_is_split_at_its_view_link(text: str, before: str, view: View | None, after: str) -> None:
    assert split_view(text) == (before, view, after)


@pytest.mark.parametrize(
    ("value", "tags", "rest"),
    [
        ("#[[two words]] #one, [[a]], b", ("two words", "one", "a"), "b"),
        ("#a #a #[[ a ]]", ("a",), ""),
        ("[[[美] Name]]", ("[美] Name",), ""),
        ("#a&amp;b ，;.", ("a&b",), ""),
        ("#[[ ]] c", (), "c"),
        ("no # tag", (), "no # tag"),
        ("", (), ""),
    ],
)
def test_tags_are_marked(value: str, tags: tuple[str, ...], rest: str) -> None:
    assert parse_tags(value) == (tags, rest)


def test_a_list_has_more_tags_between_commas() -> None:
    assert parse_tag_list("[[a]], b c， d\ne, , b c") == ("a", "b c", "d", "e")
    assert parse_tag_list(" ") == ()


@pytest.mark.parametrize(
    ("line", "day", "synced_on", "starred", "rest"),
    [
        ("Highlights first synced by [[Readwise]] [[2022-11-19]]", "2022-11-19", "2022-11-19", False, ""),
        (
            "## New highlights added [[Feb 25th, 2023]] at 5:56 PM mine",
            "Feb 25th, 2023", "2023-02-25T17:56", False, "mine",
        ),
        ("* New highlights added [[2023-02-25]] 17:56", "2023-02-25", "2023-02-25T17:56", True, ""),
        ("[[Readwise]][[2023-03-27]]", "2023-03-27", "2023-03-27", False, ""),
        ("NEW HIGHLIGHTS ADDED BY READWISE [[2023-03-27]]", "2023-03-27", "2023-03-27", False, ""),
        ("New highlights added [[2023-03-27]] at 25:99", "2023-03-27", "2023-03-27", False, ""),
        ("New highlights added on[[2023-03-27]] at9", "2023-03-27", "2023-03-27", False, "at9"),
        ("New highlights added[[2023-03-27]]at 9:12", "2023-03-27", "2023-03-27", False, "at 9:12"),
        ("New highlights added [[the 1st]]", "the 1st", None, False, ""),
        ("New highlights added May 3, 2023 at 9:12 AM", "May 3, 2023", "2023-05-03T09:12", False, ""),
        ("Highlights first synced by #Readwise May 3, 2023", "May 3, 2023", "2023-05-03", False, ""),
        ("Highlights first synced by Readwise", None, None, False, ""),
    ],
)  # fmt: skip
def test_a_sync_header_has_a_day_and_perhaps_a_time(
    line: str, day: str | None, synced_on: str | None, starred: bool, rest: str
) -> None:
    assert parse_header(line) == Header(line, day, synced_on, starred, rest)


@pytest.mark.parametrize(
    "line",
    [
        "words",
        "I like Readwise",
        "[[Readwise]] and [[2023-03-27]]",
        "[[Readwise]] [[a]b 1]]",
        "[[Readwise]] [[no day]]",
        "New highlights added to [a] [[2023-03-27]]",
    ],
)
def test_any_other_line_is_not_a_header(line: str) -> None:
    assert parse_header(line) is None


def test_a_long_line_keeps_all_its_words_after_the_header() -> None:
    header = parse_header("New highlights added [[2023-03-27]] " + "a" * 200)
    assert header
    assert header.rest == "a" * 200


@pytest.mark.parametrize(
    ("value", "day", "clock"),
    [
        ("[[2022-02-01]], 2:42:30 PM", "2022-02-01", "2:42:30 PM"),
        ("[[2022-02-01]]", "2022-02-01", None),
        (" 2022-02-01 14:42 ", "2022-02-01", "14:42"),
        ("2022-02-01T14:42:10Z", "2022-02-01", "14:42:10Z"),
        ("Feb 1, 2022, at 2:42 PM", "Feb 1, 2022", "2:42 PM"),
        ("2022-02-01", "2022-02-01", None),
    ],
)
def test_a_day_is_split_from_its_time(value: str, day: str, clock: str | None) -> None:
    assert split_day(value) == (day, clock)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (" 2022-03-07 22:12:42+02:00 ", "2022-03-07T20:12:42+00:00"),
        ("2022-03-07 22:12:42 UTC", "2022-03-07T22:12:42+00:00"),
        ("2022-03-07", "2022-03-07T00:00:00+00:00"),
        ("March 7, 2022 10:12 PM", "2022-03-07T22:12:00+00:00"),
        ("Mar. 7, 2022 at 10:12:13", "2022-03-07T10:12:13+00:00"),
        ("March 7, 2022", "2022-03-07T00:00:00+00:00"),
        ("07.03.2022 22:12", "2022-03-07T22:12:00+00:00"),
        ("07.03.2022, 25:12", None),
        ("31.02.2022", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_moment_is_read_in_utc(text: str, moment: str | None) -> None:
    read = read_utc(text)
    assert (read.isoformat() if read else None) == moment


@pytest.mark.parametrize(
    ("seconds", "clock"),
    [
        ("0", "0:00:00"),
        ("59", "0:00:59"),
        ("3661", "1:01:01"),
        ("99999999", "27777:46:39"),
        ("123456789", "123456789"),
        ("1.5", "1.5"),
    ],
)
def test_seconds_are_written_as_hours_minutes_and_seconds(seconds: str, clock: str) -> None:
    assert write_time(seconds) == clock
