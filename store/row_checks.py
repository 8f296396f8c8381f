"""Find rows that are not what an import of all files into an empty store would make, and fix them.

The kept counts are checked by counting every row again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from store.claims import try_unpack
from store.connection import transaction
from store.counts import are_counts_stale, count_rest, refresh_counts
from store.identities import SHARED, Named, name_documents, name_highlights
from store.save_batch import save_remembered
from store.tweets import HEALED_ROOT
from store.undo_log import read_remembered

all_documents = """
select a.title, a.uid, d.uid, a.alias, a.file_id
from document_appearances as a join documents as d on d.id = a.document_id
"""

all_highlights = """
select a.uid, p.uid, a.pair, a.claim, a.document_id = p.document_id, h.uid, a.alias, a.file_id
from appearances as a
join highlights as h on h.id = a.highlight_id
join document_appearances as p on p.file_id = a.file_id and p.line = a.page_line
"""


def find_misnamed(db: sqlite3.Connection) -> set[int]:
    """The files (ids) with an appearance in another row or document than it should be in, or a wrong
    `alias`."""
    documents = db.execute(all_documents).fetchall()
    highlights = db.execute(all_highlights).fetchall()
    pairs = [(document, pair) for _, document, pair, *_ in highlights if pair is not None]
    names = name_documents([(title, uid) for title, uid, *_ in documents], lambda _: pairs)
    wrong = {
        file_id
        for _, uid, row_uid, alias, file_id in documents
        if names.get(uid, uid) != row_uid or alias != (uid != row_uid)
    }
    titles: dict[str, set[int | None]] = {}
    for title, uid, *_ in documents:
        titles.setdefault(names.get(uid, uid), set()).add(title)
    mixed = {name for name, found in titles.items() if len(found) > 1}
    claims = []
    for uid, document, pair, packed, *_ in highlights:
        name = names.get(document, document)
        has_text = uid.startswith(SHARED) or name in mixed
        claims.append(Named(uid, name, pair, (try_unpack(packed) or [""])[0] if has_text else ""))
    for name, (uid, _, _, _, is_home, row_uid, alias, file_id) in zip(
        name_highlights(claims, mixed), highlights, strict=True
    ):
        if name != row_uid or alias != (uid != row_uid) or not is_home:
            wrong.add(file_id)
    return wrong


def fix_names(db: sqlite3.Connection, *, now: str) -> None:
    """Save the claims of the files that `find_misnamed` returns again. Part of a transaction."""
    save_again(db, find_misnamed(db), now=now)


hidden_rows = """
select a.file_id
from appearances as a
join highlights as h on h.id = a.highlight_id and h.gone_at is not null
join files as f on f.id = a.file_id and f.root <> :root
union
select a.file_id
from document_appearances as a
join documents as d on d.id = a.document_id and d.gone_at is not null
join files as f on f.id = a.file_id and f.root <> :root
"""


def find_hidden(db: sqlite3.Connection) -> set[int]:
    """The files (ids) that contain a document or highlight which is marked as gone."""
    return {id_ for (id_,) in db.execute(hidden_rows, {"root": HEALED_ROOT})}


def save_again(db: sqlite3.Connection, ids: Iterable[int], *, now: str) -> None:
    """Save the claims of these files again, as the store has them. Part of a transaction."""
    if files := [read_remembered(db, id_) for id_ in sorted(ids)]:
        save_remembered(db, files, run_id=None, now=now)


wrong_copies = """
select h.document_id, count(*)
from highlights as h join documents as d on d.id = h.document_id
left join tweets as t on t.highlight_id = h.id
where h.category <> d.category or h.author_id is not coalesce(t.author_id, d.author_id)
group by h.document_id
"""


def find_wrong_copies(db: sqlite3.Connection) -> dict[int, int]:
    """How many highlights differ from their document in category or author, by the document's id."""
    return dict(db.execute(wrong_copies).fetchall())


# --- kept counts

make_rest, *_ = [statement for statement in count_rest if statement.startswith("create temp table")]

