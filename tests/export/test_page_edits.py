"""Insert, replace and remove blocks of a page, with the page before and after it."""

from __future__ import annotations

import pytest

from export.block_matching import Found
from export.note_tree import Rendered
from export.page_edits import MarkdownPage, OutlinePage, Slot
from export.page_units import join_lines, split_lines


def outline(text: str) -> OutlinePage:
    return OutlinePage(split_lines(text))


def markdown(text: str) -> MarkdownPage:
    return MarkdownPage(split_lines(text))


def apply(page: OutlinePage | MarkdownPage) -> str:
    return join_lines(page.apply(), page.lines)


def at(first: int, last: int | None = None) -> Found:
    return Found(first, first if last is None else last, True)


NEW = Rendered("k", "new")
ITEM = Rendered("i", "- item", "item")


@pytest.mark.parametrize(
    ("text", "slots", "wanted"),
    [
        ("", [(-1, 0, NEW)], "new\n"),
        ("a\n", [(-1, 0, NEW)], "new\n\na\n"),
        ("a\n", [(0, 0, NEW)], "a\n\nnew\n"),
        ("a\nb\n", [(0, 0, NEW)], "a\n\nnew\n\nb\n"),
        ("a\n\nb\n", [(0, 0, NEW)], "a\n\nnew\n\nb\n"),
        ("a\n\n", [(1, 0, NEW)], "a\n\nnew\n"),
        ("a", [(0, 0, NEW)], "a\n\nnew"),
        ("- a\n", [(0, 0, ITEM)], "- a\n- item\n"),
        ("- a\n- b\n", [(0, 0, ITEM)], "- a\n- item\n- b\n"),
        ("- a\nb\n", [(0, 0, ITEM)], "- a\n- item\n\nb\n"),
        ("a\n- b\n", [(0, 0, ITEM)], "a\n\n- item\n- b\n"),
        ("- a\n- b\n", [(0, 0, NEW)], "- a\n\nnew\n\n- b\n"),
        ("- a\n", [(0, 0, NEW), (0, 0, ITEM)], "- a\n\nnew\n\n- item\n"),
        ("a\n", [(0, 0, NEW), (0, 1, ITEM)], "a\n\n- item\n\nnew\n"),
        ("a\n", [(0, 0, ITEM), (0, 0, ITEM)], "a\n\n- item\n- item\n"),
    ],
)
def test_blocks_of_markdown_have_blank_lines_between_them_except_in_lists(
    text: str, slots: list[tuple[int, int, Rendered]], wanted: str
) -> None:
    page = markdown(text)
    for after, depth, block in slots:
        page.insert(Slot(after, depth), block)
    assert apply(page) == wanted


@pytest.mark.parametrize(
    ("text", "places", "wanted"),
    [
        ("a\n\nb\n\nc\n", [at(1)], "a\n\nc\n"),
        ("a\n\nb\n\nc\n", [at(0)], "b\n\nc\n"),
        ("a\n\nb\n\n", [at(1)], "a\n"),
        ("a\n\nb\nb2\n\nc\n", [at(1, 2)], "a\n\nc\n"),
        ("a\n\nb\n\n\nc\n", [at(1)], "a\n\nc\n"),
        ("a\nb\nc\n", [at(1)], "a\nc\n"),
        ("a\n", [at(0)], ""),
        ("a\n\nb\n", [], "a\n\nb\n"),
        ("# h\n\na\n\nb\n", [at(0)], "# h\n\na\n\nb\n"),  # text follows the heading
        ("# h\n\na\n", [at(0), at(1)], ""),
        ("# h\n\na\n\n# i\n", [at(0), at(1)], "# i\n"),
        ("# h\n\n## i\n\na\n", [at(0), at(2)], "# h\n\n## i\n"),
        ("## h\n\n# i\n\na\n", [at(0)], "# i\n\na\n"),
    ],
)
def test_removed_blocks_leave_one_gap_and_headings_stay_above_the_users_text(
    text: str, places: list[Found], wanted: str
) -> None:
    page = markdown(text)
    page.remove(places)
    assert apply(page) == wanted


def test_a_heading_goes_if_what_follows_belongs_to_no_heading_and_stays_above_what_is_inserted() -> None:
    page = markdown("# h\n\na\n")
    page.remove([at(0)], {1})
    assert apply(page) == "a\n"
    page = markdown("# h\n\na\n")
    page.insert(Slot(2, 1), NEW)
    page.remove([at(0), at(1)])
    assert apply(page) == "# h\n\nnew\n"


