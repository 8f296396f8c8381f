"""Text without spaces is indexed and searched by pairs of characters."""

from __future__ import annotations

import pytest

from store.cjk import build_any_pairs_query, build_pairs_query, drop_cjk, pair_characters


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
