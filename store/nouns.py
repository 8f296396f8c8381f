"""The SQL of the store's two nouns, documents and highlights, which one mechanism reads and writes.

A row's name depends on everything connected with it (`store/identities.py`), so `read_touched` goes from
the names and hashes of a batch to rows, and on to each row that shares a name or hash with those; never
over whole tables. `cross join` keeps the order of the joins, and `indexed by` keeps SQLite from building an
index of a whole table to find one range. `alias` marks an appearance whose file has another name than its
row: an index holds these alone, because all others are found by the row's own uid.
"""

from __future__ import annotations

from dataclasses import dataclass

from store.connection import BulkInsert, bulk_insert


@dataclass(frozen=True, slots=True)
class Noun:
    """The statements of one noun."""

    read_touched: str
    """Each row touched, with each of its appearances: the columns of `StoredRow`, then of `StoredAppearance`.

    Parameters are JSON arrays: `uids` and `matches` of the batch's claims, its `files`, and `documents`
    (ids) whose highlights are touched.
    """
    read_named: str
    read_next_id: str
    insert: BulkInsert
    update: str
    rename: str
    insert_appearances: BulkInsert
    delete_appearance: str


DOCUMENTS = Noun(
    read_touched="""
with recursive touched (id) as (
    select d.id from json_each(:uids) as t cross join documents as d on d.uid = t.value
    union
    select a.document_id
    from json_each(:uids) as t cross join document_appearances as a on a.uid = t.value and a.alias = 1
    union
    select a.document_id
    from json_each(:matches) as t cross join document_appearances as a on a.title = t.value
    union
    select document_id from document_appearances where file_id in (select value from json_each(:files))
    union
    select b.document_id
    from touched as t
    cross join document_appearances as a on a.document_id = t.id
    cross join document_appearances as b on b.title = a.title
    union
    select d.id
    from touched as t
    cross join document_appearances as a on a.document_id = t.id and a.alias = 1
    cross join documents as d on d.uid = a.uid
)
select d.id, d.uid, d.content_hash, d.author_id, d.gone_at is not null, '',
    a.file_id, f.root || '/' || f.path, a.line, a.line, 0, a.uid, a.alias, a.uid, a.title, a.claim,
    d.id, d.uid, d.author_id, d.category
from touched as t
cross join documents as d on d.id = t.id
left join document_appearances as a on a.document_id = d.id
left join files as f on f.id = a.file_id
order by a.file_id, a.line
""",
    read_named="""
select d.id, d.uid, d.content_hash, d.author_id, d.gone_at is not null, ''
from json_each(:uids) as t cross join documents as d on d.uid = t.value
""",
    read_next_id="select coalesce(max(id), 0) + 1 from documents",
    insert=bulk_insert(
        "documents",
        "title, author_id, category, url, summary, note, full_title, properties, thread_id, content_hash,"
        " id, uid",
    ),
    update="""
update documents set title = ?, author_id = ?, category = ?, url = ?, summary = ?, note = ?,
    full_title = ?, properties = ?, thread_id = ?, content_hash = ?, gone_at = null
where id = ?
""",
    rename="update documents set uid = ? where id = ?",
    insert_appearances=bulk_insert(
        "document_appearances",
        "document_id, file_id, line, uid, alias, title, claim",
        conflict="""
on conflict (document_id, file_id, line) do update set
    uid = excluded.uid, alias = excluded.alias, title = excluded.title, claim = excluded.claim
""",
    ),
    delete_appearance="""
delete from document_appearances where document_id = ? and file_id = ? and line = ?
""",
)

# Of a link that several passages may share, the uids that begin with it are touched too.
HIGHLIGHTS = Noun(
    read_touched="""
with recursive
shared (uid) as (
    select value from json_each(:uids)
    where value > 'kindle:' and value < 'kindle;' or value > 'view:' and value < 'view;'
        or value > 'readwise:' and value < 'readwise;' or value > 'open:' and value < 'open;'
        or value > 'snipd:' and value < 'snipd;'
),
touched (id) as (
    select h.id from json_each(:uids) as t cross join highlights as h on h.uid = t.value
    union
    select a.highlight_id
    from json_each(:uids) as t cross join appearances as a on a.uid = t.value and a.alias = 1
    union
    select a.highlight_id from json_each(:matches) as t cross join appearances as a on a.pair = t.value
    union
    select h.id from shared as t cross join highlights as h on h.uid > t.uid || ':' and h.uid < t.uid || ';'
    union
    select a.highlight_id
    from shared as t
    cross join appearances as a indexed by appearances_uid
        on a.uid > t.uid || ':' and a.uid < t.uid || ';' and a.alias = 1
    union
    select highlight_id from appearances where file_id in (select value from json_each(:files))
    union
    select highlight_id from appearances where document_id in (select value from json_each(:documents))
    union
    select b.highlight_id
    from touched as t
    cross join appearances as a on a.highlight_id = t.id
    cross join appearances as b on b.pair = a.pair
    union
    select h.id
    from touched as t
    cross join appearances as a on a.highlight_id = t.id and a.alias = 1
    cross join highlights as h on h.uid = a.uid
    union
    select b.highlight_id
    from touched as t
    cross join appearances as a on a.highlight_id = t.id
    cross join appearances as b on b.uid = a.uid and b.alias = 1
)
select h.id, h.uid, h.content_hash, h.document_id, h.gone_at is not null, h.text,
    a.file_id, f.root || '/' || f.path, a.line, a.page_line, a.position, a.uid, a.alias, p.uid, a.pair,
    a.claim, d.id, d.uid, d.author_id, d.category
from touched as t
cross join highlights as h on h.id = t.id
left join appearances as a on a.highlight_id = h.id
left join files as f on f.id = a.file_id
left join document_appearances as p on p.file_id = a.file_id and p.line = a.page_line
left join documents as d on d.id = a.document_id
order by a.file_id, a.line
""",
    read_named="""
select h.id, h.uid, h.content_hash, h.document_id, h.gone_at is not null, h.text
from json_each(:uids) as t cross join highlights as h on h.uid = t.value
""",
    read_next_id="select coalesce(max(id), 0) + 1 from highlights",
    insert=bulk_insert(
        "highlights",
        "text, note, document_id, position, author_id, category, year, taken_at, view_url, location,"
        " location_kind, synced_on, incomplete, content_hash, id, uid",
    ),
    update="""
update highlights set text = ?, note = ?, document_id = ?, position = ?, author_id = ?, category = ?,
    year = ?, taken_at = ?, view_url = ?, location = ?, location_kind = ?, synced_on = ?, incomplete = ?,
    content_hash = ?, gone_at = null
where id = ?
""",
    rename="update highlights set uid = ? where id = ?",
    insert_appearances=bulk_insert(
        "appearances",
        "highlight_id, file_id, line, document_id, page_line, position, uid, alias, pair, claim",
        conflict="""
on conflict (highlight_id, file_id, line) do update set
    document_id = excluded.document_id, page_line = excluded.page_line, position = excluded.position,
    uid = excluded.uid, alias = excluded.alias, pair = excluded.pair, claim = excluded.claim
""",
    ),
    delete_appearance="delete from appearances where highlight_id = ? and file_id = ? and line = ?",
)
