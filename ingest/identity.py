"""Uids of documents and highlights, the same wherever they appear (docs/architecture.md, Identity).

A tweet's status id, handle and time come from its URL. Source: Twitter's snowflake ids, whose upper bits
count the milliseconds since 2010-11-04T01:42:54.657Z.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from unicodedata import normalize
from urllib.parse import parse_qs, urlsplit

from ingest.links.classify import TWITTER_HOSTS, find_status_id
from ingest.links.key import resource_key
from record_types.pages import Author, Tweet

HIGHLIGHTS_SUFFIX = " (highlights)"

_NAMED = re.compile(
    r"https?://(?:"
    r"read\.readwise\.io/(?:\w+/)*read/(?P<readwise>[0-9A-Za-z]{26})\b"
    r"|share\.snipd\.com/snip/(?P<snipd>[0-9A-Za-z-]+)"
    r"|(?:www\.)?readwise\.io/open/(?P<open>[0-9]+)\b"
    r")[^/]*",
    re.ASCII,
)
"""Links that identify one highlight, by service."""
_PLAIN_KINDLE = re.compile(
    r"https://readwise\.io/to_kindle\?action=open&asin=(?P<asin>[0-9A-Za-z]+)&location=(?P<location>[0-9]+)"
)
"""The form of nearly all, read without parsing the query."""
_KINDLE = re.compile(r"https?://(?:www\.)?readwise\.io/to_kindle\?|kindle://book\?")
_BOOKREVIEW = re.compile(
    r"https?://(?:www\.)?readwise\.io/bookreview/[0-9]+(?:[/?#].*)?", re.ASCII | re.DOTALL
)
# `/#!/handle` is how Twitter wrote addresses until 2012.
_PROFILE = re.compile(r"/(?:#!/)?@?(\w{1,30})/?", re.ASCII)
# Twitter's own paths, which have the form of a handle.
_NOT_PROFILES = frozenset({"i", "home", "search", "explore", "hashtag", "intent", "share"})
_WORDS = re.compile(r"[^\W_]+")
_NOT_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())


def view_uid(url: str, tweet: Tweet | None) -> str:
    """Return the uid of the highlight that the view link `url` leads to."""
    if tweet is not None:
        return f"tweet:{tweet.id}"
    if named := _NAMED.fullmatch(url):
        return f"{named.lastgroup}:{named[named.lastindex or 0].lower()}"
    if plain := _PLAIN_KINDLE.fullmatch(url):
        return kindle_uid(plain["asin"], plain["location"])
    if _KINDLE.match(url):
        query = parse_qs(url.partition("?")[2])
        asin, location = query.get("asin"), query.get("location")
        if asin and location:
            return kindle_uid(asin[0], location[0])
    return f"view:{resource_key(url)}"


def kindle_uid(asin: str, location: str) -> str:
    """Return the uid of the highlight at a location of an Amazon book."""
    return f"kindle:{asin.upper()}:{location}"


def text_uid(title_key: str, text_key: str) -> str:
    """The uid of a highlight that no link identifies: by its text, and its document's author and title.

    It does not depend on the document's URL, which only some sources know.
    """
    title = blake2b(title_key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"text:{text_key}:{title}"


def hash_text(text: str) -> str:
    """Return 16 hexadecimal digits that do not change with punctuation, whitespace or case.

    So the reader's `[[links]]`, emphasis, escapes and another format's line breaks make no difference. In
    text without a letter or digit (`👇`), all characters count.
    """
    if text.isascii():
        spelled = text.encode().lower().translate(None, _NOT_LETTERS)
    else:
        folded = normalize("NFC", text).casefold()
        spelled = "".join(filter(str.isalnum, folded)).encode("utf-8", "surrogatepass")
    spelled = spelled or "".join(text.split()).encode("utf-8", "surrogatepass")
    return blake2b(spelled, digest_size=8).hexdigest()


def document_uid(url: str | None, category: str, author: Author | None, full_title: str) -> str:
    """Return `thread:<status id>`, `profile:<handle>` or `url:<key>`; `title:…` for a document without URL.

    `https://readwise.io/bookreview/…` does not count as its URL: it leads to Readwise's page about it.
    """
    if url and not _BOOKREVIEW.fullmatch(url.strip()):
        status_id = find_tweet_id(url)
        if status_id is not None:
            return f"thread:{status_id}"
        handle = find_profile(url)
        return f"profile:{handle.lower()}" if handle else f"url:{resource_key(url)}"
    return f"title:{category}:{title_key(author, full_title)}"


def title_key(author: Author | None, full_title: str) -> str:
    """Return `author:title`, spelled the same in every source, including those without URL or category.

    Two documents with one key are the same if a highlight of each has the same `hash_text`. The key alone is
    only a hint (`Introduction` without an author).
    """
    name = author.handle or author.name if author else ""
    return f"{_spell(name)}:{_spell(full_title.removesuffix(HIGHLIGHTS_SUFFIX))}"


def find_profile(url: str) -> str | None:
    """Return the handle of a Twitter/X profile URL; None for any other URL."""
    if "twitter.com" not in url and "x.com" not in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.hostname not in TWITTER_HOSTS:
        return None
    match = _PROFILE.fullmatch(parts.path)
    return match[1] if match and match[1].lower() not in _NOT_PROFILES else None


def _spell(name: str) -> str:
    """Return `name` in lower case, with a space for each run of characters other than letters and digits."""
    words = _WORDS.findall(normalize("NFC", name).casefold())
    return " ".join(words) if words else " ".join(name.split())


# --- tweets

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
