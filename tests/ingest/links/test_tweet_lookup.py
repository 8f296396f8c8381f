"""An answer about one tweet is read exactly, and a cut tweet is completed only from itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.links.tweet_lookup import MAX_STEPS, PageTweet, WholeTweet, complete, heal_page, parse_tweet

ANSWER: dict[str, Any] = {
    "id_str": "12",
    "text": " @bo Tea &amp; cake https://t.co/p1 ",
    "user": {"screen_name": "Ada"},
    "in_reply_to_status_id_str": "11",
    "display_text_range": [5, 30],
    "mediaDetails": [{"media_url_https": "https://pbs.example/1.jpg"}, {"type": "video"}],
    "entities": {"media": [{"url": "https://t.co/p1"}, {"url": None}]},
}
TWEET = WholeTweet(12, "Ada", 11, ("@bo Tea & cake", "Tea & cake"), ("https://pbs.example/1.jpg",), False)


def parse(**changes: Any) -> WholeTweet | None:
    return parse_tweet(json.dumps({**ANSWER, **changes}).encode())


def test_an_answer_is_read_with_its_pictures_and_without_their_links() -> None:
    assert parse() == TWEET
    entities = {"media": [{"media_url_https": "https://pbs.example/2.jpg", "url": "https://t.co/p1"}]}
    other = parse(
        mediaDetails=None, entities=entities, in_reply_to_status_id_str=None, display_text_range=None
    )
    assert other == WholeTweet(12, "Ada", None, ("@bo Tea & cake",), ("https://pbs.example/2.jpg",), False)
    plain = parse(mediaDetails=None, entities=None)
    assert plain == WholeTweet(
        12, "Ada", 11, ("@bo Tea & cake https://t.co/p1", "Tea & cake https://t.co/p1")
    )


@pytest.mark.parametrize("sign", ["note_tweet", "truncated"])
def test_the_beginning_of_a_long_tweet_is_a_preview(sign: str) -> None:
    tweet = parse(**{sign: {"id": "1"}})
    assert tweet is not None
    assert tweet.is_preview


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"__typename": "TweetTombstone", "id_str": "12"}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_anything_else_is_not_a_tweet(body: bytes) -> None:
    assert parse_tweet(body) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("__typename", "TweetTombstone"), ("id_str", "x"), ("user", None), ("user", {}), ("mediaDetails", 5),
        ("entities", 5), ("in_reply_to_status_id_str", "x"),
    ],
)  # fmt: skip
def test_an_answer_with_an_odd_value_is_not_a_tweet(name: str, value: object) -> None:
    assert parse(**{name: value}) is None


def make(text: str, *, id_: int | None = None, is_cut: bool = True, row: int = 1) -> PageTweet:
    return PageTweet(row, text, is_cut, id_)


def whole(id_: int, text: str, parent: int | None = None, handle: str = "ada") -> WholeTweet:
    return WholeTweet(id_, handle, parent, (text,))


@pytest.mark.parametrize(
    ("cut", "id_", "text", "is_whole"),
    [
        ("Three soups:", None, "Three soups:\n- peas\n- leeks", True),
        ("THREE soups", None, "Three soups:\n - peas", True),
        ("Three soups", None, "Three soups and more:\n- peas", False),
        ("Three soups:", None, "Three soups: peas", False),
        ("Three soups:", 12, "Three soups: peas", True),
        ("Three soups:", 13, "Three soups: peas", False),
        ("Four soups:", 12, "Three soups: peas", False),
        ("https://t.co/x", 12, "Three soups", True),
        ("https://t.co/x", None, "Three soups", False),
        ("", None, "- peas", False),
        ("", 12, "- peas", True),
        ("", 12, "", False),
    ],
)
def test_a_cut_tweet_is_the_one_with_the_same_words_up_to_a_list(
    cut: str, id_: int | None, text: str, is_whole: bool
) -> None:
    assert complete(make(cut, id_=id_), whole(12, text)) == (text if is_whole else None)
    assert complete(make(cut, id_=id_), WholeTweet(12, "ada", None, (text,), (), True)) is None


def test_pictures_follow_the_text_and_either_text_may_match() -> None:
    tweet = WholeTweet(
        12, "ada", None, ("@bo Tea:\n- green", "Tea:\n- green"), ("https://p/1", "https://p/2")
    )
    assert complete(make("Tea:"), tweet) == "Tea:\n- green\n\n![](https://p/1)\n\n![](https://p/2)"
    assert complete(make("@bo Tea:"), tweet) == "@bo Tea:\n- green\n\n![](https://p/1)\n\n![](https://p/2)"


def heal(
    tweets: list[PageTweet], known: list[WholeTweet], root: int | None = None
) -> tuple[dict[int, int], list[int]]:
    """The id of each row's tweet, and the ids that were requested."""
    asked: list[int] = []
    answers = {tweet.id: tweet for tweet in known}

    def fetch(id_: int) -> WholeTweet | None:
        asked.append(id_)
        return answers.get(id_)

    return {each.highlight_id: each.tweet.id for each in heal_page(tweets, root, "ADA", fetch)}, asked


def test_a_tweet_without_an_id_is_looked_for_at_the_root_and_above_the_next_with_one() -> None:
    known = [whole(1, "One:\n- a"), whole(2, "Two:\n- a", 1), whole(3, "Three:\n- a", 2), whole(4, "Four", 3)]
    page = [
        make("One:", row=1),
        make("Two:", row=2),
        make("Three:", row=3),
        make("Four", id_=4, is_cut=False, row=4),
    ]
    assert heal(page, known, root=1) == ({1: 1, 2: 2, 3: 3}, [1, 4, 3, 2])
    assert heal(page, known) == ({1: 1, 2: 2, 3: 3}, [4, 3, 2, 1])
    assert heal(page[:3], known) == ({}, [])
    assert heal(page, known[1:]) == ({2: 2, 3: 3}, [4, 3, 2, 1])


def test_only_tweets_of_the_author_that_are_not_taken_count() -> None:
    cut = make("One:", row=1)
    assert heal([cut], [whole(1, "One:\n- a", handle="bo")], root=1) == ({}, [1])
    assert heal([cut], [whole(1, "One:\n- a", handle="Ada")], root=1) != ({}, [1])
    assert heal([cut, make("x", id_=1, is_cut=False, row=2)], [whole(1, "One:\n- a")], root=1)[0] == {}
    assert heal([cut, make("One:", row=2)], [whole(1, "One:\n- a")], root=1) == ({1: 1}, [1])
    assert heal([make("One:", id_=1, row=3)], [whole(1, "One: more")]) == ({3: 1}, [1])
    assert heal([make("One:", id_=1, row=3)], [whole(2, "One: more")]) == ({}, [1])
    # above the tweet that the page has before it, nothing is missing
    page = [
        make("Zero", id_=5, is_cut=False, row=1),
        make("One:", row=2),
        make("Two", id_=7, is_cut=False, row=3),
    ]
    known = [whole(7, "Two", 5), whole(5, "Zero", 4), whole(4, "One:\n- a")]
    assert heal(page, known) == ({}, [7])


@pytest.mark.parametrize("steps", [MAX_STEPS, MAX_STEPS + 1])
def test_the_search_up_a_thread_is_limited(steps: int) -> None:
    known = [whole(100, "One:\n- a"), *(whole(100 + n, f"x{n}", 99 + n) for n in range(1, steps + 1))]
    page = [make("One:", row=1), make("y", id_=100 + steps, is_cut=False, row=2)]
    assert heal(page, known)[0] == ({1: 100} if steps == MAX_STEPS else {})
    assert MAX_STEPS == 50
