"""Add the links in texts; what is known about a link already is not overwritten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from record_types.links import Link, Resource
from store.bulk_insert import bulk_insert, insert_rows

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
