"""Which links are to be asked about now."""

from __future__ import annotations

import sqlite3
from urllib.parse import urlsplit

from record_types.links import DueLink

# Never tried before tried, long overdue before just due. A link without a due time that was tried has been
# given up: only `retry_failed` asks again. Of the links that lead to one resource one is enough to fetch it.
due_links = """
with wanted as (
    select l.id, iif(l.status = 'pending', l.url, coalesce(l.final_url, l.url)) as url,
        l.attempts, l.error, l.checked_at, l.due_at, l.status <> 'pending' as fetch_only
    from links as l left join resources as r on r.id = l.resource_id
    where (
            l.status = 'pending'
            or (l.status = 'resolved' and l.id = (
                select min(other.id) from links as other
                where other.resource_id = r.id and other.status = 'resolved'
                    and (r.status = 'pending' or other.due_at is not null or :retry_failed)
            ) and (r.status = 'pending' or l.due_at is not null
                or (:retry_failed and r.status in ('dns', 'tls', 'timeout', 'error', 'blocked'))))
        )
        and ((l.checked_at is null and l.due_at is null) or l.due_at <= :now or :retry_failed)
        and (:host is null or l.host = :host or l.host like '%.' || :host)
)
select w.id, w.url, w.attempts, w.error, w.fetch_only, (
        select group_concat(t.id)
        from highlight_links as hl join tweets as t on t.highlight_id = hl.highlight_id
        where hl.link_id = w.id
    )
from wanted as w
order by w.fetch_only, w.checked_at is not null or w.due_at is not null, w.due_at, w.id
limit :limit
"""


def read_due_links(
    db: sqlite3.Connection,
    *,
    now: str,
    limit: int | None = None,
    host: str | None = None,
    retry_failed: bool = False,
) -> list[DueLink]:
    """The links to ask now, expansions before fetches, never tried before retries.

    A link whose expansion is known is asked where it is known to lead. `retry_failed` adds those that
    were given up or are not due yet; `host` keeps those of one host and its subdomains.
    """
    row = {"now": now, "limit": -1 if limit is None else limit, "host": host, "retry_failed": retry_failed}
    return [
        DueLink(
            id=id_,
            url=url,
            host=urlsplit(url).hostname or "",
            attempts=attempts,
            own_tweet_ids=frozenset(int(each) for each in tweet_ids.split(",")) if tweet_ids else frozenset(),
            error=error,
            fetch_only=bool(fetch_only),
        )
        for id_, url, attempts, error, fetch_only, tweet_ids in db.execute(due_links, row)
    ]
