"""Full-text search takes the reader's words as words, never as FTS5 syntax."""

from __future__ import annotations

import sqlite3

import pytest

from store.search import build_query, search_highlights
from tests.records import ARTICLE, plain_highlight, source_file
from tests.store.stores import save

TEXTS = (
    "Walking is thinking with the feet",
    "The café at the corner",
    "重要なのは、実際の問題を解決することです",
    "A well-known state-of-the-art model",
)


@pytest.fixture
def filled(db: sqlite3.Connection) -> sqlite3.Connection:
    highlights = [plain_highlight(f"h{i}", text, position=i) for i, text in enumerate(TEXTS)]
    save(db, source_file("a.md", *highlights, document=ARTICLE))
    return db


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("walk", 0),
        ("THINKING walks", 0),
        ('"with the feet"', 0),
        ("cafe", 1),
        ("問題", 2),
        ("解決する", 2),
        ("state-of-the-art", 3),
        ("mod*", 3),
    ],
)
def test_a_search_finds_words(filled: sqlite3.Connection, words: str, found: int) -> None:
    assert [
        hit.snippet.replace("⟦", "").replace("⟧", "") for hit in search_highlights(filled, words, limit=5)
    ] == [TEXTS[found]]


@pytest.mark.parametrize(
    "words", ["", '"', "'", "*", "NEAR(", "AND", "a:b", "(", ")", "-", "^x", "问", "\0", "''\""]
)
def test_any_text_is_a_valid_search(filled: sqlite3.Connection, words: str) -> None:
    search_highlights(filled, words, limit=5)


def test_fts5_operators_are_searched_as_words() -> None:
    assert build_query("this OR that") == '"this" "OR" "that"'


def test_a_highlight_that_is_gone_is_not_found(filled: sqlite3.Connection) -> None:
    save(filled, source_file("a.md", document=ARTICLE))
    assert search_highlights(filled, "walking", limit=5) == []
    assert search_highlights(filled, "問題", limit=5) == []


def test_an_edited_text_is_found_by_its_new_words_only(filled: sqlite3.Connection) -> None:
    save(filled, source_file("a.md", plain_highlight("h0", "Running instead"), document=ARTICLE))
    assert search_highlights(filled, "walking", limit=5) == []
    assert len(search_highlights(filled, "running", limit=5)) == 1
