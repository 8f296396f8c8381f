"""Split pages into lines and units, and join them again byte for byte."""

from __future__ import annotations

import pytest

from export.note_places import Flavour
from export.page_units import (
    Line,
    Unit,
    find_front_matter,
    find_properties,
    join_lines,
    list_texts,
    new_lines,
    split_lines,
    split_markdown,
    split_outline,
)


def outline(text: str) -> list[Unit]:
    return split_outline(split_lines(text))


def shape(text: str) -> list[tuple[int, int, int, int, str]]:
    return [(each.start, each.end, each.depth, each.subtree_end, each.text) for each in outline(text)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("\n", [Line("", "\n")]),
        ("a", [Line("a", "")]),
        ("a\n", [Line("a", "\n")]),
        ("a\r\nb", [Line("a", "\r\n"), Line("b", "")]),
        ("a\n\r\nb\r", [Line("a", "\n"), Line("", "\r\n"), Line("b\r", "")]),
    ],
)
def test_lines_keep_their_ends(text: str, lines: list[Line]) -> None:
    assert split_lines(text) == lines
    assert join_lines(lines, lines) == text


@pytest.mark.parametrize(
    ("model", "joined"),
    [
        ("", "x\ny\n"),
        ("a\n", "x\ny\n"),
        ("a", "x\ny"),
        ("a\r\n", "x\r\ny\r\n"),
        ("a\r\nb\n", "x\ny\n"),  # half of the lines are not most of them
        ("a\r\nb\r\nc\n", "x\r\ny\r\n"),
        ("a\r\nb\r\nc", "x\r\ny"),
    ],
)
def test_new_lines_end_like_most_lines_and_the_last_like_the_last(model: str, joined: str) -> None:
    assert join_lines(new_lines("x\ny"), split_lines(model)) == joined
    assert join_lines([], split_lines(model)) == ""


def test_the_first_new_line_is_indented_differently_from_the_others() -> None:
    assert [each.text for each in new_lines("a\nb\nc", "- ", "  ")] == ["- a", "  b", "  c"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a\n---\n", 0),
        ("---\n", 0),
        ("---\na: 1\n", 0),
        ("---\n---\n", 2),
        ("---\na: 1\n--- \nb", 3),
        ("---  \na: 1\n...\n---\n", 3),
        (" ---\na: 1\n---\n", 0),
    ],
)
def test_front_matter_ends_at_its_second_line_of_dashes(text: str, count: int) -> None:
    assert find_front_matter(split_lines(text)) == count


@pytest.mark.parametrize(
    ("text", "end", "place"),
    [
        ("a:: 1\nb:: 2\n- x", 2, (0, 2)),
        ("a:: 1\nb:: 2\n- x", 1, (0, 1)),
        ("\n\ta::\nwords\nb:: 2", 4, (1, 2)),
        ("words\na:: 1", 2, (0, 0)),
        ("a::1", 1, (0, 0)),
        ("a b:: 1", 1, (0, 0)),
        (":: 1", 1, (0, 0)),
        ("\n\n- x", 2, (2, 2)),
        ("", 0, (0, 0)),
    ],
)
def test_a_pages_properties_are_its_first_run(text: str, end: int, place: tuple[int, int]) -> None:
    assert find_properties(split_lines(text), end) == place


def test_headings_of_markdown_have_a_level_and_end_where_the_next_begins() -> None:
    text = "# a\n\nwords \n   ## b\n    # c\n####### d\n#e\n```\n# f\n```\n######\ng\n# h"
    units = split_markdown(split_lines(text), 0)
    assert [(each.start, each.end, each.depth, each.subtree_end, each.text) for each in units] == [
        (0, 1, 1, 12, "# a"),
        (2, 3, 7, 3, "words"),
        (3, 4, 2, 12, "   ## b"),
        (4, 5, 7, 5, "    # c"),
        (5, 6, 7, 6, "####### d"),
        (6, 7, 7, 7, "#e"),
        (7, 8, 7, 8, "```"),
        (8, 9, 7, 9, "# f"),
        (9, 10, 7, 10, "```"),
        (10, 11, 6, 12, "######"),
        (11, 12, 7, 12, "g"),
        (12, 13, 1, 13, "# h"),
    ]
    assert [each.start for each in split_markdown(split_lines(text), 10)] == [10, 11, 12]


