"""Rows for the pages about one item: a topic, resource, author or tag."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from store.browse.heat_maps import draw_month_map, draw_neighbours
from store.browse.highlight_rows import Row, fetch, fetch_one, read_highlights, read_ids

PAGE = 40
"""The number of highlights on one page."""

TEXT_PAGE = 500
"""The number of highlights on one page as Markdown, JSON or a feed."""

Arguments = Mapping[str, str]


def read_highlights_page(db: sqlite3.Connection, arguments: Arguments, sql: str, **parameters: Any) -> Row:
    """Read one page of the highlights that `sql` lists, with the numbers of the previous and next page."""
    page = read_page_number(arguments)
    size = TEXT_PAGE if arguments.get("format") else PAGE
    ids = read_ids(db, sql, **parameters, limit=size + 1, offset=(page - 1) * size)
    return {
        "ids": ids[:size],
        "passages": [] if arguments.get("format") else read_highlights(db, ids[:size]),
        "offset": (page - 1) * size,
        "earlier": page - 1 if page > 1 else None,
        "later": page + 1 if len(ids) > size else None,
    }


def read_page_number(arguments: Arguments) -> int:
    """The page number in the address, from 1; 1 if it is not a number."""
    given = arguments.get("page", "")
    return max(1, min(int(given), 250)) if given.isascii() and given.isdigit() and len(given) < 5 else 1


highlights_of_topic = """
select distinct highlight_id from highlight_topics where topic_id = :id
order by highlight_id desc limit :limit offset :offset
"""

reasons_of_topic = """
select substr(reason, 1, instr(reason || ':', ':') - 1) as kind, count(distinct highlight_id) as count
from (select reason, highlight_id from highlight_topics where topic_id = :id limit 20000)
group by kind order by count desc
"""

REASONS = {
    "tag": "tagged",
    "document tag": "in tagged documents",
    "hashtag": "with a hashtag",
    "link": "linked by you",
    "lead-in": "introduced by name",
    "phrase": "by your phrases",
    "pattern": "by your patterns",
    "query": "found by your query",
    "author": "by author",
    "site": "by site",
    "subtopic": "of a subtopic",
    "about": "by meaning",
}
"""Kind of reason → words after a number."""

reasons_of_highlights = """
select highlight_id, group_concat(reason, ' · ') from highlight_topics
where topic_id = :id and highlight_id in (select value from json_each(:ids)) group by highlight_id
"""

neighbours_of_topic = """
select t.id, t.name, count(distinct ht.highlight_id) as count
from (select distinct highlight_id from highlight_topics where topic_id = :id
    order by highlight_id desc limit 5000) as own
