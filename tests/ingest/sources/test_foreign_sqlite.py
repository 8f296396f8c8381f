"""Another program's database is read from its bytes: plain tables, known columns, and nothing else."""

from __future__ import annotations

import sqlite3

import pytest

from ingest.sources import foreign_sqlite
from ingest.sources.foreign_sqlite import ForeignDatabase
from record_types.errors import UnreadableError


def make(*statements: str) -> bytes:
    db = sqlite3.connect(":memory:")
    for statement in statements:
        db.execute(statement)
    db.commit()
    return db.serialize()


TABLE = (
    "create table Books (Title text, Pages, Cover blob)",
    "insert into Books values ('b', 2, x'41ff'), ('a', 3.5, null)",
    "create view Seen as select Title from Books",
    "create virtual table Words using fts5 (Title)",
)


def test_tables_are_listed_and_their_known_columns_read_in_order() -> None:
    db = ForeignDatabase(make(*TABLE))
    assert "Books" in db.read_tables()
    assert not {"Seen", "Words"} & db.read_tables()
    assert db.read_rows("Books", ["title", "Cover", "Other"]) == [
        {"title": "b", "Cover": "A\ufffd"},
        {"title": "a", "Cover": None},
    ]
    assert db.read_rows("Books", ["Pages"], order="TITLE") == [{"Pages": 3.5}, {"Pages": 2}]
    assert db.read_rows("Books", ["Pages"], order="Other") == [{"Pages": 2}, {"Pages": 3.5}]
    assert db.read_rows("Books", ["Other"]) == []
    assert db.read_rows("Seen", ["Title"]) == []
    assert db.read_rows("Words", ["Title"]) == []
    assert db.read_rows("Missing", ["Title"]) == []


def test_a_database_with_a_write_ahead_log_is_read() -> None:
    data = bytearray(make(*TABLE))
    data[18:20] = b"\2\2"
    assert len(ForeignDatabase(bytes(data)).read_rows("Books", ["Title"])) == 2


@pytest.mark.parametrize("data", [b"", b"SQLite format 2\0", b"SQLite format 3\0", make(*TABLE)[:600]])
def test_a_file_that_is_not_a_database_is_unreadable(data: bytes) -> None:
    db = ForeignDatabase(data)
    assert db.read_tables() == frozenset()
    with pytest.raises(UnreadableError):
        db.read_rows("Books", ["Title"])


def test_a_query_is_limited_in_rows_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    db = ForeignDatabase(make(*TABLE))
    monkeypatch.setattr(foreign_sqlite, "MAX_ROWS", 1)
    assert db.read_rows("Books", ["Title"]) == [{"Title": "b"}]
    numbers = "with recursive n (x) as (select 1 union all select x + 1 from n limit 60000) select x from n"
    long = ForeignDatabase(make("create table Long (X)", f"insert into Long {numbers}"))
    monkeypatch.setattr(foreign_sqlite, "MAX_ROWS", 1_000_000)
    assert len(long.read_rows("Long", ["X"])) == 60_000
    monkeypatch.setattr(foreign_sqlite, "_MAX_STEPS", 0)
    with pytest.raises(UnreadableError, match="a damaged database: interrupted"):
        long.read_rows("Long", ["X"])
