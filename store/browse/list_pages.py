"""Rows for the index pages: documents, authors, topics, tags, resources, and the highlights of a period.

Every index page is one list: rows with a link, facts and a count, sorted and filtered by the arguments of its
address. Only stored counts are read, so that no page counts a million highlights.
"""

from __future__ import annotations

import sqlite3

from store.browse.charts import draw_trend, format_month
from store.browse.highlight_rows import Row, fetch, read_counts
from store.browse.item_pages import PAGE, Arguments, read_highlights_page, read_page_number
from store.browse.page_list import choose, make_list, make_rest, read_rows
from store.browse.page_templates import CATEGORY_NAMES, format_day, name_category
from store.search import build_query

MOST_FOUND = 400
"""Rows that the search field of a list finds."""

documents_newest = """
select d.id, coalesce(d.shown_title, d.full_title) as title, d.category,
    a.name as author, c.highlights as count, c.last_at
from document_counts as c
join documents as d on d.id = c.document_id and d.gone_at is null
left join authors as a on a.id = d.author_id
where :category in ('', c.category)
order by c.last_at desc, c.document_id desc limit :limit offset :offset
"""

documents_of_category = documents_newest.replace(":category in ('', c.category)", "c.category = :category")

documents_by_title = """
select d.id, coalesce(d.shown_title, d.full_title) as title, d.category,
    a.name as author, c.highlights as count, c.last_at
from documents as d left join document_counts as c on c.document_id = d.id
left join authors as a on a.id = d.author_id
where d.gone_at is null and :category in ('', d.category)
order by d.title, d.id limit :limit offset :offset
"""

documents_found = """
select d.id, coalesce(d.shown_title, d.full_title) as title, d.category,
    a.name as author, coalesce(c.highlights, 0) as count, c.last_at
from documents as d
left join document_counts as c on c.document_id = d.id
left join authors as a on a.id = d.author_id
where d.gone_at is null and :category in ('', d.category) and (:author = '' or d.author_id = :author)
    and (:query = ''
        or d.id in (select rowid from documents_fts where documents_fts match :query limit :most))
order by case :sort when 'title' then d.title end, case :sort when 'most' then c.highlights end desc,
    c.last_at desc, d.id desc
limit :limit offset :offset
"""


