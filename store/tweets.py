"""Write tweets, the threads that they form, and their cleaned texts; find those that were cut."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from store.claims import HighlightClaim
from store.connection import bulk_insert, insert_rows

# `text = null`: an updated tweet is cleaned again.
TWEETS = bulk_insert(
    "tweets",
    "id, highlight_id, author_id, created_at, url, position",
    conflict="""
on conflict (id) do update set
    text = null, highlight_id = excluded.highlight_id, author_id = excluded.author_id,
    created_at = excluded.created_at, url = excluded.url
""",
)


def save_tweets(
    db: sqlite3.Connection,
    changed: Mapping[int, HighlightClaim],
    inserted: set[int],
    author_ids: Mapping[int, int | None],
) -> None:
    """The tweets of highlights that are new or changed; an updated one may have lost its tweet."""
    tweets = {id_: claim.tweet for id_, claim in changed.items()}
    db.executemany(
        "delete from tweets where highlight_id = ? and id <> ?",
        [(id_, tweet.id if tweet else 0) for id_, tweet in tweets.items() if id_ not in inserted],
    )
    rows = [
        (tweet.id, id_, author_ids[id_], tweet.created_at, tweet.url, 0)
        for id_, tweet in tweets.items()
        if tweet
    ]
    insert_rows(db, TWEETS, sorted(rows))  # in the order of the key, which fills the table's pages


# A page whose url is a status is a thread if it holds more than that one tweet, or has the note `Thread`.
# The thread's first status is the one in the url, or an earlier one on the page (docs/formats.md).
thread_members = """
with members as (
    select
        t.id,
        min(d.thread_id, min(t.id) over document) as first_id,
        row_number() over (partition by d.id order by t.id) - 1 as place,
        count(*) over document > 1
            or t.id <> d.thread_id
            or exists (select 1 from notes as n where n.highlight_id = h.id and n.kind = 'mark') as is_thread
    from highlights as h
    join documents as d on d.id = h.document_id
    join tweets as t on t.highlight_id = h.id
    where h.gone_at is null and d.thread_id is not null
        and d.id in (select value from json_each(:documents))
    window document as (partition by d.id)
)
"""

refresh_threads = f"""
{thread_members}
update tweets set
    thread_id = iif(m.is_thread, m.first_id, null),
    position = iif(m.is_thread, m.place, 0)
from members as m
where m.id = tweets.id
    and (tweets.thread_id is not iif(m.is_thread, m.first_id, null)
        or tweets.position is not iif(m.is_thread, m.place, 0))
"""  # noqa: S608 - our own statement

# Tweets of a document whose URL is not a status, or no longer one: they do not form a thread.
clear_threads = """
update tweets set thread_id = null, position = 0
from highlights as h join documents as d on d.id = h.document_id
where h.id = tweets.highlight_id and tweets.thread_id is not null and d.thread_id is null
    and d.id in (select value from json_each(:documents))
"""


# A tweet's cleaned text depends on all of its document's tweets: whether the thread numbers them.
clear_all_texts = """
update tweets set text = null
where text is not null and highlight_id in (
    select h.id from highlights as h where h.document_id in (select value from json_each(:documents))
)
"""

# The title of a thread is completed from the text of its first tweet.
clear_titles = """
update documents set shown_title = null
where shown_title is not null and id in (select value from json_each(:documents))
"""


wrong_threads = f"""
{thread_members}
select h.document_id
from members as m
join tweets as t on t.id = m.id
join highlights as h on h.id = t.highlight_id
where t.thread_id is not iif(m.is_thread, m.first_id, null)
    or t.position is not iif(m.is_thread, m.place, 0)
