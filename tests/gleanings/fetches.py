"""Fetching from the mock of Readwise's API, and what two stores must have in common afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from gleanings.steps.readwise import FetchReport, fetch_books
from gleanings.steps.tweets import clean_tweets
from ingest.readwise.api_client import ApiClient, ApiConnection, ApiLimits
from ingest.readwise.api_origin import Secret, parse_origin
from store.runs import finish_run, start_run
from tests.readwise_api import TOKEN, Api
from tests.store.stores import STATES

NOW = "2024-03-02T00:00:00Z"

MORE = {
    "cursors": "select * from cursors",
    "files": "select root, path, dialect, sha256, size, mtime_ns, reader, gone_at is null from files",
    "problems": "select p.kind, p.message, p.line, f.path from problems p"
    " left join files f on f.id = p.file_id",
    "block_properties": "select f.path, b.line, b.key, b.value from block_properties b"
    " join files f on f.id = b.file_id",
    "gone": "select uid, text from highlights where gone_at is not null",
    "gone documents": "select uid from documents where gone_at is not null",
    "document_tags": "select d.uid, g.name, t.position from document_tags t"
    " join documents d on d.id = t.document_id join tags g on g.id = t.tag_id",
    "tweet texts": "select id, text from tweets",
    "counts": "select facet, value, part, count from facet_counts"
    " where facet not in ('author_id', 'tag', 'topic', 'topic year')",
    "links": "select uid, status from links",
}


def fetch(
    db: sqlite3.Connection,
    api: Api,
    *,
    full: bool = False,
    now: str = NOW,
    stop: Callable[[], bool] = lambda: False,
    monotonic: Callable[[], float] = lambda: 0.0,
    token: str = TOKEN,
) -> FetchReport:
    """One run as the command makes it, without its waits."""
    limits = ApiLimits(connect_timeout=2, read_timeout=5)
    connection = ApiConnection(Secret(token), parse_origin(api.url), "tests", limits=limits)
    with ApiClient(connection, random=lambda: 0.0, sleep=lambda _: None) as client:
        run_id = start_run(db, "import", now=now)
        report = fetch_books(db, client, run_id=run_id, now=now, stop=stop, full=full, monotonic=monotonic)
    clean_tweets(db)
    finish_run(db, run_id, report.counts, report.status, now=now)
    return report


def read_dump(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the store contains, without ids and runs."""
    queries = {**STATES, **MORE}
    return {name: sorted(db.execute(query).fetchall(), key=repr) for name, query in queries.items()}
