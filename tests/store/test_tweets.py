"""Threads are numbered from the tweets of a document, however they were numbered before."""

from __future__ import annotations

import random
import sqlite3

import pytest

from store.connection import open_memory
from store.tweets import (
    find_stale_documents,
    find_wrong_threads,
    read_cut_pages,
    read_derived_values,
    read_page_tweets,
    save_offers,
    save_threads,
    save_titles,
    save_tweet_texts,
)

Place = tuple[int | None, int]

document_row = """
insert into documents (id, title, full_title, category, thread_id, shown_title, uid, content_hash)
values (?, 'T', 'T', ?, ?, ?, cast(? as text), 0)
"""
highlight_row = """
insert into highlights (id, text, document_id, position, category, uid, content_hash, gone_at, incomplete)
values (?, 'x', ?, ?, 'tweets', cast(? as text), 0, ?, ?)
"""
tweet_row = """
insert into tweets (id, highlight_id, text, thread_id, position, created_at, url)
values (?, ?, ?, ?, ?, '2022-01-01T00:00:00Z', 'u')
"""
mark_row = """
insert into notes (text, kind, highlight_id, document_id, position) values ('Thread', ?, ?, ?, 0)
"""
numbered = """
select t.id, t.thread_id, t.position from tweets as t join highlights as h on h.id = t.highlight_id
where h.gone_at is null
"""


def fill(db: sqlite3.Connection, source: random.Random) -> dict[int, Place]:
    """Random documents with wrongly numbered tweets; the right thread and position of each live one."""
    expected: dict[int, Place] = {}
    ids = iter(source.sample(range(100, 400), 60))
    for document in range(1, 12):
        first = next(ids)
        thread = source.choice((None, first, first + 1_000))
        db.execute(document_row, (document, "tweets", thread, "shown", document))
        members: list[int] = []
        is_marked = False
        for tweet in [first, *(next(ids) for _ in range(source.randint(0, 3)))]:
            is_live, kind = source.random() < 0.8, source.choice(("mark", "note", "note", "note"))
            db.execute(highlight_row, (tweet, document, 0, tweet, None if is_live else "2022-01-01", 0))
            db.execute(tweet_row, (tweet, tweet, "cleaned", *source.choice(((None, 0), (5, 1), (5, 2)))))
            db.execute(mark_row, (kind, tweet, document))
            if is_live:
                members.append(tweet)
                is_marked = is_marked or kind == "mark"
        if thread is None or (members == [thread] and not is_marked):
            expected |= dict.fromkeys(members, (None, 0))
        else:
            begin = min([thread, *members])
            expected |= {tweet: (begin, place) for place, tweet in enumerate(sorted(members))}
    return expected


@pytest.mark.parametrize("seed", range(10))
def test_a_page_with_a_status_is_a_thread_from_its_first_tweet_on(seed: int) -> None:
    db = open_memory()
    expected = fill(db, random.Random(seed))
    save_threads(db, range(1, 12))
    assert {id_: (thread, place) for id_, thread, place in db.execute(numbered)} == expected
    assert find_wrong_threads(db) == []
    assert read_derived_values(db) == []
    in_thread = [id_ for id_, (thread, _) in expected.items() if thread]
    db.execute("update tweets set position = 9 where id = ?", (in_thread[0],))
    (document,) = db.execute("select document_id from highlights where id = ?", (in_thread[0],)).fetchone()
    assert find_wrong_threads(db) == [document]


@pytest.fixture
def db() -> sqlite3.Connection:
    """Tweets 10 and 20 of document 1, and 30, which is gone; document 2 has no tweets."""
    db = open_memory()
    db.execute(document_row, (1, "tweets", 10, None, 1))
    db.execute(document_row, (2, "books", None, "shown", 2))
    for id_, position, gone, incomplete in ((10, 1, None, 1), (20, 0, None, 0), (30, 2, "2022-01-01", 1)):
        db.execute(highlight_row, (id_, 1, position, id_, gone, incomplete))
        db.execute(tweet_row, (id_, id_, None, None, 0))
    db.execute(highlight_row, (40, 2, 0, 40, None, 1))
    db.execute("insert into links (id, url, host, short, status, uid) values (1, 'u', 'h', 0, 'gone', 'u')")
    db.executemany(
        "insert into highlight_links (highlight_id, link_id, position) values (?, 1, ?)",
        [(20, 0), (20, 1), (30, 0)],
    )
    return db


def test_what_is_derived_is_stale_until_it_is_saved(db: sqlite3.Connection) -> None:
    assert find_stale_documents(db) == [1]
    save_tweet_texts(db, [(10, "ten"), (20, "twenty"), (40, "none")])
    assert find_stale_documents(db) == [1]
    save_titles(db, [(1, "title"), (2, "of no tweet")])
    assert find_stale_documents(db) == [1]
    save_offers(db, [(20, 0, "offered"), (20, 1, "never")])
    assert find_stale_documents(db) == []
    assert sorted(read_derived_values(db), key=repr) == [
        (1, "offer", 20, 0, "offered"),
        (1, "offer", 20, 1, "never"),
        (1, "text", 10, 0, "ten"),
        (1, "text", 20, 0, "twenty"),
        (1, "title", 1, 0, "title"),
    ]
    changes = db.total_changes
    save_tweet_texts(db, [(10, "ten")])
    save_offers(db, [(20, 0, "offered")])
    assert db.total_changes == changes
    save_threads(db, [2])
    assert find_stale_documents(db) == []
    save_threads(db, [1])
    assert [kind for _, kind, *_ in read_derived_values(db)] == ["offer", "offer"]


def test_only_documents_of_tweets_with_a_cut_one_are_looked_up(db: sqlite3.Connection) -> None:
    (page,) = read_cut_pages(db)
    assert (page.id, page.thread_id, page.author) == (1, 10, None)
    assert [(each.id, each.incomplete, each.tweet_id) for each in read_page_tweets(db, 1)] == [
        (20, 0, 20),
        (10, 1, 10),
    ]
    db.execute("update highlights set incomplete = 0 where id = 10")
    assert read_cut_pages(db) == []
