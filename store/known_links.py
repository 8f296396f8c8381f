"""Known links: the map from short links to where they lead, read from a store and saved to one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from record_types.links import Link, MappedLink
from store.connection import transaction, translated_errors
from store.links import mark_tweets_stale, resolve_links, save_links
from store.migrations import check_application
from store.snapshots import connect_to_read

set_checked_at = """
update links set checked_at = :checked_at
where uid = :uid and status = :status and checked_at is null and :checked_at is not null
"""

fill_title = """
update resources set title = :title, status = iif(status = 'pending', :status, status)
where uid = :uid and title is null and :title is not null
returning id
"""


def save_known_links(db: sqlite3.Connection, links: Iterable[tuple[Link, str | None]]) -> tuple[int, int]:
    """Save the links of a map, each with the time it was checked: (links added, links resolved).

    What the store already knows is never replaced; a title is added only where there is none.
    """
    listed = list(links)
    with transaction(db):
        before = int(db.execute("select count(*) from links").fetchone()[0])
        save_links(db, [link for link, _ in listed])
        resolved = resolve_links(db, listed)
        for link, checked_at in listed:
            row = {"uid": link.uid, "status": link.status, "checked_at": checked_at}
            db.execute(set_checked_at, row)
            if link.resource and link.resource.title:
                title = {
                    "uid": link.resource.uid,
                    "title": link.resource.title,
                    "status": link.resource.status,
                }
                for (id_,) in db.execute(fill_title, title).fetchall():
                    db.execute(mark_tweets_stale, {"resource_id": id_})
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
    """The short links that are not pending (`every`: all links that are not pending), sorted by uid."""
    return [MappedLink(*row) for row in db.execute(link_map, {"every": every})]


def is_database(path: Path) -> bool:
    """Whether `path` is a SQLite file."""
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    except OSError:
        return False


def read_stored_links(path: Path) -> list[MappedLink]:
    """The links that are not pending in another store, even in one too old to be opened; it is not changed.

    Raises StoreError for a database that is not a store.
    """
    with translated_errors(path), closing(connect_to_read(path)) as db:
        check_application(db, path)
        return read_link_map(db, every=True)
