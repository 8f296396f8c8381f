"""The pages with tweets that were cut."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

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
