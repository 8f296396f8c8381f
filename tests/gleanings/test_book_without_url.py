"""A book of Readwise's API whose only address is Readwise's own, beside the book's page or another book."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest

from ingest.readwise.api_book import make_source
from ingest.source import parse_text
from ingest.text import Text
from record_types.pages import FileStamp, SourceFile
from tests.ingest.readwise.test_api import read_book
from tests.readwise_api import make_book, make_highlight
from tests.store.stores import save_in_any_order

WORDS = "A garden is a library of weather."
PAGE = """title:: The Patient Gardener (highlights)
author:: [[Ada Fern]]
full-title:: "The Patient Gardener"
category:: #books
{url}
- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
\t- A garden is a [[library]] of *weather*.
"""
SHOP, OTHER_SHOP = "url:: https://shop.example/gardener\n", "url:: https://other.example/gardener\n"
TITLED = "title:books:ada fern:the patient gardener"
BOUGHT = "url:shop.example/gardener"


def of_page(name: str, url: str = "") -> SourceFile:
    text = PAGE.format(url=url)
    dialect, parsed = parse_text(Text(text, name))
    stamp = FileStamp("/graph", f"{name}.md", len(text), 1)
    return SourceFile(stamp, sha256(text.encode()).hexdigest(), dialect, pages=parsed.pages)


def of_api(id_: int = 7, text: str = WORDS, **fields: str) -> SourceFile:
    book = {
        "title": "The Patient Gardener",
        "readable_title": "The Patient Gardener",
        "author": "Ada Fern",
        "category": "books",
        "source_url": None,
        "unique_url": f"https://readwise.io/bookreview/{id_}",
        "highlights": [make_highlight(id_, text, "2024-03-01T12:00:00.250Z")],
    }
    return make_source(read_book(make_book(id_, **(book | fields))))


def read_uids(files: Sequence[SourceFile]) -> list[tuple[str, int]]:
    """The documents with how many highlights each has; the same whatever comes first."""
    return (
        save_in_any_order(files)
        .execute(
            "select d.uid, count(h.id) from documents as d left join highlights as h on h.document_id = d.id"
            " group by d.id order by d.uid"
        )
        .fetchall()
    )


@pytest.mark.parametrize(
    ("files", "documents"),
    [
        ([of_api(), of_page("shop", SHOP)], [(BOUGHT, 1)]),
        ([of_api(), of_page("plain")], [(TITLED, 1)]),
        ([of_api(), of_page("plain"), of_page("shop", SHOP)], [(BOUGHT, 1)]),
        ([of_api(7), of_api(8, "More.")], [(TITLED, 2)]),
    ],
    ids=["a page with a URL", "a page without", "both", "a second one in Readwise"],
)
def test_a_book_without_url_is_united_with_its_page(
    files: list[SourceFile], documents: list[tuple[str, int]]
) -> None:
    assert read_uids(files) == documents


@pytest.mark.parametrize(
    ("files", "uids"),
    [
        ([of_api(text="Other words."), of_page("shop", SHOP)], [BOUGHT, TITLED]),
        (
            [of_api(author="Ben Moss"), of_page("plain")],
            ["title:books:ben moss:the patient gardener", TITLED],
        ),
        ([of_api(title="", readable_title=""), of_api(8, title="", readable_title="")], None),
        (
            [of_api(), of_page("shop", SHOP), of_page("other", OTHER_SHOP)],
            ["url:other.example/gardener", BOUGHT, TITLED],
        ),
    ],
    ids=["no words in common", "another author", "no titles", "two pages in question"],
)
def test_a_book_without_url_stays_separate_if_in_doubt(
    files: list[SourceFile], uids: list[str] | None
) -> None:
    found = [uid for uid, _ in read_uids(files)]
    assert found == sorted(uids) if uids else len(found) == len(files)


def test_the_readwise_address_is_kept() -> None:
    (page,) = of_api().pages
    assert page.document.url == "https://readwise.io/bookreview/7"
