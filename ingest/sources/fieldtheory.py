"""X bookmarks and likes from the command-line tool fieldtheory: `bookmarks.jsonl` and `likes.jsonl`.

    {"id": "…", "tweetId": "…", "authorHandle": "…", "authorName": "…", "url": "…", "text": "…",
     "postedAt": "…", "bookmarkedAt": "…", "quotedTweet": {…}, "mediaObjects": [{…}], "links": ["…"], …}

Source: github.com/afar1/fieldtheory-cli. `links` holds only the targets of links. Which t.co link leads there
is certain if the tweet has as many t.co links and neither pictures nor a quoted tweet; otherwise they are
kept as other links of the tweet. Counts and profile pictures are not kept.
"""

from __future__ import annotations

import re

from ingest.identity import make_tweet
from ingest.sources.json_records import Item, Record, read_lines, refuse
from ingest.sources.timestamps import parse_timestamp
from ingest.sources.x_tweets import ExportedTweet, Medium, TweetShelf, read_handle, read_id
from ingest.text import Parsed, Text

NAME = "fieldtheory"
SUFFIXES = (".jsonl", ".ndjson")
SIGNS = ('"tweetId"',)

_TCO = re.compile(r"https?://t\.co/[A-Za-z0-9]{8,10}\b")


def detect(text: Text) -> bool:
    """Whether its first line is a bookmarked or liked tweet."""
    head = text.head.partition("\n")[0]
    return (
        head.startswith("{")
        and ('"tweetId"' in head or '"authorHandle"' in head)
        and all(f'"{key}"' in head for key in ("url", "text"))
    )


def parse(text: Text) -> Parsed:
    """Return one page per author; a broken line is a problem."""
    shelf = TweetShelf()
    for item in shelf.take(read_lines(text.text)):
        tweet = _read_tweet(Record(item.value), item, shelf)
        if tweet is None:
            shelf.problems.append(refuse(item, "a tweet without an id"))
        else:
            shelf.add(tweet)
    return shelf.finish()


def _read_tweet(record: Record, item: Item, shelf: TweetShelf) -> ExportedTweet | None:
    id_ = read_id(record.text("tweetId") or record.text("id"))
    if id_ is None:
        return None
    found = make_tweet(record.text("url"))
    author = record.record("author")
    handle = record.text("authorHandle") or author.text("handle") or (found.handle if found else "") or ""
    is_like = "likedAt" in record.raw
    quoted = record.record("quotedTweet")
    quoted_id = read_id(quoted.text("id") or record.text("quotedStatusId"))
    return ExportedTweet(
        id=id_,
        line=item.line,
        text=record.text("text"),
        handle=read_handle(handle),
        name=record.text("authorName") or author.text("name"),
        created_at=parse_timestamp(record.text("postedAt")),
        urls=_match_links(record, has_others=bool(quoted_id)),
        media=_read_media(record),
        quoted=_read_quoted(quoted, quoted_id, item.line) if quoted_id else None,
        mark="like" if is_like else "bookmark",
        marked_at=shelf.read_timestamp(record.text("likedAt" if is_like else "bookmarkedAt"), item.line),
        tags=record.texts("tags"),
    )


def _match_links(record: Record, *, has_others: bool) -> tuple[tuple[str, str], ...]:
    links = record.texts("links")
    short = list(dict.fromkeys(_TCO.findall(record.text("text"))))
    if len(short) == len(links) and not (
        has_others or record.raw.get("media") or record.raw.get("mediaObjects")
    ):
        return tuple(zip(short, links, strict=True))
    return tuple((url, url) for url in links)


def _read_quoted(quoted: Record, id_: int, line: int) -> ExportedTweet:
    return ExportedTweet(
        id=id_,
        line=line,
        text=quoted.text("text"),
        handle=read_handle(quoted.text("authorHandle")),
        name=quoted.text("authorName"),
        media=_read_media(quoted),
    )


def _read_media(record: Record) -> tuple[Medium, ...]:
    found: dict[str, Medium] = {}
    for each in record.records("mediaObjects"):
        picture = each.text("mediaUrl", "previewUrl", "url")
        videos = [*each.records("videoVariants"), *each.records("variants")]
        video = next((url for variant in videos if ".mp4" in (url := variant.text("url"))), "")
        if picture:
            found[picture] = Medium(picture, "", each.text("altText", "extAltText"), video)
    for url in record.texts("media"):
        found.setdefault(url, Medium(url))
    return tuple(found.values())
