"""What each page shows, read from the store: a function a page, None where there is nothing of that id."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from store.browse.drawing import draw_bars, draw_columns
from store.browse.shelf import Row, fetch, fetch_one, read_counts, read_ids, read_passages
from store.searching import search_highlights, search_resources

CATEGORIES = ("tweets", "articles", "books", "podcasts", "supplementals", "other")
PAGE = 40
"""Highlights on one page."""

Arguments = Mapping[str, str]


count_due = """
select count(*) from links
where status = 'pending' and (due_at is null or due_at <= strftime('%Y-%m-%dT%H:%M:%SZ'))
"""


def read_home(db: sqlite3.Connection, _: Arguments) -> Row:
    """What is new, what is due, topics by size, resources most shared, reading over time."""
    newest = "select id from highlights where gone_at is null order by synced_on desc, id desc limit 6"
    return {
        "counts": read_counts(db, "all"),
        "new": read_passages(db, read_ids(db, newest)),
        "due": db.execute(count_due).fetchone()[0],
        "unfetched": read_counts(db, "resource").get("pending", 0),
        "topics": read_topics_by_size(db, 24),
        "shared": fetch(db, shared_list, kind=None, limit=8, offset=0),
        "chart": draw_columns(read_months(db), CATEGORIES, "Highlights by month and category"),
        "categories": CATEGORIES,
        "months": read_months(db),
        "run": fetch_one(db, "select * from runs where finished_at is not null order by id desc limit 1"),
    }


shared_list = """
select r.id, r.title, r.url, s.kind, s.site, r.author, r.published_on, s.status, s.shared, s.authors,
    s.last_shared_at
from shared_resources as s join resources as r on r.id = s.resource_id
where s.kind not in ('media', 'tweet')
order by s.shared desc, s.resource_id desc
limit :limit offset :offset
"""

shared_of_kind = shared_list.replace("s.kind not in ('media', 'tweet')", "s.kind = :kind")
shared_of_site = shared_list.replace("s.kind not in ('media', 'tweet')", "s.site = :site")
shared_of_status = shared_list.replace("s.kind not in ('media', 'tweet')", "s.status = :status")
shared_narrowed = shared_list.replace(
    "s.kind not in ('media', 'tweet')",
    "(:kind = '' or s.kind = :kind) and (:site = '' or s.site = :site)"
    " and (:status = '' or s.status = :status)",
)

topics_by_size = """
select t.id, t.name, c.count from facet_counts as c join topics as t on t.id = cast(c.value as integer)
where c.facet = 'topic' order by c.count desc, t.name limit :limit
"""


def read_topics_by_size(db: sqlite3.Connection, limit: int) -> list[Row]:
    """The largest topics first, from kept counts."""
    return fetch(db, topics_by_size, limit=limit)


def read_months(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Month → category → highlights; years once there are more months than a picture can show."""
    rows = db.execute(
        "select value, part, count from facet_counts where facet = 'month' order by value"
    ).fetchall()
    years = {value[:4] for value, _, _ in rows}
    length = 7 if len(years) <= 6 else 4
    months: dict[str, dict[str, int]] = {}
    for value, part, count in rows:
        counts = months.setdefault(value[:length], {})
        counts[part] = counts.get(part, 0) + count
    return fill_gaps(months)


