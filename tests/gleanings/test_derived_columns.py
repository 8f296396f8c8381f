"""Damage to any derived column is noticed and undone (docs/schema.md, Where the values come from)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from gleanings.config import TopicsConfig
from gleanings.steps.store_checks import check_all, fix_all
from gleanings.steps.topic_scores import update_topics
from gleanings.steps.tweets import clean_tweets
from ingest.links.resource import describe_link, make_resource
from record_types.links import Link
from record_types.pages import FoundLink, Highlight, Note, Picture
from store.connection import open_memory
from store.counts import refresh_counts
from store.known_links import save_known_links
from tests.gleanings.running import ROOT
from tests.records import ARTICLE, PROFILE, source_file, tweet_highlight
from tests.store.stores import save

PAGE = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Where the values come from")[2].partition("\n## ")[0]
ROWS = [line.split("|")[1:5] for line in SECTION.splitlines() if line.startswith("| `")]
NAMES = re.compile(r"`(\w+)`")

DERIVED = [
    (table.strip(" `"), column, check.partition(":")[0].strip())
    for table, _, derived, _ in ROWS
    for check in derived.split(";")
    for column in NAMES.findall(check)
]
"""(table, column, name of the check)"""

TOPICS = TopicsConfig(threshold=1)


list_tables = """
select name from pragma_table_list
where schema = 'main' and type = 'table'
    and name not like 'sqlite\\_%' escape '\\' and name not like '\\_%' escape '\\'
