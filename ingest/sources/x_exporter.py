"""Bookmarks, likes and tweets from the browser extension twitter-web-exporter: JSON and CSV.

    [{"id": "…", "created_at": "…", "full_text": "…", "media": [{"type", "url", "thumbnail", "original"}],
      "screen_name": "…", "name": "…", "quoted_status": "…", "url": "…", "metadata": {…}}, …]

Source: github.com/prinsss/twitter-web-exporter. The CSV file has the same keys as columns, line breaks
written as `\\n`, and lists as JSON. Where t.co links lead and whom a tweet quotes is in `metadata`, which the
user has to turn on. Counts, ids of users and profile pictures are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.identity import make_tweet
from ingest.sources.json_records import Item, Record, read_array, refuse
from ingest.sources.table_records import has_columns, read_table
from ingest.sources.timestamps import parse_timestamp
from ingest.sources.x_tweets import ExportedTweet, Medium, TweetShelf, read_entities, read_handle, read_id
from ingest.text import Parsed, Text
from record_types.foreign_json import parse_json
from record_types.pages import Problem

NAME = "x-exporter"
SUFFIXES = (".json", ".csv", ".txt")
SIGNS = ("full_text",)

_NEEDED = frozenset({"id", "full_text", "screen_name", "created_at"})
_KEYS = re.compile(r"\"(id|full_text|screen_name|created_at)\"\s*:")
# The CSV file has line breaks as backslash sequences.
_ESCAPED = re.compile(r"\\r\\n|\\[nr]")
_MARKS = (("bookmarked", "bookmark"), ("favorited", "like"))
_LISTS = frozenset({"media", "metadata"})


def detect(text: Text) -> bool:
    """Whether it is a list or table of tweets with the extension's keys."""
    head = text.head
    if text.suffix == ".json" or head.startswith("["):
        return head.startswith("[") and set(_KEYS.findall(head)) >= _NEEDED
    return has_columns(text, _NEEDED)


def parse(text: Text) -> Parsed:
    """Return one page per author. Raises UnreadableError if the file is not JSON."""
    shelf = TweetShelf()
    is_json = text.head.startswith("[")
    items = read_array(text.text) if is_json else _read_rows(text.text)
    for item in shelf.take(items):
        tweet = _read_tweet(item)
        if tweet is None:
            shelf.problems.append(refuse(item, "a tweet without an id"))
        else:
            shelf.add(tweet)
    return shelf.finish()


def _read_rows(text: str) -> Iterator[Item | Problem]:
    for row in read_table(text):
        if isinstance(row, Problem):
            yield row
        else:
            yield Item(row.line, {key: _read_cell(key, cell) for key, cell in row.value.items()})


def _read_cell(key: str, cell: str) -> object:
    if key not in _LISTS:
        return _ESCAPED.sub("\n", cell) if "\\" in cell else cell
    try:
        return parse_json(cell) if cell.strip() else None
    except ValueError:
        return cell


def _read_tweet(item: Item) -> ExportedTweet | None:
    record = Record(item.value)
    found = make_tweet(record.text("url"))
    id_ = read_id(record.text("id")) or (found.id if found else None)  # spreadsheets round long numbers
    if id_ is None:
        return None
    metadata = record.record("metadata")
    details = _read_details(metadata, item.line)
    handle = read_handle(record.text("screen_name")) or read_handle((found and found.handle) or "")
    media = details.media if details else ()
    quoted = details.quoted if details else None
    quoted_id = read_id(record.text("quoted_status"))
    if quoted is None and quoted_id:
        quoted = ExportedTweet(id=quoted_id, line=item.line, text="")
    marks = [mark for key, mark in _MARKS if str(record.raw.get(key)).upper() in ("YES", "TRUE")]
    reply = read_id(record.text("in_reply_to"))
    return ExportedTweet(
        id=id_,
        line=item.line,
        text=record.text("full_text"),
        handle=handle,
        name=record.text("name"),
        created_at=parse_timestamp(record.text("created_at")),
        urls=details.urls if details else (),
        media=media or tuple(map(_read_medium, record.records("media"))),
        quoted=quoted,
        mark=marks[0] if marks else "",
        tags=tuple(marks[1:]),
        state=(("reply-to", f"https://twitter.com/i/web/status/{reply}"),) if reply else (),
    )


def _read_medium(medium: Record) -> Medium:
    original = medium.text("original", "thumbnail")
    is_video = medium.text("type") in ("video", "animated_gif")
    picture = medium.text("thumbnail") if is_video else original
    return Medium(picture, medium.text("url"), medium.text("ext_alt_text"), original if is_video else "")


def _read_details(result: Record, line: int, depth: int = 0) -> ExportedTweet | None:
    """Return what X's own record of a tweet says; a quoted tweet is in it in the same form."""
    result = result.record("tweet") or result
    legacy = result.record("legacy")
    id_ = read_id(result.text("rest_id") or legacy.text("id_str"))
    if id_ is None:
        return None
    note = result.record("note_tweet", "note_tweet_results", "result")
    urls, media = read_entities(
        note.record("entity_set"), legacy.record("entities"), legacy.record("extended_entities")
    )
    user = result.record("core", "user_results", "result")
    names = (user.record("core"), user.record("legacy"))
    tweet = ExportedTweet(
        id=id_,
        line=line,
        text=note.text("text") or legacy.text("full_text"),
        handle=read_handle(names[0].text("screen_name") or names[1].text("screen_name")),
        name=names[0].text("name") or names[1].text("name"),
        urls=tuple(urls),
        media=tuple(media),
    )
    quoted = (
        None if depth else _read_details(result.record("quoted_status_result", "result"), line, depth + 1)
    )
    return replace(tweet, quoted=quoted)
