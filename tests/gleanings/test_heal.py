"""Cut tweets are healed from the service that embeds tweets: only with their own text, and never with a preview."""

# ruff: noqa: E501 - answers are easier to read in long lines

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from gleanings.config import Config
from gleanings.options import Common
from gleanings.steps.heal import heal_tweets
from gleanings.steps.pages import find_all_sources, import_pages
from gleanings.stop import Stop
from gleanings.sync.pipeline import Session, expand_links
from ingest.identity import hash_text
from ingest.links.tweet_lookup import make_lookup_url, parse_tweet
from record_types.links import RequestLimits
from store.connection import close_store, open_store
from store.integrity import check_store
from store.tweets import read_cut_pages, read_page_tweets
from tests.ingest.links.loopback import Web, write_bundle
from tests.shared import SHARED

FIRST = 1500000000000000100
PAGE = """title:: Three Soups... (highlights)
author:: [[@oli on Twitter]]
full-title:: "Three Soups..."
category:: #tweets
url:: https://twitter.com/oli/status/1500000000000000100

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
\t- Three soups &amp; a stew:
\t- Peas make soup ([View Tweet](https://twitter.com/oli/status/1500000000000000101))
\t- For leeks you need:
\t- Of beans, take
\t- Salt ends it ([View Tweet](https://twitter.com/oli/status/1500000000000000105))
\t- The last word:
"""
OTHER = """title:: One Bread (highlights)
author:: [[@oli on Twitter]]
category:: #tweets
url:: https://twitter.com/oli/status/1500000000000000090

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
\t- Bread needs time ([View Tweet](https://twitter.com/oli/status/1500000000000000091))
"""


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    ca = trustme.CA()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(write_bundle(ca, tmp_path)))
    web = Web(ca)
    yield web
    web.close()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "soups (highlights).md").write_text(PAGE, encoding="utf-8")
    db = open_store(tmp_path / "g.db", create=True)
    import_pages(db, find_all_sources([notes]))
    yield db
    close_store(db)


def answer(web: Web, at: int, text: str, parent: int | None, handle: str = "oli", **more: object) -> None:
    serve(web, FIRST + at, text, None if parent is None else FIRST + parent, handle, **more)


def serve(web: Web, id_: int, text: str, parent: int | None, handle: str, **more: object) -> None:
    tweet = {"__typename": "Tweet", "id_str": str(id_), "text": text, "user": {"screen_name": handle}}
    if parent is not None:
        tweet["in_reply_to_status_id_str"] = str(parent)
    body = json.dumps({**tweet, **more})
    web.page(make_lookup_url(id_), body, headers=(("Content-Type", "application/json"),))


def serve_thread(web: Web) -> None:
    answer(web, 0, "Three soups &amp; a stew:\n\n- peas\n- leeks", None)
    answer(web, 101 - 100, "Peas make soup", 0)
    answer(
        web,
        2,
        "For leeks you need:\n- water\n- time https://t.co/pic0000001",
        1,
        entities={
            "media": [
                {"url": "https://t.co/pic0000001", "media_url_https": "https://pbs.twimg.com/media/a.jpg"}
            ]
        },
    )
    answer(web, 3, "a tweet nobody marked", 2)
    answer(web, 4, "Of beans, take\n- a cup\n- and soak it", 3)
    answer(web, 5, "Salt ends it", 4)


def heal(db: sqlite3.Connection, web: Web) -> str:
    hosts = {"cdn.syndication.twimg.com:443": f"127.0.0.1:{web.tls_port}"}
    config = replace(Config(), links=RequestLimits(heal_tweets=True, connect_to=hosts))
    return heal_tweets(db, config, stop=threading.Event(), sleep=lambda _: None).line


def read_texts(db: sqlite3.Connection) -> list[tuple[str, int, int | None]]:
    query = "select h.text, h.incomplete, t.id from highlights as h left join tweets as t on t.highlight_id = h.id where h.gone_at is null order by h.position"
    return [(text, incomplete, id_ and id_ - FIRST) for text, incomplete, id_ in db.execute(query)]


