"""What a reader types is taken apart into words and filters."""

from __future__ import annotations

import pytest

from store.search_query import build_phrase_query, list_telling_words, parse_query


@pytest.mark.parametrize(
    ("typed", "words", "filters"),
    [
        ("two  words", "two words", {}),
        ("author:Ada tea", "tea", {"author": "ada"}),
        ('AUTHOR:"@Ada Fern" tea', "tea", {"author": "ada fern"}),
        ("@Ada tea @Eve!", "tea @Eve!", {"author": "ada"}),
        ("tag:#Tea topic:#Tea", "", {"tag": "tea", "topic": "#tea"}),
        ("category:book", "", {"category": "books"}),
        ("category:Books", "", {"category": "books"}),
        ("category:other", "", {"category": "other"}),
        ("is:favourite", "", {"tag": "favorite"}),
        ("is:favorite", "", {"tag": "favorite"}),
        ("is:cut has:note", "", {"cut": "yes", "noted": "yes"}),
        ("is:odd has:cut", "is:odd has:cut", {}),
        ("before:2024 after:2023-05", "", {"before": "2024", "after": "2023-05"}),
        ('author:"" category:"" tea', 'author:"" category:"" tea', {}),
        ("xauthor:ada site:A.example", "xauthor:ada", {"site": "a.example"}),
        ("a\0b", "a b", {}),
    ],
)
def test_filters_are_distinguished_from_words(typed: str, words: str, filters: dict[str, str]) -> None:
    query = parse_query(typed)
    assert query.words == words
    assert {name: value for name, value in query.filters.items() if value is not None} == filters
    assert query.is_narrowed == bool(filters)


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("one two", ""),
        ("one two three", '"one two three"'),
        ("don't stop now", '"don\'t stop now"'),
        ('one "two three"', ""),
        ("one two thr*", ""),
    ],
)
def test_three_plain_words_are_also_searched_as_a_phrase(words: str, phrase: str) -> None:
    assert build_phrase_query(words) == phrase


@pytest.mark.parametrize(
    ("words", "telling"),
    [
        ("Tea", []),
        ("the Tea of the Tea", ["tea"]),
        ("tea tea", []),
        ("what is", []),
        ('"tea toast"', []),
        ("Tea toast", ["tea", "toast"]),
    ],
)
def test_common_words_tell_nothing(words: str, telling: list[str]) -> None:
    assert list_telling_words(words) == telling
