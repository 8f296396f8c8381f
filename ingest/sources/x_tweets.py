"""Tweets from exports of X: what they have in common about a tweet, and the records made from it.

A tweet's uid is `tweet:<status id>`, so a tweet that Readwise has too is the same row. Its document is its
author's profile, as on Readwise's page `Tweets From …`; without a handle, a collection of its own kind. The
text keeps its t.co links, as Readwise's pages do. Where they lead is known from the export and stored with
them. A picture's own t.co link gives way to the picture; a quoted tweet follows as a quotation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.identity import hash_text, make_tweet
from ingest.links.address import parse_address
from ingest.links.classify import classify_url, is_shortener
from ingest.links.resource import describe_link
from ingest.sources.json_records import Record
from ingest.sources.shelf import Entry, Shelf
from ingest.text import Parsed
from markdown_text.escapes import decode_entities
from record_types.links import Link, MappedLink
from record_types.pages import Author, FoundLink, Highlight

# SQLite's largest integer.
MAX_ID = (1 << 63) - 1
_FIRST_DATED = 29_700_859_247
"""The first status id that holds its time (November 2010); older ones were plain counters."""
_HANDLE_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_COLLECTIONS = {"": "Tweets", "like": "Liked tweets", "bookmark": "Bookmarked tweets"}


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture or video of a tweet."""

    picture: str
    """Address of the picture, or of the video's first frame; may be empty."""
    short: str = ""
    """Its t.co link in the text."""
    alt: str = ""
    video: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedTweet:
    """One tweet as an export shows it."""

    id: int
    line: int
    text: str
    handle: str = ""
    name: str = ""
    created_at: datetime | None = None
    urls: tuple[tuple[str, str], ...] = ()
    """(t.co link, where it leads)"""
    media: tuple[Medium, ...] = ()
    quoted: ExportedTweet | None = None
    mark: str = ""
    """`bookmark` or `like`; becomes a tag."""
    marked_at: datetime | None = None
    tags: tuple[str, ...] = ()
    state: tuple[tuple[str, str], ...] = ()


def read_id(text: str) -> int | None:
    """Return a status id; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    return int(text) if 0 < int(text) <= MAX_ID else None


def read_handle(text: str) -> str:
    """Return a handle without `@`; "" for anything else."""
    handle = text.strip().removeprefix("@")
    return handle if 0 < len(handle) <= 30 and _HANDLE_LETTERS.issuperset(handle) else ""


def read_entities(*groups: Record) -> tuple[list[tuple[str, str]], list[Medium]]:
    """Return the links and media of Twitter's `entities` and `extended_entities`, each once."""
    urls: dict[str, str] = {}
    media: dict[str, Medium] = {}
    for group in groups:
        for each in group.records("urls"):
            short, final = each.text("url", "shortUrl"), each.text("expanded_url", "expandedUrl")
            if short and final:
                urls.setdefault(short, final)
        for each in group.records("media"):
            picture = each.text("media_url_https", "media_url")
            medium = Medium(picture, each.text("url"), each.text("ext_alt_text"), _find_video(each))
            if picture and (picture not in media or medium.video or medium.alt):
                media[picture] = medium
    return list(urls.items()), list(media.values())


def _find_video(medium: Record) -> str:
    """Return the address of the best variant of a video; "" for a picture."""
    variants = [
        each for each in medium.record("video_info").records("variants") if "mp4" in each.text("content_type")
    ]
    rates = [
        (int(rate) if (rate := each.text("bitrate")).isdecimal() and len(rate) < 12 else 0)
        for each in variants
    ]
    return variants[rates.index(max(rates))].text("url") if variants else ""


