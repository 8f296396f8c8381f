"""When a subject is broad, new and distinct enough to be suggested, for libraries of every size."""

from __future__ import annotations

import pytest

from export.topic_about import link_subjects
from export.topic_model import Score
from export.topic_suggestions import (
    VAGUE,
    Merge,
    choose_suggestions,
    count_phrases,
    count_room,
    describe_suggestion,
    find_least,
    is_suggestible,
    list_candidates,
    propose_merges,
)
from record_types.library import Assignment, ReadDocument, ReadHighlight, TopicRule
from record_types.pages import Author


def library(documents: int, each: int, authors: int = 100) -> list[ReadDocument]:
    """Documents (ids from 1) with this many highlights each, ids from 0 in their order."""
    return [
        ReadDocument(
            number + 1,
            f"d{number}",
            f"D{number}",
            f"D{number}",
            "articles",
            author=Author(f"A{number % authors}"),
            highlights=tuple(
                ReadHighlight(number * each + n, f"h{number}.{n}", "words") for n in range(each)
            ),
        )
        for number in range(documents)
    ]


@pytest.mark.parametrize(
    ("highlights", "least"), [(0, 3), (399, 3), (400, 4), (999, 9), (1000, 10), (5000, 10)]
)
def test_a_suggestion_needs_a_hundredth_of_the_highlights_at_least_three_and_at_most_ten(
    highlights: int, least: int
) -> None:
    assert find_least(library(1, highlights)) == least


@pytest.mark.parametrize(("highlights", "room"), [(0, 3), (319, 3), (320, 4), (4000, 50)])
def test_there_is_room_for_a_suggestion_per_eighty_highlights(highlights: int, room: int) -> None:
    assert count_room(library(1, highlights)) == room


def found_in(documents: list[ReadDocument], *counts: int) -> dict[int, float]:
    """This many highlights of each document in turn."""
    return {
        highlight.id: 0.9
        for document, count in zip(documents, counts, strict=False)
        for highlight in document.highlights[:count]
    }


@pytest.mark.parametrize(
    ("counts", "news", "variety", "wanted"),
    [
        ((3, 2, 2), 7, 3, True),
        ((3, 2, 1), 6, 3, False),  # fewer than a hundredth of 750 highlights
        ((4, 3), 7, 3, False),  # fewer than three documents
        ((3, 2, 2), 5, 3, False),  # too few without a topic
        ((3, 2, 2), 6, 3, True),
        ((10, 10, 10), 12, 3, True),
        ((10, 10, 10), 11, 3, False),  # less than two in five without a topic
        ((3, 2, 2), 7, 2, False),  # indicated by too few phrases
    ],
)
def test_a_suggestion_is_broad_new_and_varied(
    counts: tuple[int, ...], news: int, variety: int, wanted: bool
) -> None:
    documents = library(75, 10)
    assert is_suggestible(documents, "sleep", found_in(documents, *counts), news, variety) == wanted


@pytest.mark.parametrize(
    ("documents", "variety", "wanted"), [(74, 2, True), (75, 2, False), (100, 3, False), (100, 4, True)]
)
def test_a_larger_library_asks_for_more_phrases(documents: int, variety: int, wanted: bool) -> None:
    pages = library(documents, 10)
    found = found_in(pages, *([3] * 6))
    assert is_suggestible(pages, "sleep", found, len(found), variety) == wanted
    assert is_suggestible(pages, "no listed subject", found, len(found), 0)


@pytest.mark.parametrize(("authors", "wanted"), [(1, True), (2, True), (100, True)])
def test_a_library_of_few_authors_needs_no_more_than_it_has(authors: int, wanted: bool) -> None:
    documents = library(75, 10, authors)
    found = found_in(documents, 3, 2, 2)
    assert is_suggestible(documents, "sleep", found, 7, 3) == wanted


def test_the_highlights_of_one_author_among_many_are_not_a_subject_of_the_library() -> None:
    documents = library(75, 10, 25)
    found = {each.id: 0.9 for number in (0, 25, 50) for each in documents[number].highlights[:3]}
    assert not is_suggestible(documents, "sleep", found, 9, 3)


def test_a_suggestion_says_what_accepting_it_gives() -> None:
    documents = library(4, 5, 2)
    found = {0: 0.5, 1: 0.9, 5: 0.7, 10: 0.7, 2: 0.6, 3: 0.6, 6: 0.6, 7: 0.6, 8: 0.6, 9: 0.6}
    shared = {"c": {0}, "b": {0, 1}, "a": {0, 99}, "d": {1, 5, 10}, "e": {99}}
    suggestion = describe_suggestion(documents, "no listed subject", found, shared)
    assert [each.id for each in suggestion.highlights] == [1, 5, 10, 2, 3, 6, 7, 8, 9, 0]
    assert (suggestion.documents, suggestion.authors, suggestion.aliases) == (3, 2, ())
    assert suggestion.overlaps == (("d", 3), ("b", 2), ("a", 1))
    assert "slept" in describe_suggestion(documents, "sleep", {0: 1.0}, {}).aliases
    more = describe_suggestion(documents, "x", found | {4: 0.1}, shared)
    assert more.overlaps == (("d", 3), ("b", 2)), "less than a tenth is not an overlap"


