"""Pending links: which are requested next, and what a try changes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from record_types.links import Hop, Link, Resolution, Resource
from store.connection import transaction
from store.links import save_links
from store.resolutions import (
    HostPace,
    count_due_links,
    read_due_links,
    read_host_pace,
    save_host_pace,
    save_resolutions,
)
from tests.store.stores import one

NOW = "2024-05-01T12:00:00Z"
TRIED = datetime(2024, 5, 1, 12, tzinfo=UTC)
PAGE = Resource("site.test/a", "https://site.test/a", "article", "site.test", title="A Page", status="ok")


def short(name: str, host: str = "t.co") -> Link:
    return Link(f"{host}/{name}", f"https://{host}/{name}", host, True, "pending")


def add(db: sqlite3.Connection, *links: Link) -> dict[str, int]:
    """Save the links; their ids by uid."""
    with transaction(db):
        save_links(db, links)
    return dict(db.execute("select uid, id from links"))


def tried(link: int, **more: object) -> Resolution:
    fields = {"checked_at": TRIED, "final_url": PAGE.url, "resource": PAGE, **more}
    return Resolution(link, "resolved", "ok", **fields)  # type: ignore[arg-type]


def due(db: sqlite3.Connection, now: str = NOW, **options: object) -> list[str]:
    return [each.url for each in read_due_links(db, now=now, **options)]  # type: ignore[arg-type]


def test_links_never_tried_come_first_then_the_longest_overdue(db: sqlite3.Connection) -> None:
    ids = add(db, short("a"), short("b"), short("c"), short("d"), short("e"))
    for name, hour in (("a", 11), ("b", 10), ("c", 13)):
        failed = Resolution(ids[f"t.co/{name}"], "pending", "dns", checked_at=TRIED, error="dns")
        failed = replace(failed, attempts=1, due_at=TRIED.replace(hour=hour))
        save_resolutions(db, [failed])
    save_resolutions(db, [Resolution(ids["t.co/d"], "gone", "error", checked_at=TRIED, error="http 404")])
    assert due(db) == ["https://t.co/e", "https://t.co/b", "https://t.co/a"]
    assert due(db, limit=2) == ["https://t.co/e", "https://t.co/b"]
    assert due(db, "2024-05-01T13:00:00Z")[-1] == "https://t.co/c"
    assert count_due_links(db, now=NOW) == (3, 3)


def test_a_tried_link_has_its_attempts_and_error(db: sqlite3.Connection) -> None:
    ids = add(db, short("a"))
    save_resolutions(db, [Resolution(ids["t.co/a"], "pending", "dns", attempts=2, checked_at=TRIED,
                                     due_at=TRIED, error="dns", http_status=None)])  # fmt: skip
    (link,) = read_due_links(db, now=NOW)
    assert (link.host, link.attempts, link.error, link.fetch_only) == ("t.co", 2, "dns", False)


@pytest.mark.parametrize(
    ("host", "found"),
    [("bit.ly", ["https://bit.ly/b"]), ("test", ["https://x.test/c"]), ("t", []), (None, 3)],
)
def test_a_host_stands_for_its_subdomains_too(
    db: sqlite3.Connection, host: str | None, found: list[str] | int
) -> None:
    add(db, short("a"), short("b", "bit.ly"), short("c", "x.test"))
    urls = due(db, host=host)
    assert (len(urls) if isinstance(found, int) else urls) == found


def test_a_link_without_another_try_is_only_tried_on_request(db: sqlite3.Connection) -> None:
    ids = add(db, short("a"))
    save_resolutions(db, [Resolution(ids["t.co/a"], "pending", "error", checked_at=TRIED, error="http 500")])
    assert due(db) == []
    assert due(db, retry_failed=True) == ["https://t.co/a"]


def test_a_resolved_link_is_requested_once_more_for_its_page_alone(db: sqlite3.Connection) -> None:
    ids = add(db, short("a"), short("b"))
    unread = replace(PAGE, status="pending", title=None)
    save_resolutions(db, [tried(ids["t.co/a"], resource=unread), tried(ids["t.co/b"], resource=unread)])
    assert due(db) == []
    save_resolutions(db, [tried(ids["t.co/a"], resource=unread, due_at=TRIED)])
    (link,) = read_due_links(db, now=NOW)
    assert (link.url, link.host, link.fetch_only) == (PAGE.url, "site.test", True)
    assert count_due_links(db, now=NOW) == (1, 0)
    save_resolutions(db, [tried(link.id)])
    assert due(db) == due(db, retry_failed=True) == []


@pytest.mark.parametrize(("status", "again"), [("error", True), ("gone", False), ("ok", False)])
def test_a_page_that_failed_is_fetched_again_on_request(
    db: sqlite3.Connection, status: str, again: bool
) -> None:
    ids = add(db, short("a"))
    save_resolutions(db, [tried(ids["t.co/a"], resource=replace(PAGE, status=status))])  # type: ignore[arg-type]
    assert due(db) == []
    assert due(db, retry_failed=True) == ([PAGE.url] if again else [])


# --- what a try changes


def read_link(db: sqlite3.Connection) -> tuple[object, ...]:
    row: tuple[object, ...] = db.execute(
        "select status, final_url, http_status, error, attempts, checked_at, due_at from links"
    ).fetchone()
    return row


def test_a_result_is_stored_with_its_hops(db: sqlite3.Connection) -> None:
    ids = add(db, short("a"))
    hop = Hop("https://t.co/a", 301, "location")
    found = tried(ids["t.co/a"], hops=(hop,), http_status=200)
    save_resolutions(db, [found])
    assert read_link(db) == ("resolved", PAGE.url, 200, None, 0, NOW, None)
    assert json.loads(str(one(db, "select hops from links"))) == [
        {"url": "https://t.co/a", "status": 301, "via": "location", "downgrade": hop.downgrade}
    ]
    save_resolutions(db, [tried(ids["t.co/a"], hops=())])
    assert json.loads(str(one(db, "select hops from links"))), "a try without hops keeps those that are known"


def test_a_link_that_was_resolved_never_becomes_unresolved(db: sqlite3.Connection) -> None:
    ids = add(db, short("a"))
    save_resolutions(db, [tried(ids["t.co/a"])])
    save_resolutions(db, [Resolution(ids["t.co/a"], "pending", "timeout", attempts=1, checked_at=TRIED,
                                     due_at=TRIED, error="timeout")])  # fmt: skip
    assert read_link(db) == ("resolved", PAGE.url, None, "timeout", 1, NOW, NOW)


def test_a_result_that_taught_nothing_changes_nothing_and_of_several_the_last_counts(
    db: sqlite3.Connection,
) -> None:
    ids = add(db, short("a"))
    before = read_link(db)
    save_resolutions(db, [tried(ids["t.co/a"], checked_at=None)])
    assert read_link(db) == before
    early, late = tried(ids["t.co/a"], underway=True, due_at=TRIED), tried(ids["t.co/a"], http_status=200)
    save_resolutions(db, [early, late, tried(ids["t.co/a"], checked_at=None, error="network down")])
    assert read_link(db) == ("resolved", PAGE.url, 200, None, 0, NOW, None)


@pytest.mark.parametrize(
    ("known", "found", "kept"),
    [
        ("ok", "error", "ok"),
        ("ok", "gone", "gone"),
        ("ok", "archived", "archived"),
        ("ok", "pending", "ok"),
        ("error", "ok", "ok"),
        ("error", "skipped", "error"),
        ("pending", "skipped", "skipped"),
        ("blocked", "error", "error"),
    ],
)
def test_a_pages_status_and_title_survive_a_worse_fetch(
    db: sqlite3.Connection, known: str, found: str, kept: str
) -> None:
    ids = add(db, short("a"))
    for status, title in ((known, "A Page"), (found, None)):
        page = replace(PAGE, status=status, title=title, kind="paper" if title else "article")  # type: ignore[arg-type]
        save_resolutions(db, [tried(ids["t.co/a"], resource=page)])
    assert db.execute("select status, title, kind from resources").fetchall() == [(kept, "A Page", "paper")]


def test_all_links_follow_a_page_that_names_its_canonical_url(db: sqlite3.Connection) -> None:
    ids = add(db, short("a"), short("b"))
    copy = replace(PAGE, uid="site.test/a?copy", url="https://site.test/a?copy")
    save_resolutions(db, [tried(ids["t.co/a"], resource=copy), tried(ids["t.co/b"], resource=copy)])
    save_resolutions(db, [tried(ids["t.co/a"])])
    assert db.execute("select uid from resources").fetchall() == [(PAGE.uid,)]
    assert one(db, "select count(*) from links where resource_id = (select id from resources)") == 2


def test_the_pace_of_a_host_is_the_last_that_was_learned(db: sqlite3.Connection) -> None:
    assert read_host_pace(db, "t.co") is None
    save_host_pace(db, "t.co", HostPace(3.5, None), now=NOW)
    save_host_pace(db, "t.co", HostPace(4.5, 9.0), now=NOW)
    assert read_host_pace(db, "t.co") == (4.5, 9.0)
