"""Highlights with their notes, tags, links, pictures and topics, in six queries for any number of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from record_types.library import ACTION_TAG

highlights_by_id = """
select h.id, h.text, h.position, h.document_id,
    coalesce(d.shown_title, d.full_title) as document, h.category, h.author_id,
    au.name as author, au.handle, h.taken_at, h.synced_on, h.view_url, h.location,
    h.location_kind, h.incomplete, h.gone_at, t.id as tweet_id, t.thread_id
from json_each(:ids) as wanted
join highlights as h on h.id = wanted.value
join documents as d on d.id = h.document_id
left join tweets as t on t.highlight_id = h.id
left join authors as au on au.id = coalesce(t.author_id, h.author_id)
order by wanted.key
"""

notes_by_highlight = """
select n.highlight_id as owner, n.text from notes as n
where n.highlight_id in (select value from json_each(:ids)) and n.kind <> 'mark' order by n.position
"""

tags_by_highlight = """
select ht.highlight_id as owner, g.id, g.name from highlight_tags as ht join tags as g on g.id = ht.tag_id
where ht.highlight_id in (select value from json_each(:ids)) order by ht.position
"""

links_by_highlight = """
select hl.highlight_id as owner, l.url, l.final_url, l.status, hl.label, r.id as resource_id, r.title,
    r.url as resource_url, r.site, r.kind, r.status as fetch, r.archive_url, s.shared
from highlight_links as hl
join links as l on l.id = hl.link_id
left join resources as r on r.id = l.resource_id
left join shared_resources as s on s.resource_id = r.id
where hl.highlight_id in (select value from json_each(:ids)) order by hl.position
"""

pictures_by_highlight = """
select hm.highlight_id as owner, m.id, m.url, m.path, m.content_type, hm.alt
from highlight_media as hm join media as m on m.id = hm.media_id
where hm.highlight_id in (select value from json_each(:ids)) order by hm.position
"""

topics_by_highlight = """
select distinct ht.highlight_id as owner, t.id, t.name
from highlight_topics as ht join topics as t on t.id = ht.topic_id
where ht.highlight_id in (select value from json_each(:ids)) order by t.name
"""

RELATED_ROWS = {
    "notes": notes_by_highlight,
    "tags": tags_by_highlight,
    "links": links_by_highlight,
    "pictures": pictures_by_highlight,
    "topics": topics_by_highlight,
}

Row = dict[str, Any]


def fetch(db: sqlite3.Connection, sql: str, **parameters: Any) -> list[Row]:
    """Run a query and return its rows as dictionaries by column."""
    cursor = db.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def fetch_one(db: sqlite3.Connection, sql: str, **parameters: Any) -> Row | None:
    """The first row of a query, or None."""
    rows = fetch(db, sql, **parameters)
    return rows[0] if rows else None


def read_highlights(db: sqlite3.Connection, ids: Sequence[int]) -> list[Row]:
    """Read the highlights with these ids, in this order, with everything that a page shows of them."""
    wanted = json.dumps(list(ids))
    highlights = fetch(db, highlights_by_id, ids=wanted)
    by_id = {highlight["id"]: highlight for highlight in highlights}
    for name, sql in RELATED_ROWS.items():
        for highlight in highlights:
            highlight[name] = []
        for child in fetch(db, sql, ids=wanted):
            by_id[child["owner"]][name].append({"is_here": False, **child} if name == "links" else child)
    for highlight in highlights:
        _take_actions(highlight)
    return highlights


def _take_actions(highlight: Row) -> None:
    """Turn the tags that are actions into the level of a heading and the number of a part (None without)."""
    names = [tag["name"].removeprefix(".") for tag in highlight["tags"] if ACTION_TAG.fullmatch(tag["name"])]
    numbers = {kind: [int(name[1:]) for name in names if name[0] == kind and name != "qa"] for kind in "hc"}
    is_short = "\n" not in highlight["text"].strip()
    highlight["heading"] = next(iter(numbers["h"]), None) if is_short else None
    highlight["part"] = next(iter(numbers["c"]), None)
    highlight["tags"] = [tag for tag in highlight["tags"] if not ACTION_TAG.fullmatch(tag["name"])]


def read_ids(db: sqlite3.Connection, sql: str, **parameters: Any) -> list[int]:
    """Run a query and return its first column."""
    return [int(row[0]) for row in db.execute(sql, parameters)]


def read_counts(db: sqlite3.Connection, facet: str) -> dict[str, int]:
    """Value → count, summed over its parts, the largest first."""
    sql = "select value, sum(count) from facet_counts where facet = ? group by value order by 2 desc, 1"
    return dict(db.execute(sql, (facet,)).fetchall())
