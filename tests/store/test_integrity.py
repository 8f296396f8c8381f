"""Integrity checks find what is wrong, and repairs need no guessing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from store.connection import close_store, open_store
from store.counts import refresh_counts
from store.integrity import check_store, repair_store
from tests.records import FIRST_ID, source_file, tweet_highlight
from tests.store.stores import NOW, one, save

DAMAGE = {
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


def find_failed(db: sqlite3.Connection) -> list[str]:
    return [finding.check for finding in check_store(db) if finding.trouble]


def test_a_correct_store_passes_every_check(filled: sqlite3.Connection) -> None:
    assert find_failed(filled) == []


@pytest.mark.parametrize("check", DAMAGE)
def test_damage_is_found_and_repaired(filled: sqlite3.Connection, check: str) -> None:
    filled.execute(DAMAGE[check])
    assert find_failed(filled) == [check]
    repair_store(filled, now=NOW)
    assert find_failed(filled) == []


def test_a_full_text_index_that_differs_from_its_table_is_found_and_repaired(
    filled: sqlite3.Connection,
) -> None:
    filled.execute("insert into resources_fts (rowid, title) values (99, 'of no row')")
    assert find_failed(filled) == ["resources_fts"]
    repair_store(filled, now=NOW)
    assert find_failed(filled) == []


def test_references_to_missing_rows_are_found(filled: sqlite3.Connection) -> None:
    filled.execute("pragma foreign_keys = off")
    filled.execute("insert into highlight_tags (highlight_id, tag_id, position) select 999, id, 0 from tags")
    (finding,) = [each for each in check_store(filled) if each.trouble]
    filled.execute("delete from highlight_tags where highlight_id = 999")
    assert (finding.check, finding.trouble, finding.mendable) == ("foreign keys", 1, False)


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
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
    assert (finding.mendable, "Restore a backup" in finding.message) == (False, True)


def test_repairing_a_correct_store_changes_nothing(filled: sqlite3.Connection) -> None:
    before = list(filled.iterdump())
    repair_store(filled, now=NOW)
    assert list(filled.iterdump()) == before


def test_cut_off_texts_are_reported_and_not_changed(filled: sqlite3.Connection) -> None:
    save(filled, source_file("b.md", tweet_highlight(5, "Three things:", incomplete=True)))
    filled.execute("update runs set status = 'ok'")
    repair_store(filled, now=NOW)
    assert find_failed(filled) == ["cut texts"]
    assert one(filled, "select text from cut_highlights") == "Three things:"
    assert one(filled, "select id from tweets where id = ?", FIRST_ID + 5) == FIRST_ID + 5
