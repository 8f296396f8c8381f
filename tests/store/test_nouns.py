"""A batch touches the rows that share a name or words with it, one by way of another, and no others."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from store.connection import open_memory
from store.nouns import DOCUMENTS, HIGHLIGHTS, Noun

NOUNS = {"documents": DOCUMENTS, "highlights": HIGHLIGHTS}

Appearance = tuple[int, int, str, int, int | None]
"""(row, file, uid, alias, hash of its words)"""


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    db = open_memory()
    db.execute(
        "insert into files (id, path, root, sha256, size, mtime_ns)"
        " select value, value || '.md', '/r', '', 0, 0 from json_each('[1, 2, 3, 4, 5, 6]')"
    )
    yield db
    db.close()


def add(db: sqlite3.Connection, table: str, uids: Sequence[str], appearances: Sequence[Appearance]) -> None:
    """Rows 1, 2, … with these uids; each appearance is on line 10 of its file, on a page that begins on 9."""
    document = (
        "insert into documents (id, uid, title, full_title, category, content_hash)"
        " values (?, ?, '', '', 'books', 5)"
    )
    db.executemany(document, list(enumerate(uids, 1)) if table == "documents" else [(91, "home")])
    if table == "documents":
        columns = "document_id, file_id, uid, alias, title, line, claim"
        db.executemany(
            f"insert into document_appearances ({columns}) values (?, ?, ?, ?, ?, 10, x'00')", appearances
        )
        return
    db.executemany(
        "insert into highlights (id, uid, text, document_id, position, category, content_hash)"
        " values (?, ?, 'words', 91, 0, 'books', 5)",
        list(enumerate(uids, 1)),
    )
    columns = "highlight_id, file_id, uid, alias, pair, document_id, line, page_line, position, claim"
    db.executemany(
        f"insert into appearances ({columns}) values (?, ?, ?, ?, ?, 91, 10, 9, 3, x'00')", appearances
    )


def read(db: sqlite3.Connection, noun: Noun, **given: Sequence[Any]) -> list[tuple[Any, ...]]:
    names = ("uids", "matches", "files", "documents")
    return db.execute(noun.read_touched, {name: json.dumps(given.get(name, [])) for name in names}).fetchall()


@pytest.mark.parametrize("table", NOUNS)
@pytest.mark.parametrize(
    ("given", "appearances", "touched"),
    [
        ({"uids": ["b", "z"]}, [], [2]),
        ({"uids": ["x"]}, [(1, 1, "x", 1, None), (2, 2, "y", 1, None)], [1]),
        ({"matches": [7]}, [(1, 1, "a", 0, 7), (2, 2, "b", 0, 8), (3, 3, "c", 0, None)], [1]),
        ({"files": [2]}, [(1, 1, "a", 0, 7), (2, 2, "b", 0, 8)], [2]),
        # the same words elsewhere, and what has the words of that
        (
            {"uids": ["a"]},
            [(1, 1, "a", 0, 7), (2, 2, "b", 0, 7), (2, 3, "b", 0, 8), (3, 4, "c", 0, 8), (4, 5, "d", 0, 9)],
            [1, 2, 3],
        ),
        ({"uids": ["a"]}, [(1, 1, "a", 0, None), (2, 2, "b", 0, None)], [1]),
        # the row that has the name that a file gives to this one
        ({"uids": ["a"]}, [(1, 1, "c", 1, None), (2, 2, "b", 0, None)], [1, 3]),
    ],
)  # fmt: skip
def test_a_batch_touches_rows_that_share_names_and_words(
    db: sqlite3.Connection,
    table: str,
    given: dict[str, list[Any]],
    appearances: list[Appearance],
    touched: list[int],
) -> None:
    add(db, table, "abcd", appearances)
    assert sorted({row[0] for row in read(db, NOUNS[table], **given)}) == touched


def test_a_row_is_touched_if_a_file_gives_it_the_name_of_another(db: sqlite3.Connection) -> None:
    appearances = [(1, 1, "a", 0, 7), (2, 2, "a", 1, None), (2, 3, "b", 0, None)]
    appearances += [(3, 4, "b", 1, None), (4, 5, "d", 0, None)]
    add(db, "highlights", "abcd", appearances)
    assert sorted({row[0] for row in read(db, HIGHLIGHTS, matches=[7])}) == [1, 2, 3]
    assert read(db, HIGHLIGHTS, documents=[91])[-1][0] == 4
    assert read(db, HIGHLIGHTS, documents=[92]) == []


@pytest.mark.parametrize("kind", ["kindle", "view", "readwise", "open", "snipd"])
def test_the_passages_at_one_shared_address_are_touched(db: sqlite3.Connection, kind: str) -> None:
    uids = [f"{kind}:A{end}" for end in (":x", "", ":", ":;", ";", "B:x")]
    add(db, "highlights", [*uids, f"{kind}::x", f"{kind};:x", "other"], [
        (9, 1, f"{kind}:A:y", 1, None), (8, 3, f"{kind}:A:", 1, None),
        (7, 4, f"{kind}:A;", 1, None), (6, 5, f"{kind}:AB:y", 1, None),
    ])  # fmt: skip
    assert sorted({row[0] for row in read(db, HIGHLIGHTS, uids=[f"{kind}:A"])}) == [1, 2, 4, 9]
    assert read(db, HIGHLIGHTS, uids=[f"{kind}:", f"{kind};", "tweet:A"]) == []


def test_an_address_that_is_not_shared_touches_its_own_row_alone(db: sqlite3.Connection) -> None:
    add(db, "highlights", ["tweet:1", "tweet:1:x"], [])
    assert [row[0] for row in read(db, HIGHLIGHTS, uids=["tweet:1"])] == [1]


def test_a_document_is_read_with_its_appearances_in_the_order_of_files(db: sqlite3.Connection) -> None:
    add(db, "documents", "ab", [(1, 3, "a", 0, 7), (1, 2, "x", 1, None)])
    db.execute("update documents set gone_at = 'x' where id = 2")
    db.execute("insert into authors (id, name, uid) values (4, 'Ada', 'Ada')")
    db.execute("update documents set author_id = 4")
    home = (1, "a", 4, "books")
    assert read(db, DOCUMENTS, uids=["a", "b"]) == [
        (2, "b", 5, 4, 1, "", *[None] * 4, 0, *[None] * 5, 2, "b", 4, "books"),
        (1, "a", 5, 4, 0, "", 2, "/r/2.md", 10, 10, 0, "x", 1, "x", None, b"\0", *home),
        (1, "a", 5, 4, 0, "", 3, "/r/3.md", 10, 10, 0, "a", 0, "a", 7, b"\0", *home),
    ]
    named = db.execute(DOCUMENTS.read_named, {"uids": '["b", "c"]'}).fetchall()
    assert named == [(2, "b", 5, 4, 1, "")]


def test_a_highlight_is_read_with_the_page_of_each_appearance(db: sqlite3.Connection) -> None:
    add(db, "highlights", "ab", [(1, 3, "a", 0, 7), (1, 2, "x", 1, None)])
    db.execute("update highlights set gone_at = 'x' where id = 2")
    columns = "document_id, file_id, alias, claim, line, uid"
    page = f"insert into document_appearances ({columns}) values (91, 3, 0, x'', ?, ?)"
    db.executemany(page, [(9, "page"), (8, "other")])
    assert read(db, HIGHLIGHTS, uids=["a", "b"]) == [
        (2, "b", 5, 91, 1, "words", *[None] * 14),
        (
            1,
            "a",
            5,
            91,
            0,
            "words",
            2,
            "/r/2.md",
            10,
            9,
            3,
            "x",
            1,
            None,
            None,
            b"\0",
            91,
            "home",
            None,
            "books",
        ),
        (
            1,
            "a",
            5,
            91,
            0,
            "words",
            3,
            "/r/3.md",
            10,
            9,
            3,
            "a",
            0,
            "page",
            7,
            b"\0",
            91,
            "home",
            None,
            "books",
        ),
    ]
    named = db.execute(HIGHLIGHTS.read_named, {"uids": '["b", "c"]'}).fetchall()
    assert named == [(2, "b", 5, 91, 1, "words")]


@pytest.mark.parametrize("table", NOUNS)
def test_no_table_is_read_whole(db: sqlite3.Connection, table: str) -> None:
    parameters = dict.fromkeys(("uids", "matches", "files", "documents"), "[]")
    for statement in (NOUNS[table].read_touched, NOUNS[table].read_named):
        plan = [row[3] for row in db.execute(f"explain query plan {statement}", parameters)]
        scanned = {step.split()[1] for step in plan if step.startswith("SCAN")}
        assert scanned <= {"t", "json_each", "CONSTANT", "shared"}
        assert not [step for step in plan if "AUTOMATIC" in step]  # an index made for this statement alone


@pytest.mark.parametrize("table", NOUNS)
def test_the_next_id_follows_the_largest(db: sqlite3.Connection, table: str) -> None:
    assert db.execute(NOUNS[table].read_next_id).fetchone() == (1,)
    add(db, table, "ab", [])
    assert db.execute(NOUNS[table].read_next_id).fetchone() == (3,)


@pytest.mark.parametrize("table", NOUNS)
def test_appearances_are_in_the_order_of_lines_and_deleted_one_by_one(
    db: sqlite3.Connection, table: str
) -> None:
    noun = NOUNS[table]
    add(db, table, "ab", [(1, 1, "a", 0, None), (1, 2, "a", 0, None), (2, 1, "b", 0, None)])
    name = {"documents": "document_appearances", "highlights": "appearances"}[table]
    db.execute(f"create temp table copied as select * from {name} where file_id = 1 and uid = 'a'")
    db.execute("update copied set line = 4")
    db.execute(f"insert into {name} select * from copied")

    def list_places() -> list[tuple[Any, ...]]:
        return [(row[0], row[6], row[8]) for row in read(db, noun, uids=["a", "b"])]

    assert [place[1:] for place in list_places()] == [(1, 4), (1, 10), (1, 10), (2, 10)]
    db.execute(noun.delete_appearance, (1, 1, 10))
    assert list_places() == [(1, 1, 4), (2, 1, 10), (1, 2, 10)]


@pytest.mark.parametrize("table", NOUNS)
def test_only_one_row_is_renamed(db: sqlite3.Connection, table: str) -> None:
    add(db, table, "ab", [])
    db.execute(NOUNS[table].rename, ("c", 1))
    assert db.execute(f"select id, uid from {table} order by id").fetchall() == [(1, "c"), (2, "b")]
