"""The canned queries: useful questions about a store, ready to run or to copy."""

from __future__ import annotations

from typing import NamedTuple


class Query(NamedTuple):
    """One canned query."""

    name: str
    title: str
    description: str
    sql: str


QUERIES = (
    Query(
        "reading_list_by_shares",
        "Reading list",
        "Resources that highlights recommend and that you have not read, most shared first.",
        """select r.title, r.url, s.kind, s.site, r.author, s.shared, s.authors, s.last_shared_at, s.status
from shared_resources as s join resources as r on r.id = s.resource_id
where s.recommended = 1 and s.kind not in ('media', 'tweet') and r.read_at is null
    and not exists (select 1 from links as l where l.resource_id = s.resource_id and l.read_at is not null)
order by s.shared desc, s.resource_id
limit 200""",
    ),
    Query(
        "threads_by_month",
        "Threads of a month",
        "Threads that started in the month :month, such as 2022-03.",
        """select coalesce(d.shown_title, d.full_title) as title, a.name as author,
    t.created_at as started_at, d.url, h.document_id,
    t.id as thread_id
from highlights as h
join tweets as t on t.highlight_id = h.id and t.thread_id = t.id
join documents as d on d.id = h.document_id
left join authors as a on a.id = d.author_id
where h.category = 'tweets' and h.gone_at is null
    and h.taken_at >= :month and h.taken_at < :month || '~'
order by t.id
limit 500""",
    ),
    Query(
        "recommended_by_author",
        "What an author recommends",
        "Links that the author with the handle or name :author shared.",
        """select r.title, r.url, r.kind, r.site, count(distinct h.id) as shared,
    min(h.taken_at) as first_shared_at
from authors as a
join highlights as h on h.author_id = a.id and h.gone_at is null
join highlight_links as hl on hl.highlight_id = h.id
join links as l on l.id = hl.link_id and l.status = 'resolved'
join resources as r on r.id = l.resource_id
where a.uid in ('@' || ltrim(lower(:author), '@'), :author)
group by r.id
order by shared desc, first_shared_at
limit 500""",
    ),
    Query(
        "shared_by_several_authors",
        "Shared by more than one author",
        "Resources that several authors shared independently.",
        """select r.title, r.url, s.kind, s.site, s.authors, s.shared, s.first_shared_at, s.last_shared_at
from shared_resources as s join resources as r on r.id = s.resource_id
where s.shared > 1 and s.authors > 1
order by s.shared desc, s.authors desc
limit 200""",
    ),
    Query(
        "unread_papers",
        "Unread papers",
        "Papers that highlights link to but that have no highlights of their own.",
        """select r.title, r.url, r.author, r.published_on, s.shared, s.last_shared_at
from shared_resources as s join resources as r on r.id = s.resource_id
where s.kind in ('paper', 'pdf')
    and not exists (select 1 from documents as d where d.uid = r.uid or d.uid = r.url)
order by s.shared desc, s.resource_id
limit 200""",
    ),
    Query(
        "dead_links_with_snapshots",
        "Dead links and their snapshots",
        "Links that no longer work, with a snapshot where there is one.",
        """select r.title, r.url, r.archive_url, r.status, l.url as link, l.checked_at, l.error
from resources as r join links as l on l.resource_id = r.id
where r.status in ('gone', 'archived', 'dns')
union all
select null, l.final_url, null, l.status, l.url, l.checked_at, l.error
from links as l where l.status in ('gone', 'loop', 'invalid')
limit 500""",
    ),
    Query(
        "this_day_in_other_years",
        "This day in other years",
        "Highlights marked or posted on this day of the year.",
        """select h.text,
    coalesce(d.shown_title, d.full_title) as document, a.name as author, h.taken_at, h.view_url
from facet_counts as y
join highlights as h on h.taken_at >= y.value || strftime('-%m-%d', 'now')
    and h.taken_at < y.value || strftime('-%m-%d', 'now') || '~'
join documents as d on d.id = h.document_id
left join authors as a on a.id = h.author_id
where y.facet = 'year' and h.gone_at is null
order by h.taken_at desc
limit 100""",
    ),
    Query(
        "random_highlight",
        "A random highlight",
        "A different one each time.",
        """select h.text, h.note,
    coalesce(d.shown_title, d.full_title) as document, a.name as author, h.taken_at, h.view_url
from highlights as h
join documents as d on d.id = h.document_id
left join authors as a on a.id = h.author_id
where h.id >= (select 1 + abs(random()) % max(id) from highlights)
    and +h.gone_at is null -- the plus keeps SQLite from any index but the id's
order by h.id
limit 1""",
    ),
    Query(
        "changed_between",
        "What changed between two dates",
        "Highlights added, changed or removed from :since to before :until, such as 2022-03-01.",
        """select 'came' as what, h.text, null as before, h.synced_on as at,
    coalesce(d.shown_title, d.full_title) as document
from highlights as h join documents as d on d.id = h.document_id
where h.gone_at is null and h.synced_on >= :since and h.synced_on < :until
union all
select 'changed', h.text, v.text, v.replaced_at, coalesce(d.shown_title, d.full_title)
from versions as v join highlights as h on h.id = v.highlight_id
join documents as d on d.id = h.document_id
where v.replaced_at >= :since and v.replaced_at < :until
union all
select 'went', null, h.text, h.gone_at, coalesce(d.shown_title, d.full_title)
from highlights as h join documents as d on d.id = h.document_id
where h.gone_at is not null and h.gone_at >= :since and h.gone_at < :until
limit 500""",
    ),
)
"""Every query is limited to a few hundred rows and uses an index or a stored count."""


def make_queries() -> dict[str, dict[str, str]]:
    """The queries in the form of Datasette 0.65's hook."""
    return {
        query.name: {"sql": query.sql, "title": query.title, "description": query.description}
        for query in QUERIES
    }
