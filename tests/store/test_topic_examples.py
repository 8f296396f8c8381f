"""Examples and the answers of a model are kept; a later one replaces an earlier one about the same."""

from __future__ import annotations

import sqlite3

import pytest

from store.connection import open_memory
from store.topic_examples import (
    Example,
    read_answers,
    read_citations,
    read_examples,
    save_answers,
    save_examples,
)
from tests.store.long_library import insert


@pytest.fixture
def db() -> sqlite3.Connection:
    """Highlight 3 is gone."""
    db = open_memory()
    insert(db, "documents", id=1, title="T", full_title="T", category="books", uid="d", content_hash=0)
    for id_ in range(1, 4):
        insert(
            db, "highlights", id=id_, text=f"Text {id_}", document_id=1, position=id_, category="books",
            uid=f"h{id_}", content_hash=0, view_url="https://a.test" if id_ == 1 else None,
            gone_at="2022-01-01" if id_ == 3 else None,
        )  # fmt: skip
    return db


def test_a_later_example_about_a_highlight_and_topic_replaces_an_earlier_one(db: sqlite3.Connection) -> None:
    examples = [
        Example("h1", "Tea", "example", "tea.md"),
        Example("h1", "Salt", "counter", "salt.md"),
        Example("h2", "Tea", "tag", "tea.md"),
        Example("nowhere", "Tea", "tag", "tea.md"),
    ]
    save_examples(db, examples, now="2024")
    assert read_examples(db) == {1: [examples[1], examples[0]], 2: [examples[2]]}
    later = Example("h1", "Tea", "counter", "green.md")
    save_examples(db, [later], now="2025")
    assert read_examples(db)[1] == [examples[1], later]


def test_a_highlight_is_cited_by_its_url_or_uid_until_it_goes(db: sqlite3.Connection) -> None:
    assert read_citations(db) == {"https://a.test": "h1", "h2": "h2"}


def test_answers_are_kept_by_model_and_question(db: sqlite3.Connection) -> None:
    insert(db, "export_states", key="topics", text="{}", saved_at="2024")
    save_answers(db, "m", {"q": "1", "r": "2"}, now="2024")
    save_answers(db, "m", {"q": "3"}, now="2025")
    assert (read_answers(db, "m"), read_answers(db, "n")) == ({"q": "3", "r": "2"}, {})
    assert db.execute("select * from export_states").fetchall() == []
