"""Find blocks in an edited file: by unique lines, by neighbours, by order, by URL, and by the words left."""

from __future__ import annotations

import pytest

from export.block_matching import Found, Wanted, cover, is_pasted, match_blocks

A, B = "https://a.example/1", "https://b.example/2"


def find(pieces: list[str], **blocks: Wanted) -> dict[str, tuple[int, int, bool]]:
    return {key: (*place,) for key, place in match_blocks(blocks, pieces).items()}


@pytest.mark.parametrize(
    ("pieces", "place"),
    [
        (["x", "y"], (0, 1, True)),
        (["mine", "x", "y"], (1, 2, True)),
        (["x", "mine", "y"], (0, 2, False)),
        (["y", "x"], (0, 1, False)),
        (["x", "mine"], (0, 0, False)),
        (["mine", "y"], (1, 1, False)),
    ],
)
def test_a_block_is_whole_if_all_its_lines_follow_each_other(
    pieces: list[str], place: tuple[int, int, bool]
) -> None:
    assert find(pieces, k=Wanted(("x", "y"))) == {"k": place}


def test_a_third_of_the_characters_finds_a_block() -> None:
    assert find(["---"], k=Wanted(("---", "a b c "))) == {"k": (0, 0, False)}
    assert find(["---"], k=Wanted(("---", "a b c d"))) == {}
    long = " ".join(f"word{number}" for number in range(9))
    assert find([f"({A})"], k=Wanted((f"({A})", long), A)) == {"k": (0, 0, False)}
    assert find([f"({A})"], k=Wanted((f"({A})", long), B)) == {}
    assert find([f"({A})", "mine", "x"], k=Wanted((long, f"({A})", "x"), A)) == {"k": (0, 2, False)}


@pytest.mark.parametrize(
    ("pieces", "first", "second"),
    [
        (["same", "one", "same", "two"], (0, 1, True), (2, 3, True)),
        (["same", "two", "same", "one"], (2, 3, True), (0, 1, True)),
        (["one", "same", "two"], (0, 0, False), (1, 2, True)),
        (["same", "two"], None, (0, 1, True)),
        (["same", "same"], (0, 0, False), (1, 1, False)),
        (["same"], (0, 0, False), None),
    ],
)
def test_a_repeated_line_belongs_to_the_neighbour_it_had(
    pieces: list[str], first: tuple[int, int, bool] | None, second: tuple[int, int, bool] | None
) -> None:
    wanted = {"first": first, "second": second}
    found = find(pieces, first=Wanted(("same", "one")), second=Wanted(("same", "two")))
    assert found == {key: place for key, place in wanted.items() if place}


def test_a_line_below_a_unique_one_is_its_neighbour_too() -> None:
    blocks = {"first": Wanted(("one", "same")), "second": Wanted(("two", "same"))}
    assert find(["two", "same", "one", "same"], **blocks) == {"first": (2, 3, True), "second": (0, 1, True)}
    assert find(["same", "two", "same", "one"], **blocks) == {"first": (0, 3, False), "second": (1, 2, True)}


def test_neighbours_are_followed_through_several_repeated_lines() -> None:
    below = {"first": Wanted(("one", "s", "t")), "second": Wanted(("two", "s", "t"))}
    assert find(["two", "s", "t", "one", "s", "t"], **below) == {
        "first": (3, 5, True),
        "second": (0, 2, True),
    }
    above = {"first": Wanted(("s", "t", "one")), "second": Wanted(("s", "t", "two"))}
    assert find(["s", "t", "two", "s", "t", "one"], **above) == {
        "first": (3, 5, True),
        "second": (0, 2, True),
    }


def test_a_line_keeps_the_place_it_got_first_and_takes_none_from_another() -> None:
    first, last = Wanted(("x", "same")), Wanted(("y",))
    assert find(["x", "same", "same", "y"], first=first, last=last)["first"] == (0, 1, True)
    assert find(["x", "same", "mine", "same"], first=first) == {"first": (0, 1, True)}
    both = find(["x", "same", "y"], first=first, second=Wanted(("same", "y")))
    assert both == {"first": (0, 1, True), "second": (2, 2, False)}


def test_a_block_that_its_lines_find_leaves_its_url_to_others() -> None:
    blocks = {"a": Wanted(("words",), A), "b": Wanted(("others",), A), "c": Wanted(("third",), B)}
    assert find([f"<{A}>", "words", "http://c.example"], **blocks) == {"a": (1, 1, True), "b": (0, 0, False)}
    plain = Wanted(("words",), "http://c.example")
    assert find(["see http://c.example"], a=plain) == {"a": (0, 0, False)}


