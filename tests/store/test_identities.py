"""Names decide which documents and highlights are the same."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.identities import (
    Named,
    hash_pair,
    hash_title,
    locate_passages,
    name_highlights,
    unite_documents,
    unite_highlights,
)

# --- documents


@pytest.mark.parametrize(
    ("pairs", "names"),
    [
        ({"url:a": [1, 2], "title:other:t": [2, 3]}, {"title:other:t": "url:a"}),
        ({"thread:1": [1], "title:tweets:t": [1], "title:other:t": [1]},
         {"title:tweets:t": "thread:1", "title:other:t": "thread:1"}),
        ({"title:books:t": [1, 2], "title:other:t": [2]}, {"title:other:t": "title:books:t"}),
        # one by way of the other
        ({"url:a": [1], "title:books:t": [1, 2], "title:other:t": [2]},
         {"title:books:t": "url:a", "title:other:t": "url:a"}),
        # two with a URL: only what shares with one of them alone is certain
        ({"url:a": [1], "url:b": [2], "title:books:t": [1, 3], "title:other:t": [2, 3]},
         {"title:books:t": "url:a", "title:other:t": "url:b"}),
    ],
)  # fmt: skip
def test_a_document_without_a_url_gets_the_name_of_the_only_one_that_it_shares_words_with(
    pairs: dict[str, list[int]], names: dict[str, str]
) -> None:
    assert unite_documents(pairs) == names


@pytest.mark.parametrize(
    "pairs",
    [
        {"url:a": [1], "url:b": [1]},
        {"thread:1": [1], "profile:ada": [1]},
        {"url:a": [1], "title:other:t": [2]},
        {"title:books:t": [1], "title:other:t": [2]},
        {"url:a": [1], "url:b": [1], "title:other:t": [1]},
        {"url:a": [], "title:other:t": []},
        {"title:other:t": [1]},
    ],
)
def test_documents_of_one_title_that_share_no_words_or_several_urls_stay_apart(
    pairs: dict[str, list[int]],
) -> None:
    assert unite_documents(pairs) == {}


# --- highlights


@pytest.mark.parametrize(
    ("claims", "names"),
    [
        ([("tweet:1", 1), ("text:d:x", 1)], {"text:d:x": "tweet:1"}),
        ([("open:5", 1), ("readwise:r", 1), ("text:d:x", 1)],
         {"open:5": "readwise:r", "text:d:x": "readwise:r"}),
        ([("kindle:A:1", 1), ("open:5", 1)], {"open:5": "kindle:A:1"}),
        ([("other:7", 1), ("text:d:x", 1)], {"text:d:x": "other:7"}),
        *[([(worse, 1), (better, 1)], {worse: better}) for better, worse in pairwise(
            ("tweet:9", "readwise:8", "snipd:7", "kindle:A:6", "view:5", "open:4", "abc:3", "text:d:x"))],
        # a chain: on the thread's page and on the author's, whose tables each have the words
        ([("tweet:1", 1), ("tweet:1", 2), ("text:d:x", 1), ("text:e:x", 2)],
         {"text:d:x": "tweet:1", "text:e:x": "tweet:1"}),
        # edited in one place
        ([("tweet:1", 1), ("tweet:1", 2), ("open:5", 2)], {"open:5": "tweet:1"}),
    ],
)  # fmt: skip
def test_the_most_reliable_uid_of_the_same_words_is_the_name(
    claims: list[tuple[str, int | None]], names: dict[str, str]
) -> None:
    assert unite_highlights(claims) == names


@pytest.mark.parametrize(
    "claims",
    [
        [("tweet:1", 1), ("tweet:2", 1), ("text:d:x", 1)],
        [("kindle:A:1", 1), ("kindle:A:9", 1), ("open:5", 1), ("open:6", 1)],
        [("text:d:x", 1), ("text:e:x", 1)],
        [("tweet:1", 1), ("text:d:x", 2)],
        [("tweet:1", None), ("text:d:x", None)],
        # a chain that would make two tweets one
        [("tweet:1", 1), ("open:5", 1), ("open:5", 2), ("tweet:2", 2)],
    ],
)
def test_the_same_words_twice_stay_apart(claims: list[tuple[str, int | None]]) -> None:
    assert unite_highlights(claims) == {}


def test_passages_at_one_location_are_distinguished_by_their_words() -> None:
    claims = [
        ("kindle:A:12", "one"),
        ("kindle:A:12:k1", "one"),
        ("kindle:A:12:k2", "two"),
        ("tweet:1", "one"),
    ]
    assert locate_passages(claims) == {("kindle:A:12", "one"): "kindle:A:12:k1"}
    assert locate_passages([("kindle:A:12", "three"), *claims[1:]]) == {}


UIDS = ("tweet:1", "tweet:2", "open:1", "open:2", "readwise:1", "text:d:1", "text:e:1")


@given(
    st.lists(st.tuples(st.sampled_from(UIDS), st.integers(1, 4)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_order_and_repetition_of_claims_do_not_matter(claims: list[tuple[str, int]], chance: Random) -> None:
    names = unite_highlights(claims)
    mixed = claims + claims[: len(claims) // 2]
    chance.shuffle(mixed)
    assert unite_highlights(mixed) == names
    assert not names.keys() & set(names.values())
    for name in set(names.values()):
        kinds = [uid.partition(":")[0] for uid in (name, *(uid for uid in names if names[uid] == name))]
        strong = [kind for kind in kinds if kind != "text"]
        assert len(strong) == len(set(strong))


# --- hashes and names


def test_a_pair_needs_both_title_and_text() -> None:
    title = hash_title("url:a", "ada:t")
    assert title == hash_title("title:other:ada:t", "ada:t") != hash_title("url:a", "ada:u")
    assert hash_pair(title, "k") != hash_pair(hash_title("url:a", "ada:u"), "k")
    assert (hash_pair(None, "k"), hash_pair(title, None), hash_title("url:a", None)) == (None, None, None)


def test_a_title_that_contradicts_the_uid_has_no_hash() -> None:
    assert hash_title("title:books:other", "ada:t") is None


def name(*claims: tuple[str, str]) -> list[str]:
    """The names of text claims of one author and title, by (uid, document)."""
    return name_highlights([Named(uid, document, 1, "") for uid, document in claims])


def test_a_text_has_one_name_whatever_its_document() -> None:
    assert name(("text:k:t", "title:books:t")) == name(("text:k:t", "url:a")) == ["text:k:t"]


def test_a_text_in_two_documents_of_one_author_and_title_is_two_highlights() -> None:
    assert name(("text:k:t", "url:a"), ("text:k:t", "url:b"), ("text:k:t", "url:a")) == [
        "text:k:t:url:a", "text:k:t:url:b", "text:k:t:url:a",
    ]  # fmt: skip


def test_a_text_in_one_document_is_one_highlight_also_if_files_differ_in_the_title() -> None:
    claims = [Named("text:k:t", "url:a", 1, ""), Named("text:k:s", "url:a", 2, "")]
    assert name_highlights(claims) == ["text:k:s", "text:k:s"]