every_count = """
create temp table every_count as
select 'category' as facet, category as value, '' as part, count(*) as count from highlights group by category
union all select 'year', year, '', count(*) from highlights where year is not null group by year
union all select 'author_id', author_id, '', count(*) from highlights
    where author_id is not null group by author_id
union all select 'category year', category, year, count(*) from highlights
    where year is not null group by category, year
union all select 'category author_id', category, author_id, count(*) from highlights
    where author_id is not null group by category, author_id
union all select 'year author_id', year, author_id, count(*) from highlights
    where year is not null and author_id is not null group by year, author_id
union all select 'month', substr(coalesce(taken_at, synced_on), 1, 7), category, count(*) from highlights
    where gone_at is null and coalesce(taken_at, synced_on) is not null group by 2, category
union all select 'day', substr(coalesce(taken_at, synced_on), 1, 10), '', count(*) from highlights
    where gone_at is null and coalesce(taken_at, synced_on) is not null group by 2
union all select 'all', iif(gone_at is null, 'highlights', 'gone highlights'), '', count(*) from highlights
    group by gone_at is null
union all select 'topic', b.topic_id, '', count(*) from (
        select distinct topic_id, highlight_id from highlight_topics
    ) as b join highlights as h on h.id = b.highlight_id and h.gone_at is null group by b.topic_id
union all select 'topic month', b.topic_id, substr(coalesce(h.taken_at, h.synced_on), 1, 7), count(*) from (
        select distinct topic_id, highlight_id from highlight_topics
    ) as b join highlights as h on h.id = b.highlight_id and h.gone_at is null
    where coalesce(h.taken_at, h.synced_on) is not null group by b.topic_id, 3
union all select 'tag', tag_id, '', count(*) from highlight_tags group by tag_id
union all select facet, value, part, count from temp.wanted_counts
"""

every_share = """
create temp table every_share as
select r.id as resource_id, r.kind, r.site, r.status, count(distinct hl.highlight_id) as shared,
    count(distinct h.author_id) as authors, min(h.taken_at) as first_shared_at,
    max(h.taken_at) as last_shared_at,
    coalesce(max(hl.offer = 'offered'), 0)
        or count(distinct iif(coalesce(hl.offer, 'inline') <> 'never', h.author_id, null)) > 1 as recommended
from resources as r
join links as l on l.resource_id = r.id and l.status = 'resolved'
join highlight_links as hl on hl.link_id = l.id
join highlights as h on h.id = hl.highlight_id and h.gone_at is null
group by r.id
"""

every_document = """
create temp table every_document as
select d.id as document_id, d.category, count(h.id) as highlights,
    min(coalesce(h.taken_at, h.synced_on)) as first_at, max(coalesce(h.taken_at, h.synced_on)) as last_at
from documents as d left join highlights as h on h.document_id = d.id and h.gone_at is null
group by d.id
"""

count_all = (
    "drop table if exists temp.wanted_counts",
    "drop table if exists temp.every_count",
    "drop table if exists temp.every_share",
    "drop table if exists temp.every_document",
    make_rest,
    every_count,
    every_share,
    every_document,
    "drop table temp.wanted_counts",
)

wrong_counts = """
select facet, value, part from (
    select facet, cast(value as text) as value, cast(part as text) as part, count from temp.every_count
    where count <> 0
    except select facet, value, part, count from facet_counts
)
union
select facet, value, part from (
    select facet, value, part, count from facet_counts where count <> 0
    except select facet, cast(value as text), cast(part as text), count from temp.every_count
)
union
select 'shared', cast(resource_id as text), '' from (
    select * from (select * from temp.every_share except select * from shared_resources)
    union select * from (select * from shared_resources except select * from temp.every_share)
)
union
select 'document', cast(document_id as text), '' from (
    select * from (select * from temp.every_document except select * from document_counts)
    union select * from (select * from document_counts except select * from temp.every_document)
)
"""


def find_wrong_counts(db: sqlite3.Connection) -> list[str]:
    """The kept counts that a count of every row does not confirm; none while they are marked as stale."""
    if are_counts_stale(db):
        return []
    for statement in count_all:
        db.execute(statement)
    return [" ".join(filter(None, row)) for row in db.execute(wrong_counts)]


def recount(db: sqlite3.Connection) -> None:
    """Replace the kept counts, if any is wrong, by a count of every row."""
    with transaction(db):
        if are_counts_stale(db):
            refresh_counts(db)
        if find_wrong_counts(db):
            db.execute("delete from facet_counts")
            db.execute("delete from shared_resources")
            db.execute("delete from document_counts")
            db.execute("insert into facet_counts select * from temp.every_count where count <> 0")
            db.execute("insert into shared_resources select * from temp.every_share")
            db.execute("insert into document_counts select * from temp.every_document")