"""


def test_each_column_of_the_schema_is_listed_once() -> None:
    listed = {table.strip(" `"): sorted(NAMES.findall(" ".join(cells))) for table, *cells in ROWS}
    others = SECTION.partition("Nothing is derived in")[2].partition(" Only these")[0]
    db = open_memory()
    assert sorted([*listed, *NAMES.findall(others)]) == sorted(name for (name,) in db.execute(list_tables))
    for table, columns in listed.items():
        query = "select name from pragma_table_info(?) order by name"
        assert columns == [name for (name,) in db.execute(query, (table,))], table


def find_link(url: str) -> FoundLink:
    return FoundLink(describe_link(url), "A label")


@pytest.fixture(scope="module")
def filled() -> Iterator[sqlite3.Connection]:
    """A store with at least two rows in each table that has derived columns."""
    db = open_memory()
    note, tag = Note("My note", "note"), ("soil",)
    thread = [
        tweet_highlight(0, "1/ Soil, a picture https://t.co/AbCdEf1230", tags=("soil", "b"), notes=(note,)),
        tweet_highlight(1, "2/ More: https://t.co/AbCdEf1231", links=("AbCdEf1231",), tags=("soil",)),
        tweet_highlight(2, "3/ The end, 问题", notes=(Note("Another", "note"), note)),
    ]
    own = Highlight(
        uid="text:one:doc",
        text="A passage [here](https://soil.example/a?b=1) and [there](https://www.soil.example/c).",
        line=10,
        position=0,
        location="12",
        location_kind="page",
        synced_on="2022-01-09",
        tags=tag,
        links=(find_link("https://soil.example/a?b=1"), find_link("https://www.soil.example/c")),
        pictures=(Picture("https://soil.example/p.png", "One"), Picture("https://soil.example/q.png", "Two")),
    )
    save(
        db,
        source_file("a.md", *thread, notes=(Note("On the thread", "note"),)),
        source_file("b.md", own, document=ARTICLE, notes=(Note("On the article", "note"),)),
        source_file("c.md", tweet_highlight(0, "1/ Soil, a picture", tags=tag), document=PROFILE),
    )
    known = make_resource("https://far.example/page")
    link = Link("t.co/AbCdEf1231", "https://t.co/AbCdEf1231", "t.co", True, "resolved", known.url, known)
    save_known_links(db, [(link, "2022-02-01T00:00:00Z")])
    clean_tweets(db)
    update_topics(db, TOPICS)
    db.execute("update runs set status = 'ok'")
    refresh_counts(db)
    yield db
    db.close()


@pytest.fixture
def db(filled: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    filled.backup(db)
    db.execute("pragma foreign_keys = on")
    yield db
    db.close()


def find_trouble(db: sqlite3.Connection) -> set[str]:
    return {each.check for each in check_all(db, TOPICS) if each.trouble}


def test_the_store_is_right_and_fixing_it_changes_nothing(db: sqlite3.Connection) -> None:
    assert find_trouble(db) == set()
    before = read_rows(db)
    fix_all(db, TOPICS)
    assert read_rows(db) == before


SOME = {"links.host", "links.final_url", "resources.uid", "appearances.alias", "tweets.author_id"}
FEW = [each for each in DERIVED if f"{each[0]}.{each[1]}" in SOME]


@pytest.mark.parametrize(("table", "column", "check"), FEW, ids=lambda value: value)
def test_damage_to_a_column_is_noticed_and_undone(
    db: sqlite3.Connection, table: str, column: str, check: str
) -> None:
    before = read_rows(db)
    damage(db, table, column)
    assert check in find_trouble(db)
    fix_all(db, TOPICS)
    assert find_trouble(db) == set()
    assert read_rows(db) == before


@pytest.mark.slow
@pytest.mark.parametrize(("table", "column", "check"), DERIVED, ids=lambda value: value)
def test_damage_to_any_derived_column_is_noticed_and_undone(
    db: sqlite3.Connection, table: str, column: str, check: str
) -> None:
    test_damage_to_a_column_is_noticed_and_undone(db, table, column, check)


def damage(db: sqlite3.Connection, table: str, column: str) -> None:
    """Put another value of the same kind into one row, as a disk does: no trigger sees it."""
    triggers = db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"drop trigger {name}")
    db.execute("pragma foreign_keys = off")
    keys = [name for (name,) in db.execute("select name from pragma_table_info(?) where pk > 0", (table,))]
    query = f"select {column}, {', '.join(keys)} from {table} order by {column} is null, {', '.join(keys)}"
    if table == "facet_counts":
        query = query.replace("order", "where count > 0 order")
    if column == "gone_at":
        query = query.replace(" is null", " is not null")
    where = " and ".join(f"{name} = ?" for name in keys)
    update = f"update or ignore {table} set {column} = ? where {where}"
    assert any(
        db.execute(update, (new, *key)).rowcount
        for value, *key in db.execute(query).fetchall()
        for new in list_others(db, table, column, value)
    )
    for _, statement in triggers:
        db.execute(statement)
    db.execute("pragma foreign_keys = on")


def list_others(db: sqlite3.Connection, table: str, column: str, value: Any) -> list[Any]:
    """Values that could be there instead."""
    query = 'select "table" from pragma_foreign_key_list(?) where "from" = ?'
    target = db.execute(query, (table, column)).fetchone()
    if target and table not in ("shared_resources", "document_counts"):  # which have every row
        return [id_ for (id_,) in db.execute(f"select id from {target[0]} where id <> ?", (value,))]
    (statement,) = db.execute("select sql from sqlite_master where name = ?", (table,)).fetchone()
    if words := re.search(rf"\b{column} in\s+\(([^)]*)\)", statement):
        return [word for word in (each.strip(" '\n") for each in words[1].split(",")) if word != str(value)]
    if isinstance(value, (int, float)):
        return [value + (0.25 if isinstance(value, float) else 100)]
    if column == "gone_at":
        return ["2022-01-01T00:00:00Z"]
    return [(value or "") + (" " if column in ("properties", "summary", "scores") else "q")]


NOT_COMPARED = ("files", "runs", "note_changes", "count_", "stale_counts", "export_states")
ONLY = {
    "facet_counts": "where count > 0 and facet not in ('tag', 'topic', 'topic month')",
    "media": "where id in (select media_id from highlight_media)",
}


def read_rows(db: sqlite3.Connection) -> dict[str, list[Any]]:
    """The rows of all tables, with names for ids that may change; of counts only what has no such id."""
    names = {
        "tag_id": dict(db.execute("select id, name from tags")),
        "media_id": dict(db.execute("select id, url from media")),
        "topic_id": dict(db.execute("select id, name from topics")),
    }
    dropped = {**dict.fromkeys(("tags", "notes", "media", "topics"), "id"), "topic_scores": "members"}
    found: dict[str, list[Any]] = {}
    for (table,) in db.execute(list_tables).fetchall():
        if table.startswith(NOT_COMPARED):
            continue
        rows = db.execute(f"select * from {table} {ONLY.get(table, '')}")
        columns = [each[0] for each in rows.description]
        found[table] = sorted(
            (
                [
                    names.get(name, {}).get(value, value)
                    for name, value in zip(columns, row, strict=True)
                    if name != dropped.get(table)
                ]
                for row in rows
            ),
            key=repr,
        )
    return found
