"""Counts that are kept: made at the end of a run, so that no page of the browser reads every row."""

from __future__ import annotations

import sqlite3

# Columns of `highlights` count every row, as Datasette's own facets do; all others only what is live, as
# every row less the gone ones, which are few and have an index of their own.
count_facets = """
insert into temp.wanted_counts (facet, value, part, count)
select 'category', category, '', count(*) from highlights group by category
union all select 'year', year, '', count(*) from highlights where year is not null group by year
union all select 'author_id', author_id, '', count(*) from highlights where author_id is not null
    group by author_id
union all select 'month', month, category, sum(step) from (
        select substr(taken_at, 1, 7) as month, category, 1 as step from highlights where taken_at is not null
        union all
        select substr(synced_on, 1, 7), category, 1 from highlights
        where taken_at is null and synced_on is not null
        union all
        select substr(coalesce(taken_at, synced_on), 1, 7), category, -1 from highlights
        where gone_at is not null and coalesce(taken_at, synced_on) is not null
    ) group by month, category having sum(step) > 0
union all select 'tag', tag_id, '', count(*) from highlight_tags group by tag_id
union all select 'topic', ht.topic_id, '', count(distinct ht.highlight_id) from highlight_topics as ht
    join highlights as h on h.id = ht.highlight_id and h.gone_at is null group by ht.topic_id
union all select 'topic year', ht.topic_id, h.year, count(distinct ht.highlight_id)
    from highlight_topics as ht join highlights as h on h.id = ht.highlight_id and h.gone_at is null
    where h.year is not null group by ht.topic_id, h.year
union all select 'link', status, '', count(*) from links group by status
union all select 'resource', status, '', count(*) from resources group by status
union all select 'kind', kind, '', count(*) from resources group by kind
union all select 'site', site, status, count(*) from resources group by site, status
union all select 'problem', kind, '', count(*) from problems group by kind
union all select 'all', 'highlights', '',
    (select count(*) from highlights) - (select count(*) from highlights where gone_at is not null)
union all select 'all', 'gone highlights', '', count(*) from highlights where gone_at is not null
union all select 'all', 'cut highlights', '', count(*) from highlights
    where incomplete = 1 and gone_at is null
union all select 'all', 'documents', '', count(*) from documents where gone_at is null
union all select 'all', 'threads', '', count(distinct thread_id) from tweets where thread_id is not null
union all select 'all', 'links', '', count(*) from links
union all select 'all', 'resources', '', count(*) from resources
union all select 'all', 'authors', '', count(*) from authors
"""

count_shared = """
insert into temp.wanted_shared
    (resource_id, kind, site, status, shared, authors, first_shared_at, last_shared_at)
select r.id, r.kind, r.site, r.status, count(distinct hl.highlight_id), count(distinct h.author_id),
    min(h.taken_at), max(h.taken_at)
from resources as r
join links as l on l.resource_id = r.id and l.status = 'resolved'
join highlight_links as hl on hl.link_id = l.id
join highlights as h on h.id = hl.highlight_id and h.gone_at is null
group by r.id
"""

keep_counts = (
    "drop table if exists temp.wanted_counts",
    "drop table if exists temp.wanted_shared",
    "create temp table wanted_counts (facet text, value text, part text, count integer,"
    " primary key (facet, value, part)) without rowid",
    "create temp table wanted_shared (resource_id integer primary key, kind, site, status, shared, authors,"
    " first_shared_at, last_shared_at)",
    count_facets,
    """delete from facet_counts where not exists (
        select 1 from temp.wanted_counts as w
        where w.facet = facet_counts.facet and w.value = facet_counts.value and w.part = facet_counts.part
    )""",
    """insert into facet_counts (facet, value, part, count)
    select facet, value, part, count from temp.wanted_counts where true
    on conflict (facet, value, part) do update set count = excluded.count where count <> excluded.count""",
    count_shared,
    """delete from shared_resources
    where resource_id not in (select resource_id from temp.wanted_shared)""",
    """insert into shared_resources select * from temp.wanted_shared where true
    on conflict (resource_id) do update set kind = excluded.kind, site = excluded.site,
        status = excluded.status, shared = excluded.shared, authors = excluded.authors,
        first_shared_at = excluded.first_shared_at, last_shared_at = excluded.last_shared_at
    where (kind, site, status, shared, authors, first_shared_at, last_shared_at) is not (excluded.kind,
        excluded.site, excluded.status, excluded.shared, excluded.authors, excluded.first_shared_at,
        excluded.last_shared_at)""",
    "drop table temp.wanted_counts",
    "drop table temp.wanted_shared",
)


def refresh_counts(db: sqlite3.Connection) -> None:
    """Count anew, inside the caller's transaction; a count that did not change is not written."""
    for statement in keep_counts:
        db.execute(statement)
