"""The doctor sees what is wrong, and mends without guessing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from store.connection import close_store, open_store
from store.counts import refresh_counts
from store.integrity import check_store, mend_store
from tests.records import FIRST_ID, source_file, tweet_highlight
from tests.store.stores import NOW, one, save

HARM = {
    "highlights_fts": "insert into highlights_fts (highlights_fts, rowid, text, note)"
    " values ('delete', 1, '问题 一', '')",
    "highlights_cjk": "delete from highlights_cjk",
    "places": "delete from appearances",
    "copies": "update highlights set category = 'books'",
    "resources": "insert into resources (url, kind, site, status, uid)"
    " values ('u', 'article', 's', 'ok', 'u')",
    "tags": "insert into tags (name) values ('nothing')",
    "runs": "insert into runs (command, started_at, status) values ('import', 'x', 'running')",
}


@pytest.fixture
def filled(db: sqlite3.Connection) -> sqlite3.Connection:
    save(db, source_file("a.md", tweet_highlight(0, "问题 一"), tweet_highlight(1, "Second", tags=("t",))))
    db.execute("update runs set status = 'ok'")
    refresh_counts(db)
    return db


def find_trouble(db: sqlite3.Connection) -> list[str]:
    return [finding.check for finding in check_store(db) if finding.trouble]


def test_a_store_without_trouble_has_none(filled: sqlite3.Connection) -> None:
    assert find_trouble(filled) == []


@pytest.mark.parametrize("check", HARM)
def test_harm_is_seen_and_mended(filled: sqlite3.Connection, check: str) -> None:
    filled.execute(HARM[check])
    assert find_trouble(filled) == [check]
    mend_store(filled, now=NOW)
    assert find_trouble(filled) == []


def test_a_full_text_index_of_resources_that_went_past_its_table_is_seen_and_mended(
    filled: sqlite3.Connection,
) -> None:
    filled.execute("insert into resources_fts (rowid, title) values (99, 'of no row')")
    assert find_trouble(filled) == ["resources_fts"]
    mend_store(filled, now=NOW)
    assert find_trouble(filled) == []


def test_rows_that_point_to_nothing_are_seen(filled: sqlite3.Connection) -> None:
    filled.execute("pragma foreign_keys = off")
    filled.execute("insert into highlight_tags (highlight_id, tag_id, position) select 999, id, 0 from tags")
    (finding,) = [each for each in check_store(filled) if each.trouble]
    filled.execute("delete from highlight_tags where highlight_id = 999")
    assert (finding.check, finding.trouble, finding.mendable) == ("foreign keys", 1, False)


def test_a_damaged_file_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    db = open_store(path, create=True)
    save(db, *[source_file(f"{n}.md", tweet_highlight(n, f"Words {n} " * 200)) for n in range(60)])
    root = db.execute("select rootpage from sqlite_master where name = 'problems_file'").fetchone()[0]
    size = db.execute("pragma page_size").fetchone()[0]
    close_store(db)
    data = bytearray(path.read_bytes())
    data[(root - 1) * size : root * size] = bytes(range(256)) * (size // 256)
    path.write_bytes(data)
    db = sqlite3.connect(path)
    assert db.execute("pragma integrity_check(1)").fetchone() != ("ok",)
    (finding,) = [each for each in check_store(db) if each.check == "integrity"]
    db.close()
    assert finding.trouble
    assert (finding.mendable, "Restore a copy" in finding.message) == (False, True)


def test_mending_a_whole_store_changes_nothing(filled: sqlite3.Connection) -> None:
    before = list(filled.iterdump())
    mend_store(filled, now=NOW)
    assert list(filled.iterdump()) == before


def test_cut_texts_are_told_and_left(filled: sqlite3.Connection) -> None:
    save(filled, source_file("b.md", tweet_highlight(5, "Three things:", incomplete=True)))
    filled.execute("update runs set status = 'ok'")
    mend_store(filled, now=NOW)
    assert find_trouble(filled) == ["cut texts"]
    assert one(filled, "select text from cut_highlights") == "Three things:"
    assert one(filled, "select id from tweets where id = ?", FIRST_ID + 5) == FIRST_ID + 5
