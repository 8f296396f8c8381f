"""Rows for the pages about the whole store, one function each; `PAGES` lists every page."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from store.browse.charts import count_by_month, draw_bars, draw_columns, group_by_month
from store.browse.document_pages import read_document, read_thread
from store.browse.highlight_rows import Row, fetch, read_counts, read_highlights, read_ids
from store.browse.home_page import CATEGORIES, read_home, topics_by_size
from store.browse.item_pages import (
    PAGE,
    TEXT_PAGE,
    Arguments,
    read_author,
    read_resource,
    read_tag,
    read_topic,
)
from store.browse.list_pages import (
    read_authors,
    read_documents,
    read_highlights_at,
    read_resources,
    read_tags,
    read_topics,
)
from store.browse.page_templates import FETCHES
from store.browse.reading_list import read_reading_list
from store.document_search import search_documents, search_names
from store.search import search_highlights, search_resources
from store.search_query import parse_query


def read_topics_by_size(db: sqlite3.Connection, limit: int) -> list[Row]:
    """Read the topics, the largest first."""
    return fetch(db, topics_by_size, limit=limit)


def read_search(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """Search highlights, resources, documents, authors and topics for `q`."""
    words = arguments.get("q", "").strip()[:400]
    hits = search_highlights(db, words, limit=TEXT_PAGE if arguments.get("format") else PAGE)
    plain = parse_query(words).words
    passages = {passage["id"]: passage for passage in read_highlights(db, [hit.id for hit in hits])}
    return {
        "q": words,
        "ids": [hit.id for hit in hits],
        "hits": [{**passages[hit.id], "snippet": hit.snippet} for hit in hits if hit.id in passages],
        "resources": [resource._asdict() for resource in search_resources(db, plain, limit=12)],
        "documents": [
            {**hit._asdict(), "snippet": "" if _repeats_title(hit.snippet, hit.title) else hit.snippet}
            for hit in search_documents(db, plain, limit=12)
        ],
        **search_names(db, words, limit=12),
    }


def _repeats_title(snippet: str, title: str) -> bool:
    """True if a snippet is the title again, whole or shortened by Readwise."""
    plain = snippet.translate({ord(mark): None for mark in "⟦⟧"}).rstrip(".… ")
    return title.casefold().startswith(plain.casefold())


dead_list = """
select r.id as resource_id, r.title, r.url, r.archive_url, r.status, min(h.author_id) as author_id,
    a.name as author
from (select id, title, url, archive_url, status from resources
    where status in ('gone', 'archived', 'dns') limit 50) as r
left join links as l on l.resource_id = r.id
left join highlight_links as hl on hl.link_id = l.id
left join highlights as h on h.id = hl.highlight_id and h.gone_at is null
left join authors as a on a.id = h.author_id
group by r.id
"""

unresolved_list = """
select l.url, l.final_url, l.status, l.checked_at, l.error, min(hl.highlight_id) as highlight_id,
    a.name as author
from (select * from links where status in ('gone', 'loop', 'invalid') limit 50) as l
left join highlight_links as hl on hl.link_id = l.id
left join highlights as h on h.id = hl.highlight_id
left join authors as a on a.id = h.author_id
group by l.id
"""

problem_list = """
select p.kind, p.message, p.line, f.path from problems as p left join files as f on f.id = p.file_id
order by p.id desc limit 30
"""


def read_health(db: sqlite3.Connection, _: Arguments) -> Row:
    """Read dead links, cut text, problems and runs."""
    cut = "select id from highlights where incomplete = 1 and gone_at is null order by id desc limit 20"
    return {
        "link_states": read_counts(db, "link"),
        "resource_states": read_counts(db, "resource"),
        "problem_kinds": read_counts(db, "problem"),
        "dead": fetch(db, dead_list),
        "unresolved": fetch(db, unresolved_list),
        "cut": read_highlights(db, read_ids(db, cut)),
        "problems": fetch(db, problem_list),
        "runs": fetch(db, "select * from runs order by id desc limit 15"),
    }


def read_plots(db: sqlite3.Connection, _: Arguments) -> Row:
    """Count highlights over time by category, topics over time, and resources by site and status."""
    topics = read_topics_by_size(db, 8)
    names = {str(topic["id"]): topic["name"] for topic in topics}
    sql = "select part, value, count from facet_counts where facet = 'topic month'"
    counted = [(month, names[id_], n) for month, id_, n in db.execute(sql) if id_ in names]
    sites: dict[str, dict[str, int]] = {}
    states = [FETCHES.get(state, state) for state in read_counts(db, "resource")]
    wanted = list(read_counts(db, "site"))[:20]
    for row in fetch(db, "select value, part, count from facet_counts where facet = 'site'"):
        if row["value"] in wanted:
            state = FETCHES.get(str(row["part"]), str(row["part"]))
            sites.setdefault(row["value"], {})[state] = row["count"]
    months = count_by_month(db)
    shown = group_by_month(counted)
    years = {label: shown.get(label, {}) for label in months} if shown.keys() <= months.keys() else shown
    bars = [(site, sites[site]) for site in wanted]
    plots: list[Row] = [
        {"title": "Highlights over time", "what": "Time", "parts": CATEGORIES, "rows": months,
         "chart": draw_columns(months, CATEGORIES, "Highlights over time by category")},
        {"title": "Topics over time", "what": "Time", "parts": tuple(names.values()), "rows": years,
         "chart": draw_columns(years, tuple(names.values()), "Highlights of the largest topics over time")},
        {"title": "Links by site and status", "what": "Site", "parts": tuple(states), "rows": dict(bars),
         "chart": draw_bars(bars, states, "Resources by site and status")},
    ]  # fmt: skip
    return {"plots": plots}


PAGES: dict[str, tuple[str, Callable[[sqlite3.Connection, Arguments], Row | None]]] = {
    "home": ("home", read_home),
    "search": ("search", read_search),
    "reading": ("reading", read_reading_list),
    "plots": ("plots", read_plots),
    "health": ("health", read_health),
    "documents": ("list", read_documents),
    "authors": ("list", read_authors),
    "topics": ("list", read_topics),
    "tags": ("list", read_tags),
    "resources": ("list", read_resources),
    "highlights": ("highlights", read_highlights_at),
    "thread": ("document", read_thread),
    "document": ("document", read_document),
    "topic": ("topic", read_topic),
    "resource": ("resource", read_resource),
    "author": ("author", read_author),
    "tag": ("tag", read_tag),
}
"""Name in the address → template and the function that reads the rows; the last seven take an id."""
