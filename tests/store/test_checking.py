"""The doctor sees what is wrong, and mends without guessing."""

from __future__ import annotations

import sqlite3

import pytest

from store.checking import check_store, mend_store
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
