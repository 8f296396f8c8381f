"""Check the kept counts: count every row again, and compare."""

from __future__ import annotations

import sqlite3

from store.connection import transaction
from store.counts import are_counts_stale, count_rest, refresh_counts

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