def test_cut_tweets_are_healed_by_the_pages_id_and_up_the_thread(db: sqlite3.Connection, web: Web) -> None:
    serve_thread(web)
    assert heal(db, web) == "3 cut tweets healed"
    assert read_texts(db) == [
        ("Three soups & a stew:\n\n- peas\n- leeks", 0, 0),
        ("Peas make soup", 0, 1),
        ("For leeks you need:\n- water\n- time\n\n![](https://pbs.twimg.com/media/a.jpg)", 0, 2),
        ("Of beans, take\n- a cup\n- and soak it", 0, 4),
        ("Salt ends it", 0, 5),
        ("The last word:", 1, None),
    ]


def test_a_page_is_not_requested_again_at_once(db: sqlite3.Connection, web: Web) -> None:
    serve_thread(web)
    heal(db, web)
    asked = len(web.asked)
    assert heal(db, web) == "no cut tweets to request"
    assert len(web.asked) == asked


@pytest.mark.parametrize(("status", "days"), [(404, 30), (429, 1), (500, 1), (503, 1)])
def test_a_page_is_requested_again_after_30_days_and_after_a_failure_a_day_later(
    db: sqlite3.Connection, web: Web, status: int, days: int
) -> None:
    for at in range(6):
        web.page(make_lookup_url(FIRST + at), status=status)
    assert heal(db, web) == "0 cut tweets healed"
    asked = len(web.asked)
    ((due_at, now),) = db.execute("select text, saved_at from export_states where key like 'heal %'")
    assert due_at == (datetime.fromisoformat(now) + timedelta(days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    db.execute("update export_states set text = saved_at where key like 'heal %'")
    heal(db, web)
    assert len(web.asked) == 2 * asked


@pytest.mark.parametrize(("is_stopped", "max_seconds"), [(True, None), (False, 0.0), (False, 60.0)])
def test_nothing_is_asked_after_a_stop_or_without_time_or_a_network_and_tomorrow_again(
    db: sqlite3.Connection, web: Web, is_stopped: bool, max_seconds: float | None
) -> None:
    serve_thread(web)
    stop = threading.Event()
    if is_stopped:
        stop.set()
    config = Config(links=RequestLimits(connect_to={"cdn.syndication.twimg.com:443": "127.0.0.1:9"}))
    outcome = heal_tweets(db, config, stop=stop, max_seconds=max_seconds, sleep=lambda _: None)
    assert (outcome.state, outcome.line, outcome.counts.changed) == ("ok", "0 cut tweets healed", 0)
    assert web.asked == []
    ((due_at, now),) = db.execute("select text, saved_at from export_states where key like 'heal %'")
    assert due_at == (datetime.fromisoformat(now) + timedelta(1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("is_on", "is_dry", "asks"), [(True, False, 1), (True, True, 0), (False, False, 0), (False, True, 0)]
)
def test_a_sync_heals_only_if_configured_and_not_in_a_dry_run(
    db: sqlite3.Connection, is_on: bool, is_dry: bool, asks: int
) -> None:
    stop = Stop()
    stop.signalled.set()  # so that nothing is asked for
    config = replace(Config(), links=RequestLimits(heal_tweets=is_on))
    expand_links(Session(Common(Path("a.db"), config, False, 0, is_dry), db, stop))
    assert db.execute("select count(*) from export_states where key like 'heal %'").fetchone() == (asks,)


def test_a_healed_tweet_goes_with_its_page_and_comes_back_whole(
    db: sqlite3.Connection, web: Web, tmp_path: Path
) -> None:
    serve_thread(web)
    heal(db, web)
    notes = tmp_path / "notes"
    import_pages(db, find_all_sources([notes]), verify=True)
    whole = read_texts(db)
    assert sum(incomplete for _, incomplete, _ in whole) == 1
    page = notes / "soups (highlights).md"
    page.rename(tmp_path / page.name)
    (notes / "other (highlights).md").write_text(OTHER)
    assert import_pages(db, find_all_sources([notes])).report.counts.removed == len(whole)
    other = [("Bread needs time", 0, -9)]
    assert read_texts(db) == other
    assert db.execute("select title from documents where gone_at is null").fetchall() == [("One Bread",)]
    assert [each.message for each in check_store(db) if each.trouble] == []
    assert import_pages(db, find_all_sources([notes])).report.counts.removed == 0
    (tmp_path / page.name).rename(page)
    import_pages(db, find_all_sources([notes]))
    assert sorted(read_texts(db)) == sorted([*whole, *other])


@pytest.mark.parametrize(
    "more",
    [
        {"note_tweet": {"id": "x"}},
        {"__typename": "TweetTombstone"},
        {"user": {"screen_name": "someone"}},
        {"id_str": "5"},
    ],
)
def test_a_preview_a_tombstone_and_another_authors_tweet_are_never_stored(
    db: sqlite3.Connection, web: Web, more: dict[str, Any]
) -> None:
    answer(web, 0, "Three soups &amp; a stew:\n- peas", None, **more)
    answer(web, 5, "Salt ends it", 4)
    answer(web, 4, "Of beans, take\n- a cup", None, **more)
    assert heal(db, web) == "0 cut tweets healed"


def test_a_parent_with_other_words_is_never_stored(db: sqlite3.Connection, web: Web) -> None:
    answer(web, 5, "Salt ends it", 4)
    answer(web, 4, "Of beans and peas, take\n- a cup", 3)
    answer(web, 3, "Of beans, take nothing", None)
    assert heal(db, web) == "0 cut tweets healed"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"id_str": "x"}', b'{"id_str": "1", "text": 5, "user": []}', b"\xff" * 9]
)
def test_an_answer_that_is_not_a_tweet_is_ignored(body: bytes) -> None:
    assert parse_tweet(body) is None


def test_a_picture_without_an_address_is_left_out() -> None:
    media = [{"media_url_https": each} for each in (5, ["x"], None, "https://a.test/b.png")]
    tweet = {"id_str": "1", "text": "a", "user": {"screen_name": "ada"}, "mediaDetails": media}
    found = parse_tweet(json.dumps(tweet).encode())
    assert found is not None
    assert found.pictures == ("https://a.test/b.png",)


@pytest.mark.slow
def test_of_the_corpuss_cut_tweets_all_that_are_reachable_are_healed_and_none_wrongly(
    tmp_path: Path, web: Web
) -> None:
    if not (SHARED / "corpus").is_dir():
        pytest.skip("no shared corpus")
    db = open_store(tmp_path / "corpus.db", create=True)
    import_pages(db, find_all_sources([SHARED / "corpus" / "logseq-graph"]))
    wanted: dict[int, str] = {}
    for page in read_cut_pages(db):
        rows = read_page_tweets(db, page.id)
        ids: list[int] = []
        for at, row in enumerate(rows):  # ids for those that lost theirs, in the order of the thread
            is_root = at == 0 and all(each.tweet_id != page.thread_id for each in rows)
            last = ids[-1] if ids else 1
            ids.append(row.tweet_id or (page.thread_id if is_root and page.thread_id else last + 1))
        for at, (row, id_, parent) in enumerate(zip(rows, ids, [None, *ids], strict=False)):
            whole = row.text + "\n- a\n- b" * row.incomplete
            serve(web, id_, whole, parent, (page.author[1] if page.author else None) or "")
            if row.incomplete and (id_ == page.thread_id or any(each.tweet_id for each in rows[at:])):
                wanted[id_] = whole
    heal(db, web)
    found = dict(
        db.execute(
            "select f.path, h.text from files as f join appearances as a on a.file_id = f.id join highlights as h on h.id = a.highlight_id where f.root = 'syndication:'"
        ).fetchall()
    )
    assert {int(id_): hash_text(text) for id_, text in found.items()} == {
        id_: hash_text(text) for id_, text in wanted.items()
    }
    assert len(found) > 50
    assert not any(
        text.endswith("- b") for (text,) in db.execute("select text from highlights where incomplete = 1")
    )
    close_store(db)
