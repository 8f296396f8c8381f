"""Readwise's API: a book becomes the same page as from its pages and tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.readwise.api_answer import ApiBook, parse_answer
from ingest.readwise.api_book import make_source
from ingest.source import parse_text
from ingest.text import Text
from record_types.errors import UnreadableError
from record_types.pages import Author, BlockProperty, Note, Page, SourceFile
from tests.readwise_api import Json, make_book, make_highlight

AT = "2024-03-01T12:00:00.250Z"
TWEET = "https://twitter.com/ada/status/1480000000000000001"


def answer(*books: object) -> bytes:
    return json.dumps({"count": len(books), "nextPageCursor": None, "results": books}).encode()


def read_book(book: object) -> ApiBook:
    return parse_answer(answer(book)).books[0]


def read(*highlights: object, **fields: Any) -> SourceFile:
    return make_source(read_book(make_book(7, **fields, highlights=list(highlights))))


def page_of(*highlights: object, **fields: Any) -> Page:
    return read(*highlights, **fields).pages[0]


def test_a_book_is_a_file_of_one_page_below_readwise() -> None:
    file = read(make_highlight(1, "words", AT))
    assert (file.stamp.root, file.stamp.path, file.dialect) == ("readwise:", "7", "api")
    assert file.stamp.mtime_ns == int(datetime(2024, 3, 1, 12, tzinfo=UTC).timestamp()) * 10**9
    assert len(file.sha256) == 64
    assert file.problems == ()


def test_a_thread_is_the_same_as_from_its_page() -> None:
    tweet = make_highlight(1, "First https://t.co/AbCdEf1234", AT, url=TWEET, note="Thread")
    page = page_of(
        tweet,
        category="tweets",
        author="@ada on Twitter",
        title="Ten Rules I Wish I...",
        readable_title="Ten Rules I Wish I...",
        source_url=TWEET,
    )
    written = (
        "title:: Ten Rules I Wish I... (highlights)\nauthor:: [[@ada on Twitter]]\n"
        f'full-title:: "Ten Rules I Wish I..."\ncategory:: #tweets\nurl:: {TWEET}\n\n'
        "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
        f"\t- First https://t.co/AbCdEf1234 ([View Tweet]({TWEET}))"
    )
    same = parse_text(Text(written, "Ten Rules"))[1].pages[0]
    for name in ("uid", "title_key", "author", "category", "thread_id", "title", "full_title"):
        assert getattr(page.document, name) == getattr(same.document, name), name
    for name in ("uid", "text", "text_key", "tweet", "links", "view_url"):
        assert getattr(page.highlights[0], name) == getattr(same.highlights[0], name), name
    assert page.highlights[0].notes == (Note("Thread", "mark", 1),)


@pytest.mark.parametrize(
    ("fields", "book", "uid"),
    [
        ({"url": TWEET + "?s=20"}, {}, "tweet:1480000000000000001"),
        (
            {"url": "https://read.readwise.io/read/01hq3c5zkm9f8b7v6x5w4t3s2r"},
            {},
            "readwise:01hq3c5zkm9f8b7v6x5w4t3s2r",
        ),
        ({"url": "https://share.snipd.com/snip/ab-12"}, {}, "snipd:ab-12"),
        ({"location": 12, "location_type": "location"}, {"asin": "b00moss000"}, "kindle:B00MOSS000:12"),
        ({"location": 12, "location_type": "page"}, {"asin": "B00MOSS000"}, "open:1"),
        ({}, {}, "open:1"),
        ({"url": "https://elsewhere.example/notes/9?utm_source=x"}, {}, "view:elsewhere.example/notes/9"),
        ({"url": "https://site7.example/page/7"}, {}, "open:1"),
    ],
)
def test_a_highlight_is_identified_by_its_link_or_place_or_id(fields: Json, book: Json, uid: str) -> None:
    assert page_of(make_highlight(1, "words", AT, **fields), **book).highlights[0].uid == uid


def test_highlights_that_share_a_link_are_distinguished_by_their_text() -> None:
    url = "https://elsewhere.example/notes"
    page = page_of(*(make_highlight(id_, f"words {id_}", AT, url=url) for id_ in (5, 3, 9)))
    assert [each.uid for each in page.highlights] == [
        f"view:elsewhere.example/notes:{each.text_key}" for each in page.highlights
    ]


def test_two_passages_at_one_place_of_a_book_are_two() -> None:
    place = {"location": 12, "location_type": "location"}
    page = page_of(*(make_highlight(id_, f"words {id_}", AT, **place) for id_ in (1, 2)), asin="B00MOSS000")
    assert [each.uid for each in page.highlights] == [
        f"kindle:B00MOSS000:12:{each.text_key}" for each in page.highlights
    ]


def test_a_highlight_has_its_place_time_tags_note_and_colour() -> None:
    highlight = make_highlight(
        1,
        "  words  ",
        AT,
        note="mine",
        color="blue",
        location=3725,
        location_type="time_offset",
        tags=[{"id": 4, "name": "slow"}, {"id": 5, "name": " slow "}, {"id": 6, "name": "two words"}],
        is_favorite=True,
        highlighted_at="2022-03-07T22:12:42+01:00",
        created_at="2022-03-08T00:10:00Z",
    )
    page = page_of(highlight)
    (found,) = page.highlights
    assert (found.text, found.location, found.location_kind) == ("words", "1:02:05", "time")
    assert found.tags == ("slow", "two words", "favorite")
    assert found.notes == (Note("mine", "note", 1),)
    assert found.taken_at == datetime(2022, 3, 7, 21, 12, 42, tzinfo=UTC)
    assert found.synced_on == "2022-03-08"
    assert page.block_properties == (BlockProperty(1, "color", "blue"),)


def test_a_book_has_its_author_url_note_summary_tags_and_properties() -> None:
    document = page_of(
        title="The Patient Gardener: A Year",
        readable_title="The Patient Gardener",
        author="Mary Moss",
        category="books",
        source_url=None,
        unique_url=None,
        asin="B00MOSS000",
        document_note="keep",
        summary="short",
        book_tags=[{"id": 1, "name": "garden"}],
    ).document
    assert (document.title, document.full_title) == ("The Patient Gardener", "The Patient Gardener: A Year")
    assert document.author == Author("Mary Moss")
    assert document.uid == "title:books:mary moss:the patient gardener a year"
    assert (document.note, document.summary, document.tags) == ("keep", "short", ("garden",))
    assert dict(document.properties)["asin"] == "B00MOSS000"
    assert dict(document.properties)["cover"] == "https://img.example/7.png"


def test_deleted_highlights_are_left_out_and_discarded_ones_are_tagged() -> None:
    page = page_of(
        make_highlight(1, "gone", AT, is_deleted=True),
        make_highlight(2, "thrown away", AT, is_discard=True),
    )
    assert [(each.text, each.tags) for each in page.highlights] == [("thrown away", ("discard",))]


def test_highlights_are_ordered_by_place_then_by_time() -> None:
    page = page_of(
        make_highlight(1, "c", AT, highlighted_at="2024-01-02T00:00:00Z"),
        make_highlight(2, "d", AT, highlighted_at="2024-01-03T00:00:00Z"),
        make_highlight(3, "b", AT, location=20),
        make_highlight(4, "a", AT, location=3),
    )
    assert [each.text for each in page.highlights] == ["a", "b", "c", "d"]
    assert [each.line for each in page.highlights] == [1, 2, 3, 4]


def test_every_field_may_be_null() -> None:
    bare = dict.fromkeys(make_highlight(1, "", AT)) | {"id": 1, "text": "words"}
    book = dict.fromkeys(make_book(7)) | {"user_book_id": 7, "highlights": [bare]}
    file = make_source(read_book(book))
    document, (highlight,) = file.pages[0].document, file.pages[0].highlights
    assert (document.title, document.category, document.author) == ("Untitled", "other", None)
    assert (highlight.uid, highlight.text, highlight.taken_at) == ("open:1", "words", None)
    assert file.problems == ()


@pytest.mark.parametrize(
    ("written", "category"),
    [
        ("", "other"), ("tweets", "tweets"), ("Articles", "articles"), ("books", "books"),
        ("podcasts", "podcasts"), ("supplementals", "supplementals"),
    ],
)  # fmt: skip
def test_only_an_unknown_category_is_kept_as_a_property(written: str, category: str) -> None:
    document = page_of(category=written).document
    assert document.category == category
    assert "category" not in dict(document.properties)
    document = page_of(category="holograms").document
    assert document.category == "other"
    assert ("category", "holograms") in document.properties


def test_a_note_without_a_highlight_belongs_to_the_document() -> None:
    page = page_of(make_highlight(1, "", AT, note="on the whole", tags=["a", "b"]))
    assert (page.highlights, page.notes) == ((), (Note("on the whole", "note", 1),))
    assert page.block_properties == (BlockProperty(1, "tags", "a, b"),)


@pytest.mark.parametrize(
    ("entry", "kind", "words"),
    [
        ("no object", "bad-record", "no object"),
        ({"text": "without an id"}, "bad-record", "without an id"),
        (make_highlight(3, "", AT), "bad-record", "without words"),
        (make_highlight(3, "x", AT, tags="a"), "odd-field", "`tags` is not a list"),
        (make_highlight(3, "x", AT, note={"a": 1}), "odd-field", "`note` is not text: {'a': 1}"),
        (make_highlight(3, "x", AT, highlighted_at="soon"), "unknown-date", "soon"),
    ],
)
def test_a_bad_highlight_is_a_problem_and_spoils_no_other(entry: object, kind: str, words: str) -> None:
    file = read(entry, make_highlight(9, "good", AT))
    assert "good" in [each.text for each in file.pages[0].highlights]
    assert [problem.kind for problem in file.problems] == [kind]
    assert words in file.problems[0].message


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (make_highlight(3, "x", AT, tags="y" * 201), f"`tags` is not a list: {'y' * 200}"),
        (make_highlight(3, "x", AT, note=["y" * 201]), f"`note` is not text: ['{'y' * 198}"),
        (make_highlight(3, "x", AT, tags=[{"name": " "}]), "`tags` has a tag without a name: {'name': ' '}"),
        (make_highlight(3, "x", AT, tags=[["y" * 201]]), f"`tags` has a tag without a name: ['{'y' * 198}"),
    ],
)
def test_an_odd_value_is_named_by_its_first_200_characters(entry: object, message: str) -> None:
    (problem,) = read(entry).problems
    assert problem.message.endswith(message)


@pytest.mark.parametrize("highlights", [None, "none", {"id": 1}])
def test_a_book_without_a_list_of_highlights_is_unreadable_and_named(highlights: object) -> None:
    file = make_source(read_book(make_book(7, title="Moss", highlights=highlights)))
    assert (file.pages, file.sha256) == ((), "")
    assert [(each.kind, "“Moss”" in each.message) for each in file.problems] == [("unreadable", True)]


@pytest.mark.parametrize("entry", [None, 3, "x", [], {"title": "Moss"}, make_book(7) | {"user_book_id": "7"}])
def test_an_entry_without_an_id_is_unreadable(entry: object) -> None:
    book = read_book(entry)
    assert book.id is None
    assert make_source(book).problems[0].kind == "unreadable"


def test_a_title_is_shown_without_entities_and_kept_as_it_was_written() -> None:
    document = page_of(title="Tea &Amp; Toast", readable_title="Tea &Amp; Toast").document
    assert (document.title, document.full_title) == ("Tea & Toast", "Tea & Toast")
    assert {("title", "Tea &Amp; Toast"), ("full-title", "Tea &Amp; Toast")} <= set(document.properties)
    assert document.title_key == page_of(title="Tea &Amp; Toast").document.title_key


def test_the_order_of_keys_and_highlights_does_not_change_the_hash() -> None:
    highlights = [make_highlight(id_, f"words {id_}", AT) for id_ in (1, 2)]
    book = make_book(7, highlights=highlights)
    turned = dict(reversed(book.items())) | {"highlights": highlights[::-1]}
    assert make_source(read_book(book)) == make_source(read_book(turned))


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"results": 3}', b'{"results": [], "nextPageCursor": {}}', b"[" * 99999],
)
def test_a_body_without_results_is_not_an_answer(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        parse_answer(body)


@pytest.mark.parametrize(("cursor", "found"), [(None, None), ("", None), ("abc", "abc"), (77, "77")])
def test_a_page_cursor_is_text_or_a_number(cursor: object, found: str | None) -> None:
    body = json.dumps({"results": [], "nextPageCursor": cursor}).encode()
    assert parse_answer(body).next_cursor == found


def test_lone_surrogates_and_nul_do_not_reach_the_store() -> None:
    (highlight,) = page_of(make_highlight(1, "a\x00b \ud83d c 😀", AT)).highlights
    assert highlight.text == "ab \ufffd c 😀"


@pytest.mark.parametrize("written", [None, "soon", 3, "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z"])
def test_an_invalid_time_moves_no_cursor(written: object) -> None:
    highlight = make_highlight(1, "words", AT) | {"updated_at": written}
    assert read_book(make_book(7, highlights=[highlight])).latest is None


def test_a_fingerprint_tells_whether_something_was_seen_before() -> None:
    highlights = [make_highlight(id_, f"words {id_}", f"2024-03-0{id_}T00:00:00Z") for id_ in (1, 2)]
    whole = read_book(make_book(7, highlights=highlights))
    part = read_book(make_book(7, highlights=highlights[1:]))
    renamed = read_book(make_book(7, title="New", highlights=highlights[1:]))
    assert part.make_fingerprints().items() < whole.make_fingerprints().items()
    assert whole.make_fingerprints(datetime(2024, 3, 2, tzinfo=UTC)) == part.make_fingerprints()
    assert not renamed.make_fingerprints().keys() & whole.make_fingerprints().keys()
