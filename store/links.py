"""Links and resources: add those in texts, and replace the keys of resources when their rules improve."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from record_types.links import Link, Resource
from store.connection import bulk_insert, insert_rows, transaction

insert_resource = """
insert into resources (uid, uid_version, url, kind, site, title, author, published_on, description, status)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (uid) do nothing
"""


LINKS = bulk_insert(
    "links",
    "url, host, short, status, final_url, resource, uid",
    select="""
(url, host, short, status, final_url, resource_id, uid)
select n.url, n.host, n.short, n.status, n.final_url, r.id, n.uid
from temp.new_links as n left join resources as r on r.uid = n.resource where true
order by n.rowid
""",
    conflict="on conflict (uid) do nothing",
)


resolve_pending = """
update links set status = :status, final_url = :final_url, checked_at = coalesce(:checked_at, checked_at),
    resource_id = coalesce((select id from resources where uid = :resource_uid), resource_id),
    due_at = null, error = null
where uid = :uid and status = 'pending' and :status <> 'pending'
returning id
"""

# A tweet's cleaned text has the link's target in it.
mark_link_tweets_stale = """
update tweets set text = null
where text is not null and highlight_id in (
    select hl.highlight_id from highlight_links as hl
    where hl.link_id in (select value from json_each(:ids))
)
"""


def save_links(db: sqlite3.Connection, links: Iterable[Link]) -> None:
    """Add the links that are not yet known, with the resources that their URLs name."""
    distinct = {link.uid: link for link in links}
    save_resources(db, [link.resource for link in distinct.values() if link.resource])
    insert_rows(
        db,
        LINKS,
        [
            (
                link.url,
                link.host,
                int(link.short),
                link.status,
                link.final_url,
                link.resource.uid if link.resource else None,
                link.uid,
            )
            for link in distinct.values()
        ],
    )


def resolve_links(db: sqlite3.Connection, links: Iterable[tuple[Link, str | None]]) -> int:
    """Resolve the pending ones of these links, each with the time it was checked; return how many.

    What is known stays, so the order of imports does not matter. The texts of their tweets are cleaned again.
    """
    known = [(link, checked_at) for link, checked_at in links if link.status != "pending"]
    save_resources(db, [link.resource for link, _ in known if link.resource])
    ids: list[int] = []
    for link, checked_at in known:
        row = {
            "uid": link.uid,
            "status": link.status,
            "final_url": link.final_url,
            "checked_at": checked_at,
            "resource_uid": link.resource.uid if link.resource else None,
        }
        ids += [id_ for (id_,) in db.execute(resolve_pending, row).fetchall()]
    if ids:
        db.execute(mark_link_tweets_stale, {"ids": json.dumps(ids)})
    return len(ids)


read_read_keys = """
select uid from resources where read_at is not null
union select coalesce(r.uid, l.url)
from links as l left join resources as r on r.id = l.resource_id where l.read_at is not null
"""

read_listed_urls = """
select url, uid from resources
union all select url, url from links where resource_id is null
"""


# A link may have been ticked before its resource was known: that tick stays with the link.
forget_read_links = """
update links set read_at = null
where read_at is not null and resource_id = (select id from resources where uid = ?)
"""


def read_read(db: sqlite3.Connection) -> set[str]:
    """The keys of what the reader has read: uids of resources, and URLs of links without one."""
    return {key for (key,) in db.execute(read_read_keys)}


last_tick = """
select count(*), max(read_at) from (
    select read_at from resources where read_at is not null
    union all select read_at from links where read_at is not null
)
"""


def find_last_tick(db: sqlite3.Connection) -> tuple[int, str | None]:
    """How much the reader has read, and when they ticked the last of it; the reader can tick in the pages of
    `serve`, too."""
    count, latest = db.execute(last_tick).fetchone()
    return count, latest


def read_listed(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """URL and key of everything that the reading list may contain."""
    return list(db.execute(read_listed_urls))


def save_read(db: sqlite3.Connection, changed: Mapping[str, bool], *, now: str) -> None:
    """Remember by key what the reader has read, and what they have not read after all."""
    rows = [(now if is_read else None, key) for key, is_read in changed.items()]
    with transaction(db):
        db.executemany("update resources set read_at = ? where uid = ?", rows)
        db.executemany("update links set read_at = ? where url = ? and resource_id is null", rows)
        db.executemany(forget_read_links, [(key,) for key, is_read in changed.items() if not is_read])


def save_resources(db: sqlite3.Connection, resources: Iterable[Resource]) -> None:
    """Add the resources that are not yet known."""
    db.executemany(
        insert_resource,
        [
            (
                each.uid,
                each.uid_version,
                each.url,
                each.kind,
                each.site,
                each.title,
                each.author,
                each.published_on,
                each.description,
                each.status,
            )
            for each in {resource.uid: resource for resource in resources}.values()
        ],
    )


# --- the keys by which resources are compared


class ResourceKey(NamedTuple):
    """A resource's key and the URL it is made from."""

    id: int
    url: str
    uid: str


