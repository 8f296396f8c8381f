"""Reading a highlight's row back as the claim that it was made of, where one file alone says it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from store.claims import HighlightClaim, TweetClaim

claim_rows = """
select h.id, h.text, h.view_url, h.location, h.location_kind, h.taken_at, h.synced_on, h.incomplete,
    t.id, au.handle, t.url, t.created_at,
    (select json_group_array(json_array(kind, text)) from (
        select n.kind, n.text from notes as n where n.highlight_id = h.id order by n.position)),
    (select json_group_array(name) from (
        select g.name from highlight_tags as ht join tags as g on g.id = ht.tag_id
        where ht.highlight_id = h.id order by ht.position)),
    (select json_group_array(json_array(uid, label)) from (
        select l.uid, hl.label from highlight_links as hl join links as l on l.id = hl.link_id
        where hl.highlight_id = h.id order by hl.position)),
    (select json_group_array(json_array(url, alt)) from (
        select m.url, hm.alt from highlight_media as hm join media as m on m.id = hm.media_id
        where hm.highlight_id = h.id order by hm.position))
from temp.alone as a
join highlights as h on h.id = a.id
left join tweets as t on t.highlight_id = h.id
left join authors as au on au.id = t.author_id
"""


def read_highlight_claims(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, HighlightClaim]:
    """The claims of highlights (by id) that stand in exactly one place so far."""
    if not ids:
        return {}
    db.execute("delete from temp.alone")
    db.executemany("insert or ignore into temp.alone (id) values (?)", [(id_,) for id_ in ids])
    return {row[0]: _make_claim(row) for row in db.execute(claim_rows)}


def _make_claim(row: Sequence[Any]) -> HighlightClaim:
    _, text, view_url, location, location_kind, taken_at, synced_on, incomplete, *rest = row
    tweet_id, handle, url, created_at, notes, tags, links, pictures = rest
    return HighlightClaim(
        text,
        view_url,
        location,
        location_kind,
        taken_at,
        synced_on,
        bool(incomplete),
        TweetClaim(tweet_id, handle, url, created_at) if tweet_id else None,
        tuple((kind, words) for kind, words in json.loads(notes)),
        tuple(json.loads(tags)),
        tuple((uid, label) for uid, label in json.loads(links)),
        tuple((picture, alt) for picture, alt in json.loads(pictures)),
    )
