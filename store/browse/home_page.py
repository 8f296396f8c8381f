"""Rows for the home page: what to read again, what is new, and what there is to do."""

from __future__ import annotations

import re
import sqlite3
import zlib
from datetime import date
from typing import NamedTuple

from store.browse.charts import count_by_month, draw_columns
from store.browse.heat_maps import draw_day_map
from store.browse.highlight_rows import Row, fetch, fetch_one, read_counts, read_highlights, read_ids
from store.browse.item_pages import PAGE, Arguments

CATEGORIES = ("tweets", "articles", "books", "podcasts", "supplementals", "other")

count_pending_links = """
select count(*) from links
where status = 'pending' and (due_at is null or due_at <= strftime('%Y-%m-%dT%H:%M:%SZ'))
"""

newest_highlights = """
select id, document_id, position from highlights where gone_at is null
order by synced_on desc, id desc limit 200
"""

shared_most = """
select r.id, r.title, r.url, s.kind, s.site, s.shared, s.authors
from shared_resources as s join resources as r on r.id = s.resource_id
where s.kind not in ('media', 'tweet') order by s.shared desc, s.resource_id desc limit 8
"""

topics_by_size = """
select t.id, t.name, c.count from facet_counts as c join topics as t on t.id = cast(c.value as integer)
where c.facet = 'topic' order by c.count desc, t.name limit :limit
"""

MOST_TOPICS = 80
"""Topics on the home page; the page of topics lists all."""


def read_home(db: sqlite3.Connection, arguments: Arguments) -> Row:
    """Read the home page of `today`, with what is new since the highlight with the id `seen`."""
    counts = read_counts(db, "all")
    months = count_by_month(db)
    today = date.fromisoformat(arguments.get("today") or date.today().isoformat())
    root = arguments.get("root", "")
    days = dict(db.execute("select value, count from facet_counts where facet = 'day'").fetchall())
    dated = [day for day in days if len(day) == 10 and day <= today.isoformat()]
    last = read_date(max(dated, default="")) or today
    seen = int(arguments.get("seen") or 0)
    arrived = read_ids(db, arrived_since, seen=seen) if seen else []
    again = choose_again(db, today)
    other_years = [id_ for id_ in read_ids(db, this_day, day=today.isoformat()[4:]) if id_ not in again]
    return {
        "ids": [id_ for id_, _, _ in db.execute(newest_highlights)][:PAGE],
        "counts": counts,
        "again": read_highlights(db, again),
        "other_years": read_highlights(db, other_years),
        "arrived": len(arrived),
        "latest": read_ids(db, "select coalesce(max(id), 0) from highlights")[0],
        "new": read_newest(db, documents=5, each=3),
        "due": db.execute(count_pending_links).fetchone()[0],
        "unfetched": counts.get("untitled resources", 0),
        "cut": counts.get("cut highlights", 0),
        "problems": sum(read_counts(db, "problem").values()),
        "topics": fetch(db, topics_by_size, limit=MOST_TOPICS + 1),
        "shared": fetch(db, shared_most),
        "map": draw_day_map(days, last, f"{root}/highlights?on="),
        "last": last.isoformat(),
        "chart": draw_columns(months, CATEGORIES, "Highlights by month", f"{root}/highlights?on="),
        "categories": CATEGORIES,
        "months": months,
        "run": fetch_one(db, "select * from runs where finished_at is not null order by id desc limit 1"),
    }


def read_date(text: str) -> date | None:
    """The day that a stored text names; None if it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


arrived_since = "select id from highlights where id > :seen and gone_at is null limit 1000"

this_day = """
select h.id from facet_counts as y
join highlights as h on h.taken_at >= y.value || :day and h.taken_at < y.value || :day || '~'
where y.facet = 'year' and h.gone_at is null
order by h.taken_at desc limit 3
"""

CHOICES = (
    # a favourite, then a highlight with a note, then any; each from a place that depends on the day
    """select ht.highlight_id from highlight_tags as ht join tags as g on g.id = ht.tag_id
    join highlights as h on h.id = ht.highlight_id and h.gone_at is null
    where lower(g.name) = 'favorite' and ht.highlight_id >= :start order by ht.highlight_id limit 1""",
    """select n.highlight_id from notes as n
    join highlights as h on h.id = n.highlight_id and h.gone_at is null
    where n.highlight_id >= :start and n.kind = 'note' order by n.highlight_id limit 1""",
    """select id from highlights where id >= :start and +gone_at is null order by id limit 1""",
)


def choose_again(db: sqlite3.Connection, today: date) -> list[int]:
    """The highlight to read again today: the same all day, another one tomorrow."""
    largest = read_ids(db, "select coalesce(max(id), 0) from highlights")[0]
    start = zlib.crc32(today.isoformat().encode()) % (largest + 1)
    for sql in CHOICES:
        for first in (start, 0):
            found = read_ids(db, sql, start=first)
            if found:
                return found
    return []


def read_newest(db: sqlite3.Connection, *, documents: int, each: int) -> list[list[Row]]:
    """Read the newest highlights by document and in reading order, at most `each` of a document."""
    found: dict[int, list[tuple[int, int]]] = {}
    for id_, document, position in db.execute(newest_highlights):
        found.setdefault(document, []).append((position, id_))
    chosen = [sorted(places)[:each] for places in list(found.values())[:documents]]
    rows = {row["id"]: row for row in read_highlights(db, [id_ for places in chosen for _, id_ in places])}
    return [[rows[id_] for _, id_ in places] for places in chosen]


VISIT_COOKIE = "gleanings-visit"
NEW_VISIT_S = 1800
"""After a pause of this length, the home page counts as visited again."""


class Visit(NamedTuple):
    """What the reader has seen of the library."""

    seen: int
    """The largest id of a highlight at the end of the visit before this one; 0: this is the first."""


def read_visit(cookie: str, now: int) -> Visit:
    """Read the cookie: the id seen before this visit, the id seen last, and when that was."""
    match = re.fullmatch("([0-9]{1,18})-([0-9]{1,18})-([0-9]{1,12})", cookie, re.ASCII)
    if match is None:
        return Visit(0)
    before, last, at = (int(part) for part in match.groups())
    return Visit(last if now - at > NEW_VISIT_S else before)
