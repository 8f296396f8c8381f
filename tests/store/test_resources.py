"""Resource keys are replaced without a request, and resources with the same key are merged."""

from __future__ import annotations

import sqlite3

from record_types.links import Link, Resource
from store.known_links import save_known_links
from store.links import find_last_tick, read_resource_keys, save_read, save_resource_keys
from tests.store.stores import one


def add(db: sqlite3.Connection, name: str, url: str, uid: str, title: str | None = None) -> None:
    resource = Resource(uid, url, "article", "a.org", title=title)
    save_known_links(db, [(Link(name, f"https://{name}", "t.co", True, "resolved", url, resource), None)])


def test_resources_with_the_same_key_are_merged(db: sqlite3.Connection) -> None:
    add(db, "t.co/a", "https://a.org/x", "a.org/x")
    add(db, "t.co/b", "https://a.org/x?new=tracker", "a.org/x?new=tracker", "A title")
    keys = {each.id: "a.org/x" for each in read_resource_keys(db)}
    assert save_resource_keys(db, keys, 2) == (1, 1)
    assert db.execute("select uid, title, uid_version from resources").fetchall() == [
        ("a.org/x", "A title", 2)
    ]
    assert one(db, "select count(distinct resource_id) from links") == 1


def test_two_resources_may_swap_keys(db: sqlite3.Connection) -> None:
    add(db, "t.co/a", "https://a.org/1", "one")
    add(db, "t.co/b", "https://a.org/2", "two")
    first, second = read_resource_keys(db)
    assert save_resource_keys(db, {first.id: "two", second.id: "one"}, 2) == (2, 0)
    assert [each.uid for each in read_resource_keys(db)] == ["two", "one"]


def test_unchanged_keys_change_nothing(db: sqlite3.Connection) -> None:
    add(db, "t.co/a", "https://a.org/1", "one")
    before = db.execute("select * from resources").fetchall()
    assert save_resource_keys(db, {each.id: each.uid for each in read_resource_keys(db)}, 1) == (0, 0)
    assert db.execute("select * from resources").fetchall() == before


def test_a_map_resolves_links_and_names_resources_that_have_no_title(db: sqlite3.Connection) -> None:
    pending = Link("t.co/a", "https://t.co/a", "t.co", True, "pending")
    titled = Resource("a.org/x", "https://a.org/x", "article", "a.org", title="A title", status="ok")
    resolved = Link("t.co/a", "https://t.co/a", "t.co", True, "resolved", "https://a.org/x", titled)
    gone = Link("t.co/b", "https://t.co/b", "t.co", True, "gone")
    assert save_known_links(db, [(pending, None), (gone, "2022-01-02T00:00:00Z")]) == (2, 0)
    add(db, "t.co/c", "https://a.org/x", "a.org/x")
    assert save_known_links(db, [(resolved, None)]) == (0, 1)
    assert db.execute("select title, status from resources").fetchall() == [("A title", "ok")]
    add(db, "t.co/d", "https://a.org/x", "a.org/x", "Another title")
    assert one(db, "select title from resources") == "A title"


def test_the_last_tick_is_that_of_a_resource_or_of_a_link_without_one(db: sqlite3.Connection) -> None:
    add(db, "t.co/a", "https://a.org/1", "one")
    add(db, "t.co/b", "https://a.org/2", "two")
    save_known_links(db, [(Link("t.co/c", "https://t.co/c", "t.co", True, "pending"), None)])
    assert find_last_tick(db) == (0, None)
    save_read(db, {"one": True, "https://t.co/c": True}, now="2026-01-02")
    assert find_last_tick(db) == (2, "2026-01-02")
    save_read(db, {"two": True}, now="2026-01-01")
    assert find_last_tick(db) == (3, "2026-01-02")
    save_read(db, {"one": False}, now="2026-01-03")
    assert find_last_tick(db) == (2, "2026-01-02")
    save_read(db, {"https://t.co/c": False}, now="2026-01-03")
    assert find_last_tick(db) == (1, "2026-01-01")
