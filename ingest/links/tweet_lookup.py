"""Full texts of tweets that an old Readwise plugin cut, from the service that embeds tweets in other sites.

`https://cdn.syndication.twimg.com/tweet-result?id=…` needs no token and answers for one public tweet: its
text with HTML entities, its pictures, its author, and the tweet that it replies to. A long tweet has only the
beginning of its text there (`note_tweet`). The plugin cut a text before its first line that begins with
`- `, so a tweet is the one that was cut only if it has the same words up to such a line (docs/links.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape

from record_types.foreign_json import parse_json

HOST = "cdn.syndication.twimg.com"
MAX_STEPS = 50
"""Tweets to follow up one thread, at most."""


@dataclass(frozen=True, slots=True)
class WholeTweet:
    """A tweet as the service shows it."""

    id: int
    handle: str
    parent_id: int | None
    """The tweet that it replies to."""
    texts: tuple[str, ...]
    """Its text with and without the handles of those whom it replies to; without the links to its own
    pictures."""
    pictures: tuple[str, ...] = ()
    is_preview: bool = False
    """The service has only the beginning of the text."""


@dataclass(frozen=True, slots=True)
class PageTweet:
    """A tweet on a page, in the order of the page."""

    highlight_id: int
    text: str
    is_cut: bool
    tweet_id: int | None
    """None if its view link is lost."""


@dataclass(frozen=True, slots=True)
class Healed:
    """The tweet that a cut highlight is, and its full text in Markdown."""

    highlight_id: int
    tweet: WholeTweet
    text: str


Fetch = Callable[[int], WholeTweet | None]
"""The tweet with an id; None if the service does not show it."""


def make_lookup_url(tweet_id: int) -> str:
    """The URL to request; the token may be anything."""
    return f"https://{HOST}/tweet-result?id={tweet_id}&lang=en&token=a"


def parse_tweet(body: bytes) -> WholeTweet | None:
    """Parse the service's answer; None for a deleted or protected tweet, and for anything else."""
    try:
        data = parse_json(body)
        if not isinstance(data, dict) or data.get("__typename", "Tweet") != "Tweet":
            return None
        id_, text, handle = int(data["id_str"]), str(data["text"]), str(data["user"]["screen_name"])
        parent = data.get("in_reply_to_status_id_str")
        media = data.get("mediaDetails") or (data.get("entities") or {}).get("media") or []
        start = (data.get("display_text_range") or [0])[0]
        pictures = tuple(url for each in media if isinstance(url := each.get("media_url_https"), str) and url)
        own = [each.get("url") or "" for each in ((data.get("entities") or {}).get("media") or [])]
        texts = dict.fromkeys(_clean(part, own) for part in (text, text[int(start) :]))
        is_preview = bool(data.get("note_tweet")) or bool(data.get("truncated"))
        return WholeTweet(id_, handle, int(parent) if parent else None, tuple(texts), pictures, is_preview)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def heal_page(
    tweets: Sequence[PageTweet], root_id: int | None, handle: str | None, fetch: Fetch
) -> list[Healed]:
    """Return the cut tweets of a page that the service knows: by their own id, the page's, or up the thread.

    `root_id` is the status id in the page's URL, `handle` that of its author, whose tweets alone count.
    """
    healed: dict[int, Healed] = {}
    taken = {each.tweet_id for each in tweets if each.tweet_id is not None and not each.is_cut}
    seen: dict[int, WholeTweet | None] = {}

    def look_up(tweet_id: int) -> WholeTweet | None:
        if tweet_id not in seen:
            found = fetch(tweet_id)
            is_right = found is not None and found.id == tweet_id and is_author(found, handle)
            seen[tweet_id] = found if is_right else None
        return seen[tweet_id]

    def match(place: PageTweet, tweet: WholeTweet) -> bool:
        if place.highlight_id in healed or tweet.id in taken:
            return False
        if place.tweet_id not in (None, tweet.id):
            return False
        text = complete(place, tweet)
        if text is not None:
            healed[place.highlight_id] = Healed(place.highlight_id, tweet, text)
            taken.add(tweet.id)
        return text is not None

    for place in tweets:
        if place.is_cut and place.tweet_id is not None and (own := look_up(place.tweet_id)):
            match(place, own)
    _walk_up(tweets, root_id, look_up, match)
    return list(healed.values())


def _walk_up(
    tweets: Sequence[PageTweet],
    root_id: int | None,
    look_up: Fetch,
    match: Callable[[PageTweet, WholeTweet], bool],
) -> None:
    """Match the cut tweets without an id against those above the next tweet that has one, nearest first."""
    for at, place in enumerate(tweets):
        if not place.is_cut or place.tweet_id is not None:
            continue
        if root_id is not None and (root := look_up(root_id)) and match(place, root):
            continue
        below = next((each.tweet_id for each in tweets[at + 1 :] if each.tweet_id is not None), None)
        above = {each.tweet_id for each in tweets[:at]}
        tweet = look_up(below) if below is not None else None
        for _ in range(MAX_STEPS):
            parent = tweet.parent_id if tweet else None
            tweet = look_up(parent) if parent is not None and parent not in above else None
            if tweet is None or match(place, tweet):
                break


def is_author(tweet: WholeTweet, handle: str | None) -> bool:
    """Whether the page's author wrote it."""
    return handle is None or tweet.handle.lower() == handle.lower()


def complete(place: PageTweet, tweet: WholeTweet) -> str | None:
    """Return the full text of a cut tweet, if `tweet` is that one; None for another, and for a preview."""
    if tweet.is_preview:
        return None
    for text in tweet.texts:
        lines = text.split("\n")
        cut = next((at for at, line in enumerate(lines) if line.lstrip().startswith("- ")), None)
        same_start = cut is not None and _fold("\n".join(lines[:cut])) == _fold(place.text)
        begins = _fold(text).startswith(_fold(place.text)) or place.text.startswith(
            "http"
        )  # only its link is left
        is_named = place.tweet_id == tweet.id and begins
        if _fold(text) and (is_named or (same_start and _fold(place.text))):
            return "\n".join([text, *(f"\n![]({url})" for url in tweet.pictures)]).strip()
    return None


def _clean(text: str, own: Sequence[str]) -> str:
    text = unescape(text).strip()
    for url in own:  # a link to the tweet's own pictures ends it
        if url and text.endswith(url):
            text = text[: -len(url)].rstrip()
    return text


def _fold(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold())) or "".join(text.split())
