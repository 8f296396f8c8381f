"""Org's outline: text to blocks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.org_outline import find_drawer, parse_org
from record_types.errors import UnreadableError
from tests.growth import assert_linear


def outline(text: str) -> list[tuple[int, int, int, str]]:
    return [(block.line, block.level, block.parent, block.text) for block in parse_org(text).blocks]


def test_a_headline_is_a_child_of_the_nearest_one_with_fewer_stars() -> None:
    assert outline("top\n* a\n*** b\nof b\n** c\n* d\n") == [
        (2, 1, -1, "a"), (3, 2, 0, "b\nof b"), (5, 2, 0, "c"), (6, 1, -1, "d"),
    ]  # fmt: skip
    assert parse_org("top\n\n* a\n").preamble == "top\n\n"


@pytest.mark.parametrize(
    "text",
    ["", "no headline", "*bold* words", " * an item", "*", "#+BEGIN_QUOTE\n* in a quote\n#+END_QUOTE\n"],
)
def test_other_lines_are_not_headlines(text: str) -> None:
    assert outline(text) == []
    assert parse_org(text).preamble == text


@pytest.mark.parametrize("end", ["#+END_QUOTE", "#+end_quote", "  #+END_QUOTE", "#+END_QUOTE\\"])
def test_a_quote_hides_what_would_be_a_headline(end: str) -> None:
    text = f"* a\n#+BEGIN_QUOTE\n* leaks\n** pride\n{end}\n* b\n"
    assert [block.line for block in parse_org(text).blocks] == [1, 6]


def test_an_unclosed_quote_hides_nothing() -> None:
    assert [block.line for block in parse_org("* a\n#+BEGIN_QUOTE\n* b\n#+END_SRC\n").blocks] == [1, 3]


def test_an_opener_inside_a_quote_opens_nothing() -> None:
    text = "* a\n#+BEGIN_QUOTE\n#+BEGIN_SRC\n#+END_QUOTE\n* b\n#+END_SRC\n"
    assert [block.line for block in parse_org(text).blocks] == [1, 5]


def test_a_drawer_below_a_headline_contains_its_properties() -> None:
    (block,) = parse_org("* a\n:PROPERTIES:\n:Full_Title: A: b\n:tags:[[x]],[[y]],\n:END:\ntext\n").blocks
    assert block.properties == (("full-title", "A: b"), ("tags", "[[x]],[[y]],"))
    assert (block.run, block.text.split("\n")[5]) == ((1, 5), "text")


def test_a_planning_line_may_precede_a_drawer() -> None:
    (block,) = parse_org("* a\nSCHEDULED: <2024-03-18>\n:properties:\n:id: 1\n:end:\n").blocks
    assert block.properties == (("id", "1"),)


@pytest.mark.parametrize(
    "lines",
    [["text", ":PROPERTIES:", ":id: 1", ":END:"], [":PROPERTIES:", "text", ":END:"], [":PROPERTIES:"], []],
)
def test_an_invalid_drawer_is_text(lines: list[str]) -> None:
    assert find_drawer(lines) is None
    (block,) = parse_org("\n".join(["* a", *lines])).blocks
    assert (block.properties, block.text.split("\n")[1:]) == ((), lines)


def test_an_absurdly_deep_outline_is_rejected() -> None:
    with pytest.raises(UnreadableError) as caught:
        parse_org("\n".join("*" * depth + " a" for depth in range(1, 1_100)))
    assert caught.value.line == 1_001


PIECES = [
    "* ",
    "** ",
    "*** ",
    "#+BEGIN_QUOTE",
    "#+END_QUOTE",
    ":PROPERTIES:",
    ":END:",
    ":a: b",
    "a",
    "\n",
    "\n",
    "\r",
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_the_preamble_and_the_blocks_spans_are_the_text(text: str) -> None:
    found = parse_org(text)
    assert found.preamble + "".join(text[block.start : block.end] for block in found.blocks) == text
    assert all(block.parent < index for index, block in enumerate(found.blocks))


@pytest.mark.parametrize(
    "line", ["* a\n", "#+BEGIN_QUOTE\n", "#+END_QUOTE\n* b\n", "* a\n:PROPERTIES:\n", "*" * 60]
)
def test_time_grows_no_faster_than_the_text(line: str) -> None:
    assert_linear(lambda size: parse_org(line * size), 10_000, 40_000)
