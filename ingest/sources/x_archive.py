"""A Twitter/X archive: `tweets.js`, `like.js`, `note-tweet.js`, `bookmark.js`, in a folder or a zip file.

    window.YTD.tweets.part0 = [ {"tweet": {"id_str": …, "full_text": …, "entities": {"urls": […]}}}, … ]

Source: the `data` folder of the archive that X lets its users download. A tweet there has no author: the
account's name and handle come from `account.js` in the same folder. A tweet of more than 280 characters is
cut; its full text is in `note-tweet.js` under another id, and belongs to the tweet of the same second that
begins with the same words. A liked tweet has text and id only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.identity import date_tweet, make_tweet
from ingest.sources.json_records import Item, Record, read_array, refuse
from ingest.sources.timestamps import parse_timestamp
from ingest.sources.x_tweets import ExportedTweet, TweetShelf, read_entities, read_handle, read_id
from ingest.text import Parsed, Text
from markdown_text.escapes import decode_entities
from record_types.errors import UnreadableError
from record_types.pages import Problem

NAME = "x-archive"
SUFFIXES = (".js",)
SIGNS = ("window.YTD.",)

_PARTS = r"(?:tweets?|likes?|note_tweet|bookmarks?|deleted_tweets?|community_tweet)"
_BEGIN = re.compile(rf"\s{{0,99}}window\.YTD\.(?P<part>{_PARTS})\.part\d{{1,6}}\s{{0,9}}=\s{{0,9}}")
_ANY_BEGIN = re.compile(r"\s{0,99}window\.YTD\.\w{1,60}\.part\d{1,6}\s{0,9}=\s{0,9}")
_MARKS = {"like": "like", "likes": "like", "bookmark": "bookmark", "bookmarks": "bookmark"}
_WRAPPERS = ("tweet", "like", "bookmark", "noteTweet", "deletedTweet")
# A cut tweet and its full text may be this many seconds apart.
_SECONDS_APART = 2
_ALIKE = 40
"""How many letters a cut tweet and its full text must have in common at the beginning."""


def detect(text: Text) -> bool:
    """Whether it assigns a list of tweets, likes or bookmarks."""
    return _BEGIN.match(text.text) is not None


def parse(text: Text) -> Parsed:
    """Return one page per author, or one collection of likes. Raises UnreadableError if it is not JSON."""
    begin = _BEGIN.match(text.text)
    if begin is None:
        raise UnreadableError("not a part of a Twitter archive", line=1)
    part = begin["part"]
    shelf = TweetShelf()
    handle, name = _read_account(text)
    notes = _Notes(text) if part.startswith("tweet") else None
    for item in read_array(text.text, begin.end()):
        if part == "note_tweet":
            _add_note(item, shelf, handle, name)
            continue
        tweet = _read_tweet(item, _MARKS.get(part, ""), handle, name)
        if isinstance(tweet, Problem):
            shelf.problems.append(tweet)
        else:
            shelf.add(notes.complete(tweet) if notes else tweet)
    return shelf.finish()


def _read_tweet(item: Item, mark: str, handle: str, name: str) -> ExportedTweet | Problem:
    raw = item.value if isinstance(item.value, dict) else {}
    record = Record(next((raw[key] for key in _WRAPPERS if isinstance(raw.get(key), dict)), raw))
    id_ = read_id(record.text("id_str", "id", "tweetId"))
    if id_ is None:
        return refuse(item, "a tweet without an id")
    if mark:
        url = record.text("expandedUrl", "expanded_url")
        found = make_tweet(url)
        return ExportedTweet(
            id=id_,
            line=item.line,
            text=record.text("fullText", "full_text", "text"),
            handle=read_handle(found.handle or "") if found and found.id == id_ else "",
            mark=mark,
            marked_at=parse_timestamp(record.text("likedAt", "bookmarkedAt")),
        )
    urls, media = read_entities(record.record("entities"), record.record("extended_entities"))
    quoted_id = read_id(record.text("quoted_status_id_str", "quoted_status_id"))
    reply_id = read_id(record.text("in_reply_to_status_id_str", "in_reply_to_status_id"))
    reply_to = read_handle(record.text("in_reply_to_screen_name")) or "i/web"
    return ExportedTweet(
        id=id_,
        line=item.line,
        text=record.text("full_text", "text"),
        handle=handle,
        name=name,
        created_at=parse_timestamp(record.text("created_at")),
        urls=tuple(urls),
        media=tuple(media),
        quoted=ExportedTweet(id=quoted_id, line=item.line, text="") if quoted_id else None,
        state=(("reply-to", f"https://twitter.com/{reply_to}/status/{reply_id}"),) if reply_id else (),
    )


class _Notes:
    """The full texts of long tweets, by the second in which they were written and how they begin."""

    def __init__(self, text: Text) -> None:
        self._notes: dict[tuple[int, str], Record] = {}
        for note in _read_notes(text):
            moment = parse_timestamp(note.text("createdAt"))
            if moment:
                begins = _letters(note.record("core").text("text"))
                self._notes.setdefault((int(moment.timestamp()), begins), note)

    def complete(self, tweet: ExportedTweet) -> ExportedTweet:
        """Return the tweet with its full text, if it was cut."""
        begins = _letters(tweet.text)
        if len(begins) < _ALIKE or not self._notes:
            return tweet
        second = int((tweet.created_at or date_tweet(tweet.id)).timestamp())
        for near in range(second - _SECONDS_APART, second + _SECONDS_APART + 1):
            note = self._notes.get((near, begins))
            if note is not None:
                core = note.record("core")
                urls, _ = read_entities(core)
                return replace(tweet, text=core.text("text"), urls=tuple(dict([*tweet.urls, *urls]).items()))
        return tweet


def _letters(text: str) -> str:
    """Return the first letters and digits of a text; fewer than `_ALIKE` only if it is shorter."""
    return "".join(filter(str.isalnum, decode_entities(text[: 10 * _ALIKE])))[:_ALIKE]


def _read_notes(text: Text) -> Iterator[Record]:
    """Yield the notes in `note-tweet.js` beside the tweets; nothing if it is missing or broken."""
    for item in _read_beside(text, "note-tweet.js"):
        if note := Record(item.value).record("noteTweet"):
            yield note


def _read_beside(text: Text, name: str) -> Iterator[Item]:
    """Yield the records of another part of the archive; it is also read on its own, with its problems."""
    part = (text.beside(name) or b"").decode("utf-8-sig", "replace")
    begin = _ANY_BEGIN.match(part)
    try:
        yield from read_array(part, begin.end()) if begin else ()
    except UnreadableError:
        return


def _read_account(text: Text) -> tuple[str, str]:
    """Return the handle and the name in `account.js` beside the file; empty ones without it."""
    for item in _read_beside(text, "account.js"):
        account = Record(item.value).record("account")
        return read_handle(account.text("username")), account.text("accountDisplayName")
    return "", ""


def _add_note(item: Item, shelf: TweetShelf, handle: str, name: str) -> None:
    """Add a full text without its tweet's id: the store merges it with the tweet that has the same words."""
    note = Record(item.value).record("noteTweet")
    core = note.record("core")
    words = decode_entities(core.text("text"))
    if not words:
        shelf.problems.append(refuse(item, "a note without text"))
        return
    home = shelf.find_home(item.line, handle, name)
    taken_at = shelf.read_timestamp(note.text("createdAt"), item.line)
    home.add_highlight(words, item.line, taken_at=taken_at)
    shelf.learn(read_entities(core)[0])