@pytest.mark.parametrize(
    ("text", "places", "wanted"),
    [
        ("- a\n- b\n- c\n", [at(1)], "- a\n- c\n"),
        ("- a\n\t- b\n- c\n", [at(0)], "- a\n\t- b\n- c\n"),
        ("- a\n\t- b\n- c\n", [at(0), at(1)], "- c\n"),
        ("- a\n\t- b\n\t\t- c\n", [at(0), at(1)], "- a\n\t- b\n\t\t- c\n"),
        ("- a\n  id:: 1\n- b\n", [at(0)], "- a\n  id:: 1\n- b\n"),
        ("- a\n  collapsed:: true\n- b\n", [at(0)], "- b\n"),
        ("- a\n  collapsed:: true\n  id:: 1\n- b\n", [at(0)], "- a\n  collapsed:: true\n  id:: 1\n- b\n"),
        ("\t- a\n- b\n", [at(0)], "- b\n"),
        ("- a\n\n- b\n", [at(1)], "- a\n\n"),
    ],
)
def test_in_an_outline_blocks_with_children_or_properties_stay(
    text: str, places: list[Found], wanted: str
) -> None:
    page = outline(text)
    page.remove(places)
    assert apply(page) == wanted


@pytest.mark.parametrize(("depth", "wanted"), [(1, "- a\n  - new\n"), (0, "  - new\n")])
def test_a_block_of_an_outline_stays_if_something_is_inserted_below_it(depth: int, wanted: str) -> None:
    page = outline("- a\n")
    page.insert(Slot(0, depth, "  "), NEW)
    page.remove([at(0)])
    assert apply(page) == wanted


@pytest.mark.parametrize(
    ("text", "place", "new", "wanted"),
    [
        ("- a\n- b\n", at(0), "x\ny", "- x\n  y\n- b\n"),
        (
            "- a\n\t- b\n\t  id:: 1\n\t  more\n\n- c\n",
            at(1),
            "x\ny",
            "- a\n\t- x\n\t  id:: 1\n\t  y\n\n- c\n",
        ),
        ("- a\n  id:: 1\n", at(0), "```\nx\n```", "- ```\n  x\n  ```\n  id:: 1\n"),
        ("- a\n  id:: 1\n", at(0), "~~~\nx\n~~~", "- ~~~\n  x\n  ~~~\n  id:: 1\n"),
        ("- a\n  id:: 1\n", at(0), "x", "- x\n  id:: 1\n"),
    ],
)
def test_a_replaced_block_keeps_its_properties_and_children(
    text: str, place: Found, new: str, wanted: str
) -> None:
    page = outline(text)
    page.replace(place, Rendered("k", new))
    assert apply(page) == wanted


def test_a_replaced_block_of_markdown_takes_all_its_lines() -> None:
    page = markdown("---\nx: 1\n---\na\nb\n\nc\n")
    page.replace(at(0, 1), Rendered("k", "new\nwords"))
    page.insert(Slot(4, 0), NEW)
    assert (page.start, apply(page)) == (3, "---\nx: 1\n---\nnew\nwords\n\nnew\n\nc\n")


def test_slots_of_an_outline_come_after_the_children() -> None:
    page = outline("p:: 1\n- a\n  - b\n    - c\n- d\n")
    assert (page.start, page.step) == (1, "  ")
    assert page.find_slot_after(at(0), NEW) == Slot(3, 0, "")
    assert page.find_slot_after(at(1), NEW) == Slot(3, 1, "  ")
    assert page.find_slot_below(at(0), NEW) == Slot(3, 1, "  ")
    assert page.find_slot_below(at(2), NEW) == Slot(3, 3, "      ")
    assert page.find_slot_below(at(3), NEW) == Slot(4, 1, "  ")
    assert page.find_last_slot() == Slot(4, 0)
    empty = outline("p:: 1\n\n")
    assert (empty.start, empty.step, empty.find_last_slot()) == (2, "\t", Slot(1, 0))


def test_what_is_below_inside_and_above_in_an_outline() -> None:
    page = outline("- a\n\t- b\n\t\t- c\n- d\n")
    assert [page.find_above(at(unit)) for unit in range(4)] == [-1, 0, 1, -1]
    assert [page.is_below(at(unit), at(0)) for unit in range(4)] == [False, True, False, False]
    assert [page.is_inside(at(unit), at(0)) for unit in range(4)] == [False, True, True, False]
    assert page.list_headings() == {"a", "b", "c", "d"}
    assert page.find_first_line(at(2), "c") == 2
    assert [page.is_as_written(at(0), text) for text in ("a", "a  ", "a\n", "b")] == [True, True, True, False]
    assert page.split("a \n b\n") == ("a\n b",)