"""  # noqa: S608 - our own statement


def find_wrong_threads(db: sqlite3.Connection) -> list[int]:
    """The document of each tweet whose number is not the one that `save_threads` gives it."""
    documents = json.dumps([id_ for (id_,) in db.execute("select id from documents")])
    return [id_ for (id_,) in db.execute(wrong_threads, {"documents": documents})]


def save_threads(db: sqlite3.Connection, document_ids: Iterable[int]) -> None:
    """Number the tweets of these documents, whose highlights changed, and have their texts cleaned again."""
    documents = {"documents": json.dumps(sorted(document_ids))}
    db.execute(refresh_threads, documents)
    db.execute(clear_threads, documents)
    db.execute(clear_all_texts, documents)
    db.execute(clear_titles, documents)


stale_documents = """
select h.document_id
from tweets as t join highlights as h on h.id = t.highlight_id
where t.text is null and h.gone_at is null
union
select h.document_id
from highlight_links as hl join highlights as h on h.id = hl.highlight_id
where hl.offer is null and h.gone_at is null
union
select id from documents where shown_title is null and category = 'tweets' and gone_at is null
"""


def find_stale_documents(db: sqlite3.Connection) -> list[int]:
    """The documents (ids) whose derived columns must be computed again: texts of tweets, titles, offers."""
    return [id_ for (id_,) in db.execute(stale_documents)]


def list_documents(db: sqlite3.Connection) -> list[int]:
    """All documents (ids) that are not gone."""
    return [id_ for (id_,) in db.execute("select id from documents where gone_at is null order by id")]


derived_values = """
select h.document_id, 'text', h.id, 0, t.text
from tweets as t join highlights as h on h.id = t.highlight_id
where t.text is not null and h.gone_at is null
union all
select id, 'title', id, 0, shown_title
from documents where shown_title is not null and category = 'tweets' and gone_at is null
union all
select h.document_id, 'offer', hl.highlight_id, hl.position, hl.offer
from highlight_links as hl join highlights as h on h.id = hl.highlight_id
where hl.offer is not null and h.gone_at is null
"""


def read_derived_values(db: sqlite3.Connection) -> list[tuple[int, str, int, int, str]]:
    """What was computed: (document, `text`, `title` or `offer`, id of its row, position of a link, value)."""
    return db.execute(derived_values).fetchall()


def save_titles(db: sqlite3.Connection, titles: Iterable[tuple[int, str]]) -> None:
    """Save the titles to show, by document id."""
    db.executemany(
        "update documents set shown_title = ? where id = ? and category = 'tweets' and shown_title is not ?",
        [(title, id_, title) for id_, title in titles],
    )


def save_offers(db: sqlite3.Connection, offers: Iterable[tuple[int, int, str]]) -> None:
    """Save how highlights present their links: highlight id, position of the link, `offered` …"""
    db.executemany(
        "update highlight_links set offer = ? where highlight_id = ? and position = ? and offer is not ?",
        [(offer, id_, position, offer) for id_, position, offer in offers],
    )


def save_tweet_texts(db: sqlite3.Connection, texts: Iterable[tuple[int, str]]) -> None:
    """Save cleaned texts, by highlight id; those that did not change are not touched."""
    db.executemany(
        "update tweets set text = ? where highlight_id = ? and text is not ?",
        [(text, id_, text) for id_, text in texts],
    )


# --- tweets that were cut, and the files that hold their full texts

HEALED_ROOT = "syndication:"
"""The root of the files that hold healed tweets; their path is the highlight's first uid."""


class CutPage(NamedTuple):
    """A document with cut tweets."""

    id: int
    uid: str
    title: str
    full_title: str
    category: str
    url: str | None
    thread_id: int | None
    author: tuple[str, str | None, str | None] | None
    """(name, handle, url)"""
    title_hash: int | None
    """The hash by which sources without a link recognise the document."""


class CutTweet(NamedTuple):
    """One highlight of such a document, in its order."""

    id: int
    text: str
    position: int
    incomplete: int
    tweet_id: int | None


cut_pages = """
select d.id, d.uid, d.title, d.full_title, d.category, d.url, d.thread_id, a.name, a.handle, a.url,
    (select p.title from document_appearances as p where p.document_id = d.id and p.title is not null limit 1)
from documents as d left join authors as a on a.id = d.author_id
where d.gone_at is null and d.category = 'tweets' and exists (
    select 1 from highlights as h where h.document_id = d.id and h.incomplete = 1 and h.gone_at is null)
order by d.id
"""

tweets_of_page = """
select h.id, h.text, h.position, h.incomplete, t.id
from highlights as h left join tweets as t on t.highlight_id = h.id
where h.document_id = ? and h.gone_at is null
order by h.position, t.id
"""


def read_cut_pages(db: sqlite3.Connection) -> list[CutPage]:
    """The documents with cut tweets."""
    return [
        CutPage(*row, author=(name, handle, url) if name else None, title_hash=title_hash)  # type: ignore[misc]
        for *row, name, handle, url, title_hash in db.execute(cut_pages)
    ]


def read_page_tweets(db: sqlite3.Connection, document_id: int) -> list[CutTweet]:
    """The highlights of a document, in its order."""
    return [CutTweet(*row) for row in db.execute(tweets_of_page, (document_id,))]
