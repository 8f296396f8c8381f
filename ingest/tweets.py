"""What a status id tells of its tweet.

Source: Twitter's snowflake ids: the upper bits count the milliseconds since 2010-11-04T01:42:54.657Z.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from ingest.links.classify import find_status_id
from record_types.pages import Tweet

_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)

# The form of nearly every view link, read without taking the URL apart.
_PLAIN_STATUS = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(\w{1,30})/status/([0-9]{1,19})(?:\?[^/#]*)?", re.ASCII
)
_HANDLE_IN_URL = re.compile(r"//[^/]+/(?:#!/)?@?(\w{1,30})/status", re.ASCII)


def date_tweet(status_id: int) -> datetime:
    """When the tweet was written, in UTC, to the millisecond.

    Ids from before November 2010 were plain counters: for them it is the earliest moment that an id
    can tell, which the tweet is older than.
    """
    return _EPOCH + timedelta(milliseconds=status_id >> 22)


def find_tweet_id(url: str) -> int | None:
    """The status id that `url` names, as `find_status_id` does, without taking apart what cannot have one."""
    if "/status" not in url:
        return None
    plain = _PLAIN_STATUS.fullmatch(url)
    return int(plain[2]) if plain else find_status_id(url)


def make_tweet(url: str) -> Tweet | None:
    """The tweet that `url` leads to; None where it names no status."""
    plain = _PLAIN_STATUS.fullmatch(url)
    if plain:
        status_id, handle = int(plain[2]), plain[1]
    else:
        found = find_status_id(url) if "/status" in url else None
        if found is None:
            return None
        status_id = found
        named = _HANDLE_IN_URL.search(url)
        handle = named[1] if named else ""
    return Tweet(status_id, None if handle in ("", "i", "web") else handle, url, date_tweet(status_id))
