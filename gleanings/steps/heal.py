"""Heal cut tweets: request their full texts, and store these as a separate file beside the page."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from requests.cookies import RequestsCookieJar

from gleanings.config import Config
from gleanings.options import utc_now
from gleanings.steps.links import make_settings
from gleanings.steps.outcome import Outcome
from gleanings.steps.tweets import clean_tweets
from gleanings.terminal import count_as
from ingest.identity import hash_text, make_tweet, title_key
from ingest.links.found_links import find_links, find_pictures
from ingest.links.tweet_lookup import (
    Healed,
    PageTweet,
    WholeTweet,
    heal_page,
    make_lookup_url,
    parse_tweet,
)
from ingest.web.session import FetchError, GuardedSession
from record_types.pages import Author, Category, Document, FileStamp, Highlight, Page, SourceFile
from store.folder_states import read_folder_state, save_folder_state
from store.identities import hash_title
from store.runs import Counts, finish_run, start_run
from store.save_batch import save_batch
from store.tweets import (
    HEALED_ROOT,
    CutPage,
    CutTweet,
    read_cut_pages,
    read_page_tweets,
)

AGAIN_DAYS, AGAIN_AFTER_FAILURE_DAYS = 30, 1
"""Days until a page whose cut tweets were not all found is looked up again."""


class UnansweredError(Exception):
    """The service does not answer at present."""


def heal_tweets(
    db: sqlite3.Connection,
    config: Config,
    *,
    stop: threading.Event,
    max_seconds: float | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Request the cut tweets of the pages that are due; store those that are certain."""
    now = utc_now()
    pages = [page for page in read_cut_pages(db) if _is_due(db, page, now)]
    if not pages:
        return Outcome("ok", "no cut tweets to request")
    run_id = start_run(db, "expand", now=now)
    settings = make_settings(config.links, max_seconds=max_seconds)
    ends_at = time.monotonic() + max_seconds if max_seconds is not None else None
    with closing(GuardedSession(settings)) as session:

        def fetch(tweet_id: int) -> WholeTweet | None:
            if stop.is_set() or (ends_at is not None and time.monotonic() > ends_at):
                raise UnansweredError
            sleep(settings.host_gap)  # the pace for one host
            try:
                url = make_lookup_url(tweet_id)
                response = session.get(url, RequestsCookieJar(), settings.total_timeout)
            except FetchError:
                raise UnansweredError from None
            if response.status == 429 or response.status >= 500:
                raise UnansweredError
            return parse_tweet(response.body) if response.status == 200 else None

        healed = sum(_heal_page(db, page, fetch, run_id=run_id, now=now) for page in pages)
    clean_tweets(db)
    counts = Counts(changed=healed)
    finish_run(db, run_id, counts, "ok", now=utc_now(), message=f"{count_as(healed, 'cut tweet')} healed")
    return Outcome("ok", f"{count_as(healed, 'cut tweet')} healed", counts)


def _is_due(db: sqlite3.Connection, page: CutPage, now: str) -> bool:
    due_at = read_folder_state(db, f"heal {page.uid}")
    return due_at is None or due_at <= now


def _heal_page(
    db: sqlite3.Connection,
    page: CutPage,
    fetch: Callable[[int], WholeTweet | None],
    *,
    run_id: int,
    now: str,
) -> int:
    tweets = read_page_tweets(db, page.id)
    found: list[Healed] = []
    days = AGAIN_DAYS
    try:
        places = [PageTweet(each.id, each.text, bool(each.incomplete), each.tweet_id) for each in tweets]
        found = heal_page(places, page.thread_id, page.author[1] if page.author else None, fetch)
    except UnansweredError:
        days = AGAIN_AFTER_FAILURE_DAYS
    rows = {each.id: each for each in tweets}
    files = [file for each in found if (file := _make_file(page, rows[each.highlight_id], each))]
    if files:
        save_batch(db, files, run_id=run_id, now=now)
    due_at = (datetime.fromisoformat(now) + timedelta(days=days)).isoformat().replace("+00:00", "Z")
    save_folder_state(db, f"heal {page.uid}", due_at, now=now)
    return len(files)


def _make_file(page: CutPage, cut: CutTweet, healed: Healed) -> SourceFile | None:
    """The source of a healed tweet, which has the cut text's key, so that both are one highlight."""
    author = Author(*page.author) if page.author else None
    key = title_key(author, page.full_title)
    if cut.tweet_id is None and hash_title(page.uid, key) != page.title_hash:
        return None  # the title was written differently: the two could not be recognised as one
    document = Document(
        uid=page.uid,
        title=page.title,
        full_title=page.full_title,
        category=cast(Category, page.category),
        author=author,
        url=page.url,
        thread_id=page.thread_id,
        title_key=key,
    )
    url = f"https://twitter.com/{healed.tweet.handle}/status/{healed.tweet.id}"
    highlight = Highlight(
        uid=f"tweet:{healed.tweet.id}",
        text=healed.text,
        line=1,
        position=cut.position,
        view_url=url,
        tweet=make_tweet(url),
        links=find_links(healed.text, is_tweet=True),
        pictures=find_pictures(healed.text),
        text_key=hash_text(cut.text),
    )
    data = healed.text.encode()
    stamp = FileStamp(HEALED_ROOT, str(healed.tweet.id), len(data), 0)
    return SourceFile(stamp, sha256(data).hexdigest(), "syndication", pages=(Page(document, (highlight,)),))
