"""Kept counts equal the result of counting every row, after any changes in any order."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter

import pytest

from store.connection import open_memory, transaction
from store.counts import count_live, refresh_counts
from store.row_checks import find_wrong_counts, recount
from tests.store.long_library import make_long_library

CATEGORIES = ("tweets", "articles", "books")

highlight_rows = """
select category, year, author_id, substr(coalesce(taken_at, synced_on), 1, 7), gone_at is null from highlights
"""

live_rows = "select count(*) from highlights where gone_at is null"

topic_rows = """
select distinct ht.topic_id, ht.highlight_id, substr(coalesce(h.taken_at, h.synced_on), 1, 7)
from highlight_topics as ht join highlights as h on h.id = ht.highlight_id where h.gone_at is null
"""

shared_rows = """
select r.id, r.kind, r.site, r.status, count(distinct hl.highlight_id), count(distinct h.author_id),
    min(h.taken_at), max(h.taken_at), coalesce(max(hl.offer = 'offered'), 0)
        or count(distinct case when hl.offer is null or hl.offer <> 'never' then h.author_id end) > 1
from resources as r
join links as l on l.resource_id = r.id and l.status = 'resolved'
join highlight_links as hl on hl.link_id = l.id
join highlights as h on h.id = hl.highlight_id and h.gone_at is null
group by r.id
"""


def count_all(db: sqlite3.Connection) -> dict[tuple[str, str, str], int]:
    """Count the store row by row."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for category, year, author, month, live in db.execute(highlight_rows):
        counts["category", category, ""] += 1
        counts["all", "highlights" if live else "gone highlights", ""] += 1
        if year:
            counts["year", str(year), ""] += 1
            counts["category year", category, str(year)] += 1
        if author:
            counts["author_id", str(author), ""] += 1
            counts["category author_id", category, str(author)] += 1
        if author and year:
            counts["year author_id", str(year), str(author)] += 1
        if live and month:
            counts["month", month, category] += 1
    for topic, _, month in db.execute(topic_rows):
        counts["topic", str(topic), ""] += 1
        if month:
            counts["topic month", str(topic), month] += 1
    for (tag,) in db.execute("select tag_id from highlight_tags"):
        counts["tag", str(tag), ""] += 1
    for kind, site, status in db.execute("select kind, site, status from resources"):
        counts["kind", kind, ""] += 1
        counts["resource", status, ""] += 1
        counts["site", site, status] += 1
    return dict(counts)


def check_counts(db: sqlite3.Connection) -> None:
    expected = count_all(db)
    facets = {facet for facet, _, _ in expected} | {"topic", "topic month", "tag", "month"}
    kept = {
        (facet, value, part): count
        for facet, value, part, count in db.execute("select facet, value, part, count from facet_counts")
        if facet in facets and (facet != "all" or "highlights" in value) and value != "cut highlights"
    }
    assert kept == expected
    shared = db.execute("select * from shared_resources order by 1").fetchall()
    assert shared == db.execute(shared_rows + " order by 1").fetchall()


def change_something(db: sqlite3.Connection, source: random.Random) -> None:
    """Make one change such as `import`, `undo`, `topics` and `expand` make."""
    highlight, other = source.randint(1, 12), source.randint(1, 4)
    year = source.choice((None, 2021, 2022))
    taken = year and f"{year}-0{other}-01T00:00:00Z"
    values = {
        "id": highlight,
        "other": other,
        "year": year,
        "taken": taken,
        "synced": source.choice((None, "2023-01-01")),
        "category": source.choice(CATEGORIES),
        "author": source.choice((None, 1, 2)),
        "gone": source.choice((None, "2024-01-01T00:00:00Z")),
        "status": source.choice(("resolved", "resolved", "gone")),
        "fetched": source.choice(("pending", "ok", "gone")),
        "site": source.choice(("a", "b")),
        "offer": source.choice(("offered", "inline", "never", None)),
    }
    db.execute(source.choice(CHANGES), values)


