"""Text without spaces is indexed and searched by pairs of characters."""

from __future__ import annotations

import pytest

from store.cjk import (
    build_any_pairs_query,
    build_pairs_query,
    count_wrong_pairs,
    drop_cjk,
    pair_characters,
    rebuild_pairs,
)
from tests.store.long_library import make_long_library


@pytest.mark.parametrize(
    ("text", "pairs", "query", "any_query"),
    [
        ("tea", "", "", ""),
        ("茶", "茶", '"茶"*', ""),
        ("茶道", "茶道", '"茶道"', ""),
        ("日本茶 tea 茶", "日本 本茶 茶", '"日本" "本茶" "茶"*', '"日本" OR "本茶" OR "茶"'),
        ("茶道茶道", "茶道 道茶 茶道", '"茶道" "道茶" "茶道"', '"茶道" OR "道茶"'),
        ("ひらカタ한글𠀀𠀁", "ひら らカ カタ タ한 한글 글𠀀 𠀀𠀁", None, None),
    ],
)
def test_adjacent_characters_are_paired(
    text: str, pairs: str, query: str | None, any_query: str | None
) -> None:
    assert pair_characters(text) == pairs
    assert query is None or build_pairs_query(text) == query
    assert any_query is None or build_any_pairs_query(text) == any_query


def test_other_words_are_searched_without_them() -> None:
    assert drop_cjk("tea 日本茶 toast").split() == ["tea", "toast"]


def test_wrong_missing_and_superfluous_entries_are_counted_and_replaced() -> None:
    db = make_long_library()
    read = "select rowid, pairs from highlights_cjk order by rowid"
    right = db.execute(read).fetchall()
    assert [id_ for id_, _ in right] == [40, 80, 120, 160]
    assert count_wrong_pairs(db) == 0
    db.execute("update highlights_cjk set pairs = '茶道' where rowid = 40")
    db.execute("delete from highlights_cjk where rowid = 80")
    db.execute("insert into highlights_cjk (rowid, pairs) values (1, '茶道')")
    assert count_wrong_pairs(db) == 3
    rebuild_pairs(db)
    assert count_wrong_pairs(db) == 0
    assert db.execute(read).fetchall() == right
    db.execute("update notes set text = '日本' where highlight_id = 103")
    assert count_wrong_pairs(db) == 1
