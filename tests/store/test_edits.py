"""Which texts without a link were edited: only what is certain keeps its row."""

from __future__ import annotations

import pytest

from store.identities import are_alike
from store.row_plan import MAX_PAIRS, match_edits

TIDE = "The tide comes in twice a day and takes the sand with it"
TIDE_2 = "The tide comes in two times a day, and it takes the sand along"
BREAD = "Bread is four ingredients, an oven and a clock"
STARS = "Astronomers wait years for one clear night"

Texts = list[tuple[str, str]]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (TIDE, TIDE, True),
        (TIDE, TIDE_2, True),
        (TIDE, "The tide", True),  # cut
        ("the TIDE!", TIDE, True),
        (TIDE, BREAD, False),
        (TIDE, "", False),
        ("…", "…", False),
        ("abcd", "abxy", True),  # half of it
        ("abcd", "axyz", False),
    ],
)
def test_two_texts_are_similar_if_half_of_one_is_in_the_other(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) == alike
    assert are_alike(other, one) == alike


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        ([("text:1", TIDE)], [("text:2", TIDE_2)], {"text:1": "text:2"}),
        ([("text:1", TIDE)], [("tweet:2", TIDE_2)], {"text:1": "tweet:2"}),
        ([("text:1", TIDE)], [("text:2", BREAD)], {}),
        ([("tweet:1", TIDE)], [("text:2", TIDE_2)], {}),
        ([("text:1", TIDE)], [("text:1", TIDE)], {}),
        ([("text:1", TIDE)], [], {}),
        ([], [("text:1", TIDE)], {}),
        # as many as before: each in its place
        (
            [("text:1", TIDE), ("text:2", TIDE)],
            [("text:3", TIDE_2), ("text:4", TIDE_2)],
            {"text:1": "text:3", "text:2": "text:4"},
        ),
        ([("text:1", TIDE), ("text:2", BREAD)], [("text:3", STARS), ("text:4", TIDE_2)], {}),
        # more or fewer than before: only what is alike to one text alone
        ([("text:1", TIDE)], [("text:2", BREAD), ("text:3", TIDE_2)], {"text:1": "text:3"}),
        ([("text:1", TIDE)], [("text:2", TIDE_2), ("text:3", TIDE_2)], {}),
        ([("text:1", TIDE), ("text:2", TIDE)], [("text:3", TIDE_2)], {}),
        # between unchanged neighbours
        (
            [("tweet:7", "a"), ("text:1", TIDE), ("tweet:8", "b")],
            [("tweet:7", "a"), ("text:2", TIDE_2), ("tweet:8", "b")],
            {"text:1": "text:2"},
        ),
        (
            [("tweet:7", "a"), ("text:1", TIDE), ("tweet:8", "b")],
            [("tweet:7", "a"), ("tweet:8", "b"), ("text:2", TIDE_2)],
            {},
        ),
    ],
)
def test_an_edit_is_certain_in_its_place_or_without_an_alternative(
    before: Texts, after: Texts, edits: dict[str, str]
) -> None:
    assert match_edits(before, after, kept=frozenset()) == edits


def test_a_text_that_has_a_row_already_is_not_an_edit_of_another() -> None:
    assert match_edits([("text:1", TIDE)], [("text:2", TIDE_2)], kept=frozenset({"text:2"})) == {}


def test_of_too_many_texts_none_is_certain() -> None:
    new = [
        ("text:1", TIDE_2),
        *((f"text:{number}", f"{BREAD} {number}") for number in range(2, MAX_PAIRS + 1)),
    ]
    assert match_edits([("text:0", TIDE)], new, kept=frozenset()) == {"text:0": "text:1"}
    more = [*new, ("text:last", f"{BREAD} last")]
    assert match_edits([("text:0", TIDE)], more, kept=frozenset()) == {}