def fill_gaps(months: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The months or years between the first and the last, empty ones too: a gap is part of the picture."""
    if not months or not all(re.fullmatch("[0-9]{4}(-[0-9]{2})?", label) for label in months):
        return months
    first, last = min(months), max(months)
    if len(first) == 4:
        labels = [f"{year:04}" for year in range(int(first), int(last) + 1)]
    else:
        begin, end = (int(label[:4]) * 12 + int(label[5:]) - 1 for label in (first, last))
        labels = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(begin, end + 1)]
    return {label: months.get(label, {}) for label in labels} if len(labels) <= 480 else months


document_by_id = """
select d.*, a.name as author, a.handle from documents as d left join authors as a on a.id = d.author_id
where d.id = :id
"""

highlights_of_document = """
select h.id from highlights as h
where h.document_id = :id and h.gone_at is null order by h.position limit :limit offset :offset
"""

highlights_of_thread = """
select t.highlight_id from tweets as t join highlights as h on h.id = t.highlight_id
where t.thread_id = :id and h.gone_at is null order by t.position limit :limit offset :offset
"""

tags_of_document = """
select g.id, g.name from document_tags as dt join tags as g on g.id = dt.tag_id
where dt.document_id = :id order by dt.position
"""

blocks_of_document = """
select text from notes where document_id = :id and highlight_id is null order by position limit 200
"""

threads_of_document = """
select distinct t.thread_id from highlights as h join tweets as t on t.highlight_id = h.id
where h.document_id = :id and t.thread_id is not null limit 1
"""


def read_document(db: sqlite3.Connection, arguments: Arguments) -> Row | None:
    """A document with its highlights in reading order."""
    id_ = int(arguments["id"])
    document = fetch_one(db, document_by_id, id=id_)
    if document is None:
        return None
    thread = db.execute(threads_of_document, {"id": id_}).fetchone()
    return {**_about(db, document, arguments, highlights_of_document, id_), "thread_id": thread and thread[0]}


def read_thread(db: sqlite3.Connection, arguments: Arguments) -> Row | None:
    """A thread as it reads: by status id."""
    first = "select h.document_id as id from tweets as t join highlights as h on h.id = t.highlight_id"
    row = fetch_one(
        db, first + " where t.thread_id = :id order by t.position limit 1", id=int(arguments["id"])
    )
    document = row and fetch_one(db, document_by_id, id=row["id"])
    if not document:
        return None
    return {**_about(db, document, arguments, highlights_of_thread, int(arguments["id"])), "numbered": True}


def _about(db: sqlite3.Connection, document: Row, arguments: Arguments, sql: str, id_: int) -> Row:
    return {
        "document": document,
        "tags": fetch(db, tags_of_document, id=document["id"]),
        "blocks": fetch(db, blocks_of_document, id=document["id"]),
        **turn_page(db, arguments, sql, id=id_),
    }


def turn_page(db: sqlite3.Connection, arguments: Arguments, sql: str, **parameters: Any) -> Row:
    """One page of the highlights that `sql` lists, and the numbers of the pages around it."""
    page = read_page_number(arguments)
    ids = read_ids(db, sql, **parameters, limit=PAGE + 1, offset=(page - 1) * PAGE)
    return {
        "passages": read_passages(db, ids[:PAGE]),
        "offset": (page - 1) * PAGE,
        "earlier": page - 1 if page > 1 else None,
        "later": page + 1 if len(ids) > PAGE else None,
    }


def read_page_number(arguments: Arguments) -> int:
    """`page` of the address, from 1; 1 for what is no such number."""
    given = arguments.get("page", "")
    return max(1, min(int(given), 250)) if given.isascii() and given.isdigit() and len(given) < 5 else 1


highlights_of_topic = """
select distinct highlight_id from highlight_topics where topic_id = :id
order by highlight_id desc limit :limit offset :offset
"""

reasons_of_topic = """
select reason, count(*) as count from (select reason from highlight_topics where topic_id = :id limit 20000)
group by reason order by 2 desc limit 12
"""


def read_topic(db: sqlite3.Connection, arguments: Arguments) -> Row | None:
    """A topic: its highlights, the newest first, and why they belong to it."""
    id_ = int(arguments["id"])
    topic = fetch_one(db, "select * from topics where id = :id", id=id_)
    if topic is None:
        return None
    years = "select part, count from facet_counts where facet = 'topic year' and value = :id order by part"
    columns = {row["part"]: {"highlights": row["count"]} for row in fetch(db, years, id=str(id_))}
    return {
        "topic": topic,
        "size": read_size(db, "topic", id_),
        "reasons": fetch(db, reasons_of_topic, id=id_),
        "chart": draw_columns(columns, ("highlights",), "Highlights by year") if len(columns) > 1 else "",
        **turn_page(db, arguments, highlights_of_topic, id=id_),
    }


def read_size(db: sqlite3.Connection, facet: str, id_: int) -> int:
    """The kept count of one value."""
    sql = "select coalesce(sum(count), 0) from facet_counts where facet = ? and value = ?"
    return int(db.execute(sql, (facet, str(id_))).fetchone()[0])


highlights_of_resource = """
select distinct hl.highlight_id from links as l join highlight_links as hl on hl.link_id = l.id
join highlights as h on h.id = hl.highlight_id
where l.resource_id = :id and h.gone_at is null order by hl.highlight_id limit :limit offset :offset
"""


def read_resource(db: sqlite3.Connection, arguments: Arguments) -> Row | None:
    """A resource: who shared it, and in what words."""
    id_ = int(arguments["id"])
    resource = fetch_one(db, "select * from resources where id = :id", id=id_)
    if resource is None:
        return None
    return {
        "resource": resource,
        "shares": fetch_one(db, "select * from shared_resources where resource_id = :id", id=id_),
        "links": fetch(db, "select * from links where resource_id = :id limit 20", id=id_),
        **turn_page(db, arguments, highlights_of_resource, id=id_),
    }


highlights_of_author = """
select id from highlights where author_id = :id and gone_at is null
order by taken_at desc limit :limit offset :offset
"""

documents_of_author = """
select id, title, category from documents where author_id = :id and gone_at is null limit 60
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
    """An author: documents, what they recommend, and their highlights, the newest first."""
    id_ = int(arguments["id"])
    author = fetch_one(db, "select * from authors where id = :id", id=id_)
    if author is None:
        return None
    return {
        "author": author,
        "size": read_size(db, "author_id", id_),
        "documents": fetch(db, documents_of_author, id=id_),
        "shared": fetch(db, shared_by_author, id=id_),
        **turn_page(db, arguments, highlights_of_author, id=id_),
    }


def read_list(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """The reading list, narrowed by kind, site or state."""
    chosen = {name: arguments.get(name, "") for name in ("kind", "site", "status")}
    given = [name for name, value in chosen.items() if value]
    single = {"kind": shared_of_kind, "site": shared_of_site, "status": shared_of_status}
    sql = shared_list if not given else single[given[0]] if len(given) == 1 else shared_narrowed
    page = read_page_number(arguments)
    rows = fetch(db, sql, **chosen, limit=PAGE + 1, offset=(page - 1) * PAGE)
    return {
        "rows": rows[:PAGE],
        "chosen": chosen,
        "kinds": list(read_counts(db, "kind")),
        "states": list(read_counts(db, "resource")),
        "sites": list(read_counts(db, "site"))[:60],
        "earlier": page - 1 if page > 1 else None,
        "later": page + 1 if len(rows) > PAGE else None,
    }


def read_search(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """What is found for `q`: highlights with snippets and resources, the best first."""
    words = arguments.get("q", "").strip()[:400]
    hits = search_highlights(db, words, limit=PAGE)
    passages = {passage["id"]: passage for passage in read_passages(db, [hit.id for hit in hits])}
    return {
        "q": words,
        "hits": [{**passages[hit.id], "snippet": hit.snippet} for hit in hits if hit.id in passages],
        "resources": [resource._asdict() for resource in search_resources(db, words, limit=12)],
    }


dead_list = """
select r.id as resource_id, r.title, r.url, r.archive_url, r.status, l.checked_at
from resources as r join links as l on l.resource_id = r.id
where r.status in ('gone', 'archived', 'dns') limit 50
"""

unresolved_list = """
select l.url, l.final_url, l.status, l.checked_at, l.error from links as l
where l.status in ('gone', 'loop', 'invalid') limit 50
"""

problem_list = """
select p.kind, p.message, p.line, f.path from problems as p left join files as f on f.id = p.file_id
order by p.id desc limit 30
"""


def read_health(db: sqlite3.Connection, _: Arguments) -> Row:
    """Dead links, cut text, problems, runs."""
    cut = "select id from highlights where incomplete = 1 and gone_at is null order by id desc limit 20"
    return {
        "counts": read_counts(db, "all"),
        "link_states": read_counts(db, "link"),
        "resource_states": read_counts(db, "resource"),
        "problem_kinds": read_counts(db, "problem"),
        "dead": fetch(db, dead_list),
        "unresolved": fetch(db, unresolved_list),
        "cut": read_passages(db, read_ids(db, cut)),
        "problems": fetch(db, problem_list),
        "runs": fetch(db, "select * from runs order by id desc limit 15"),
    }


def read_plots(db: sqlite3.Connection, _: Arguments) -> Row:
    """Highlights over time by category, topics over time, links by site and state."""
    topics = read_topics_by_size(db, 8)
    names = {str(topic["id"]): topic["name"] for topic in topics}
    years: dict[str, dict[str, int]] = {}
    sql = "select value, part, count from facet_counts where facet = 'topic year' order by part"
    for row in fetch(db, sql):
        if row["value"] in names:
            years.setdefault(row["part"], {})[names[row["value"]]] = row["count"]
    sites: dict[str, dict[str, int]] = {}
    states = list(read_counts(db, "resource"))
    wanted = list(read_counts(db, "site"))[:20]
    for row in fetch(db, "select value, part, count from facet_counts where facet = 'site'"):
        if row["value"] in wanted:
            sites.setdefault(row["value"], {})[row["part"]] = row["count"]
    months = read_months(db)
    plots: list[Row] = [
        {"title": "Highlights over time", "parts": CATEGORIES, "rows": months,
         "chart": draw_columns(months, CATEGORIES, "Highlights over time by category")},
        {"title": "Topics over time", "parts": tuple(names.values()), "rows": years,
         "chart": draw_columns(years, tuple(names.values()), "Highlights of the largest topics by year")},
        {"title": "Links by site and state", "parts": tuple(states), "rows": {w: sites[w] for w in wanted},
         "chart": draw_bars([(w, sites[w]) for w in wanted], states, "Resources by site and state")},
    ]  # fmt: skip
    return {"plots": plots}


PAGES: dict[str, tuple[str, Callable[[sqlite3.Connection, Arguments], Row | None]]] = {
    "home": ("home", read_home),
    "search": ("search", read_search),
    "reading": ("reading", read_list),
    "plots": ("plots", read_plots),
    "health": ("health", read_health),
    "thread": ("document", read_thread),
    "document": ("document", read_document),
    "topic": ("topic", read_topic),
    "resource": ("resource", read_resource),
    "author": ("author", read_author),
}
"""Name in the address → template, and what reads it; those after `health` take an id."""
