"""The outline: blocks, parents, text, regions, and writing it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pages import generate_pages
from ingest.outline import DEEPEST_LEVEL, Outline, parse_outline
from record_types.errors import UnreadableError
from tests.shared import SHARED

EDGE_CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "logseq_edge_cases.json").read_text("utf-8")
)
BY_ID = {case["id"]: case for case in EDGE_CASES}

WANTED_DIFFERENCES = {
    ("E08", "page_properties"): [["title", "X"]]
}  # the byte order mark is not part of the key


def write_back(text: str) -> str:
    outline = parse_outline(text)
    return outline.preamble + "".join(text[block.start : block.end] for block in outline.blocks)


def texts(outline: Outline) -> list[str]:
    return [block.text for block in outline.blocks]


def tree(outline: Outline) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in outline.blocks]


@pytest.mark.parametrize("case_id", BY_ID)
def test_blocks_are_what_logseq_reads(case_id: str) -> None:
    case = BY_ID[case_id]
    expected = case["expected"]
    outline = parse_outline(case["input"])
    assert (outline.preamble or None) == expected["pre_block"]
    assert [list(pair) for pair in outline.properties] == WANTED_DIFFERENCES.get(
        (case_id, "page_properties"), expected["page_properties"]
    )
    assert [
        {
            "parent": block.parent,
            "level": block.level,
            "text": block.text,
            "properties": [list(pair) for pair in block.properties],
        }
        for block in outline.blocks
    ] == [
        {key: block[key] for key in ("parent", "level", "text", "properties")} for block in expected["blocks"]
    ]


@pytest.mark.parametrize("case_id", BY_ID)
def test_every_edge_case_is_written_back_byte_for_byte(case_id: str) -> None:
    text = BY_ID[case_id]["input"]
    for variant in (text, text.replace("\n", "\r\n"), text.rstrip("\n"), "\ufeff" + text):
        assert write_back(variant) == variant


def test_only_one_edge_case_is_warned_about() -> None:
    warned = [case["id"] for case in EDGE_CASES if parse_outline(case["input"]).warnings]
    assert warned == ["E33"]
    assert len(EDGE_CASES) == 44


# Parents


def test_a_heading_is_a_root_at_any_indent() -> None:
    assert tree(parse_outline("- a\n\t- b\n\t\t# h\n\t- c\n- d\n")) == [
        (1, "a"),
        (2, "b"),
        (1, "# h"),
        (2, "c"),
        (1, "d"),
    ]


def test_tabs_and_spaces_count_as_one_column_each() -> None:
    assert tree(parse_outline("- a\n\t- b\n  - c\n")) == [(1, "a"), (2, "b"), (3, "c")]


def test_lines_and_offsets_locate_each_block() -> None:
    text = "title:: X\n\n- a\n  more\n\t- b\n"
    outline = parse_outline(text)
    assert [block.line for block in outline.blocks] == [3, 5]
    assert [text[block.start : block.end] for block in outline.blocks] == ["- a\n  more\n", "\t- b\n"]


def test_a_writer_can_replace_one_block_and_leave_the_rest() -> None:
    text = "x:: y\n\n- a\n\t- b\n\t  more\r\n- c  \n"
    block = parse_outline(text).blocks[1]
    assert text[: block.start] + "\t- new\n" + text[block.end :] == "x:: y\n\n- a\n\t- new\n- c  \n"


# Text that only looks like structure


@pytest.mark.parametrize(
    "line",
    [
        "-a",
        "--",
        "---",
        "-\u00a0no blank",
        "-\u3000no blank",
        "–  a dash of another kind",
        "\\- escaped",
        "* star",
        "+ plus",
        "1. one",
        "#tag",
        "#",  # see below: with a blank or line end after it, it is a heading
        "\\# escaped",
        "> - quoted",
        "| - cell |",
        "a - b",
        "key:: - value",
        "\x0b- vertical tab",
        "\x0c- form feed",
    ],
)
def test_a_line_that_opens_no_block_stays_text(line: str) -> None:
    after = "" if line != "#" else "x"
    assert texts(parse_outline(f"- a\n  {line}{after}\n- b\n")) == [f"a\n{line}{after}", "b"]


@pytest.mark.parametrize("break_", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c", "\r", "\x00"])
def test_only_a_line_feed_ends_a_line(break_: str) -> None:
    text = f"- a{break_}- not a block{break_}# nor this\n- b\n"
    assert texts(parse_outline(text)) == [f"a{break_}- not a block{break_}# nor this", "b"]


def test_white_space_other_than_space_and_tab_is_text() -> None:
    assert texts(parse_outline("- a\n\t\u3000indented\n\t\u00a0x\n")) == ["a\n\u3000indented\n\u00a0x"]


def test_a_block_of_white_space_is_empty() -> None:
    assert texts(parse_outline("-    \n  \t\n- \n-")) == ["", "", ""]


def test_inner_blank_lines_are_kept_and_trailing_ones_dropped() -> None:
    assert texts(parse_outline("- a \n\n\t  \n  b  \n\n  \n- c")) == ["a \n\n \nb  ", "c"]


def test_a_page_without_bullets_is_all_preamble() -> None:
    outline = parse_outline("only\n\nprose\n")
    assert (outline.preamble, outline.blocks) == ("only\n\nprose\n", ())


def test_an_empty_page_is_an_empty_outline() -> None:
    assert parse_outline("") == Outline("", (), ())


def test_a_byte_order_mark_hides_no_bullet_and_stays_in_the_preamble() -> None:
    outline = parse_outline("\ufeff- a\n\t- b\n")
    assert (outline.preamble, texts(outline), outline.blocks[0].line) == ("\ufeff", ["a", "b"], 1)


# Regions

REGIONS = [
    ("```", "```"),
    ("```python", "```"),
    ("~~~", "~~~"),
    ("```", "~~~"),
    ("#+BEGIN_QUOTE", "#+END_QUOTE"),
    ("#+begin_src sh", "#+END_SRC"),
    ("$$", "$$"),
    ("$$ x", "y $$ z"),
    ("<div>", "</div>"),
    ('<table class="x">', "text </table>"),
    ("\\begin{align}", "\\end{align}"),
    (":LOGBOOK:", ":END:"),
    (":notes:", ":end:"),
]


@pytest.mark.parametrize(("opener", "closer"), REGIONS)
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_nothing_inside_a_region_is_a_block_or_a_property(opener: str, closer: str, eol: str) -> None:
    inside = ["- x", "# y", "key:: value", closer]
    for first in ("- a\n  " + opener, "- " + opener, "-   " + opener):
        text = "\n".join([first, *("  " + line for line in inside), "- b", ""])
        outline = parse_outline(text.replace("\n", eol))
        assert len(outline.blocks) == 2
        assert outline.blocks[0].text.endswith("\n".join(inside))
        assert outline.blocks[0].properties == ()


@pytest.mark.parametrize(("opener", "closer"), REGIONS)
def test_an_unclosed_opener_is_text(opener: str, closer: str) -> None:
    assert tree(parse_outline(f"- a\n  {opener}\n  - x\n# y\n  key:: value\n")) == [
        (1, f"a\n{opener}"),
        (2, "x"),
        (1, "# y\nkey:: value"),
    ]


@pytest.mark.parametrize(
    ("opener", "closer"),
    [
        ("#+BEGIN_A", "#+END_B"),
        ("#+BEGIN_A", "#+END_AB"),
        ("<div>", "</divider>"),
        ("<div>", "<div>"),
        ("\\begin{a}", "\\end{b}"),
        ("text ```", "text"),
        ("x $$", "y"),
        ("a <div>", "</div>"),
        (":END:", ":END:"),
        (":smile: :END:", ":END:"),
        (":PROPERTIES:", ":END:"),
        ("``", "``"),
        ("\\```", "x"),
        ("<3", "</3>"),
    ],
)
def test_text_that_is_not_a_region_hides_no_block(opener: str, closer: str) -> None:
    outline = parse_outline(f"- a\n  {opener}\n  - x\n  {closer}\n- b\n")
    assert [block.text.split("\n")[0] for block in outline.blocks] == ["a", "x", "b"]


def test_a_region_may_be_in_the_preamble() -> None:
    outline = parse_outline("```\n- code\nkey:: v\n```\ntitle:: X\n- a\n")
    assert outline.preamble == "```\n- code\nkey:: v\n```\ntitle:: X\n"
    assert outline.properties == (("title", "X"),)


def test_a_second_region_begins_only_after_the_first_ends() -> None:
    text = "- a\n  ```\n  <div>\n  ```\n  - x\n  </div>\n"
    assert tree(parse_outline(text)) == [(1, "a\n```\n<div>\n```"), (2, "x\n</div>")]


def test_math_that_closes_on_its_own_line_hides_nothing_below() -> None:
    assert texts(parse_outline("- $$x$$\n  - y\n- z $$\n")) == ["$$x$$", "y", "z $$"]


# Whatever the input

PIECES = (
    "\n \t - # ``` ~~~ $$ [[ ]] (( )) {{ }} :: key:: #+BEGIN_X #+END_X <b> </b> \\begin{x} \\end{x} :A: "
    ":END: --- :PROPERTIES: > * 1. a \r \r\n \x00 \u2028 \ufeff 字 😀"
)
MARKUP = st.sampled_from(PIECES.split(" ")) | st.sampled_from(
    ["\n", "\n", "\n\t", "\n  ", "\n- ", "\n\t- ", " ", "\r\n", "key:: v\n"]
)
HOSTILE = st.lists(MARKUP, max_size=40).map("".join) | st.text(max_size=60)


@given(HOSTILE)
def test_any_text_is_written_back_byte_for_byte(text: str) -> None:
    outline = parse_outline(text)
    assert write_back(text) == text
    edges = [len(outline.preamble), *(block.end for block in outline.blocks)]
    assert [block.start for block in outline.blocks] == edges[:-1]
    assert edges[-1] == len(text)


@given(HOSTILE)
def test_line_numbers_and_levels_agree_with_the_text(text: str) -> None:
    outline = parse_outline(text)
    for index, block in enumerate(outline.blocks):
        assert block.line == 1 + text.count("\n", 0, block.start)
        assert block.parent < index
        assert block.level == (1 if block.parent < 0 else outline.blocks[block.parent].level + 1)
        assert not block.text.endswith(("\n", "\n "))


@given(HOSTILE)
def test_line_endings_make_no_difference_to_what_is_read(text: str) -> None:
    text = text.replace("\r", "")
    plain, returns = parse_outline(text), parse_outline(text.replace("\n", "\r\n"))
    assert returns.properties == plain.properties
    assert [(b.line, b.parent, b.text, b.properties) for b in returns.blocks] == [
        (b.line, b.parent, b.text, b.properties) for b in plain.blocks
    ]


def test_every_page_of_the_shared_graphs_is_written_back_byte_for_byte() -> None:
    pages = sorted(SHARED.glob("corpus/**/*.md"))
    if not pages:
        pytest.skip("no shared corpus here")
    for page in pages:
        source = page.read_bytes()
        assert write_back(source.decode()).encode() == source, page.name


def test_generated_pages_are_read_as_they_were_generated() -> None:
    pages = list(generate_pages(300))
    assert pages == list(generate_pages(300))
    assert len({name for name, _ in pages}) == len(pages)
    outlines = [parse_outline(text) for _, text in pages]
    assert sum(block.level == 2 for outline in outlines for block in outline.blocks) == 300
    assert not any(outline.warnings for outline in outlines)


# Limits


def test_blocks_nested_too_deeply_are_rejected_with_their_line() -> None:
    text = "".join(" " * depth + "- x\n" for depth in range(DEEPEST_LEVEL + 1))
    with pytest.raises(UnreadableError, match="1,000 levels") as caught:
        parse_outline(text)
    assert caught.value.line == DEEPEST_LEVEL + 1


def test_blocks_nested_as_deep_as_allowed_are_read() -> None:
    text = "".join(" " * depth + "- x\n" for depth in range(DEEPEST_LEVEL))
    assert parse_outline(text).blocks[-1].level == DEEPEST_LEVEL


def test_a_heading_of_these_words_begins_the_properties_of_its_block() -> None:
    blocks = parse_outline("## Author:: [[x]]\nid:: 1\n- ### url:: y\n  z:: 2\n- # TODO a:: b\n").blocks
    assert [block.properties for block in blocks] == [
        (("author", "[[x]]"), ("id", "1")),
        (("url", "y"), ("z", "2")),
        (),
    ]


def test_a_tag_that_is_opened_twice_must_be_closed_twice() -> None:
    assert [block.text for block in parse_outline("- <i a\n- <i> y </i>\n- w").blocks] == [
        "<i a",
        "<i> y </i>",
        "w",
    ]
    assert [block.text for block in parse_outline("- <i> a <i>\n- y </i>\n- z </i>\n- w").blocks] == [
        "<i> a <i>\n- y </i>\n- z </i>",
        "w",
    ]
