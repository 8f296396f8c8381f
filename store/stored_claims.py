"""What one file alone says of a highlight or document, read back from the row that was made of it.

The JSON is that of `format_claim`, which stands in `said` where several files say something.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

highlight_rows = """
select h.id, json_array(
    h.text, h.view_url, h.location, h.location_kind, h.taken_at, h.synced_on, h.incomplete,
    json((
        select json_array(t.id, au.handle, t.url, t.created_at)
        from tweets as t left join authors as au on au.id = t.author_id where t.highlight_id = h.id)),
    json((
        select json_group_array(json_array(kind, text)) from (
            select n.kind, n.text from notes as n where n.highlight_id = h.id order by n.position))),
    json((
        select json_group_array(name) from (
            select g.name from highlight_tags as ht join tags as g on g.id = ht.tag_id
            where ht.highlight_id = h.id order by ht.position))),
    json((
        select json_group_array(json_array(uid, label)) from (
            select l.uid, hl.label from highlight_links as hl join links as l on l.id = hl.link_id
            where hl.highlight_id = h.id order by hl.position))),
    json((
        select json_group_array(json_array(url, alt)) from (
            select m.url, hm.alt from highlight_media as hm join media as m on m.id = hm.media_id
            where hm.highlight_id = h.id order by hm.position))))
from temp.alone as a join highlights as h on h.id = a.id
"""

document_rows = """
select d.id, json_array(
    d.title, d.full_title, d.category,
    json((select json_array(au.name, au.handle, au.url) from authors as au where au.id = d.author_id)),
    d.url, d.summary, d.note, d.thread_id,
    json((
        select json_group_array(name) from (
            select g.name from document_tags as dt join tags as g on g.id = dt.tag_id
            where dt.document_id = d.id order by dt.position))),
    json((
        select json_group_array(json_array(key, value)) from (
            select p.key, v.value
            from json_each(d.properties) as p
            join json_each(iif(p.type = 'array', p.value, json_array(p.value))) as v
            order by p.id, v.id))),
    json((
        select json_group_array(json_array(kind, text)) from (
            select n.kind, n.text from notes as n
            where n.document_id = d.id and n.highlight_id is null order by n.position))))
from temp.alone as a join documents as d on d.id = a.id
"""


def read_highlights_said(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    """The claims of highlights (by id) that stand in exactly one place so far."""
    return _read(db, ids, highlight_rows)


def read_documents_said(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    """The claims of documents (by id) that stand in exactly one place so far."""
    return _read(db, ids, document_rows)


def _read(db: sqlite3.Connection, ids: Iterable[int], query: str) -> dict[int, str]:
    rows = [(id_,) for id_ in ids]
    if not rows:
        return {}
    db.execute("delete from temp.alone")
    db.executemany("insert or ignore into temp.alone (id) values (?)", rows)
    return dict(db.execute(query).fetchall())
