"""Vault notes that are indented as a whole, and those that only begin that way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readwise.obsidian import outdent_note
from ingest.source import parse_text
from ingest.text import Parsed, Text
from tests.growth import assert_linear

DATA = Path(__file__).parents[2] / "data" / "vaults"
NOTES = sorted(path.name for path in DATA.glob("*.md"))
CODE = (
    "# Loops\n\n## Metadata\n- Author: [[Ada Fern]]\n- Full Title: Loops\n- Category: #articles\n\n"
    "## Highlights\n- One way:\n  ```\n  for x in xs:\n      walk(x)\n  ```\n  (Page 3)\n"
)


def parse(text: str) -> tuple[str | None, Parsed]:
    return parse_text(Text(text, "A Page", ".md"))


def indent_all(text: str, by: str) -> str:
    return "\n".join(by + line if line.strip() else line for line in text.split("\n"))


@pytest.mark.parametrize("by", ["\t", "    ", "  ", "\t  ", " "])
@pytest.mark.parametrize("name", NOTES)
def test_a_note_that_is_indented_as_a_whole_reads_like_one_at_the_margin(name: str, by: str) -> None:
    text = (DATA / name).read_text(encoding="utf-8")
    assert parse(indent_all(text, by)) == parse(text)
    assert parse("\n\n" + indent_all(text, by).replace("\n", "\r\n"))[1].pages[0].highlights


def test_the_front_matter_of_an_indented_note_may_be_at_the_margin() -> None:
    front = "---\nshelf: left\n---\n"
    assert parse(front + indent_all(CODE, "    ")) == parse(front + CODE)


def test_code_in_an_indented_note_keeps_its_own_indentation() -> None:
    (page,) = parse(indent_all(CODE, "\t"))[1].pages
    (highlight,) = page.highlights
    assert highlight.text == "One way:\n```\nfor x in xs:\n    walk(x)\n```"
    assert (highlight.line, highlight.location) == (9, "3")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n  \n",
        "  # T\n- words\n",
        "    # T\n\n    ## Metadata\n- Author: [[Ada Fern]]\n",
        "# T\n    - words\n    - more\n",
        "\t# T\n    - words\n",
        "---\n  shelf: left\n---\n# T\n",
    ],
)
def test_a_note_with_a_line_at_the_margin_stays_unchanged(text: str) -> None:
    assert outdent_note(text) == text


@given(st.text(st.sampled_from("\n\t\r #-a`"), max_size=60), st.text(st.sampled_from("\t "), max_size=4))
def test_only_indentation_is_removed_and_every_line_keeps_its_number(text: str, by: str) -> None:
    before, after = indent_all(text, by), outdent_note(indent_all(text, by))
    assert [line.strip() for line in after.split("\n")] == [line.strip() for line in before.split("\n")]
    assert outdent_note(after) == after


@pytest.mark.slow
@pytest.mark.parametrize("line", ["\t# T\n", " \n", "    - a\n", "\t\t\n"])
def test_outdenting_takes_linear_time(line: str) -> None:
    assert_linear(lambda size: outdent_note(line * size), 5_000, 40_000)


@pytest.mark.slow
def test_long_margins_that_differ_take_linear_time() -> None:
    assert_linear(lambda size: outdent_note(" " * size + "a\n\tb"), 20_000, 160_000)