CHANGES = (
    """insert into highlights (id, text, document_id, position, author_id, category, year, taken_at,
        synced_on, gone_at, uid, content_hash)
    values (:id, 'x', 1, 0, :author, :category, :year, :taken, :synced, :gone, 'u' || :id, 0)
    on conflict do update set category = excluded.category, year = excluded.year,
        author_id = excluded.author_id, taken_at = excluded.taken_at""",
    "update highlights set gone_at = :gone where id = :id",
    "update highlights set text = text || '!' where id = :id",
    "delete from highlights where id = :id",
    """insert or ignore into highlight_topics (highlight_id, topic_id, reason)
    select id, :other, :site from highlights where id >= :id""",
    "delete from highlight_topics where topic_id = :other and highlight_id < :id",
    "insert or ignore into highlight_tags select id, :other, 0 from highlights where id < :id",
    "delete from highlight_tags where highlight_id = :id",
    """insert or ignore into highlight_links (highlight_id, link_id, position)
    select id, :other, :other from highlights""",
    "delete from highlight_links where highlight_id = :id",
    "update links set status = :status where id = :other",
    "update links set resource_id = 1 + :other % 3 where id = :other",
    "update resources set status = :fetched, site = :site where id = 1 + :other % 3",
    "update highlight_links set offer = :offer where highlight_id = :id",
    "update documents set gone_at = :gone where id = :other",
    "insert into problems (kind, message) values (:site, 'x')",
    "delete from problems where kind = :site",
)


FURNITURE = (
    "insert into authors (name, uid) values ('a', cast(:id as text))",
    "insert into topics (name, slug) values ('t', cast(:id as text))",
    "insert into tags (name) values (cast(:id as text))",
    """insert into resources (url, kind, site, status, uid)
    values ('x', 'paper', 'a', 'ok', cast(:id as text))""",
    """insert into links (url, host, short, status, resource_id, uid)
    values ('x', 'h', 1, 'resolved', :id, cast(:id as text))""",
    """insert into documents (title, category, full_title, uid, content_hash)
    values ('d', 'other', 'd', cast(:id as text), 0)""",
)


@pytest.fixture
def shelf() -> sqlite3.Connection:
    """A store with a document, authors, topics, tags, links and resources, and no highlight."""
    db = open_memory()
    for number in range(1, 5):
        for statement in FURNITURE:
            db.execute(statement, {"id": number})
    return db


@pytest.mark.parametrize("seed", range(12))
def test_kept_counts_equal_a_count_of_every_row(shelf: sqlite3.Connection, seed: int) -> None:
    source = random.Random(seed)
    for _ in range(15):
        with transaction(shelf):
            for _ in range(source.randint(1, 25)):
                change_something(shelf, source)
            assert count_live(shelf) == shelf.execute(live_rows).fetchone()[0]
            refresh_counts(shelf)
        assert count_live(shelf) == shelf.execute(live_rows).fetchone()[0]
        check_counts(shelf)
        assert find_wrong_counts(shelf) == []
        assert shelf.execute("select count(*) from count_steps").fetchone() == (0,)


KEPT = ("facet_counts", "shared_resources", "document_counts")


def test_a_wrong_count_is_found_and_corrected() -> None:
    db = make_long_library()
    assert find_wrong_counts(db) == []
    before = [db.execute(f"select * from {table} order by 1, 2, 3").fetchall() for table in KEPT]
    facets = [facet for (facet,) in db.execute("select distinct facet from facet_counts")]
    assert len(facets) == 17
    wrong = """update facet_counts set count = count + ?
    where (facet, value, part) = (select facet, min(value), part from facet_counts where facet = ?)"""
    for facet in facets:
        db.execute(wrong, (1, facet))
        (found,) = find_wrong_counts(db)
        assert found.startswith(f"{facet} ")
        db.execute(wrong, (-1, facet))
    db.execute("delete from shared_resources where resource_id = 1")
    db.execute("update document_counts set last_at = 'x' where document_id = 2")
    db.execute("delete from facet_counts where facet = 'day'")
    several = set(find_wrong_counts(db))
    assert {"shared 1", "document 2"} < several
    db.execute("insert into stale_counts values (1)")
    assert find_wrong_counts(db) == []
    recount(db)
    assert find_wrong_counts(db) == []
    assert [db.execute(f"select * from {table} order by 1, 2, 3").fetchall() for table in KEPT] == before


def test_a_change_that_is_rolled_back_is_not_counted(shelf: sqlite3.Connection) -> None:
    refresh_counts(shelf)
    shelf.execute("begin")
    row = {
        "id": 1,
        "author": 1,
        "category": "books",
        "year": 2021,
        "taken": None,
        "synced": None,
        "gone": None,
    }
    shelf.execute(CHANGES[0], row)
    shelf.execute("rollback")
    refresh_counts(shelf)
    check_counts(shelf)


def test_counts_that_are_correct_are_not_written(shelf: sqlite3.Connection) -> None:
    refresh_counts(shelf)
    before = shelf.total_changes
    refresh_counts(shelf)
    assert shelf.total_changes - before <= 20  # rows of the temporary tables
    check_counts(shelf)
