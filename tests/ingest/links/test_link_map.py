"""Maps short → final: written, read back, read from a Twitter archive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.links.link_map import format_map, read_map
from record_types.errors import UnreadableError
from record_types.links import MappedLink

ROWS = (
    MappedLink(
        "https://t.co/AbCdEf1234",
        "https://example.test/a,b",
        "resolved",
        'A "title",\nof two lines',
        "2024-01-02T03:04:05Z",
    ),
    MappedLink("https://t.co/AbCdEf1235", None, "gone"),
)


def _save(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_map_is_read_back_as_it_was_written(tmp_path: Path, kind: str) -> None:
    assert tuple(read_map(_save(tmp_path, f"map.{kind}", format_map(ROWS, kind)))) == ROWS


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(
            lambda t: t == t.strip() != ""
        )
    )
)
def test_any_title_survives_csv(tmp_path_factory: pytest.TempPathFactory, titles: list[str]) -> None:
    rows = [
        MappedLink("https://t.co/AbCdEf1234", "https://example.test", "resolved", title) for title in titles
    ]
    path = _save(tmp_path_factory.mktemp("map"), "map.csv", format_map(rows, "csv"))
    assert list(read_map(path)) == rows


def test_a_map_with_only_the_two_columns_is_enough(tmp_path: Path) -> None:
    path = _save(
        tmp_path,
        "map.csv",
        "\ufefffinal_url,url\r\nhttps://example.test/a,https://t.co/AbCdEf1234\r\n,https://t.co/x\r\n",
    )
    assert [row.status for row in read_map(path)] == ["resolved", "pending"]


def test_a_plain_object_is_a_map(tmp_path: Path) -> None:
    path = _save(tmp_path, "map.json", '{"https://t.co/AbCdEf1234": "https://x.com/a/status/20"}')
    assert list(read_map(path)) == [
        MappedLink("https://t.co/AbCdEf1234", "https://x.com/a/status/20", "tweet")
    ]


def test_an_empty_map_has_no_rows(tmp_path: Path) -> None:
    assert list(read_map(_save(tmp_path, "map.json", "[]"))) == []
    assert list(read_map(_save(tmp_path, "map.csv", format_map((), "csv")))) == []


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("a.csv", "short,long\na,b\n", 1, "final_url"),
        ("a.csv", "", 1, "no column"),
        ("a.csv", "url,final_url,status\nhttps://t.co/a,https://b.test,fine\n", 2, "'fine'"),
        ("a.csv", "url,final_url\nhttps://t.co/a,https://b.test\n,https://b.test\n", 3, "without a url"),
        ("a.csv", 'url,final_url\nhttps://t.co/a,"open\n', 2, "not CSV"),
        ("a.json", '[\n{"url": 1}]', None, "not text"),
        ("a.json", '[\n{"url": "a"},\n oops]', 3, "not JSON"),
        ("a.json", "[1]", None, "entry 1"),
        ("a.json", '[{"url": "https://x.com/a/status/1", "full_text": "b"}]', None, "not a map"),
        ("a.json", '{"a": 1}', None, "'a'"),
        ("tweets.js", "window.YTD.tweets.part0 = [\n{]", 2, "not JSON"),
        ("a.json", "[" * 100_000, None, "JSON"),
    ],
)
def test_a_file_that_is_not_a_map_is_refused_with_its_line(
    tmp_path: Path, name: str, text: str, line: int | None, words: str
) -> None:
    path = _save(tmp_path, name, text)
    with pytest.raises(UnreadableError, match=words) as caught:
        list(read_map(path))
    assert str(path) in str(caught.value)
    assert caught.value.line == line


def test_a_missing_or_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"url,final_url\n\xff\xfe")
    with pytest.raises(UnreadableError, match=r"a\.csv:2: not UTF-8"):
        list(read_map(tmp_path / "a.csv"))
    with pytest.raises(UnreadableError, match="none"):
        list(read_map(tmp_path / "none.csv"))


def _archive(name: str, items: list[object]) -> str:
    return f"window.YTD.{name}.part0 = {json.dumps(items, indent=2)}"


def test_the_tweets_of_an_archive_map_their_links(tmp_path: Path) -> None:
    urls = [
        {
            "url": "https://t.co/AbCdEf1231",
            "expanded_url": "https://example.test/a",
            "display_url": "example.test/a",
        }
    ]
    media = [{"url": "https://t.co/AbCdEf1232", "expanded_url": "https://twitter.com/me/status/20/photo/1"}]
    own = [{"url": "https://t.co/AbCdEf1233", "expanded_url": "https://twitter.com/me/status/20"}]
    tweet = {
        "id_str": "20",
        "full_text": "…",
        "entities": {"urls": urls + own, "media": media},
        "extended_entities": {"media": media},
    }
    path = _save(tmp_path, "tweets.js", _archive("tweets", [{"tweet": tweet}]))
    assert [(row.url[-1], row.status) for row in read_map(path)] == [
        ("1", "resolved"),
        ("3", "self"),
        ("2", "media"),
    ]


@pytest.mark.parametrize("wrapper", ["tweet", "like", "bookmark", "noteTweet", "deletedTweet"])
def test_whatever_wraps_a_tweet_it_is_read(tmp_path: Path, wrapper: str) -> None:
    urls = [{"url": "https://t.co/AbCdEf1231", "expanded_url": "https://x.com/a/status/7"}]
    path = _save(
        tmp_path,
        "part.js",
        _archive("part", [{wrapper: {"tweetId": "20", "entities": {"urls": urls}}}]),
    )
    assert [row.status for row in read_map(path)] == ["tweet"]


def test_a_liked_tweet_has_no_targets_and_adds_nothing(tmp_path: Path) -> None:
    like = {
        "tweetId": "1",
        "fullText": "so https://t.co/AbCdEf1234",
        "expandedUrl": "https://twitter.com/i/web/status/1",
    }
    assert list(read_map(_save(tmp_path, "like.js", _archive("like", [{"like": like}])))) == []


@pytest.mark.parametrize(
    "item",
    [None, 1, "a", {}, {"tweet": None}, {"tweet": {"entities": []}}, {"tweet": {"entities": {"urls": [3]}}}],
)
def test_an_archive_of_another_shape_adds_nothing(tmp_path: Path, item: object) -> None:
    assert list(read_map(_save(tmp_path, "tweets.js", _archive("tweets", [item])))) == []
