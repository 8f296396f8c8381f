"""Keeping what was found out about links: a resolved link never goes back to unresolved."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from gleanings.records.links import Hop, Link, MappedLink, Resolution, Resource
from store.connection import transaction
from store.links import save_links

# What a page once told stays when it tells nothing now; `ok` gives way only to being gone.
upsert_resource = """
insert into resources (uid, uid_version, url, kind, site, title, author, published_on, description, status,
    archive_url)
values (:uid, :uid_version, :url, :kind, :site, :title, :author, :published_on, :description, :status,
    :archive_url)
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
returning id
"""

update_link = """
update links set
    status = iif(:status = 'pending', status, :status),
    final_url = coalesce(:final_url, final_url),
    resource_id = coalesce(:resource_id, resource_id),
    http_status = :http_status,
    error = :error,
    attempts = :attempts,
    checked_at = :checked_at,
    due_at = :due_at,
    hops = iif(:hops = '[]', hops, :hops)
where id = :id
"""

# A page may say itself under which address it wants to be known: all links to it move along.
move_links = """
update links set resource_id = :new
where resource_id = (select resource_id from links where id = :link_id) and resource_id <> :new
returning id
"""

drop_orphans = """
delete from resources where not exists (select 1 from links as l where l.resource_id = resources.id)
"""

stale_tweets = """
update tweets set text = null
where text is not null
    and highlight_id in (select highlight_id from highlight_links where link_id = :link_id)
"""


def save_resolutions(db: sqlite3.Connection, resolutions: Sequence[Resolution]) -> None:
    """Store what a batch of tries came to, in one transaction; tweets with these links go stale.

    A try that taught nothing (`checked_at` is None) leaves its link's row as it is.
    """
    orphaned = False
    with transaction(db):
        for each in resolutions:
            if each.checked_at is None:
                continue
            resource_id = save_resource(db, each.resource) if each.resource else None
            moved: list[tuple[int]] = []
            if resource_id is not None:
                moved = db.execute(move_links, {"new": resource_id, "link_id": each.link_id}).fetchall()
            row = {
                "id": each.link_id,
                "status": each.status,
                "final_url": each.final_url,
                "resource_id": resource_id,
                "http_status": each.http_status,
                "error": each.error,
                "attempts": each.attempts,
                "checked_at": format_time(each.checked_at),
                "due_at": format_time(each.due_at),
                "hops": format_hops(each.hops),
            }
            db.execute(update_link, row)
            for link_id in {each.link_id, *(id_ for (id_,) in moved)}:
                db.execute(stale_tweets, {"link_id": link_id})
            orphaned = orphaned or bool(moved)
        if orphaned:
            db.execute(drop_orphans)


def save_resource(db: sqlite3.Connection, resource: Resource) -> int:
    """The id of the resource's row, with what is new about it."""
    row = {
        "uid": resource.uid,
        "uid_version": resource.uid_version,
        "url": resource.url,
        "kind": resource.kind,
        "site": resource.site,
        "title": resource.title,
        "author": resource.author,
        "published_on": resource.published_on,
        "description": resource.description,
        "status": resource.status,
        "archive_url": resource.archive_url,
    }
    return int(db.execute(upsert_resource, row).fetchone()[0])


def format_time(time: datetime | None) -> str | None:
    """ISO 8601 in UTC, whole seconds."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else None


def format_hops(hops: Sequence[Hop]) -> str:
    """The way that a link took, as JSON: [{url, status, via, downgrade} …]"""
    return json.dumps([asdict(hop) for hop in hops])


known_link = """
update links set status = :status, final_url = :final_url, checked_at = coalesce(:checked_at, checked_at),
    resource_id = coalesce((select id from resources where uid = :resource_uid), resource_id),
    due_at = null, error = null
where uid = :uid and status = 'pending' and :status <> 'pending'
returning id
"""

fill_title = """
update resources set title = :title, status = iif(status = 'pending', :status, status)
where uid = :uid and title is null and :title is not null
returning id
"""

stale_by_resource = """
update tweets set text = null
where text is not null and highlight_id in (
    select hl.highlight_id from highlight_links as hl join links as l on l.id = hl.link_id
    where l.resource_id = :resource_id
)
"""


def save_known_links(db: sqlite3.Connection, links: Iterable[tuple[Link, str | None]]) -> tuple[int, int]:
    """Store links that a map knows (with the time of checking); (new links, links resolved by it).

    What the store knows already is never replaced, and a title only where there is none.
    """
    listed = list(links)
    with transaction(db):
        before = int(db.execute("select count(*) from links").fetchone()[0])
        resolved = 0
        save_links(db, [link for link, _ in listed])
        for link, checked_at in listed:
            row = {
                "uid": link.uid,
                "status": link.status,
                "final_url": link.final_url,
                "checked_at": checked_at,
                "resource_uid": link.resource.uid if link.resource else None,
            }
            for (id_,) in db.execute(known_link, row).fetchall():
                resolved += 1
                db.execute(stale_tweets, {"link_id": id_})
            if link.resource and link.resource.title:
                title = {
                    "uid": link.resource.uid,
                    "title": link.resource.title,
                    "status": link.resource.status,
                }
                for (id_,) in db.execute(fill_title, title).fetchall():
                    db.execute(stale_by_resource, {"resource_id": id_})
        after = int(db.execute("select count(*) from links").fetchone()[0])
    return after - before, resolved


link_map = """
select l.url, l.final_url, l.status, r.title, l.checked_at
from links as l left join resources as r on r.id = l.resource_id
where (l.short = 1 or :every) and (l.status <> 'pending')
order by l.uid
"""


def read_link_map(db: sqlite3.Connection, *, every: bool = False) -> list[MappedLink]:
    """What is known of the short links (`every`: of all links), sorted by their key."""
    return [MappedLink(*row) for row in db.execute(link_map, {"every": every})]