@pytest.mark.parametrize(
    ("text", "own", "alone"),
    [
        ("- a\n- b\n", [0], True),
        ("- a\n\t- b\n- c\n", [0, 1], True),
        ("- a\n\t- b\n- c\n", [0], False),
        ("- a\n\t- b\n", [1], False),
        ("- a\n  id:: 1\n", [0], False),
        ("- a\n\t- b\n\t  id:: 1\n", [0, 1], False),
    ],
)
def test_a_block_of_an_outline_is_alone_with_its_own(text: str, own: list[int], alone: bool) -> None:
    assert outline(text).is_alone(at(0), [at(unit) for unit in own]) is alone


MIXED = "# h\n\na\nb\n\n- i\n  j\n\nk\n\n## g\nl\n\n# f\n"
"""Units: 0 # h, 1 a, 2 b, 3 - i, 4   j, 5 k, 6 ## g, 7 l, 8 # f."""


def test_what_is_below_inside_and_above_in_markdown() -> None:
    page = markdown(MIXED)
    assert [page.find_above(at(unit)) for unit in range(9)] == [-1, 0, 0, 0, 0, 0, 0, 6, -1]
    assert [page.is_below(at(unit), at(0)) for unit in range(9)] == [False, *[True] * 7, False]
    assert [page.is_below(at(unit), at(6)) for unit in range(9)] == [*[False] * 7, True, False]
    assert page.is_below(at(0), at(1))
    assert page.is_inside(at(7), at(0))
    assert not page.is_inside(at(8), at(0))
    assert page.list_headings() == {"# h", "## g", "# f"}
    assert page.split("a \n\nb") == ("a", "b")


def test_the_users_lines_after_a_block_belong_to_it() -> None:
    page = markdown(MIXED)
    page.set_ours([at(1)])
    assert page.find_slot_after(at(1), NEW) == Slot(8, 0)
    assert page.find_slot_below(at(1), NEW) == Slot(8, 0)
    assert page.find_slot_after(at(1), ITEM) == Slot(3, 0)
    assert page.find_slot_after(at(3), ITEM) == Slot(6, 0)
    assert page.find_slot_after(at(3), Rendered("f", "- x", "fact", depth=2)) == Slot(6, 2)
    page.set_ours([at(1), at(4)])
    assert page.find_slot_after(at(1), NEW) == Slot(5, 0)
    assert page.find_last_slot() == Slot(13, 0)
    assert markdown("").find_last_slot() == Slot(-1, 0)
    assert markdown("---\n---\n").find_last_slot() == Slot(1, 0)
    indented = markdown("- i\n\n  j\n\n\tk\n\nl\n")
    assert indented.find_slot_after(at(0), ITEM) == Slot(4, 0)


@pytest.mark.parametrize(
    ("ours", "own", "alone"),
    [
        ([at(1)], [at(1)], False),
        ([at(1), at(2)], [at(1)], True),
        ([at(1), at(2)], [at(1), at(2)], False),  # the user's `- i` follows
        ([at(3, 5)], [at(3, 5)], True),
        ([at(3), at(5)], [at(3), at(5)], False),
        ([at(8)], [at(8)], True),
        ([at(1), at(2), at(3)], [at(1), at(2)], True),
    ],
)
def test_a_block_of_markdown_is_alone_with_its_own(ours: list[Found], own: list[Found], alone: bool) -> None:
    page = markdown(MIXED)
    page.set_ours(ours)
    assert page.is_alone(own[0], own) is alone


@pytest.mark.parametrize(
    ("place", "text", "line"),
    [
        (at(2), "b", 3),
        (at(2), "x\nb", 2),
        (at(2), "x\ny\nb", 2),
        (at(3), "x\ny\nz\n- i", 2),
        (at(7), "x\nl", 11),
    ],
)
def test_lines_of_a_block_that_are_not_found_were_above_it(place: Found, text: str, line: int) -> None:
    assert markdown(MIXED).find_first_line(place, text) == line
    page = markdown("a\nb\n")
    assert page.find_first_line(at(1), "x\ny\nb") == 0
    page.set_ours([at(0)])
    assert page.find_first_line(at(1), "x\ny\nb") == 1


def test_a_block_of_markdown_is_as_written_with_its_blank_lines() -> None:
    page = markdown(MIXED)
    assert page.is_as_written(at(1, 3), "a\nb \n\n- i")
    assert not page.is_as_written(at(1, 3), "a\nb\n- i")
    assert not page.is_as_written(at(1, 2), "a\nb\n\n- i")