def test_blocks_of_an_outline_have_depths_by_their_indentation() -> None:
    text = "p:: 1\n- a\n\t- b\n\t\t- c\n\t  d\n\t- e\n-\n\t -\tf\n-g"
    assert shape(text) == [
        (1, 2, 0, 6, "a"),
        (2, 3, 1, 5, "b"),
        (3, 5, 2, 5, "c\nd"),
        (5, 6, 1, 6, "e"),
        (6, 7, 0, 9, ""),
        (7, 9, 1, 9, "f\n-g"),
    ]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("- a\n## b\n - c\n", [0, 1, 2]),
        ("- a\n#b\n\t# c\n#\n", [0, 2, 3]),
        ("- a\n```\n- x\n```\n- b", [0, 4]),
        ("- ```\n  - x\n  ```\n- b", [0, 3]),
        ("- -\n- ~~~\n- x\n- y\n~~~\n- b", [0, 1, 5]),
        ("-```\n- x\n```\n- b", [1, 3]),
        ("- ```\n  ```\n- b\n```\n- c", [0, 2, 4]),
        ("-  #+begin_src\n- x\n#+end_src", [0]),
        ("- a\n```\n- x\n- y", [0, 2, 3]),  # a fence that nothing closes
        ("- #+BEGIN_QUOTE\n- x\n\t#+end_quote\n- b", [0, 3]),
        ("#+begin_src\n- x\n#+END_SRC\n#+END_SRC\n- b", [4]),
        ("#+begin_src\n- x\n- b", [1, 2]),
        ("- a\n#+end_src\n- b", [0, 2]),
    ],
)
def test_no_block_begins_inside_code(text: str, starts: list[int]) -> None:
    assert [each.start for each in outline(text)] == starts


@pytest.mark.parametrize(
    ("text", "joined", "properties"),
    [
        ("- a\n  b", "a\nb", ()),
        ("-\ta\n b", "a\nb", ()),
        ("- a\n  p:: 1\n  quick_x::\n  b\n  r:: 2", "a\nb\nr:: 2", (1, 2)),
        ("- a\n\n  p:: 1\n  b", "a\n\nb", (2,)),
        ("- a\n  \n  p:: 1\n  b", "a\n\nb", (2,)),
        ("- a\n  b\n  p:: 1", "a\nb\np:: 1", ()),
        ("- a\n\n\n  p:: 1", "a\n\n\np:: 1", ()),
        ("- a\n  p:: 1\n\n  q:: 2", "a\n\nq:: 2", (1,)),
        ("- a  \n    b \n  \n", "a\n  b", ()),
        ("# a\nb", "# a\nb", ()),
    ],
)
def test_a_blocks_text_has_no_bullet_indentation_or_properties(
    text: str, joined: str, properties: tuple[int, ...]
) -> None:
    (unit,) = outline(text)
    assert (unit.text, unit.properties) == (joined, properties)


def test_a_deeper_blocks_text_loses_its_own_indentation() -> None:
    child = outline("- a\n\t- b\n\t  c\n\t    d\n\te\n f\n      p:: 1\n")[1]
    assert (child.indent, child.text) == ("\t", "b\nc\n  d\ne\nf\n   p:: 1")


@pytest.mark.parametrize(
    ("page", "flavour", "texts"),
    [
        ("a:: 1\n\n- b\n  id:: 1\n  c\n\t- d", "logseq", ["b\nc", "d"]),
        ("---\na: 1\n---\n# b\n\nc\nd  \n", "obsidian", ["# b", "# b\n\nc\nd  ", "c\nd  "]),
        ("b\n\n- c\n- d\n", "markdown", ["b", "b\n\n- c", "b\n\n- c\n- d", "- c", "- c\n- d", "- d"]),
        ("", "markdown", []),
        ("", "logseq", []),
    ],
)
def test_a_text_that_may_be_a_block_ends_before_a_blank_line_or_a_list_item(
    page: str, flavour: Flavour, texts: list[str]
) -> None:
    assert list(list_texts(page, flavour)) == texts


def test_a_text_that_may_be_a_block_has_at_most_60_lines() -> None:
    assert max(text.count("x") for text in list_texts("x\n\n" * 70, "markdown")) == 60
    assert list(list_texts("x\n" * 70, "markdown")) == []
