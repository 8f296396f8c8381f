"""When a subject is wide, new and distinct enough to be suggested, for libraries of every size."""

from __future__ import annotations

import pytest

from export.topic_suggestions import count_room, find_least, is_suggestible
from record_types.library import ReadDocument, ReadHighlight
from record_types.pages import Author


def library(documents: int, each: int, authors: int = 100) -> list[ReadDocument]:
    """Documents (ids from 1) with so many highlights each, ids from 0 in their order."""
    return [
        ReadDocument(
            number + 1,
            f"d{number}",
            f"D{number}",
            f"D{number}",
            "articles",
            author=Author(f"A{number % authors}"),
            highlights=tuple(
                ReadHighlight(number * each + n, f"h{number}.{n}", number + 1, "words", n)
                for n in range(each)
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
    """So many highlights of each document in turn."""
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
        ((3, 2, 2), 7, 2, False),  # shows by too few phrases
    ],
)
def test_a_suggestion_is_wide_new_and_varied(
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


def test_the_highlights_of_one_author_among_many_are_no_subject_of_the_library() -> None:
    documents = library(75, 10, 25)
    found = {each.id: 0.9 for number in (0, 25, 50) for each in documents[number].highlights[:3]}
    assert not is_suggestible(documents, "sleep", found, 9, 3)
