"""Keeping what was found out about links: a resolved link never goes back to unresolved."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from record_types.links import Hop, Link, MappedLink, Resolution
from store.connection import transaction, translated_errors
from store.links import save_links
from store.migrations import check_application
from store.snapshots import connect_to_read

# One statement for a whole batch: every statement lets the resolver's threads run, and waits for them.

# What a page once told stays when it tells nothing now; `ok` gives way only to being gone.
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

# A page may say itself under which address it wants to be known: all links to it move along.
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

stale_tweets = """
update tweets set text = null
where text is not null and highlight_id in (
    select hl.highlight_id from highlight_links as hl
    where hl.link_id in (select value from json_each(:ids))
)
"""


def save_resolutions(db: sqlite3.Connection, resolutions: Sequence[Resolution]) -> None:
    """Store what a batch of tries came to, in one transaction; tweets with these links go stale.

    A try that taught nothing (`checked_at` is None) leaves its link's row as it is; of several of one link
    the last counts.
    """
    learned = [each for each in resolutions if each.checked_at is not None]
    if not learned:
        return
    last = {each.link_id: each for each in learned}
    resources = json.dumps([asdict(each.resource) for each in last.values() if each.resource])
    links = json.dumps([_describe_row(each) for each in last.values()])
    with transaction(db):
        db.execute(upsert_resources, {"resources": resources})
        moved = [id_ for (id_,) in db.execute(move_links, {"links": links}).fetchall()]
        db.execute(update_links, {"links": links})
        if moved:
            db.execute(drop_orphans)
        db.execute(stale_tweets, {"ids": json.dumps([*last, *moved])})


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
                db.execute(stale_tweets, {"ids": json.dumps([id_])})
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


SQLITE_HEADER = b"SQLite format 3\0"
"""https://sqlite.org/fileformat.html#magic_header_string"""

link_map = """
select l.url, l.final_url, l.status, r.title, l.checked_at
from links as l left join resources as r on r.id = l.resource_id
where (l.short = 1 or :every) and (l.status <> 'pending')
order by l.uid
"""


def read_link_map(db: sqlite3.Connection, *, every: bool = False) -> list[MappedLink]:
    """What is known of the short links (`every`: of all links), sorted by their key."""
    return [MappedLink(*row) for row in db.execute(link_map, {"every": every})]


def is_database(path: Path) -> bool:
    """Whether `path` is a SQLite file."""
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    except OSError:
        return False


def read_stored_links(path: Path) -> list[MappedLink]:
    """What another store knows of its links; also a store that is too old to be opened. It is not changed.

    Raises StoreError for a database that is not a store.
    """
    with translated_errors(path), closing(connect_to_read(path)) as db:
        check_application(db, path)
        return read_link_map(db, every=True)