def test_a_changed_block_is_found_by_its_url() -> None:
    blocks = {"a": Wanted(("old words",), A), "b": Wanted(("others",), B), "c": Wanted(("third",), A)}
    both = f"new [x]({A}) and {B}"
    assert find([both, f"({B})", f"<{A}>"], **blocks) == {
        "a": (0, 0, False),
        "b": (1, 1, False),
        "c": (2, 2, False),
    }
    assert find([both], **blocks) == {"a": (0, 0, False)}
    assert find(["x"], **blocks) == {}


@pytest.mark.parametrize(
    ("piece", "is_found"),
    [
        ("one two", True),
        ("one two three four five six seven eight", True),
        ("one two three four five six seven eight nine", False),
        ("one", False),
        ("one two five six", True),
        ("one two five six seven", False),
        ("...", False),
    ],
)
def test_half_of_the_words_find_a_block(piece: str, is_found: bool) -> None:
    assert bool(find([piece], k=Wanted(("one two", "three four")))) is is_found
    assert find([piece], k=Wanted(("?",))) == {}


def test_words_are_compared_with_the_next_40_free_lines_after_the_block_before() -> None:
    block = Wanted(("one two three",))
    assert find([*["mine"] * 39, "one two"], k=block) == {"k": (39, 39, False)}
    assert find([*["mine"] * 40, "one two"], k=block) == {}
    first = Wanted(("first",))
    assert find(["one two", "first"], first=first, k=block) == {"first": (1, 1, True)}
    assert find(["one two", "first", "one two"], first=first, k=block)["k"] == (2, 2, False)
    assert find(["first", "one two"], first=first, k=block)["k"] == (1, 1, False)
    again = Wanted(("one two four",))
    assert find(["two one", "one two"], k=block, again=again) == {"k": (0, 0, False), "again": (1, 1, False)}
    assert find(["two one"], k=block, again=again) == {"k": (0, 0, False)}
    moved = find(["first", "one two"], k=block, first=first, again=again)
    assert moved == {"k": (1, 1, False), "first": (0, 0, True)}


@pytest.mark.parametrize(
    ("pieces", "place", "wanted"),
    [
        (["one two three", f"({A})"], Found(0, 1, False), True),
        (["one two three", f"({A})"], Found(1, 1, False), True),  # with the text above it
        (["one x y", f"({A})"], Found(1, 1, False), False),
        (["one two x y", f"({A})"], Found(1, 1, False), True),
        (["one two x y z", f"({A})"], Found(0, 1, False), False),
        (["one two three", f"({B})"], Found(0, 1, False), False),
        ([f"one two {A}"], Found(0, 0, False), True),
        (["x y", "one two three", f"({A})"], Found(2, 2, False), True),
        (["x y z v", "one two three", f"({A})"], Found(0, 2, False), False),
        (["x y z v", "one two three", f"({A})"], Found(1, 2, False), True),
        (["x y z v", "one two three", f"({A})"], Found(2, 2, False), True),
        (["one two three", f"({A})", "x y z v"], Found(0, 1, False), True),
        ([f"one two {A}", "x"], Found(0, 0, False), True),
    ],
)
def test_what_has_the_citation_and_half_of_its_words_in_common_is_pasted(
    pieces: list[str], place: Found, wanted: bool
) -> None:
    assert is_pasted(Wanted(("one two three", f"({A})"), A), place, pieces) is wanted
    assert not is_pasted(Wanted(("one two three", f"({A})")), place, pieces)


def test_a_block_of_one_piece_is_pasted_without_what_is_above_it() -> None:
    block = Wanted((f"one two three ({A})",), A)
    assert not is_pasted(block, Found(1, 1, False), ["one two three", f"x y ({A})"])
    assert is_pasted(block, Found(1, 1, False), ["x y z v w", f"one two ({A})"])
    assert not is_pasted(block, Found(0, 0, False), [f"({A})"])


def test_overlapping_places_are_covered_without_gaps() -> None:
    places = [Found(2, 5, False), Found(0, 3, False), Found(1, 2, True), Found(8, 8, True)]
    assert cover(places) == {0, 1, 2, 3, 4, 5, 8}
    assert cover([]) == set()


def test_edited_blocks_that_were_moved_in_front_of_another_edited_one_do_not_hide_it() -> None:
    cited = {f"k{at}": Wanted((f"{at} first",), f"https://a.example/{at}") for at in range(45)}
    wanted = {"x": Wanted(("the tide turns twice each day",), None), **cited}
    pieces = [f"https://a.example/{at}" for at in range(45)] + ["the tide turns twice a day"]
    assert match_blocks(wanted, pieces)["x"] == Found(45, 45, False)
