"""Cleaning: each rule's cases, and what must hold of all of them together."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file

from export import clean, thread_marks
from export.clean import clean_document, clean_text
from export.highlight_links import NOT_RESOLVED, leads_elsewhere, name_link
from export.thread_marks import MAX_CLOSER, find_length, has_numbering, is_closer
from markdown_text import escapes
from record_types.library import ReadDocument, ReadHighlight, ReadLink
from record_types.pages import Category
from tests.export.samples import LINKS, THREAD

CASES = Path(__file__).parents[1] / "data" / "export" / "rules"
OWN_TWEET = 100
RULES: dict[str, Callable[[str], str]] = {
    "decode_entities": escapes.decode_entities,
    "normalize_spaces": clean.normalize_spaces,
    "drop_dash_escapes": escapes.drop_dash_escapes,
    "collapse_spaces": clean.collapse_spaces,
    "drop_thread_marks": thread_marks.drop_thread_marks,
    "drop_numbering": thread_marks.drop_numbering,
    "drop_addressees": thread_marks.drop_addressees,
    "drop_position": lambda text: thread_marks.drop_position(text, 8),
    "normalize_bullets": clean.normalize_bullets,
    "unfold_lists": clean.unfold_lists,
    "split_hashtags": clean.split_hashtags,
    "join_lines": clean.join_lines,
    "clean_text": lambda text: clean_text(text, LINKS, OWN_TWEET),
}


def read_cases() -> list[object]:
    return [
        pytest.param(name, before[:-1], after[:-1], id=f"{name}: {title}")
        for name in RULES
        for _, title, before, after in read_fixture_file(CASES / f"{name}.md")
    ]


@pytest.mark.parametrize(("name", "before", "after"), read_cases())
def test_each_rule_gives_the_expected_result_and_is_idempotent(name: str, before: str, after: str) -> None:
    assert RULES[name](before) == after
    assert RULES[name](after) == after


def test_two_in_five_cases_of_every_rule_leave_a_text_alone() -> None:
    for name in RULES:
        cases = list(read_fixture_file(CASES / f"{name}.md"))
        alone = [title for _, title, _, _ in cases if title.startswith("Unchanged")]
        assert len(alone) >= 2 / 5 * len(cases) - 1.5, name


@pytest.mark.parametrize(
    "text",
    [
        "If you found this thread helpful, don’t forget to follow us! 😇 https://t.co/PPPPPPPPPP",
        "That's a wrap!\n\nIf you enjoyed this:\n\n1. Follow me @gardener\n2. RT the tweet below",
        "Follow me for more.",
        "Subscribe here to get one of these every week: https://example.org",
        "I hope this was useful. Retweet the first tweet to share it!",
    ],
)
def test_a_closer_is_recognised(text: str) -> None:
    assert is_closer(text)


@pytest.mark.parametrize(
    "text",
    [
        "When you follow a feed, that is not a signal. It is an order.",
        "She pulled the thread, and the whole coat came apart. It had been a good coat for many years.",
        "Newsletters that people subscribe to die when their writer is tired.",
        "The bees follow me through the garden all summer, which is how I learned that they know faces.",
        "",
    ],
)
def test_a_text_that_only_mentions_following_is_not_a_closer(text: str) -> None:
    assert not is_closer(text)


@pytest.mark.parametrize(("word", "closes"), [("No", True), ("Yes", False)])
def test_exclamations_of_two_letters_do_not_count_as_sentences_of_a_closer(word: str, closes: bool) -> None:
    assert is_closer(f"{f'{word}! ' * 6}RT this post") == closes


def test_a_closer_is_short_and_mostly_a_request() -> None:
    request = "Retweet the first tweet to share it!"
    assert is_closer(f"{request} The tides come twice a day and wash the sand"[: 2 * len(request)])
    assert not is_closer(f"{request} The tides come twice a day and wash the sand away again")
    assert is_closer(request.ljust(MAX_CLOSER))
    assert not is_closer(request.ljust(MAX_CLOSER + 1))
    assert not is_closer("Thanks for reading this thread.")  # nothing is asked for


@pytest.mark.parametrize(
    ("texts", "is_numbered"),
    [
        (["1. a", "2. b", "3. c"], True),
        (["1. a", "2. b"], False),
        (["1) a", "(2) b", "3/ c", "d", "e"], True),
        (["1. a", "2. b", "3. c", "d", "e", "f"], False),  # only half of them
        (["1. a", "3. c", "2. b"], False),
        (["1. a", "2. b", "2. c"], False),
    ],
)
def test_a_thread_is_numbered_if_most_of_its_tweets_count_up(texts: list[str], is_numbered: bool) -> None:
    assert has_numbering(texts) == is_numbered


@pytest.mark.parametrize(
    ("texts", "length"),
    [
        (["1/3 a", "b 2/3", "c (3/3)"], 3),
        (["1/8 a", "2/8 b"], None),
        (["1/8 a", "2/8 b", "3/8 c", "1/2 cup of flour"], 8),
        (["1/8 a", "3/8 c", "2/8 b"], None),
        (["2/3 a", "3/3 b", "4/3 c"], None),
        (["1/8 a", "2/8 b", "3/8 c https://t.co/AAAAAAAAAA"], 8),
        ([], None),
    ],
)
def test_a_threads_length_is_what_three_of_its_tweets_say(texts: list[str], length: int | None) -> None:
    assert find_length(texts) == length


def test_numbers_are_removed_only_if_they_count_the_thread() -> None:
    def thread(*texts: str) -> ReadDocument:
        highlights = tuple(
            ReadHighlight(n, f"tweet:{n}", text, tweet_id=100 + n) for n, text in enumerate(texts)
        )
        return ReadDocument(1, "d", "D", "D", "tweets", is_thread=True, highlights=highlights)

    counted = thread("1. Dig", "2. Sow", "3. Wait")
    assert list(clean_document(counted).values()) == ["Dig", "Sow", "Wait"]
    listed = thread("Three steps", "2. Sow and then\n3. wait", "So much for that", "Bye")
    assert clean_document(listed)[1] == "2. Sow and then\n3. wait"


@pytest.mark.parametrize(
    ("category", "text"),
    [("tweets", "The tide waits."), ("articles", "@ada @ben @cy The tide waits.")],
)
def test_the_people_of_a_reply_are_dropped_from_tweets_without_an_id_too(
    category: Category, text: str
) -> None:
    highlight = ReadHighlight(1, "text:1", "@ada @ben @cy The tide waits.")
    assert clean_document(ReadDocument(1, "d", "D", "D", category, highlights=(highlight,))) == {1: text}


def test_each_unresolved_link_is_marked_once() -> None:
    links = [
        ReadLink("https://t.co/PPPPPPPPPP", "pending", True),
        ReadLink("https://t.co/RRRRRRRRRR", "pending", True),
    ]
    cleaned = clean_text("https://t.co/PPPPPPPPPP https://t.co/RRRRRRRRRR https://t.co/PPPPPPPPPP", links)
    assert cleaned.count(NOT_RESOLVED) == 2


def test_only_web_addresses_become_links() -> None:
    link = ReadLink(
        "https://t.co/XXXXXXXXXX", "resolved", True, final_url="javascript:alert(1)", title="Click"
    )
    assert clean_text("https://t.co/XXXXXXXXXX", [link]) == "https://t.co/XXXXXXXXXX"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Read [my words](https://t.co/XXXXXXXXXX)", "Read [my words](https://a.example/tides)"),
        ("Read [ ](https://t.co/XXXXXXXXXX)", "Read [Tides](https://a.example/tides)"),
        ("Read [https://t.co/XXXXXXXXXX](https://t.co/XXXXXXXXXX)", "Read [Tides](https://a.example/tides)"),
        ("Read [my words](https://b.example)", "Read [my words](https://b.example)"),
        ("Read https://t.co/XXXXXXXXXXY", "Read https://t.co/XXXXXXXXXXY"),
    ],
)
def test_a_link_with_words_keeps_them_and_one_without_gets_the_title(text: str, shown: str) -> None:
    link = ReadLink(
        "https://t.co/XXXXXXXXXX", "resolved", True, final_url="https://a.example/tides", title="Tides"
    )
    assert clean_text(text, [link]) == shown


@pytest.mark.parametrize(
    ("status", "url", "name"),
    [
        ("tweet", "https://twitter.com/ada/status/1", "quoted tweet by @ada"),
        ("tweet", "https://twitter.com/i/status/1", "quoted tweet"),
        ("media", "https://twitter.com/ada/status/1/photo/1", "picture by @ada"),
        ("self", "https://twitter.com/i/status/1", "picture"),
        ("resolved", "https://twitter.com/ada/status/1", "here"),
        ("tweet", "https://a.example", "here"),
    ],
)
def test_a_tweet_or_picture_without_a_title_is_called_by_what_it_is(status: str, url: str, name: str) -> None:
    assert name_link(ReadLink("https://t.co/a", status, True, label="here", final_url=url)) == name


@pytest.mark.parametrize(
    ("status", "kind", "tweet", "is_elsewhere"),
    [
        ("tweet", None, 1, True),
        ("tweet", None, 7, False),
        ("tweet", None, None, True),
        ("resolved", None, 7, True),
        ("resolved", "media", 1, False),
        ("self", None, 1, False),
        ("media", None, 1, False),
        ("invalid", None, 1, False),
    ],
)
def test_a_link_to_its_own_tweet_or_to_a_picture_leads_nowhere_else(
    status: str, kind: str | None, tweet: int | None, is_elsewhere: bool
) -> None:
    link = ReadLink("https://t.co/a", status, True, kind=kind, final_url="https://twitter.com/ada/status/7")
    assert leads_elsewhere(link, tweet) == is_elsewhere


def test_the_whole_thread_reads_as_text() -> None:
    assert (
        clean_document(THREAD)[100]
        == "What to read about soil and roots.\n\n![](https://img.example/tree.jpg)"
    )


SCRAPS = st.sampled_from(
    [
        "a word",
        "Another",
        " ",
        "  ",
        "\n",
        "\n\n",
        "1/2",
        "3/12 ",
        "(4/n)",
        "🧵",
        "👇",
        "A thread:",
        "• ",
        "#a#b",
        "&amp;",
        "&lt;",
    ]
    + [
        "amp;",
        "\\-",
        "\\",
        "`",
        "```\n",
        "~~~",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "https://t.co/",
        "- ",
        "> ",
        "\u00a0",
        "\t",
    ]
    + [link.url for link in LINKS]
    + ["(Advanced) ", "[x](https://t.co/BBBBBBBBBB)", "!", ".", "\ufdd0", "\ufdd20", "2. ", NOT_RESOLVED]
    + ["a long line of words that goes on and on for ever and", "and goes on in lower case"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(SCRAPS, max_size=14).map("".join), st.booleans())
def test_cleaning_twice_changes_nothing(text: str, numbered: bool) -> None:
    once = clean_text(text, LINKS, OWN_TWEET, numbered=numbered)
    assert clean_text(once, LINKS, OWN_TWEET, numbered=numbered) == once


WORDS = st.lists(
    st.sampled_from(
        [
            "Soil",
            "roots",
            "and",
            "the",
            "moss.",
            "Water,",
            "air;",
            "GOOD?",
            "7",
            "12.5",
            "don't",
            "*very*",
            "naïve",
            "日本",
            "e.g.",
            "[[Soil]]",
            "`x",
            "",
            "y`",
            "|",
        ]
    )
    | st.sampled_from([" ", "\n", "\n\n", "  ", "\n- ", "\n> ", "\n    ", " • ", "\n• ", "\t"]),
    max_size=25,
).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(WORDS)
def test_the_words_of_a_text_stay_in_their_order(text: str) -> None:
    assert re.findall(r"\w+", clean_text(text)) == re.findall(r"\w+", text)


@pytest.mark.parametrize(
    "text",
    [
        "`" * 20000,
        "[" * 20000,
        "🧵 " * 10000,
        "1/ " * 10000,
        " 👇" * 10000,
        "[a](" * 5000,
        "a" + " " * 50000 + "b",
        "![](https://a.example/b.jpg) " * 2000,
        "&amp" * 20000,
        "#a" * 10000,
        "x\n" * 20000,
        "```\n" * 10000,
    ],
)
def test_hostile_texts_take_linear_time(text: str) -> None:
    clean_text(text, LINKS, OWN_TWEET)
