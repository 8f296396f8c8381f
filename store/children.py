"""What belongs to a highlight: its notes, tags, links and pictures; only differences are written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from store.claims import HighlightClaim
from store.labels import save_tags
from store.staging import (
    HIGHLIGHT_LINKS,
    HIGHLIGHT_MEDIA,
    HIGHLIGHT_TAGS,
    MEDIA,
    NOTES,
    Row,
    insert_rows,
)


def save_children(db: sqlite3.Connection, changed: Mapping[int, HighlightClaim], fresh: set[int]) -> None:
    """Bring the children of highlights (by id) in line with their claims; `fresh` ones have none yet.

    Their links must stand in `links` already.
    """
    db.execute("delete from temp.changed_highlights")
    db.executemany(
        "insert into temp.changed_highlights (id) values (?)", [(id_,) for id_ in changed if id_ not in fresh]
    )
    _save_notes(db, changed)
    _save_tags(db, changed)
    _save_links(db, changed)
    _save_media(db, changed)


stored_notes = """
select n.highlight_id, n.position, n.kind, n.text
from temp.changed_highlights as c join notes as n on n.highlight_id = c.id
"""

move_notes = """
update notes set document_id = h.document_id
from highlights as h join temp.changed_highlights as c on c.id = h.id
where notes.highlight_id = h.id and notes.document_id <> h.document_id
"""


def _save_notes(db: sqlite3.Connection, changed: Mapping[int, HighlightClaim]) -> None:
    gone, new = _difference(
        db.execute(stored_notes),
        (
            (id_, position, kind, text)
            for id_, claim in changed.items()
            for position, (kind, text) in enumerate(claim.notes)
        ),
    )
    db.executemany(
        "delete from notes where highlight_id = ? and position = ? and kind = ? and text = ?", gone
    )
    insert_rows(db, NOTES, new)
    db.execute(move_notes)


stored_tags = """
select ht.highlight_id, ht.position, ht.tag_id
from temp.changed_highlights as c join highlight_tags as ht on ht.highlight_id = c.id
"""


def _save_tags(db: sqlite3.Connection, changed: Mapping[int, HighlightClaim]) -> None:
    ids = save_tags(db, {tag for claim in changed.values() for tag in claim.tags})
    gone, new = _difference(
        db.execute(stored_tags),
        (
            (id_, position, ids[tag])
            for id_, claim in changed.items()
            for position, tag in enumerate(dict.fromkeys(claim.tags))
        ),
    )
    db.executemany("delete from highlight_tags where highlight_id = ? and position = ? and tag_id = ?", gone)
    insert_rows(db, HIGHLIGHT_TAGS, new)


stored_links = """
select hl.highlight_id, hl.position, hl.link_id, hl.label
from temp.changed_highlights as c join highlight_links as hl on hl.highlight_id = c.id
"""


def _save_links(db: sqlite3.Connection, changed: Mapping[int, HighlightClaim]) -> None:
    uids = {uid for claim in changed.values() for uid, _ in claim.links}
    ids = _find_ids(db, uids, "select t.uid, l.id from temp.wanted as t join links as l on l.uid = t.uid")
    gone, new = _difference(
        db.execute(stored_links),
        (
            (id_, position, ids[uid], label)
            for id_, claim in changed.items()
            for position, (uid, label) in enumerate(claim.links)
        ),
    )
    db.executemany("delete from highlight_links where highlight_id = ? and position = ?", _keys(gone))
    insert_rows(db, HIGHLIGHT_LINKS, new)


stored_media = """
select hm.highlight_id, hm.position, hm.media_id, hm.alt
from temp.changed_highlights as c join highlight_media as hm on hm.highlight_id = c.id
"""


def _save_media(db: sqlite3.Connection, changed: Mapping[int, HighlightClaim]) -> None:
    urls = list(dict.fromkeys(url for claim in changed.values() for url, _ in claim.pictures))
    insert_rows(db, MEDIA, [(url,) for url in urls])
    ids = _find_ids(db, urls, "select t.uid, m.id from temp.wanted as t join media as m on m.url = t.uid")
    gone, new = _difference(
        db.execute(stored_media),
        (
            (id_, position, ids[url], alt)
            for id_, claim in changed.items()
            for position, (url, alt) in enumerate(claim.pictures)
        ),
    )
    db.executemany("delete from highlight_media where highlight_id = ? and position = ?", _keys(gone))
    insert_rows(db, HIGHLIGHT_MEDIA, new)


def _find_ids(db: sqlite3.Connection, uids: Iterable[str], query: str) -> dict[str, int]:
    db.execute("delete from temp.wanted")
    db.executemany("insert into temp.wanted (uid) values (?)", [(uid,) for uid in uids])
    return dict(db.execute(query))


def _difference(stored: Iterable[Row], wanted: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """(rows to delete, rows to insert)"""
    old = set(stored)
    new = list(wanted)
    if not old:
        return [], new
    kept = set(new)
    return [row for row in old if row not in kept], [row for row in new if row not in old]


def _keys(rows: Iterable[Row]) -> list[Row]:
    return [row[:2] for row in rows]
