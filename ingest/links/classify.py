"""What a URL itself tells about where it leads, before anyone is asked (LINKS.md, t.co).

Source: the forms that t.co redirects to, measured on one large real graph.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from record_types.links import Expansion

TWITTER_HOSTS = frozenset(
    {
        "twitter.com",
        "www.twitter.com",
        "mobile.twitter.com",
        "m.twitter.com",
        "x.com",
        "www.x.com",
        "mobile.x.com",
    }
)

_STATUS = re.compile(
    r"/(?:#!/)?(?:i/web|i|[A-Za-z0-9_]{1,30})/status(?:es)?/([0-9]{1,19})(?![0-9])(/(?:photo|video)/[0-9]+)?"
)


def find_status_id(url: str) -> int | None:
    """The status id that a Twitter/X URL names, None for any other URL."""
    match = _match_status(url)
    return int(match[1]) if match else None


def classify_url(url: str, own_tweet_ids: frozenset[int] = frozenset()) -> Expansion | None:
    """The expansion that `url` shows by itself, None where it must be asked.

    `media` for a tweet's picture or video, `self` for one of `own_tweet_ids`, `tweet` for any other
    status, `unsafe` for Twitter's warning page (`find_unsafe_target` has what it warns of).
    """
    if find_unsafe_target(url) is not None:
        return "unsafe"
    match = _match_status(url)
    if match is None:
        return None
    if match[2]:
        return "media"
    return "self" if int(match[1]) in own_tweet_ids else "tweet"


def find_unsafe_target(url: str) -> str | None:
    """The address that Twitter's warning page warns of, never to be fetched; None for other URLs."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if (parts.hostname or "") not in TWITTER_HOSTS or parts.path.rstrip("/") != "/safety/unsafe_link_warning":
        return None
    return parse_qs(parts.query).get("unsafe_link", [url])[0]


def _match_status(url: str) -> re.Match[str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or (parts.hostname or "") not in TWITTER_HOSTS:
        return None
    return _STATUS.match(parts.path if not parts.fragment.startswith("!/") else "/#" + parts.fragment)