def choose(members: dict[str, list[int]], *candidates: str, variety: int = 9) -> list[tuple[str, int]]:
    assignments = [Assignment(id_, name, "about", 0.9) for name, ids in members.items() for id_ in ids]
    found = choose_suggestions(library(75, 4), candidates, assignments, dict.fromkeys(candidates, variety))
    return [(each.name, len(each.highlights)) for each in found]


def test_suggestions_that_add_most_come_first_and_what_they_cover_does_not_count_again() -> None:
    first, second, third = (list(range(at, at + 40, 4)) for at in (0, 100, 200))
    assert choose({"sleep": first, "cooking": [*second, 250]}, "sleep", "cooking") == [
        ("cooking", 11),
        ("sleep", 10),
    ]
    assert choose({"sleep": first, "cooking": second}, "sleep", "cooking") == [("cooking", 10), ("sleep", 10)]
    half = [*first[:6], *second[:4]]
    assert choose({"sleep": [*first, 41], "cooking": half}, "sleep", "cooking") == [
        ("sleep", 11),
        ("cooking", 10),
    ]
    assert choose({"sleep": [*first, 41], "cooking": [*first[:7], *second[:3]]}, "sleep", "cooking") == [
        ("sleep", 11)
    ]
    assert choose({"sleep": first, "mine": first[:7]}, "sleep") == []
    assert choose({"sleep": first, "mine": first[:6]}, "sleep") == [("sleep", 10)]
    assert choose({"sleep": first}, "sleep", variety=1) == []
    names = ("sleep", "cooking", "baking", "gardening")
    many = {name: list(range(at * 60, at * 60 + 60, 6)) for at, name in enumerate(names)}
    assert len(choose(many, *names)) == 3
    assert third


def test_each_phrase_of_a_subject_counts_once_and_common_words_do_not() -> None:
    subjects = link_subjects(("Rest",), (TopicRule("Rest"),), {"sleep": "Rest"})
    name = subjects.of_topic["Rest"]
    scores = {
        1: {name: Score(0.9, ("insomnia", "night"), 1.0)},
        2: {name: Score(0.9, ("insomnia", "circadian"), 1.0), "other": Score(0.9, ("melatonin",), 1.0)},
        3: {},
    }
    assignments = [Assignment(id_, "Rest", "about", 0.9) for id_ in (1, 2, 3, 4)]
    assert count_phrases(assignments, scores, subjects) == {"Rest": 2}
    assert count_phrases(assignments[2:], scores, subjects) == {}


def test_candidates_are_listed_unless_vague_taken_or_refused() -> None:
    subjects = link_subjects(("Sleep",), (TopicRule("Sleep"),), {})
    found = list_candidates(subjects, {"food": "Meals"}, [], ["robotics"])
    assert not {"sleep", "food", "robotics"} & set(found)
    assert not VAGUE & set(found)
    assert {"food", "robotics"} <= set(list_candidates(subjects, {}, [], []))
    assert len(VAGUE) == 44


@pytest.mark.parametrize(
    ("members", "rules", "merges"),
    [
        ({"web3": {1, 2}, "crypto": {2, 3}}, (), [Merge("crypto", ("web3",))]),
        ({"web3": {1, 2, 4}, "crypto": {2, 3, 5}}, (), []),
        ({"Schlaf": {1, 2}, "slept": {2, 3}}, (), [Merge("Schlaf", ("slept",))]),
        ({"Schlaf": {1, 2}, "slept": {2, 3}}, ("Slept",), [Merge("slept", ("Schlaf",))]),
        ({"Schlaf": {2, 3}, "slept": {1, 2, 3}}, (), [Merge("slept", ("Schlaf",))]),
        ({"slept": {1}, "asleep": {2}, "sleep": {3}, "Schlaf": {3}}, (), [Merge("sleep", ("Schlaf",))]),
        ({"no subject": {1}, "no subjects": {1}}, (), []),
        ({"web3": set(), "crypto": {1}}, (), []),
    ],
)
def test_topics_of_one_subject_are_merged_into_the_best_known(
    members: dict[str, set[int]], rules: tuple[str, ...], merges: list[Merge]
) -> None:
    assert propose_merges(members, [TopicRule(name) for name in rules]) == merges
