"""Kept counts: updated at the end of a run, so that no page of the browser reads every row.

`facet_counts` holds a count for each (facet, value, part):

    category, year, author_id                   all highlights, as Datasette's own facets count; part ''
    category year, category author_id,
    year author_id                              the same, for a table filtered by the first column
    month / day                                 highlights not gone; part: category / ''
    topic / topic month                         highlights not gone; part: '' / the month
    tag                                         highlights; part ''
    link, resource, kind, problem               rows by status or kind; part ''
    site                                        resources; part: status
    all                                         rows of a table; part ''

`document_counts` holds the number of highlights and the dates of each document, `shared_resources` those of
each resource.

Covering indexes alone were measured at a million highlights (`benchmarks/browse.py`). One facet takes 60 to
100 ms, but the three facets of a table page take 270 ms of processor time instead of 30, topics by month take
420 ms, and the reading list takes 220 ms for only 120,000 links. Counting everything after a run takes 5 s.
So triggers record what changed: columns of highlights as steps of -1 and 1 (`count_steps`), topics, tags and
resources by id (`count_marks`). Only what an index counts in a few milliseconds is counted in full, if any
of it changed (`stale_counts`).
"""

from __future__ import annotations

import sqlite3

gather_steps = (
    "drop table if exists temp.steps",
    """create temp table steps as
    select category, year, author_id, substr(day, 1, 7) as month, day, live, sum(step) as step
    from count_steps
    group by category, year, author_id, day, live having sum(step) <> 0""",
)

add_steps = """
insert into facet_counts (facet, value, part, count)
select facet, value, part, sum(step) from (
    select 'category' as facet, category as value, '' as part, step from temp.steps
    union all select 'year', year, '', step from temp.steps where year is not null
    union all select 'author_id', author_id, '', step from temp.steps where author_id is not null
    union all select 'category year', category, year, step from temp.steps where year is not null
    union all select 'category author_id', category, author_id, step from temp.steps
        where author_id is not null
    union all select 'year author_id', year, author_id, step from temp.steps
        where year is not null and author_id is not null
    union all select 'month', month, category, step from temp.steps where live and month is not null
    union all select 'day', day, '', step from temp.steps where live and day is not null
    union all select 'all', iif(live, 'highlights', 'gone highlights'), '', step from temp.steps
) group by facet, value, part having sum(step) <> 0
on conflict (facet, value, part) do update set count = count + excluded.count
"""

drop_empty = """
delete from facet_counts where count = 0 and facet in ('category', 'year', 'author_id', 'category year',
    'category author_id', 'year author_id', 'month', 'day', 'all')
"""

# Only for changed and deleted highlights: links and topics of a new one were marked by their own triggers.
mark_touched = (
    """insert into count_marks
    select 'topic', topic_id from highlight_topics
    where highlight_id in (select highlight_id from count_steps where step < 0)""",
    """insert into count_marks
    select 'resource', l.resource_id from highlight_links as hl join links as l on l.id = hl.link_id
    where hl.highlight_id in (select highlight_id from count_steps where step < 0)
        and l.resource_id is not null""",
)

count_touched = (
    """delete from facet_counts where facet in ('topic', 'topic month')
    and value in (select cast(id as text) from count_marks where kind = 'topic')""",
    """insert into facet_counts (facet, value, part, count)
    with months as materialized (
        select belongs.topic_id, substr(coalesce(h.taken_at, h.synced_on), 1, 7) as month, count(*) as count
        from (
            select distinct topic_id, highlight_id from highlight_topics
            where topic_id in (select id from count_marks where kind = 'topic')
        ) as belongs
        join highlights as h on h.id = belongs.highlight_id and h.gone_at is null
        group by belongs.topic_id, month
    )
    select 'topic', topic_id, '', sum(count) from months group by topic_id
    union all select 'topic month', topic_id, month, count from months where month is not null""",
    """delete from facet_counts where facet = 'tag'
    and value in (select cast(id as text) from count_marks where kind = 'tag')""",
    """insert into facet_counts (facet, value, part, count)
    select 'tag', tag_id, '', count(*) from highlight_tags
    where tag_id in (select id from count_marks where kind = 'tag') group by tag_id""",
    """delete from shared_resources
    where resource_id in (select id from count_marks where kind = 'resource')""",
    """insert into shared_resources
        (resource_id, kind, site, status, shared, authors, first_shared_at, last_shared_at, recommended)
    select r.id, r.kind, r.site, r.status, count(distinct hl.highlight_id), count(distinct h.author_id),
        min(h.taken_at), max(h.taken_at),
        coalesce(max(hl.offer = 'offered'), 0)
            or count(distinct iif(coalesce(hl.offer, 'inline') <> 'never', h.author_id, null)) > 1
    from (select distinct id from count_marks where kind = 'resource') as m
    join resources as r on r.id = m.id
    join links as l on l.resource_id = r.id and l.status = 'resolved'
    join highlight_links as hl on hl.link_id = l.id
    join highlights as h on h.id = hl.highlight_id and h.gone_at is null
    group by r.id""",
    "delete from document_counts where document_id in (select document_id from count_steps)",
    """insert into document_counts (document_id, category, highlights, first_at, last_at)
    select d.id, d.category, count(h.id), min(coalesce(h.taken_at, h.synced_on)),
        max(coalesce(h.taken_at, h.synced_on))
    from (select distinct document_id as id from count_steps) as touched
    join documents as d on d.id = touched.id
    left join highlights as h on h.document_id = d.id and h.gone_at is null
    group by d.id""",
)