def read_resource_keys(db: sqlite3.Connection) -> list[ResourceKey]:
    """The keys of all resources, the oldest resource first."""
    return [ResourceKey(*row) for row in db.execute("select id, url, uid from resources order by id")]


rank_resources = """
select id, title is not null, status = 'ok' from resources where id in (select value from json_each(:ids))
"""

copy_metadata = """
update resources set
    title = coalesce(title, (select title from resources where id = :old)),
    author = coalesce(author, (select author from resources where id = :old)),
    published_on = coalesce(published_on, (select published_on from resources where id = :old)),
    description = coalesce(description, (select description from resources where id = :old)),
    read_at = coalesce(read_at, (select read_at from resources where id = :old))
where id = :kept
"""

mark_tweets_stale = """
update tweets set text = null
where text is not null and highlight_id in (
    select hl.highlight_id from highlight_links as hl join links as l on l.id = hl.link_id
    where l.resource_id = :resource_id
)
"""


def save_resource_keys(db: sqlite3.Connection, keys: Mapping[int, str], version: int) -> tuple[int, int]:
    """Give resources (by id) these keys: (keys changed, resources merged into another)."""
    with transaction(db):
        stored = {each.id: each.uid for each in read_resource_keys(db)}
        changed = sum(stored[id_] != uid for id_, uid in keys.items() if id_ in stored)
        groups: dict[str, list[int]] = {}
        for id_ in stored:
            groups.setdefault(keys.get(id_, stored[id_]), []).append(id_)
        merged = sum(_merge_resources(db, ids) for ids in groups.values() if len(ids) > 1)
        # two steps, since a key may pass from one resource to another
        moved = [(uid, ids) for uid, ids in groups.items() if any(stored[id_] != uid for id_ in ids)]
        for _, ids in moved:
            db.executemany("update resources set uid = 'moving:' || id where id = ?", [(id_,) for id_ in ids])
        for uid, ids in moved:
            db.executemany("update resources set uid = ? where id = ?", [(uid, id_) for id_ in ids])
        db.execute("update resources set uid_version = :v where uid_version <> :v", {"v": version})
    return changed, merged


def _merge_resources(db: sqlite3.Connection, ids: list[int]) -> int:
    """Merge resources into the one with the most metadata, else the oldest; how many were deleted."""
    rows = db.execute(rank_resources, {"ids": str(ids)}).fetchall()
    kept, *others = [id_ for id_, *known in sorted(rows, key=lambda row: (-sum(row[1:]), row[0]))]
    for old in others:
        db.execute(copy_metadata, {"kept": kept, "old": old})
        db.execute("update links set resource_id = ? where resource_id = ?", (kept, old))
        db.execute("delete from resources where id = ?", (old,))
    db.execute(mark_tweets_stale, {"resource_id": kept})
    return len(others)
