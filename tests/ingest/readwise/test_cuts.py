"""Truncated tweets: which lost their end to an old plugin, and which never had a link."""

from __future__ import annotations

import pytest

from ingest.source import parse_text
from ingest.text import Parsed, Text

THREAD = "https://twitter.com/ada/status/1400000000000000001"
PROFILE = "https://twitter.com/ada"
LINKED = "words ([View Tweet](https://twitter.com/ada/status/140000000000000000{}))"


def read_thread(url: str, *texts: str) -> Parsed:
    page = (
        'title:: A Thread (highlights)\nauthor:: [[@ada on Twitter]]\nfull-title:: "A Thread"\n'
        f"category:: #tweets\nurl:: {url}\n\n- Highlights first synced by [[Readwise]] [[Nov 18th, 2022]]\n"
    )
    lines = "".join(f"\t- {text}\n" for text in texts)
    return parse_text(Text(page + lines, "A Thread"))[1]


def find_cut(url: str, *texts: str) -> list[int]:
    """The places (from 1) of those that are called cut."""
    parsed = read_thread(url, *texts)
    cut = [place for place, each in enumerate(parsed.pages[0].highlights, 1) if each.incomplete]
    assert len(parsed.problems) == len(cut)
    return cut


@pytest.mark.parametrize(
    ("texts", "cut"),
    [
        ((LINKED.format(1), "two", LINKED.format(3)), [2]),
        ((LINKED.format(1), LINKED.format(2), "three", "four", "five", "six"), [3, 4, 5, 6]),
        (("one", LINKED.format(2), "three"), [1, 3]),
        ((LINKED.format(1), "two", "three"), [2, 3]),
    ],
)
def test_a_tweet_without_a_link_beside_others_with_one_is_cut(texts: tuple[str, ...], cut: list[int]) -> None:
    assert find_cut(THREAD, *texts) == cut


@pytest.mark.parametrize("texts", [("one", "two:"), (LINKED.format(1), "two", "three:", "four")])
def test_a_thread_whose_first_tweet_alone_has_a_link_or_none_is_whole(texts: tuple[str, ...]) -> None:
    assert find_cut(THREAD, *texts) == []


def test_on_its_authors_page_a_tweet_without_a_link_that_ends_in_a_colon_is_cut() -> None:
    assert find_cut(PROFILE, "Three things:") == [1]
    assert find_cut(PROFILE, "一、三、五：", "two") == [1]
    assert find_cut(PROFILE, "Three things.") == []
    assert find_cut(PROFILE, "Three things: ([View Tweet](https://twitter.com/ada/status/14000000001))") == []


def test_a_cut_is_described_by_its_tweet_and_the_end_of_its_text() -> None:
    link = LINKED.removeprefix("words ")
    found = read_thread(
        THREAD, "x" * 39 + " end", LINKED.format(2), link.format(3), "a" * 41, LINKED.format(5)
    )
    first = f"the text of tweet 1400000000000000001 ends at “{'x' * 36} end” and has no view link"
    assert [(each.kind, each.line, each.message) for each in found.problems] == [
        ("cut-text", 8, f"{first}: the rest is lost here"),
        ("cut-text", 10, "the page contains only its view link"),
        ("cut-text", 11, f"the text ends at “{'a' * 40}” and has no view link: the rest is lost here"),
    ]
