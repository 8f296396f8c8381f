"""Tweets from their URLs: status id, handle and time.

Source: Twitter's snowflake ids, whose upper bits count the milliseconds since 2010-11-04T01:42:54.657Z.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from ingest.links.classify import find_status_id
from record_types.pages import Tweet

_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)

# The form of nearly every view link, matched without parsing the URL.
_PLAIN_STATUS = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(\w{1,30})/status/([0-9]{1,19})(?:\?[^/#]*)?", re.ASCII
)
# `/#!/handle/status/…` is how Twitter wrote addresses until 2012.
_HANDLE_IN_URL = re.compile(r"//[^/]+/(?:#!/)?@?(\w{1,30})/status", re.ASCII)


def date_tweet(status_id: int) -> datetime:
    """Return when the tweet was written, in UTC, to the millisecond.

    Ids before November 2010 were plain counters. Their tweets get the earliest time that an id can express,
    although they are older.
    """
    return _EPOCH + timedelta(milliseconds=status_id >> 22)


def find_tweet_id(url: str) -> int | None:
    """Return the status id in `url`, like `find_status_id`, without parsing URLs that cannot have one."""
    if "/status" not in url:
        return None
    plain = _PLAIN_STATUS.fullmatch(url)
    return int(plain[2]) if plain else find_status_id(url)


def make_tweet(url: str) -> Tweet | None:
    """Return the tweet that `url` leads to; None if it contains no status id."""
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
