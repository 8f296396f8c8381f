"""Counts of what the store contains, what is pending and what is wrong; the last runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from store.counts import count_cut, count_live, count_threads
from store.pictures import read_due_pictures
from store.resolutions import count_due_links

live_counts = """
select 'documents', count(*) from documents where gone_at is null
union all select 'highlights', :highlights
union all select 'tweets', count(*) from tweets
union all select 'threads', :threads
union all select 'notes', count(*) from notes where kind in ('note', 'block')
union all select 'tags', count(*) from tags
union all select 'links', count(*) from links
union all select 'resources', count(*) from resources
union all select 'pictures', count(*) from media
union all select 'topics', count(*) from topics
union all select 'files', count(*) from files where gone_at is null and dialect is not null
"""

trouble_counts = """
select 'gone highlights', count(*) from highlights where gone_at is not null
union all select 'cut highlights', :cut
union all select 'pages with highlights not read', count(distinct file_id) from problems
    where kind = 'not-read'
union all select 'dead links', count(distinct id) from dead_links
"""

pages_by_dialect = """
select f.dialect, count(distinct f.id), count(distinct h.id)
from files as f
left join appearances as a on a.file_id = f.id
left join highlights as h on h.id = a.highlight_id and h.gone_at is null
where f.dialect is not null and f.gone_at is null
group by f.dialect order by 2 desc, 1
"""

pages_not_read = """
select p.kind, count(distinct p.file_id)
from problems as p join files as f on f.id = p.file_id
where p.kind in ('not-read', 'unreadable') and f.gone_at is null
group by p.kind order by 1
"""

last_runs = """
select id, command, started_at, finished_at, status, added, changed, unchanged, removed, skipped, message
from runs order by id desc limit :limit
"""


def read_cut(db: sqlite3.Connection) -> int:
    """How many highlights are cut off by their source."""
    return int(db.execute(count_cut).fetchone()[0])


def read_pages(db: sqlite3.Connection) -> dict[str, Any]:
    """The pages and highlights of each dialect, and how many pages were not read, by kind of problem."""
    none = dict.fromkeys(("not-read", "unreadable"), 0)
    return {
        "by_dialect": [
            {"dialect": dialect, "pages": pages, "highlights": highlights}
            for dialect, pages, highlights in db.execute(pages_by_dialect)
        ],
        "not_read": none | dict(db.execute(pages_not_read).fetchall()),
    }


def read_status(db: sqlite3.Connection, *, now: str, runs: int = 5) -> dict[str, Any]:
    """Counts of rows, of links by status, of what is due at `now` and of problems; the last runs."""
    (threads,) = db.execute(count_threads).fetchone()
    due, unresolved = count_due_links(db, now=now)
    pictures_due = len(read_due_pictures(db, now=now))
    cursor = db.execute(last_runs, {"limit": runs})
    columns = [column[0] for column in cursor.description]
    return {
        "counts": dict(
            db.execute(live_counts, {"highlights": count_live(db), "threads": threads}).fetchall()
        ),
        "links": dict(db.execute("select status, count(*) from links group by status order by 1").fetchall()),
        "due": due,
        "unresolved": unresolved,
        "pictures": dict(
            db.execute("select status, count(*) from media group by status order by 1").fetchall()
        ),
        "pictures_due": pictures_due,
        "pages": read_pages(db),
        "trouble": dict(db.execute(trouble_counts, {"cut": read_cut(db)}).fetchall()),
        "problems": dict(
            db.execute("select kind, count(*) from problems group by kind order by 2 desc, 1").fetchall()
        ),
        "runs": [dict(zip(columns, row, strict=True)) for row in cursor],
    }


last_run_like = """
select id, started_at, finished_at, status, message from runs
where command = :command and status in (select value from json_each(:statuses))
order by id desc limit 1
"""


def read_last_run(
    db: sqlite3.Connection, command: str, statuses: Sequence[str] = ("ok", "partial", "failed", "interrupted")
) -> dict[str, Any] | None:
    """The last run of a command that ended with one of these statuses."""
    row = {"command": command, "statuses": json.dumps(list(statuses))}
    found = db.execute(last_run_like, row).fetchone()
    return (
        dict(zip(("id", "started_at", "finished_at", "status", "message"), found, strict=True))
        if found
        else None
    )
