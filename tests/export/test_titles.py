"""A thread's title: its first sentence, where Readwise cut it short."""

from __future__ import annotations

from dataclasses import replace

import pytest

from export.clean import complete_titles
from tests.export.samples import ARTICLE, THREAD, tweet


def title_of(title: str, text: str) -> str:
    thread = replace(THREAD, full_title=title, highlights=(tweet(100, text),))
    return complete_titles([thread])[0].full_title


@pytest.mark.parametrize(
    ("title", "text", "whole"),
    [
        (
            "Bread Is Four Ingredie...",
            "Bread is four ingredients. And a clock 👇",
            "Bread is four ingredients",
        ),
        ("Ten Rules for a Sof...", "Ten rules for a soft landing:\n\n🧵👇", "Ten rules for a soft landing"),
        ("Who Knows What a Ri...", "Who knows what a river is? Nobody.", "Who knows what a river is?"),
        (
            "To See Is to Forget th...",
            "To see is to forget the name of https://t.co/AAAAAAAAAA",
            "To see is to forget the name of",
        ),
        ("读书不是...", "读书不是比赛。我的四条", "读书不是比赛"),
        (
            "Before You Touch a N...",
            "Before you touch a network, it’s worth a weekend with the maths underneath, whatever they say.",
            "Before you touch a network…",
        ),
        ("A B...", "A b " + "c " * 100, "A b " + "c " * 32 + "c…"),
    ],
)
def test_a_cut_title_is_completed_from_the_first_tweet(title: str, text: str, whole: str) -> None:
    assert title_of(title, text) == whole


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Bread Is Four Ingredients", "Bread is four ingredients. And a clock"),
        ("Tweets From Ada...", "Bread is four ingredients."),
        ("...", "Bread"),
        ("A B...", ""),
    ],
)
def test_a_different_title_is_unchanged(title: str, text: str) -> None:
    assert title_of(title, text) == title


def test_an_articles_title_is_unchanged() -> None:
    article = replace(ARTICLE, full_title="Moss has...", highlights=ARTICLE.highlights[1:])
    assert complete_titles([article]) == [article]