join highlight_topics as ht on ht.highlight_id = own.highlight_id and ht.topic_id <> :id
join topics as t on t.id = ht.topic_id
group by t.id order by count desc, t.name limit 8
"""


months_of_topic = "select part, count from facet_counts where facet = 'topic month' and value = ?"


def read_topic(db: sqlite3.Connection, arguments: Arguments) -> Row | None:
    """Read a topic with its highlights, newest first, why they belong to it, and its neighbours."""
    id_ = int(arguments["id"])
    topic = fetch_one(db, "select * from topics where id = :id", id=id_)
    if topic is None:
        return None
    page = read_highlights_page(db, arguments, highlights_of_topic, id=id_)
    reasons = dict(db.execute(reasons_of_highlights, {"id": id_, "ids": json.dumps(page["ids"])}).fetchall())
    for passage in page["passages"]:
        passage["reason"] = reasons.get(passage["id"])
    neighbours = fetch(db, neighbours_of_topic, id=id_)
    root = arguments.get("root", "")
    return {
        "topic": topic,
        "size": read_size(db, "topic", id_),
        "reasons": [f"{row['count']:,} {REASONS.get(row['kind'], row['kind'])}"
                    for row in fetch(db, reasons_of_topic, id=id_)],
        "chart": draw_month_map(dict(db.execute(months_of_topic, (str(id_),)).fetchall())),
        "neighbours": neighbours,
        "graph": draw_neighbours(
            topic["name"], [(row["name"], row["count"], f"{root}/topic/{row['id']}") for row in neighbours]
        ),
        **page,
    }  # fmt: skip


def read_size(db: sqlite3.Connection, facet: str, id_: int) -> int:
    """The number of highlights with one value of a facet."""
    sql = "select coalesce(sum(count), 0) from facet_counts where facet = ? and value = ?"
    return int(db.execute(sql, (facet, str(id_))).fetchone()[0])


highlights_of_resource = """
select distinct hl.highlight_id from links as l join highlight_links as hl on hl.link_id = l.id
join highlights as h on h.id = hl.highlight_id
where l.resource_id = :id and h.gone_at is null order by hl.highlight_id limit :limit offset :offset
"""


resource_by_id = """
select *, coalesce(read_at, (select max(read_at) from links where resource_id = :id)) as read_at
from resources where id = :id
"""


def read_resource(db: sqlite3.Connection, arguments: Arguments) -> Row | None:
    """Read a resource with the highlights that link to it."""
    id_ = int(arguments["id"])
    resource = fetch_one(db, resource_by_id, id=id_)
    if resource is None:
        return None
    page = read_highlights_page(db, arguments, highlights_of_resource, id=id_)
    for passage in page["passages"]:  # the title is above: each card need not repeat it
        for link in passage["links"]:
            if link["resource_id"] == id_:
                link.update(title="this page", is_here=True)
    return {
        "resource": resource,
        "shares": fetch_one(db, "select * from shared_resources where resource_id = :id", id=id_),
        "links": fetch(db, "select * from links where resource_id = :id limit 20", id=id_),
        **page,
    }


highlights_of_author = """
select id from highlights where author_id = :id and gone_at is null
order by taken_at desc limit :limit offset :offset
"""

documents_of_author = """
select id, coalesce(shown_title, full_title) as title, category
from documents where author_id = :id and gone_at is null limit 60
"""

shared_by_author = """
select r.id, r.title, r.url, r.kind, r.site, count(distinct h.id) as shared
from (select id from highlights where author_id = :id and gone_at is null
    order by taken_at desc limit 1000) as h
join highlight_links as hl on hl.highlight_id = h.id
join links as l on l.id = hl.link_id and l.status = 'resolved'
join resources as r on r.id = l.resource_id
group by r.id order by shared desc, r.id limit 20
"""


def read_author(db: sqlite3.Connection, arguments: Arguments) -> Row | None:
    """Read an author with documents, recommended resources and highlights, newest first."""
    id_ = int(arguments["id"])
    author = fetch_one(db, "select * from authors where id = :id", id=id_)
    if author is None:
        return None
    page = read_highlights_page(db, arguments, highlights_of_author, id=id_)
    by_document: dict[int, list[Row]] = {}
    for passage in page["passages"]:
        by_document.setdefault(passage["document_id"], []).append(passage)
    return {
        "author": author,
        "groups": [sorted(rows, key=lambda row: row["position"]) for rows in by_document.values()],
        "size": read_size(db, "author_id", id_),
        "documents": fetch(db, documents_of_author, id=id_),
        "shared": fetch(db, shared_by_author, id=id_),
        **page,
    }


highlights_of_tag = """
select h.id from highlight_tags as ht join highlights as h on h.id = ht.highlight_id
where ht.tag_id = :id and h.gone_at is null order by h.id desc limit :limit offset :offset
"""

documents_of_tag = """
select d.id, coalesce(d.shown_title, d.full_title) as title, d.category
from document_tags as dt join documents as d on d.id = dt.document_id
where dt.tag_id = :id and d.gone_at is null order by d.title limit 60
"""


def read_tag(db: sqlite3.Connection, arguments: Arguments) -> Row | None:
    """Read a tag with its highlights, newest first, and its documents."""
    id_ = int(arguments["id"])
    tag = fetch_one(db, "select id, name from tags where id = :id", id=id_)
    if tag is None:
        return None
    return {
        "tag": tag,
        "size": read_size(db, "tag", id_),
        "documents": fetch(db, documents_of_tag, id=id_),
        **read_highlights_page(db, arguments, highlights_of_tag, id=id_),
    }
