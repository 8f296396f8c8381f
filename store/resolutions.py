"""Pending links: which to resolve next, the result of a try, and the pace at which a host may be asked."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from record_types.links import DueLink, Hop, Resolution
from store.connection import transaction
from store.links import mark_link_tweets_stale

# Links never tried come first, then the longest overdue. A tried link without a due time has been given up:
# only `retry_failed` selects it. Of the links that lead to one resource, one is enough to fetch the resource.
wanted_links = """
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
"""

due_links = f"""{wanted_links}
select w.id, w.url, w.attempts, w.error, w.fetch_only, (
        select group_concat(t.id)
        from highlight_links as hl join tweets as t on t.highlight_id = hl.highlight_id
        where hl.link_id = w.id
    )
from wanted as w
order by w.fetch_only, w.checked_at is not null or w.due_at is not null, w.due_at, w.id
limit :limit
"""  # noqa: S608 - two constants


def read_due_links(
    db: sqlite3.Connection,
    *,
    now: str,
    limit: int | None = None,
    host: str | None = None,
    retry_failed: bool = False,
) -> list[DueLink]:
    """The links to request now: expansions before fetches, first tries before retries.

    A link whose expansion is known is requested at its final URL. `retry_failed` adds links that were given
    up or are not due yet; `host` selects one host and its subdomains.
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


count_wanted = f"{wanted_links} select count(*), count(*) filter (where not fetch_only) from wanted"  # noqa: S608


def count_due_links(db: sqlite3.Connection, *, now: str) -> tuple[int, int]:
    """(how many links `read_due_links` returns, how many of them have yet to be resolved)"""
    all_, unresolved = db.execute(count_wanted, {"now": now, "host": None, "retry_failed": False}).fetchone()
    return all_, unresolved


# The statements below take a whole batch as JSON: each statement releases the GIL to the resolver's threads
# and then waits to get it back.

# Metadata is kept when a later fetch yields none; the status `ok` is replaced only by `gone` or `archived`.
upsert_resources = """
insert into resources (uid, uid_version, url, kind, site, title, author, published_on, description, status,
    archive_url)
select value ->> 'uid', value ->> 'uid_version', value ->> 'url', value ->> 'kind', value ->> 'site',
    value ->> 'title', value ->> 'author', value ->> 'published_on', value ->> 'description',
    value ->> 'status', value ->> 'archive_url'
from json_each(:resources) where true
on conflict (uid) do update set
    title = coalesce(excluded.title, title),
    author = coalesce(excluded.author, author),
    published_on = coalesce(excluded.published_on, published_on),
    description = coalesce(excluded.description, description),
    kind = iif(excluded.title is null and title is not null, kind, excluded.kind),
    archive_url = coalesce(excluded.archive_url, archive_url),
    status = case
        when excluded.status in ('pending', 'skipped') and status <> 'pending' then status
        when status = 'ok' and excluded.status not in ('ok', 'gone', 'archived') then status
        else excluded.status
    end
"""

# A page may name its canonical URL: all links to the old resource then lead to the canonical one.
move_links = """
update links set resource_id = moved.new
from (
    select l.resource_id as old, r.id as new
    from json_each(:links)
    join links as l on l.id = value ->> 'id'
    join resources as r on r.uid = value ->> 'resource_uid'
    where l.resource_id <> r.id
) as moved
where links.resource_id = moved.old
returning links.id
"""

drop_orphans = """
delete from resources where not exists (select 1 from links as l where l.resource_id = resources.id)
"""

update_links = """
update links set
    status = iif(new.status = 'pending', links.status, new.status),
    final_url = coalesce(new.final_url, links.final_url),
    resource_id = coalesce(
        (select r.id from resources as r where r.uid = new.resource_uid), links.resource_id
    ),
    http_status = new.http_status,
    error = new.error,
    attempts = new.attempts,
    checked_at = new.checked_at,
    due_at = new.due_at,
    hops = iif(new.hops = '[]', links.hops, new.hops)
from (
    select value ->> 'id' as id, value ->> 'status' as status, value ->> 'final_url' as final_url,
        value ->> 'resource_uid' as resource_uid, value ->> 'http_status' as http_status,
        value ->> 'error' as error, value ->> 'attempts' as attempts, value ->> 'checked_at' as checked_at,
        value ->> 'due_at' as due_at, value ->> 'hops' as hops
    from json_each(:links)
) as new
where links.id = new.id
"""


def save_resolutions(db: sqlite3.Connection, resolutions: Sequence[Resolution]) -> None:
    """Save the results of a batch in one transaction, and mark the texts of tweets with these links as stale.

    A link that was resolved never becomes unresolved. A result without `checked_at` changes nothing; of
    several results for one link the last counts.
    """
    last = {each.link_id: each for each in resolutions if each.checked_at is not None}
    if not last:
        return
    resources = json.dumps([asdict(each.resource) for each in last.values() if each.resource])
    links = json.dumps([_describe_row(each) for each in last.values()])
    with transaction(db):
        db.execute(upsert_resources, {"resources": resources})
        moved = [id_ for (id_,) in db.execute(move_links, {"links": links}).fetchall()]
        db.execute(update_links, {"links": links})
        if moved:
            db.execute(drop_orphans)
        db.execute(mark_link_tweets_stale, {"ids": json.dumps([*last, *moved])})


def _describe_row(resolution: Resolution) -> dict[str, object]:
    return {
        "id": resolution.link_id,
        "status": resolution.status,
        "final_url": resolution.final_url,
        "resource_uid": resolution.resource.uid if resolution.resource else None,
        "http_status": resolution.http_status,
        "error": resolution.error,
        "attempts": resolution.attempts,
        "checked_at": format_time(resolution.checked_at),
        "due_at": format_time(resolution.due_at),
        "hops": format_hops(resolution.hops),
    }


def format_time(time: datetime | None) -> str | None:
    """ISO 8601 in UTC, in whole seconds."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else None


def format_hops(hops: Sequence[Hop]) -> str:
    """A redirect chain as JSON: [{url, status, via, downgrade} …]"""
    return json.dumps([asdict(hop) for hop in hops])


# --- the pace at which a host may be asked, from one run to the next


class HostPace(NamedTuple):
    """Requests a second."""

    per_second: float
    refused_at: float | None
    """The pace at the host's last refusal; None if it never refused."""


upsert_pace = """
insert into host_paces (host, per_second, refused_at_pace, learned_at) values (?, ?, ?, ?)
on conflict (host) do update set
    per_second = excluded.per_second, refused_at_pace = excluded.refused_at_pace,
    learned_at = excluded.learned_at
"""


def read_host_pace(db: sqlite3.Connection, host: str) -> HostPace | None:
    """The pace that the last run learned for `host`."""
    row = db.execute("select per_second, refused_at_pace from host_paces where host = ?", (host,)).fetchone()
    return None if row is None else HostPace(*row)


def save_host_pace(db: sqlite3.Connection, host: str, pace: HostPace, *, now: str) -> None:
    """Remember the pace for the next run."""
    with transaction(db):
        db.execute(upsert_pace, (host, *pace, now))
