"""Full-text search takes the reader's words as words, never as FTS5 syntax."""

from __future__ import annotations

import sqlite3

import pytest

from store.search import build_query, search_highlights, spread_documents
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


def find_texts(db: sqlite3.Connection, words: str) -> list[str]:
    return [hit.snippet.replace("⟦", "").replace("⟧", "") for hit in search_highlights(db, words, limit=9)]


def test_a_sentence_finds_highlights_with_some_of_its_words(filled: sqlite3.Connection) -> None:
    assert find_texts(filled, "why is thinking easier while your feet move")[0] == TEXTS[0]


def test_exact_phrases_and_all_words_come_before_some_of_the_words(db: sqlite3.Connection) -> None:
    texts = ("habits habits", "hard habits form slowly to break", "how habits form", "form how the habits")
    for number, text in enumerate(texts):
        save(db, source_file(f"{number}.md", plain_highlight(f"h{number}", text), document=ARTICLE))
    assert find_texts(db, "how habits form")[:2] == ["how habits form", "form how the habits"]


def test_common_words_alone_do_not_widen_a_search(filled: sqlite3.Connection) -> None:
    assert find_texts(filled, "what is the zzzz") == []


def test_at_most_two_of_a_document_come_before_other_documents() -> None:
    assert spread_documents([(1, 1), (2, 1), (3, 1), (4, 2), (5, 1)]) == [1, 2, 4, 3, 5]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("author:nobody", []),
        ("category:article after:1900 cafe", [TEXTS[1]]),
        ("category:books cafe", []),
        ("before:1900 cafe", []),
        ("is:cut", []),
        ("has:note", []),
        ("tag:none walking", []),
        ("topic:none walking", []),
        ("site:none.test walking", []),
        ("@nobody walking", []),
        ("after:9999 問題", []),
    ],
)
def test_filters_narrow_a_search(filled: sqlite3.Connection, words: str, found: list[str]) -> None:
    filled.execute("update highlights set taken_at = '2022-01-01T00:00:00Z'")
    assert find_texts(filled, words) == found


def test_filters_select_by_author_tag_and_note(filled: sqlite3.Connection) -> None:
    filled.execute("insert into authors (id, name, handle, uid) values (77, 'Ada L', 'ada', '@ada77')")
    filled.execute(
        "update highlights set author_id = 77, note = 'mine', incomplete = 1 where text = ?", TEXTS[:1]
    )
    filled.execute("insert into tags (id, name) values (77, 'Favorite')")
    filled.execute("insert into highlight_tags select id, 77, 0 from highlights where text = ?", TEXTS[:1])
    for words in (
        "@ada",
        "author:ada",
        'author:"ada l"',
        "is:favorite",
        "tag:favorite",
        "has:note",
        "is:cut",
    ):
        assert find_texts(filled, words) == [TEXTS[0]], words
        assert find_texts(filled, f"{words} walking") == [TEXTS[0]], words
        assert find_texts(filled, f"{words} corner") == [], words