count_cut = "select count(*) from highlights where incomplete = 1 and gone_at is null"
count_threads = """
select count(distinct t.thread_id) from tweets as t
join highlights as h on h.id = t.highlight_id and h.gone_at is null
where t.thread_id is not null
"""

count_rest = (
    "drop table if exists temp.wanted_counts",
    f"""create temp table wanted_counts as
    select 'link' as facet, status as value, '' as part, count(*) as count from links group by status
    union all select 'resource', status, '', count(*) from resources group by status
    union all select 'kind', kind, '', count(*) from resources group by kind
    union all select 'site', site, status, count(*) from resources group by site, status
    union all select 'problem', kind, '', count(*) from problems group by kind
    union all select 'all', 'cut highlights', '', ({count_cut})
    union all select 'all', 'documents', '', count(*) from documents where gone_at is null
    union all select 'all', 'threads', '', ({count_threads})
    union all select 'all', 'links', '', count(*) from links
    union all select 'all', 'resources', '', count(*) from resources
    union all select 'all', 'untitled resources', '', count(*) from resources
        where title is null and status = 'pending'
    union all select 'all', 'authors', '', count(*) from authors""",  # noqa: S608 - constants
    """delete from facet_counts where facet in ('link', 'resource', 'kind', 'site', 'problem')
    and (facet, value, part) not in (select facet, value, part from temp.wanted_counts)""",
    """insert into facet_counts (facet, value, part, count)
    select facet, value, part, count from temp.wanted_counts where true
    on conflict (facet, value, part) do update set count = excluded.count where count <> excluded.count""",
    "drop table temp.wanted_counts",
    "delete from document_counts where highlights = 0",
    """insert into document_counts (document_id, category, highlights)
    select id, category, 0 from documents where id not in (select document_id from document_counts)""",
)

forget_changes = (
    "drop table temp.steps",
    "delete from count_steps",
    "delete from count_marks",
    "delete from stale_counts",
)

stale = """
select exists (select 1 from count_steps) or exists (select 1 from count_marks)
    or exists (select 1 from stale_counts)
"""


def are_counts_stale(db: sqlite3.Connection) -> bool:
    """Whether rows changed since the counts were updated; a change is marked in its own transaction."""
    return bool(db.execute(stale).fetchone()[0])


live_highlights = """
select
    coalesce(
        (select count from facet_counts where facet = 'all' and value = 'highlights' and part = ''), 0
    )
    + coalesce((select sum(step) from count_steps where live), 0)
"""


def count_live(db: sqlite3.Connection) -> int:
    """How many highlights are not gone, without reading them; correct even before `refresh_counts`."""
    return int(db.execute(live_highlights).fetchone()[0])


def count_unchanged(db: sqlite3.Connection, *, touched: int) -> int:
    """How many highlights a run left unchanged that added or changed `touched`.

    A highlight that one batch adds and a later one changes is counted twice in `touched`, so this may be too
    low, but never negative.
    """
    return max(0, count_live(db) - touched)


def refresh_counts(db: sqlite3.Connection) -> None:
    """Update the kept counts, inside the caller's transaction."""
    for statement in (*gather_steps, add_steps, drop_empty, *mark_touched, *count_touched):
        db.execute(statement)
    for statement in (*count_rest, *forget_changes):
        db.execute(statement)
