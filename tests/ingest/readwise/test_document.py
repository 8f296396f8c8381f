"""A page's properties as its document: what each column takes, and what stays a property."""

from __future__ import annotations

import pytest

from ingest.readwise.document import make_document, parse_author, parse_category, unescape_title, unescape_url
from ingest.readwise.preamble import Entry, Preamble
from record_types.pages import Author, Document


def make(*pairs: tuple[str, str], cover: str | None = None, tags: tuple[str, ...] = ()) -> Document:
    preamble = Preamble([Entry(key, [value], 1) for key, value in pairs], cover=cover)
    return make_document(preamble, "Name", tags)


@pytest.mark.parametrize(
    ("pair", "column", "value", "properties"),
    [
        (("summary", "a \\- b &amp; c"), "summary", "a - b & c", ()),
        (("deck", "about"), "summary", "about", ()),
        (("deck", "[[Books::A]]"), "summary", None, (("deck", "[[Books::A]]"),)),
        (("document-note", "mine"), "note", "mine", ()),
        (("url", "<https://a.example/?a&amp;b>"), "url", "https://a.example/?a&b",
         (("url", "<https://a.example/?a&amp;b>"),)),
        (("source-url", "https://a.example/"), "url", "https://a.example/", ()),
        (("category", "#Tweets"), "category", "tweets", ()),
        (("category", "#tweets, [[Logseq]]"), "category", "tweets", (("category", "#tweets, [[Logseq]]"),)),
        (("media", "[[podcast]]"), "category", "podcasts", (("media", "[[podcast]]"),)),
        (("author", "[[A]], [[B]]"), "author", Author("A, B"), (("author", "[[A]], [[B]]"),)),
        (("author", "[[A &amp; B]]"), "author", Author("A & B"), (("author", "[[A &amp; B]]"),)),
        (("author", "None"), "author", None, (("author", "None"),)),
        (("summary", '["null"]'), "summary", None, (("summary", '["null"]'),)),
        (("summary", "a\\"), "summary", "a", ()),
        (("tags", "#a, b"), "tags", ("a", "b"), ()),
        (("document-tags", "[[c]]"), "tags", ("c",), ()),
        (("odd", "a \\- b"), "summary", None, (("odd", "a - b"),)),
    ],
)  # fmt: skip
def test_a_property_fills_a_column_or_stays(
    pair: tuple[str, str], column: str, value: object, properties: tuple[tuple[str, str], ...]
) -> None:
    document = make(pair)
    assert getattr(document, column) == value
    assert document.properties == properties


@pytest.mark.parametrize(
    ("pairs", "title", "full_title"),
    [
        ([], "Name", "Name"),
        ([("title", "A (highlights)")], "A", "A"),
        ([("title", " (highlights)")], "(highlights)", "(highlights)"),
        ([("full-title", '"A: B"')], "A: B", "A: B"),
        ([("title", "A... (highlights)"), ("full-title", '"A and\nmore"')], "A...", "A and more"),
        ([("title", "Readwise/Highlights/A")], "A", "A"),
        ([("title", "readwise/A/B")], "A/B", "A/B"),
        ([("title", "My/Notes/A"), ("full-title", "A")], "A", "A"),
        ([("title", "C\\# \\- &Amp;")], "C# - &", "C# - &"),
        ([("title", "A (highlights)\\"), ("full-title", '"A"\\')], "A", "A"),
        ([("title", "A\\"), ("url", "u")], "A\\", "A\\"),
    ],
)
def test_a_title_is_without_what_templates_add(
    pairs: list[tuple[str, str]], title: str, full_title: str
) -> None:
    document = make(*pairs)
    assert (document.title, document.full_title) == (title, full_title)


def test_a_second_value_stays_a_property_and_a_decoded_title_too() -> None:
    document = make(("title", "A &amp; B"), ("summary", "one"), ("summary", "two"), cover="c", tags=("x",))
    assert document.summary == "one"
    assert document.tags == ("x",)
    assert document.properties == (
        ("summary", "two"), ("cover", "c"), ("title", "A &amp; B"), ("full-title", "A &amp; B"),
    )  # fmt: skip
    tagged = make(("tags", "#b #a"), ("document-tags", "a"), tags=("c", "b"))
    assert tagged.tags == ("b", "a", "c")


@pytest.mark.parametrize(
    ("value", "author"),
    [
        ("[[@ada on Twitter]]", Author("ada", "ada", "https://twitter.com/ada")),
        ("ada on X", Author("ada", "ada", "https://twitter.com/ada")),
        ("@ada", Author("ada", "ada", "https://twitter.com/ada")),
        ("#[[Ada]]", Author("Ada")),
        ("[[A, B, and C]]", Author("A, B, and C")),
        ("[Ada](https://a.example/)", Author("Ada", url="https://a.example/")),
        ("[[Ada", Author("[[Ada")),
        ("[[]]", None),
        (" ", None),
        ("@" + "a" * 31, Author("@" + "a" * 31)),
    ],
)
def test_an_author_is_a_name_or_a_handle(value: str, author: Author | None) -> None:
    assert parse_author(value) == author


@pytest.mark.parametrize(
    ("value", "category"),
    [
        ("#article", "articles"),
        ("[[Books]]", "books"),
        ("my podcasts!", "podcasts"),
        ("supplemental", "supplementals"),
        ("bookshelf", "other"),
        ("", "other"),
    ],
)
def test_a_category_may_be_anywhere(value: str, category: str) -> None:
    assert parse_category(value) == category


def test_quotes_and_brackets_are_removed() -> None:
    assert unescape_title(' "a\n b" ') == "a  b"
    assert unescape_title('"') == '"'
    assert unescape_title('"a') == '"a'
    assert unescape_url("[https://a.example/](https://b.example/\\-)") == "https://b.example/-"
    assert unescape_url("[a]") == "[a]"
