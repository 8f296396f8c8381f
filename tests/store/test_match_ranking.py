"""However many highlights match, only so many are ranked: the newest of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from store import match_ranking
from store.match_ranking import list_newest, rank, rank_cjk
from store.search import mark_snippet, search_highlights, spread_documents
from store.search_query import parse_query
from tests.store.long_library import make_long_library


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    db = make_long_library()
    yield db
    db.close()


def find(db: sqlite3.Connection, match: str, text: str = "", *, cjk: bool = False) -> list[int]:
    return [id_ for id_, _, _ in rank(db, match, parse_query(text), cjk=cjk)]


LIMITS = {
    "MOST_RANKED": ("", [121, 125, 129, 132, 136, 143, 151, 158]),
    "MOST_NARROWED": ("author:h2", [37, 41, 81, 85, 121, 125, 129]),
    "MOST_KEPT": ("", [4, 8, 11, 15, 19, 22, 26]),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_of_many_matches_only_some_are_ranked(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    filters, found = LIMITS[limit]
    assert set(found) < set(find(db, '"sand"', filters))
    monkeypatch.setattr(match_ranking, limit, 10 if limit == "MOST_RANKED" else 7)
    assert sorted(find(db, '"sand"', filters)) == found


def test_the_newest_pass_the_filters_whether_dated_or_not(db: sqlite3.Connection) -> None:
    listed = """select id from highlights where gone_at is null {}
    order by coalesce(taken_at, synced_on) desc, id desc"""
    for filters, where in (
        ("category:books", "and category = 'books'"),
        ("author:h2", "and author_id = 2"),
        ("after:2022-06", "and coalesce(taken_at, synced_on) >= '2022-06'"),
    ):
        expected = [id_ for (id_,) in db.execute(listed.format(where))]
        for limit in (1, 8, len(expected), len(expected) + 1):
            assert list_newest(db, parse_query(filters), limit=limit) == expected[:limit]


@pytest.mark.parametrize(("most", "count"), [(4, 4), (5, 4), (3, 3)])
def test_some_pairs_are_tried_if_there_is_room(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, most: int, count: int
) -> None:
    monkeypatch.setattr(match_ranking, "MOST_KEPT", most)
    assert len(rank_cjk(db, parse_query("日本茶道"))) == count


def test_of_one_document_two_come_before_the_others() -> None:
    assert spread_documents([(1, 1), (2, 1), (3, 1), (4, 2), (5, 1), (6, 2), (7, 2)]) == [1, 2, 4, 6, 3, 5, 7]


@pytest.mark.parametrize("limit", [1, 20, 37])
def test_a_search_returns_as_many_as_asked(db: sqlite3.Connection, limit: int) -> None:
    hits = search_highlights(db, "passage on sand", limit=limit)
    assert len(hits) == limit == len({hit.id for hit in hits})


@pytest.mark.parametrize(
    ("text", "words", "snippet"),
    [
        ("a" * 10, "", "a" * 10),
        ("a" * 11, "", "a" * 10 + "…"),
        ("a" * 5 + "茶" + "b" * 5, "茶", "a" * 5 + "⟦茶⟧" + "b" * 5),
        ("a" * 6 + "茶" + "b" * 6, "茶", "…" + "a" * 5 + "⟦茶⟧" + "b" * 5 + "…"),
        ("茶道 x", "x 道 茶", "⟦茶⟧道 x"),
        ("a", "b", "a"),
    ],
)
def test_a_snippet_shows_what_is_around_the_first_word(text: str, words: str, snippet: str) -> None:
    assert mark_snippet(text, words, width=5) == snippet
