"""Links and pictures in real texts: cases in tests/data/links/find.md, one link and its label a line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file

from ingest.links.found_links import find_links, find_pictures

CASES = read_fixture_file(Path(__file__).parents[2] / "data" / "links" / "find.md")


def _show(text: str) -> str:
    lines = [f"{found.link.url} {found.label or ''}".rstrip() for found in find_links(text)]
    lines += [f"picture: {picture.url} {picture.alt}".rstrip() for picture in find_pictures(text)]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(("line", "title", "text", "expected"), CASES)
def test_links_are_found_as_the_case_says(line: int, title: str, text: str, expected: str) -> None:
    assert _show(text) == expected, f"find.md:{line} {title}"


def test_the_same_link_in_three_tweets_has_one_uid() -> None:
    texts = ["👉https://t.co/AbCdEf1234", "http://t.co/AbCdEf1234)", "https://t.co/AbCdEf1234?amp=1"]
    assert {find_links(text)[0].link.uid for text in texts} == {"t.co/AbCdEf1234"}


def test_a_short_link_in_code_counts_in_a_tweet_only() -> None:
    text = "`https://t.co/AbCdEf1234` `https://a.test`"
    assert find_links(text) == ()
    assert [found.link.uid for found in find_links(text, is_tweet=True)] == ["t.co/AbCdEf1234"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "(" * 100_000,
        "`" * 100_000,
        "`a" * 50_000,
        "[](" * 33_000,
        "![" * 50_000,
        "[](<" * 25_000,
        '[](https://x.test "' * 5_000,
        "[" * 20_000 + "](https://a.test)" * 6_000,
        "https://a" * 11_000,
        "https://a)/" * 9_000,
        "https://a这" * 9_000,
        "<https://a" * 10_000,
        "<img " * 20_000,
        "~~~\n" * 25_000,
        "``` x\n" * 16_000,
        "https://github.com/a/b" + ".git" * 20_000 + "x",
        "https://a.test/" + "a-b-c/amp/" * 10_000,
        "https://a.test/?" + "a&" * 40_000,
        " ".join("`" * length for length in range(400)),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    begin = time.process_time()
    find_links(f"{text} https://example.test")
    find_pictures(f"{text} ![](a.png)")
    assert time.process_time() - begin < 2.5


_PARTS = st.sampled_from(
    [
        "https://t.co/AbCdEf1234",
        "https://example.test/a",
        "http://",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "`",
        "```",
        "~~~",
        "<",
        ">",
        "\\",
        "(",
        "…",
        "，",
        "中",
        "é",
        "a",
        "_",
        "*",
        '"',
        "'",
        "{}",
        "\n",
        ":",
        ".",
        "👉",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_PARTS, max_size=25))
def test_every_link_found_is_a_web_address_or_invalid(parts: list[str]) -> None:
    for found in find_links("".join(parts)):
        assert found.link.url.lower().startswith(("http://", "https://"))
        assert found.label is None or ("\n" not in found.label and found.label.strip())


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_no_text_raises(text: str) -> None:
    find_links(f"https://{text}")
    find_pictures(f"![{text}](https://{text})")


@given(st.text(alphabet="abc 中。()[]\n.,`", max_size=100))
def test_a_text_without_a_scheme_has_no_links(text: str) -> None:
    assert find_links(text) == ()