class TweetShelf(Shelf):
    """The tweets of one file, by author."""

    def __init__(self) -> None:
        super().__init__()
        self._tweets: dict[tuple[str, int], ExportedTweet] = {}
        self._known: dict[str, str] = {}

    def add(self, tweet: ExportedTweet) -> None:
        """Add a tweet to its author's document."""
        home = self.find_home(tweet.line, tweet.handle, tweet.name, tweet.mark)
        draft = home.add_highlight(
            _write_text(tweet) or _find_url(tweet),
            tweet.line,
            url=_find_url(tweet),
            named=f"tweet:{tweet.id}",
            taken_at=tweet.marked_at,
            tags=(tweet.mark, *tweet.tags),
            state=tweet.state,
        )
        if draft is not None:
            self._tweets[home.uid, len(home.drafts) - 1] = tweet

    def learn(self, urls: Iterable[tuple[str, str]]) -> None:
        """Remember where links in the file lead."""
        self._known.update(urls)

    def find_home(self, line: int, handle: str, name: str = "", mark: str = "") -> Entry:
        """Return the document of an author's tweets; without a handle, the collection."""
        if not handle:
            title = _COLLECTIONS[mark]
            return self.find(line, title, category="tweets", uid=f"collection:{title.lower()}")
        profile = f"https://twitter.com/{handle}"
        author = Author(name or handle, handle, profile)
        return self.find(line, f"Tweets From {name or handle}", author=author, category="tweets", url=profile)

    def finish(self) -> Parsed:
        """Make the pages, with what the export knows of links, pictures and times."""
        parsed = super().finish()
        pages = [
            replace(
                page, highlights=tuple(self._complete(page.document.uid, each) for each in page.highlights)
            )
            for page in parsed.pages
        ]
        return Parsed(tuple(pages), parsed.problems)

    def _complete(self, uid: str, highlight: Highlight) -> Highlight:
        tweet = self._tweets.get((uid, highlight.position))
        known = dict(_list_known(tweet)) if tweet else self._known
        own = frozenset({tweet.id}) if tweet else frozenset[int]()
        links = [
            FoundLink(describe_known(found.link.url, known[found.link.url], own), found.label)
            if found.link.url in known
            else found
            for found in highlight.links
        ]
        if tweet is None:
            return replace(highlight, links=tuple(links))
        present = {found.link.url for found in links}
        links += [
            FoundLink(describe_known(short, final, own))
            for short, final in known.items()
            if short not in present
        ]
        record = highlight.tweet or make_tweet(_find_url(tweet))
        if record and tweet.id < _FIRST_DATED and tweet.created_at:
            record = replace(record, created_at=tweet.created_at)
        return replace(
            highlight,
            text_key=hash_text(decode_entities(tweet.text)) if tweet.text else highlight.text_key,
            tweet=record,
            links=tuple(links),
        )


def _list_known(tweet: ExportedTweet) -> list[tuple[str, str]]:
    known = [*tweet.urls, *(tweet.quoted.urls if tweet.quoted else ())]
    status = _find_url(tweet)
    return known + [(each.short, f"{status}/photo/1") for each in tweet.media if each.short]


def describe_known(short: str, final: str, own: frozenset[int] = frozenset()) -> Link:
    """Return the link with where the export says it leads; unchanged unless that is a final, public
    address."""
    link = describe_link(short)
    address = parse_address(final)
    if link.status != "pending" or address is None or is_shortener(address.host):
        return link
    from ingest.links.link_map import describe_mapped  # loads requests: not for pages without tweets

    known, _ = describe_mapped([MappedLink(short, final, classify_url(final, own) or "resolved")])
    return known[0][0] if known else link


def _write_text(tweet: ExportedTweet) -> str:
    """Write a tweet as Readwise does: its words, then its pictures; then the tweet that it quotes."""
    text = decode_entities(tweet.text)
    for medium in tweet.media:
        if medium.short:
            text = text.replace(medium.short, "").rstrip()
    parts = [text.strip(), *map(_write_medium, tweet.media)]
    if tweet.quoted is not None:
        parts.append(_write_quoted(tweet.quoted, tweet))
    return "\n\n".join(part for part in parts if part)


def _write_medium(medium: Medium) -> str:
    picture = f"![{_plain(medium.alt)}]({medium.picture})" if _is_web(medium.picture) else ""
    video = f"[video]({medium.video})" if _is_web(medium.video) else ""
    return "\n".join(part for part in (picture, video) if part) or medium.alt


def _write_quoted(quoted: ExportedTweet, tweet: ExportedTweet) -> str:
    """Write a quoted tweet as a quotation; its link alone, unless the text leads there already."""
    url = _find_url(quoted)
    link = f"[@{quoted.handle or 'quoted'}]({url})"
    words = _write_text(quoted)
    if words:
        return "> " + f"{words}\n— {link}".replace("\n", "\n> ")
    leads_there = any(final.rstrip("/").endswith(f"/status/{quoted.id}") for _, final in tweet.urls)
    return "" if leads_there else f"> {link}"


def _find_url(tweet: ExportedTweet) -> str:
    if tweet.handle:
        return f"https://twitter.com/{tweet.handle}/status/{tweet.id}"
    return f"https://twitter.com/i/web/status/{tweet.id}"


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://")) and not set(" \n\t<>()").intersection(url)


def _plain(text: str) -> str:
    return " ".join(text.replace("[", "(").replace("]", ")").split())
