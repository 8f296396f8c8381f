"""An item of a vault's list: where its text ends, what its children are, and Hypothesis's link after it."""

from __future__ import annotations

import pytest

from ingest.readwise.labels import Labels
from ingest.readwise.vault_items import ends_in_view, measure, read_item, split_annotation

VIEW = "([View Highlight](https://read.readwise.io/read/01a))"
OTHER = "[🔗](https://x.com/ada/status/20)"
LINK = "(https://hyp.is/A/b)"


@pytest.mark.parametrize(
    ("lines", "text", "children"),
    [
        ("One| - two||  three| four|\tfive", "One| - two||three| four|five", []),
        ("One|  - two|    - child|  more|      - deep", "One|- two|  - child|more|    - deep", []),
        ("One|    - child|  - two", "One", [("child", 1, 2), ("two", 2, 2)]),
        ("One|  - Note: mine|- no", "One", [("Note: mine", 1, 2), ("no", 2, 2)]),
        ("One| - Note: mine", "One| - Note: mine", []),
        ("One|  - **Tags**: #a|    - Tagged: #b", "One", [("**Tags**: #a", 1, 2), ("Tagged: #b", 2, 3)]),
        ("- Note: One|  two", "- Note: One|two", []),
        (f"One|    - a|    - b {VIEW}|  - child|below", f"One|  - a|  - b {VIEW}", [("child|below", 3, 2)]),
        (f"a {OTHER}|b|c {VIEW}|d {VIEW}", f"a {OTHER}|b|c {VIEW}", [(f"d {VIEW}", 3, 2)]),
        (f"a {OTHER}|b|c {OTHER}|d", f"a {OTHER}|b|c {OTHER}", [("d", 3, 2)]),
        (f"a {OTHER}|    - Note: b|c {VIEW}", f"a {OTHER}", [(f"Note: b|c {VIEW}", 1, 2)]),
        ("a|\t- b|    c|\t\t- d| \t- e||f", "a", [("b|c", 1, 2), ("d", 3, 3), ("e||f", 4, 2)]),
        (
            "One|\t- a|\t\t- b|\t  - c|\t   - d|\t- e",
            "One",
            [("a", 1, 2), ("b", 2, 3), ("c", 3, 3), ("d", 4, 3), ("e", 5, 2)],
        ),
    ],
)
def test_an_item_is_split_into_its_text_and_children(
    lines: str, text: str, children: list[tuple[str, int, int]]
) -> None:
    item = read_item(lines.split("|"), Labels())
    assert item.text.replace("\n", "|") == text
    assert [(each.text.replace("\n", "|"), each.line, each.level) for each in item.children] == children


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"words — [Updated on 2023-01-02]{LINK}", ("words", "2023-01-02", None)),
        (f"— [Created on 2023-01-02]{LINK}", ("", "2023-01-02", None)),
        (
            f"a [x] – [Annotated on 2023-01-02T03:04+01:00 ]{LINK} - Group: #Ours and more ",
            ("a [x]", "2023-01-02T03:04+01:00", "Ours and more"),
        ),
        (f"a - [Created on 2023-01-0]{LINK}", ("a", "2023-01-0", None)),
        (f"a - [Created on 2{'0' * 30}]{LINK}", ("a", f"2{'0' * 30}", None)),
        (f"a — [Created on 2023-01-02]{LINK} — Group: {'g' * 80}", ("a", "2023-01-02", "g" * 80)),
        (f"a — [Created on 2023-01-02]{LINK} — Group: {'g' * 81}", None),
        (f"a - [Created on 2{'0' * 31}]{LINK}", None),
        (f"a, [Created on 2023-01-02]{LINK}", None),
        (f"a — [Changed on 2023-01-02]{LINK}", None),
        (f"a — [Created on 2023-01-02]{LINK} more", None),
        ("a — [Created on 2023-01-02](https://other.is/A/b)", None),
        ("a on hyp.is", None),
        ("a on //hyp.is/", None),
    ],
)
def test_the_link_to_hypothesis_is_split_off(text: str, found: tuple[str, str, str | None] | None) -> None:
    split = split_annotation(text)
    assert (split and (split.text, split.moment, split.group)) == found
    assert split is None or split.view.url == "https://hyp.is/A/b"


@pytest.mark.parametrize(
    ("text", "is_view"),
    [
        ("words", False), ("a [b](https://a.example)", False), ("(Page 3)", False), (f"a {VIEW}", True),
        (f"a {VIEW} ^rw12 #a", True), (f"a {OTHER}", True),
    ],
)  # fmt: skip
def test_a_line_may_end_in_a_view_link(text: str, is_view: bool) -> None:
    assert ends_in_view(text) is is_view


@pytest.mark.parametrize(
    ("line", "width"),
    [
        ("a", 0),
        (" a", 1),
        ("\ta", 4),
        (" \ta", 4),
        ("   \t a", 5),
        ("    \ta", 8),
        ("\t\t", 8),
        ("\u00a0a", 0),
    ],
)
def test_a_tab_extends_to_the_next_multiple_of_four(line: str, width: int) -> None:
    assert measure(line) == width
