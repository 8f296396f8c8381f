"""Which links are due, and what a fetch changes: compared with the rules in words."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime
from itertools import product
from typing import NamedTuple, cast, get_args

import pytest

from record_types.links import Fetch, Resolution, Resource
from store.connection import open_memory
from store.resolutions import count_due_links, read_due_links, save_resolutions

FETCHES = get_args(Fetch)
FAILED = ("dns", "tls", "timeout", "error", "blocked")
NOW = "2022-06-01T00:00:00Z"
link_row = """
insert into links (id, url, host, short, status, final_url, resource_id, attempts, checked_at, due_at, uid)
values (:id, 'https://u.test', :host, 0, :status, :final, :resource, :attempts, :checked, :due, :id)
"""


class Row(NamedTuple):
    """A link and the status of its resource."""

    id: int
    host: str
    status: str
    final: str | None
    resource: int | None
    attempts: int
    checked: str | None
    due: str | None


def fill_with_links(db: sqlite3.Connection, source: random.Random) -> tuple[list[Row], dict[int, str]]:
    statuses = {id_: source.choice(FETCHES) for id_ in range(1, 31)}
    db.executemany(
        "insert into resources (id, url, kind, site, status, uid)"
        " values (?, 'u', 'k', 's', ?, cast(? as text))",
        [(id_, status, id_) for id_, status in statuses.items()],
    )
    rows = []
    for id_ in range(1, 91):
        checked = source.choice((None, "2022-01-01T00:00:00Z"))
        due = source.choice((None, None, NOW, "2022-05-01T00:00:00Z", "2022-06-01T00:00:01Z"))
        status = source.choice(("pending", "resolved", "resolved", "resolved", "gone", "media"))
        resource = source.randint(1, 30) if status == "resolved" else None
        host = source.choice(("a.test", "b.a.test", "xa.test"))
        final = source.choice((None, "https://final.test"))
        row = Row(id_, host, status, final, resource, source.randint(0, 3), checked, due)
        db.execute(link_row, row._asdict())
        rows.append(row)
    return rows, statuses


def is_due(row: Row, rows: list[Row], statuses: dict[int, str], *, retry: bool) -> bool:
    if row.status == "pending":
        is_wanted = True
    elif row.status == "resolved" and row.resource is not None:
        fetch = statuses[row.resource]
        rivals = [
            each.id
            for each in rows
            if each.resource == row.resource and (fetch == "pending" or each.due or retry)
        ]
        has_reason = fetch == "pending" or row.due is not None or (retry and fetch in FAILED)
        is_wanted = bool(rivals) and row.id == min(rivals) and has_reason
    else:
        return False
    is_now = (row.checked is None and row.due is None) or (row.due is not None and row.due <= NOW) or retry
    return is_wanted and is_now


@pytest.mark.parametrize("seed", range(6))
def test_the_links_that_are_due_come_in_this_order(seed: int) -> None:
    db = open_memory()
    rows, statuses = fill_with_links(db, random.Random(seed))
    for retry in (False, True):
        due = [row for row in rows if is_due(row, rows, statuses, retry=retry)]
        due.sort(
            key=lambda row: (
                row.status != "pending", bool(row.checked or row.due), row.due or "", row.id,
            )
        )  # fmt: skip
        found = read_due_links(db, now=NOW, retry_failed=retry)
        assert [(each.id, each.attempts, each.fetch_only) for each in found] == [
            (row.id, row.attempts, row.status != "pending") for row in due
        ]
        assert all(
            each.url
            == ("https://final.test" if each.fetch_only and rows[each.id - 1].final else "https://u.test")
            for each in found
        )
        at_host = [row.id for row in due if row.host in ("a.test", "b.a.test")]
        assert [each.id for each in read_due_links(db, now=NOW, host="a.test", retry_failed=retry)] == at_host
        assert [each.id for each in read_due_links(db, now=NOW, limit=3, retry_failed=retry)] == [
            row.id for row in due[:3]
        ]
        if not retry:
            unresolved = sum(row.status == "pending" for row in due)
            assert count_due_links(db, now=NOW) == (len(due), unresolved)


def test_a_fetch_that_found_nothing_does_not_replace_what_is_known() -> None:
    def fetch(db: sqlite3.Connection, status: Fetch, title: str | None, kind: str) -> tuple[str, str, str]:
        resource = Resource("r", "https://r.test", kind, "r.test", status=status, title=title)
        checked_at = datetime(2022, 1, 1, tzinfo=UTC)
        save_resolutions(
            db, [Resolution(1, "resolved", status, resource.url, resource, checked_at=checked_at)]
        )
        return cast(
            "tuple[str, str, str]", db.execute("select status, title, kind from resources").fetchone()
        )

    db = open_memory()
    for before, after in product(FETCHES, FETCHES):
        db.execute("delete from links")
        db.execute("delete from resources")
        db.execute(link_row, Row(1, "r.test", "pending", None, None, 0, None, None)._asdict())
        assert fetch(db, before, "Title", "paper") == (before, "Title", "paper")
        is_no_news = after in ("pending", "skipped") and before != "pending"
        is_worse = before == "ok" and after not in ("ok", "gone", "archived")
        kept = before if is_no_news or is_worse else after
        assert fetch(db, after, None, "article") == (kept, "Title", "paper")
        assert fetch(db, after, "Other", "article")[1:] == ("Other", "article")