def read_documents(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """List the documents, newest first, of a category, an author or with words in the title."""
    chosen = choose(arguments, sort=("newest", "most", "title"), category=tuple(CATEGORY_NAMES))
    author = arguments.get("author", "")
    chosen["author"] = author if author.isascii() and author.isdigit() and len(author) < 19 else ""
    query = build_query(chosen["q"])
    if query or chosen["author"]:
        sql = documents_found
    elif chosen["sort"] == "title":
        sql = documents_by_title
    else:
        sql = documents_of_category if chosen["category"] else documents_newest
        if chosen["sort"] == "most":
            sql = sql.replace("c.last_at desc", "c.highlights desc")
    rows = read_rows(db, sql, arguments, **chosen, query=query, most=MOST_FOUND)
    listed = [
        {
            "page": f"document/{row['id']}",
            "name": row["title"],
            "facts": [name_category(row["category"]), row["author"], format_day(row["last_at"])],
            "count": row["count"] or 0,
        }
        for row in rows
    ]
    return make_list(
        "Documents", "Threads, articles, books and podcasts that you highlighted.", listed, arguments, chosen,
        sorts={"newest": "newest first", "most": "most highlights", "title": "by title"},
        selects=[("category", "Kind", CATEGORY_NAMES)], unit=("highlight", "highlights"),
    )  # fmt: skip


authors_by_size = """
select a.id, a.name, a.handle, c.count
from facet_counts as c join authors as a on a.id = cast(c.value as integer)
where c.facet = 'author_id' order by c.count desc, c.value limit :limit offset :offset
"""

authors_by_name = """
select a.id, a.name, a.handle, coalesce(c.count, 0) as count
from authors as a
left join facet_counts as c on c.facet = 'author_id' and c.value = cast(a.id as text) and c.part = ''
order by a.name, a.id limit :limit offset :offset
"""

authors_found = """
select a.id, a.name, a.handle, coalesce(c.count, 0) as count
from authors as a
left join facet_counts as c on c.facet = 'author_id' and c.value = cast(a.id as text) and c.part = ''
where instr(lower(a.name), :q) or instr(lower(a.handle), :q)
order by count desc, a.name limit :limit offset :offset
"""


def read_authors(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """List the authors, the most highlighted first."""
    chosen = choose(arguments, sort=("most", "name"))
    by_sort = authors_by_name if chosen["sort"] == "name" else authors_by_size
    words = chosen["q"].lstrip("@").lower()
    rows = read_rows(db, authors_found if words else by_sort, arguments, q=words)
    listed = [
        {
            "page": f"author/{row['id']}",
            "name": row["name"],
            "facts": [f"@{row['handle']}" if row["handle"] and row["handle"] != row["name"] else None],
            "count": row["count"],
        }
        for row in rows
    ]
    return make_list(
        "Authors", "Who wrote what you highlighted.", listed, arguments, chosen,
        sorts={"most": "most highlights", "name": "by name"}, unit=("highlight", "highlights"),
    )  # fmt: skip


all_topics = """
select t.id, t.name, coalesce(c.count, 0) as count
from topics as t
left join facet_counts as c on c.facet = 'topic' and c.value = cast(t.id as text) and c.part = ''
where :q = '' or instr(lower(t.name), :q)
order by case :sort when 'name' then lower(t.name) end, count desc, t.name
"""


def read_topics(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """List all topics with their size and how they developed."""
    chosen = choose(arguments, sort=("most", "rising", "name"))
    rows = fetch(db, all_topics, q=chosen["q"].lower(), sort=chosen["sort"])
    years: dict[str, dict[str, int]] = {}
    latest = db.execute("select max(value) from facet_counts where facet = 'month'").fetchone()[0] or ""
    ago = f"{int(latest[:4]) - 1:04}{latest[4:7]}" if latest[:4].isdigit() else ""
    recent: dict[str, int] = {}
    for id_, month, count in db.execute(
        "select value, part, count from facet_counts where facet = 'topic month'"
    ):
        years.setdefault(id_, {})
        years[id_][month[:4]] = years[id_].get(month[:4], 0) + count
        if month > ago:
            recent[id_] = recent.get(id_, 0) + count
    if chosen["sort"] == "rising":
        rows.sort(key=lambda row: -recent.get(str(row["id"]), 0) / max(5, row["count"]))
    every = sorted({year for counts in years.values() for year in counts})
    page = read_page_number(arguments)
    shown = rows[(page - 1) * PAGE : page * PAGE + 1]
    listed = [
        {
            "page": f"topic/{row['id']}",
            "name": row["name"],
            "facts": [f"{recent.get(str(row['id']), 0):,} in the last year"],
            "count": row["count"],
            **({"trend": draw_trend([(year, years.get(str(row["id"]), {}).get(year, 0)) for year in every])}
               if len(every) > 1 else {}),
        }
        for row in shown
    ]  # fmt: skip
    return make_list(
        "Topics", "What your highlights are about, with the number for each year.", listed, arguments, chosen,
        sorts={"most": "largest first", "rising": "rising first", "name": "by name"},
        unit=("highlight", "highlights"),
    )  # fmt: skip


all_tags = """
select g.id, g.name, coalesce(c.count, 0) as count,
    (select count(*) from document_tags as dt where dt.tag_id = g.id) as documents
from tags as g
left join facet_counts as c on c.facet = 'tag' and c.value = cast(g.id as text) and c.part = ''
where :q = '' or instr(lower(g.name), :q)
order by lower(g.name) <> 'favorite', case :sort when 'name' then lower(g.name) end, count desc, g.name
limit :limit offset :offset
"""


def read_tags(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """List the tags, `favorite` first."""
    chosen = choose(arguments, sort=("most", "name"))
    words = chosen["q"].lstrip("#").lower()
    listed = [
        {
            "page": f"tag/{row['id']}",
            "name": f"#{row['name']}",
            "facts": [f"{row['documents']:,} tagged documents" if row["documents"] > 1
                      else "1 tagged document" if row["documents"] else None],
            "count": row["count"],
        }
        for row in read_rows(db, all_tags, arguments, q=words, sort=chosen["sort"])
    ]  # fmt: skip
    return make_list(
        "Tags", "The tags that you gave to highlights and documents.", listed, arguments, chosen,
        sorts={"most": "most highlights", "name": "by name"}, unit=("highlight", "highlights"),
    )  # fmt: skip


resources_shared = """
select r.id, r.title, r.url, s.kind, s.site, r.author, s.status, s.shared as count, s.last_shared_at
from shared_resources as s join resources as r on r.id = s.resource_id
where :kind in ('', s.kind) and :site in ('', s.site)
order by s.shared desc, s.resource_id desc limit :limit offset :offset
"""

resources_found = """
select r.id, r.title, r.url, r.kind, r.site, r.author, r.status, coalesce(s.shared, 0) as count,
    s.last_shared_at
from resources as r left join shared_resources as s on s.resource_id = r.id
where :kind in ('', r.kind) and :site in ('', r.site)
    and r.id in (select rowid from resources_fts where resources_fts match :query limit :most)
order by case :sort when 'newest' then s.last_shared_at end desc, count desc, r.id desc
limit :limit offset :offset
"""


def read_resources(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """List everything that highlights link to, including pictures and tweets."""
    kinds = {kind: kind for kind in read_counts(db, "kind")}
    chosen = choose(arguments, sort=("most", "newest"), kind=tuple(kinds))
    chosen["site"] = arguments.get("site", "")
    sql = resources_shared
    for name in ("kind", "site"):
        if chosen[name]:  # so that SQLite uses the index
            sql = sql.replace(f":{name} in ('', s.{name})", f"s.{name} = :{name}")
    if chosen["sort"] == "newest":
        sql = sql.replace("s.shared desc, ", "s.last_shared_at desc, ")
    query = build_query(chosen["q"])
    rows = read_rows(db, resources_found if query else sql, arguments, **chosen, query=query, most=MOST_FOUND)
    listed = [
        {
            "page": f"resource/{row['id']}",
            "name": row["title"] or row["url"],
            "facts": [row["author"], row["site"], row["kind"], describe_fetch(row["status"]),
                      format_day(row["last_shared_at"])],
            "count": row["count"],
        }
        for row in rows
    ]  # fmt: skip
    sites = {site: site for site in list(read_counts(db, "site"))[:60]}
    return make_list(
        "Resources", "Everything that your highlights link to.", listed, arguments, chosen,
        sorts={"most": "most shared", "newest": "newest first"},
        selects=[("kind", "Kind", kinds), ("site", "Site", sites)], unit=("time shared", "times shared"),
    )  # fmt: skip


def describe_fetch(status: str) -> str | None:
    """What a reader needs to know about the fetch of a resource; None if it is as it should be."""
    return {"gone": "dead link", "dns": "dead link", "archived": "dead link, with a copy",
            "blocked": "refuses robots"}.get(status)  # fmt: skip


highlights_at = """
select id from (
    select * from (
        select id, taken_at as at from highlights
        where taken_at >= :on and taken_at < :on || '~' and gone_at is null
            and :category in ('', category)
        order by taken_at desc limit :limit + :offset
    )
    union all
    select * from (
        select id, synced_on from highlights indexed by highlights_untaken -- SQLite chooses a slower one
        where synced_on >= :on and synced_on < :on || '~' and taken_at is null and gone_at is null
            and :category in ('', category)
        order by synced_on desc limit :limit + :offset
    )
)
order by at desc, id desc limit :limit offset :offset
"""


def read_highlights_at(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """Read the highlights of a year, month or day (`on`), newest first."""
    chosen = choose(arguments, category=tuple(CATEGORY_NAMES))
    given = arguments.get("on", "")
    on = given if len(given) <= 10 and given.replace("-", "").isascii() else ""
    if chosen["category"]:  # so that SQLite uses the index
        sql = highlights_at.replace(":category in ('', category)", "category = :category")
    else:
        sql = highlights_at
    page = read_highlights_page(db, arguments, sql, on=on, category=chosen["category"])
    title = format_day(on) if len(on) == 10 else format_month(on)
    return {**page, "on": on, "title": title or "All highlights", "chosen": chosen,
            "categories": CATEGORY_NAMES, "rest": make_rest({"on": on, **chosen})}  # fmt: skip
