"""The identity of a document: its own URL; without one, category, author and title."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.identity import document_uid
from record_types.pages import Author, Category

AUTHORS = st.none() | st.text(max_size=20).map(Author)
CATEGORIES = st.sampled_from(["books", "articles", "podcasts", "other"])
REVIEWS = st.builds(
    "{}://{}readwise.io/bookreview/{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["", "www."]),
    st.integers(0, 10**12),
    st.sampled_from(["", "/", "?x=1", "#a"]),
)


@given(REVIEWS, CATEGORIES, AUTHORS, st.text(max_size=30))
def test_readwises_own_page_about_a_book_does_not_count_as_a_url(
    url: str, category: Category, author: Author | None, title: str
) -> None:
    assert document_uid(url, category, author, title) == document_uid(None, category, author, title)


@given(
    st.from_regex(r"[a-z]{1,8}\.(?:example|io)/[a-z/]{0,12}", fullmatch=True), AUTHORS, st.text(max_size=30)
)
def test_a_document_with_a_url_is_identified_by_it_alone(
    place: str, author: Author | None, title: str
) -> None:
    uid = document_uid(f"https://{place}", "books", author, title)
    assert uid == document_uid(f"https://{place}", "other", None, "")
    assert uid.startswith("url:")


@pytest.mark.parametrize(
    "url",
    [
        "https://readwise.io/bookreview",
        "https://readwise.io/bookreview/mine",
        "https://readwise.io/bookreview/12x",
        "https://blog.readwise.io/bookreview/12",
        "https://readwise.io/reader/document_raw_content/12",
        "https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaaaaa1",
        "https://example.org/?u=https://readwise.io/bookreview/12",
    ],
)
def test_other_readwise_addresses_are_urls(url: str) -> None:
    assert document_uid(url, "books", None, "T").startswith("url:")
