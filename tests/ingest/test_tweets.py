"""Tweets from their status URLs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.identity import find_tweet_id, make_tweet

ID = 1480000000000000001


@pytest.mark.parametrize(
    ("url", "handle"),
    [
        (f"https://twitter.com/ada/status/{ID}", "ada"),
        (f"https://mobile.twitter.com/ada/statuses/{ID}", "ada"),
        (f"https://twitter.com/#!/ada/status/{ID}", "ada"),
        (f"http://www.twitter.com/#!/ada/statuses/{ID}", "ada"),
        (f"https://x.com/i/web/status/{ID}", None),
        (f"https://twitter.com/#!/i/web/status/{ID}", None),
    ],
)
def test_a_status_url_names_its_tweet_and_author(url: str, handle: str | None) -> None:
    tweet = make_tweet(url)
    assert tweet is not None
    assert (tweet.id, tweet.handle, tweet.url) == (ID, handle, url)
    assert tweet.created_at.astimezone(UTC) == datetime(2022, 1, 9, 2, 14, 31, 727000, UTC)
    assert find_tweet_id(url) == ID


@pytest.mark.parametrize(
    "url",
    [
        "https://twitter.com/#!/ada",
        "https://twitter.com/#status/20",
        "https://example.test/#!/ada/status/20",
        "https://example.test/ada/status/20",
    ],
)
def test_any_other_url_names_no_tweet(url: str) -> None:
    assert make_tweet(url) is None
    assert find_tweet_id(url) is None
