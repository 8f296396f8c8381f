"""Write what belongs to a row: notes, tags, links, pictures; only differences are written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from store.cjk import pair_characters
from store.claims import DocumentClaim, HighlightClaim
from store.connection import BulkInsert, Row, bulk_insert, insert_rows


class Child(NamedTuple):
    """How the children of one kind are read and written; their rows begin with owner and position."""

    read: str
    """The statement that reads the children of the owners `ids`, a JSON array."""
    delete: str
    insert: BulkInsert


HIGHLIGHT_NOTES = Child(
    """
select highlight_id, position, kind, text
from json_each(:ids) as t cross join notes as n on n.highlight_id = t.value
""",
    "delete from notes where highlight_id = ? and position = ?",
    bulk_insert(
        "notes",
        "owner_id, position, kind, text",
        select="""
(highlight_id, document_id, position, kind, text)
select n.owner_id, h.document_id, n.position, n.kind, n.text
from temp.new_notes as n join highlights as h on h.id = n.owner_id
order by n.rowid
""",
    ),
)

DOCUMENT_NOTES = Child(
    """
select document_id, position, kind, text
from json_each(:ids) as t cross join notes as n on n.document_id = t.value
where n.highlight_id is null
""",
    "delete from notes where document_id = ? and position = ? and highlight_id is null",
    bulk_insert(
        "notes",
        "owner_id, position, kind, text",
        select="""
(document_id, position, kind, text) select owner_id, position, kind, text from temp.new_notes where true
""",
    ),
)

HIGHLIGHT_TAGS = Child(
    """
select highlight_id, position, tag_id
from json_each(:ids) as t cross join highlight_tags as g on g.highlight_id = t.value
""",
    "delete from highlight_tags where highlight_id = ? and position = ?",
    bulk_insert("highlight_tags", "highlight_id, position, tag_id"),
)

DOCUMENT_TAGS = Child(
    """
select document_id, position, tag_id
from json_each(:ids) as t cross join document_tags as g on g.document_id = t.value
""",
    "delete from document_tags where document_id = ? and position = ?",
    bulk_insert("document_tags", "document_id, position, tag_id"),
)

HIGHLIGHT_LINKS = Child(
    """
select highlight_id, position, link_id, label
from json_each(:ids) as t cross join highlight_links as l on l.highlight_id = t.value
""",
    "delete from highlight_links where highlight_id = ? and position = ?",
    bulk_insert("highlight_links", "highlight_id, position, link_id, label"),
)

HIGHLIGHT_MEDIA = Child(
    """
