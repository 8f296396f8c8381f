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
        (
            "1/ Bread Has Always Puz...",
            "1/ Bread has always puzzled me. It costs.",
            "Bread has always puzzled me",
        ),
        ("(1/9) Bread Has Alw...", "(1/9)\n\nBread has always puzzled me. 🧵", "Bread has always puzzled me"),
        ("1. Bread Has Alwa...", "1. Bread has always puzzled me", "Bread has always puzzled me"),
        (
            "0/ Thread: Bread Has Al...",
            "0/ Thread: Bread has always puzzled me.",
            "Bread has always puzzled me",
        ),
        ("Flour &Amp; Wa...", "Flour &amp; water. Nothing else.", "Flour & water"),
        ("A Loaf in an Hour &L...", "A loaf in an hour &lt;3", "A loaf in an hour <3"),
        (
            "A Loaf From Https://t.co/...",
            "A loaf from https://t.co/AAAAAAAAAA today. Yes.",
            "A loaf from today",
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
        ("1/2 Cup of Flo...", "Half a cup of flour"),
        ("7. The Seventh L...", "Of loaves, the seventh"),
        ("https://t.co/AAAAA...", "https://t.co/AAAAAAAAAA is out"),
        ("Tweets From Ada...", "Bread is four ingredients."),
        ("...", "Bread"),
        ("A B...", ""),
    ],
)
def test_a_different_title_is_unchanged(title: str, text: str) -> None:
    assert title_of(title, text) == title


def test_a_thread_mark_in_a_title_that_was_not_cut_is_dropped() -> None:
    assert title_of("1/ Bread, Slowly", "Something else") == "Bread, Slowly"


def test_an_articles_title_is_unchanged() -> None:
    article = replace(ARTICLE, full_title="Moss has...", highlights=ARTICLE.highlights[1:])
    assert complete_titles([article]) == [article]
