"""Highlights as items: a text with everything that is needed to cite it, for agents, feeds and files."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

Item = dict[str, Any]

_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
"""Characters that a person does not see but a program reads: bidi controls, and tags that spell out words."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Source(NamedTuple):
    """What a citation is made of."""

    author: str | None
    handle: str | None
    title: str
    category: str
    date: str | None
    url: str | None


items_by_id = """
select h.id, coalesce(t.text, h.text) as text, h.document_id, coalesce(d.shown_title, d.full_title) as title,
    d.category, au.name as author, au.handle, coalesce(h.taken_at, h.synced_on) as date,
    coalesce(h.view_url, t.url, d.url) as url, h.location, h.location_kind, t.thread_id,
    (select group_concat(n.text, char(10)) from notes as n
        where n.highlight_id = h.id and n.kind <> 'mark') as note,
    (select json_group_array(g.name) from highlight_tags as ht join tags as g on g.id = ht.tag_id
        where ht.highlight_id = h.id) as tags,
    (select json_group_array(distinct p.name) from highlight_topics as ht
        join topics as p on p.id = ht.topic_id where ht.highlight_id = h.id) as topics
from json_each(:ids) as wanted
join highlights as h on h.id = wanted.value
join documents as d on d.id = h.document_id
left join tweets as t on t.highlight_id = h.id
left join authors as au on au.id = coalesce(t.author_id, h.author_id)
order by wanted.key
"""


def read_items(db: sqlite3.Connection, ids: Sequence[int]) -> list[Item]:
    """The highlights with these ids, in this order."""
    cursor = db.execute(items_by_id, {"ids": json.dumps(list(ids))})
    names = [column[0] for column in cursor.description]
    return [_make_item(dict(zip(names, row, strict=True))) for row in cursor]


def _make_item(row: dict[str, Any]) -> Item:
    day = (row["date"] or "")[:10] or None
    source = Source(row["author"], row["handle"], row["title"], row["category"], day, row["url"])
    item = {
        "id": row["id"],
        "text": show_hidden(row["text"]),
        "author": show_hidden(row["author"] or "") or None,
        "date": day,
        "url": show_hidden(row["url"] or "") or None,
        "cite": cite(source),
        "document": {"id": row["document_id"], "title": show_hidden(row["title"])},
    }
    if row["location"]:
        item["location"] = show_hidden(f"{row['location_kind'] or ''} {row['location']}".strip())
    if row["note"]:
        item["note"] = show_hidden(row["note"])
    for name in ("tags", "topics"):
        labels = [show_hidden(label) for label in json.loads(row[name])]
        if labels:
            item[name] = labels
    return item


def cite(source: Source) -> str:
    """One line that names author, title, date and address."""
    handle = f"@{source.handle}" if source.handle else None
    author = source.author if source.author and source.author != source.handle else handle
    if author and handle and source.category == "tweets" and author != handle:
        author = f"{author} ({handle})"
    title = "tweet" if source.category == "tweets" else f"“{source.title}”"
    line = ", ".join(filter(None, (author, title, source.date, source.url)))
    return show_hidden(" ".join(line.split()))


def show_hidden(text: str) -> str:
    """Spell out characters that are invisible to people, and drop control characters."""
    return _HIDDEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", _CONTROL.sub(" ", text))