select highlight_id, position, media_id, alt
from json_each(:ids) as t cross join highlight_media as m on m.highlight_id = t.value
""",
    "delete from highlight_media where highlight_id = ? and position = ?",
    bulk_insert("highlight_media", "highlight_id, position, media_id, alt"),
)

MEDIA = bulk_insert("media", "url", conflict="on conflict do nothing")

link_ids = "select l.uid, l.id from json_each(?) as t cross join links as l on l.uid = t.value"

media_ids = "select m.url, m.id from json_each(?) as t cross join media as m on m.url = t.value"

move_notes = """
update notes set document_id = h.document_id
from json_each(?) as t cross join highlights as h on h.id = t.value
where notes.highlight_id = h.id and notes.document_id <> h.document_id
"""


def save_document_children(
    db: sqlite3.Connection, changed: Mapping[int, DocumentClaim], inserted: set[int]
) -> None:
    """Make the children of documents (by id) those of their claims; `inserted` ones have none yet."""
    old = json.dumps(sorted(changed.keys() - inserted))
    _save(db, DOCUMENT_TAGS, old, _list_tags(db, changed))
    _save(db, DOCUMENT_NOTES, old, _list_notes(changed))


def save_highlight_children(
    db: sqlite3.Connection, changed: Mapping[int, HighlightClaim], inserted: set[int]
) -> None:
    """Make the children of highlights (by id) those of their claims; `inserted` ones have none yet.

    Their links are in `links` already.
    """
    old = json.dumps(sorted(changed.keys() - inserted))
    _save(db, HIGHLIGHT_NOTES, old, _list_notes(changed))
    db.execute(move_notes, (old,))
    _save(db, HIGHLIGHT_TAGS, old, _list_tags(db, changed))
    links = _find_ids(db, link_ids, [uid for claim in changed.values() for uid, _ in claim.links])
    _save(
        db,
        HIGHLIGHT_LINKS,
        old,
        [
            (id_, position, links[uid], label)
            for id_, claim in changed.items()
            for position, (uid, label) in enumerate(claim.links)
        ],
    )
    urls = list(dict.fromkeys(url for claim in changed.values() for url, _ in claim.pictures))
    insert_rows(db, MEDIA, [(url,) for url in urls])
    media = _find_ids(db, media_ids, urls)
    _save(
        db,
        HIGHLIGHT_MEDIA,
        old,
        [
            (id_, position, media[url], alt)
            for id_, claim in changed.items()
            for position, (url, alt) in enumerate(claim.pictures)
        ],
    )
    _save_pairs(db, changed, inserted)


def _list_notes(changed: Mapping[int, HighlightClaim] | Mapping[int, DocumentClaim]) -> list[Row]:
    return [
        (id_, position, kind, text)
        for id_, claim in changed.items()
        for position, (kind, text) in enumerate(claim.notes)
    ]


def _list_tags(
    db: sqlite3.Connection, changed: Mapping[int, HighlightClaim] | Mapping[int, DocumentClaim]
) -> list[Row]:
    ids = _save_tag_names(db, {tag for claim in changed.values() for tag in claim.tags})
    return [
        (id_, position, ids[tag])
        for id_, claim in changed.items()
        for position, tag in enumerate(dict.fromkeys(claim.tags))
    ]


def _save(db: sqlite3.Connection, child: Child, old: str, wanted: list[Row]) -> None:
    """Make the children of one kind those in `wanted`; `old` owners (ids, JSON) may have some already."""
    stored = set(db.execute(child.read, {"ids": old}))
    if stored:
        kept = set(wanted)
        gone = {row[:2] for row in stored if row not in kept}
        db.executemany(child.delete, gone)
        wanted = [row for row in wanted if row not in stored or row[:2] in gone]
    insert_rows(db, child.insert, wanted)


def _find_ids(db: sqlite3.Connection, query: str, uids: Iterable[str]) -> dict[str, int]:
    return dict(db.execute(query, (json.dumps(list(dict.fromkeys(uids))),)))


def _save_pairs(db: sqlite3.Connection, changed: Mapping[int, HighlightClaim], inserted: set[int]) -> None:
    """The CJK index of highlights that are new or changed."""
    old = [(id_,) for id_ in changed if id_ not in inserted]
    db.executemany("delete from highlights_cjk where rowid = ?", old)
    paired = [
        (id_, pairs)
        for id_, claim in changed.items()
        if not (text := claim.text + "".join([" " + note for _, note in claim.notes])).isascii()
        and (pairs := pair_characters(text))
    ]
    db.executemany("insert into highlights_cjk (rowid, pairs) values (?, ?)", paired)


# --- names of tags


def _save_tag_names(db: sqlite3.Connection, names: set[str]) -> dict[str, int]:
    """The id of each tag, new ones added."""
    if not names:
        return {}
    ids = {name: id_ for id_, name in db.execute("select id, name from tags")}
    for name in sorted(names - ids.keys()):
        ids[name] = int(db.execute("insert into tags (name) values (?) returning id", (name,)).fetchone()[0])
    return {name: ids[name] for name in names}


delete_unused_tags = """
delete from tags
where not exists (select 1 from highlight_tags where tag_id = tags.id)
    and not exists (select 1 from document_tags where tag_id = tags.id)
"""


def drop_unused_tags(db: sqlite3.Connection) -> None:
    """Delete the tags of nothing, inside the caller's transaction."""
    db.execute(delete_unused_tags)
