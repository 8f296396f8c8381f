"""Notes of Obsidian's other plugins: Readwise Mirror, the community's Readwise plugin, Kindle, Hypothesis, Matter."""

# ruff: noqa: E501 - pages are easier to read in long lines

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.source import parse_text
from ingest.text import Text
from record_types.pages import BlockProperty, Note, Page

DATA = Path(__file__).parents[2] / "data" / "readwise" / "mirror"
TWEET = "https://twitter.com/rosa/status/160000000000000000"


def read(text: str, name: str = "Wells") -> tuple[str | None, Page]:
    dialect, parsed = parse_text(Text(text, name))
    (page,) = parsed.pages
    return dialect, page


def list_notes(notes: tuple[Note, ...]) -> list[tuple[str, str]]:
    return [(note.kind, note.text) for note in notes]


def read_mirror() -> Page:
    dialect, page = read((DATA / "Why Kites Fly.md").read_text(encoding="utf-8"))
    assert dialect == "obsidian-plugin"
    return page


def test_the_head_of_readwise_mirror_describes_the_document() -> None:
    document = read_mirror().document
    assert (document.title, document.category, document.url) == (
        "Why Kites Fly",
        "books",
        "https://kites.example/why",
    )
    assert document.author
    assert document.author.name == "Wim Ark, Pia Loft"
    assert document.tags == ("wind", "two-words")
    assert (document.summary, document.note) == ("Kites, wind and string.", "lent by Pia: give it back")
    assert ("cover", "https://covers.example/kites.png") in document.properties


def test_a_passage_of_readwise_mirror_has_its_place_note_and_tags() -> None:
    first, second, third = read_mirror().highlights
    assert (first.text, first.uid) == ("A kite leans on the wind.", "kindle:B00KITE001:88")
    assert (first.location, first.location_kind) == ("88", "location")
    assert list_notes(first.notes) == [("note", "like a sail\non a string")]
    assert first.tags == ("wind", "flight")
    assert (second.text, second.uid) == ("Two strings steer,\n\n---\n\none only holds.", "open:880012")
    assert (second.location, list_notes(second.notes)) == ("90", [("block", "I still doubt this.")])
    assert (third.text, third.uid) == ("Tails are brakes.", "readwise:01hkkkkkkkkkkkkkkkkkkkkkk1")


def test_words_below_the_last_passage_of_readwise_mirror_are_the_readers() -> None:
    assert list_notes(read_mirror().notes) == [("block", "My own last words.")]


def test_the_first_version_of_readwise_mirror_has_folders_in_titles_and_bold_notes() -> None:
    dialect, page = read(
        "%%\nID: 5\nUpdated: 2021-05-13\n%%\n![](https://covers.example/a.png)\n\n# About\n"
        "Title: [[Notes/Readwise/Articles/Of Wells- A Start]]\nAuthor: [[Rosa Fern]]\nCategory: #articles\n"
        "Number of Highlights: ==2==\nLast Highlighted: *2020-12-03*\n\n\n# Highlights \n"
        "Wells keep cool.  ^5001\n\n**Note: so do cellars\nand caves**\n\n---\n\nPails tip.  ^5002\n\n---\n"
    )
    assert (dialect, page.document.title) == ("obsidian-plugin", "Of Wells- A Start")
    assert [(each.text, each.uid) for each in page.highlights] == [
        ("Wells keep cool.", "open:5001"),
        ("Pails tip.", "open:5002"),
    ]
    assert list_notes(page.highlights[0].notes) == [("note", "so do cellars\nand caves")]


COMMUNITY = "- **URL:** https://wells.example/a\n- **Author:** Rosa\n- **Tags:** #articles\n- **Date:** [[2021-05-28]]\n---\n"


@pytest.mark.parametrize(
    "body",
    [
        "\nOne.\n\nStill one. %% highlight_id: 701 %%\nNote: mine\n\n\nTwo. %% highlight_id: 702 %%\n",
        "One.\n\nStill one. `highlight_id: 701` %% location: 12 %%\nNote: mine\n\nTwo. %% highlight_id: 702 %%",
    ],
)
def test_a_passage_ends_in_the_id_that_the_communitys_plugin_writes(body: str) -> None:
    dialect, page = read(COMMUNITY + body)
    assert dialect == "obsidian-plugin"
    document = page.document
    assert (document.category, document.url, document.title) == (
        "articles",
        "https://wells.example/a",
        "Wells",
    )
    assert [(each.text, each.uid) for each in page.highlights] == [
        ("One.\n\nStill one.", "open:701"),
        ("Two.", "open:702"),
    ]
    assert list_notes(page.highlights[0].notes) == [("note", "mine")]


def test_a_note_that_only_mentions_the_id_of_a_highlight_is_the_readers() -> None:
    assert parse_text(Text("the plugin writes highlight_id: 5 behind each passage\n", "Ideas"))[0] is None


def test_a_page_of_the_kindle_plugin_is_a_book_with_locations() -> None:
    dialect, page = read(
        "---\nkindle-sync:\n  bookId: '9'\n  asin: B00WELLS01\n---\n# Of Wells\n## Metadata\n"
        "* Author: [Rosa Fern](https://www.amazon.example/e/B1)\n* ASIN: B00WELLS01\n\n## Highlights\n"
        "Wells keep — as cellars do — cool. — location: [41](kindle://book?action=open&asin=B00WELLS01&location=41) ^ref-77\n\nso I dug\n\n---\n"
        "Pails tip. — location: [43](kindle://book?action=open&asin=B00WELLS01&location=43) ^ref-78\n\n---\n"
    )
    assert (dialect, page.document.title, page.document.category) == ("obsidian-plugin", "Of Wells", "books")
    assert page.document.author
    assert page.document.author.name == "Rosa Fern"
    first, second = page.highlights
    assert (first.text, first.uid) == ("Wells keep — as cellars do — cool.", "kindle:B00WELLS01:41")
    assert list_notes(first.notes) == [("note", "so I dug")]
    assert (second.text, second.location, second.notes) == ("Pails tip.", "43", ())


def test_a_passage_of_the_kindle_plugin_may_be_a_quotation() -> None:
    _, page = read(
        "---\nkindle-sync:\n  bookId: '9'\n---\n# Of Wells\n## Metadata\n* ASIN: B00WELLS01\n\n## Highlights\n"
        "> Wells keep\n> cool. — location: [41](kindle://book?action=open&asin=B00WELLS01&location=41) ^ref-77\n\n---\n"
        "> 3 is more than 2,\nand 2 > 1. ^ref-78\n\n---\n"
    )
    assert [each.text for each in page.highlights] == ["Wells keep\ncool.", "> 3 is more than 2,\nand 2 > 1."]
    assert page.highlights[0].uid == "kindle:B00WELLS01:41"


def test_a_passage_of_the_kindle_plugin_without_words_is_a_cut_highlight() -> None:
    _, page = read(
        "---\nkindle-sync:\n  bookId: '9'\n---\n# Of Wells\n## Metadata\n* ASIN: B00WELLS01\n\n"
        "## Highlights\nWells keep cool. ^ref-77\n\n---\n ^ref-78\n\n---\n"
    )
    assert [(each.text, each.incomplete) for each in page.highlights] == [
        ("Wells keep cool.", False),
        ("^ref-78", True),
    ]


def test_a_page_of_hypothesiss_plugin_has_dated_annotations() -> None:
    _, page = read(
        "# Of Wells\n\n## Metadata\n- Author: [wells.example](https://wells.example)\n- Title: Of Wells\n"
        "- Reference: https://wells.example/a\n- Category: #article\n\n## Highlights\n"
        "- Wells keep cool — [Created on 2023-01-02 03:04:05](https://hyp.is/XyZ_1/wells.example/a) — Group: #Ours \n    - Annotation: so I dug\n"
    )
    (highlight,) = page.highlights
    assert (page.document.url, page.document.author and page.document.author.name) == (
        "https://wells.example/a",
        "wells.example",
    )
    assert (highlight.text, highlight.view_url) == ("Wells keep cool", "https://hyp.is/XyZ_1/wells.example/a")
    assert str(highlight.taken_at) == "2023-01-02 03:04:05+00:00"
    assert list_notes(highlight.notes) == [("note", "so I dug")]
    assert BlockProperty(10, "group", "Ours") in page.block_properties


def test_a_paragraph_in_a_page_of_matters_plugin_continues_the_item_above() -> None:
    _, page = read(
        "\n## Metadata\n* URL: [https://wells.example/a](https://wells.example/a)\n* Author: Rosa\n\n## Highlights\n"
        "* One\ngoes on.\n\nAnd on.\n* Two.\n  * **Note**: mine\n"
    )
    assert [each.text for each in page.highlights] == ["One\ngoes on.\n\nAnd on.", "Two."]
    assert list_notes(page.highlights[1].notes) == [("note", "mine")]


# --- Readwise's own plugin


def test_callouts_whose_titles_are_texts_are_highlights_with_the_callouts_in_them_as_notes() -> None:
    dialect, page = read(
        f'---\nauthor: "[[@rosa on Twitter]]"\nsource: {TWEET}1\n---\n# Highlights\n\n'
        f"> [!quote]+ Wells keep\n> their cool [↗]({TWEET}1)\n>> [!info] My note:\n>> so do\n>> cellars\n>> [!info] Tags:\n>> #water #[[two words]]\n\n"
        f"> [!quote]+ Pails, too [↗]({TWEET}2)\n"
    )
    assert (dialect, page.document.category, page.document.url) == ("obsidian", "tweets", f"{TWEET}1")
    first, second = page.highlights
    assert (first.text, second.text) == ("Wells keep\ntheir cool", "Pails, too")
    assert list_notes(first.notes) == [("note", "so do\ncellars")]
    assert first.tags == ("water", "two words")
    assert first.tweet
    assert first.tweet.id == 1600000000000000001


def test_a_link_to_a_tweet_with_words_at_the_end_of_a_tweet_is_text() -> None:
    _, page = read(
        f"# Wells\n\n## Metadata\n- Category: #tweets\n- Author: [[@r on X]]\n\n## Highlights\n- see [this thread]({TWEET}2)\n"
    )
    assert [(each.text, each.tweet) for each in page.highlights] == [(f"see [this thread]({TWEET}2)", None)]


FULL = "# Wells\n\n![rw-book-cover](https://covers.example/w.png)\n\n## Metadata\n- Full Title: Wells\n- Category: #articles\n- URL: https://wells.example/a\n\n## Full Document\n"


def test_the_full_text_of_an_article_is_the_documents_and_not_a_highlight() -> None:
    _, page = read(
        FULL + "Dig [here](https://wells.example/b).\n\n* an item\n\n## Highlights\n\n- of the article\n"
    )
    assert page.highlights == ()
    assert list_notes(page.notes) == [
        ("text", "Dig [here](https://wells.example/b).\n\n* an item\n\n## Highlights\n\n- of the article")
    ]
    assert page.notes[0].line == 11


def test_highlights_below_the_full_text_are_read() -> None:
    _, page = read(
        FULL
        + "Dig here.\n\n## Highlights\n- Dig. ([View Highlight](https://read.readwise.io/read/01hkkkkkkkkkkkkkkkkkkkkkk2))\n"
    )
    assert [(each.text, each.line) for each in page.highlights] == [("Dig.", 14)]
    assert list_notes(page.notes) == [("text", "Dig here.")]


@pytest.mark.parametrize(
    ("heading", "is_full"),
    [
        ("# Full Document", True),
        ("###### Full Document Content", True),
        ("## \t Full Document Contents \t", True),
        ("####### Full Document", False),
        ("##Full Document", False),
        ("x ## Full Document", False),
        ("## Full Documents", False),
        ("## Full Document Contents of it", False),
    ],
)
def test_the_full_text_begins_with_its_heading(heading: str, is_full: bool) -> None:
    _, page = read(FULL.replace("## Full Document", heading) + "Dig here.\n")
    assert (list_notes(page.notes) == [("text", "Dig here.")]) == is_full


@pytest.mark.parametrize(
    ("link", "is_link"),
    [
        ("[[a]]", True),
        ("\n \n[[a]] \t\n", True),
        ("[[a]] words", False),
        ("[[a", False),
        ("[[]]", False),
        ("words [[a]]", False),
    ],
)
def test_a_link_to_the_full_text_is_alone_on_its_line(link: str, is_link: bool) -> None:
    _, page = read(f"{FULL}{link}\nDig here.\n")
    assert [each.value for each in page.block_properties] == ["[[a]]"] * is_link


def test_a_link_to_the_full_text_is_a_property() -> None:
    _, page = read(FULL + "[[Full/Wells.md|See full document content →]]\n\n## Highlights\n- Dig.\n")
    assert (page.notes, [each.text for each in page.highlights]) == ((), ["Dig."])
    assert [(each.key, each.value) for each in page.block_properties] == [
        ("full-document", "[[Full/Wells.md|See full document content →]]")
    ]


# --- one id, several passages


def read_two(first: str, second: str) -> list[str]:
    link = "([View Highlight](https://read.readwise.io/read/01hkkkkkkkkkkkkkkkkkkkkkk3))"
    return [
        each.uid
        for each in read(
            f"title:: Wells (highlights)\n\n- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n\t- {first} {link}\n\t- {second} {link}\n"
        )[1].highlights
    ]


def test_two_passages_with_one_id_of_readwises_are_two_highlights() -> None:
    one, two = read_two("Wells keep cool.", "Pails tip over.")
    assert one != two
    assert one.rpartition(":")[0] == two.rpartition(":")[0] == "readwise:01hkkkkkkkkkkkkkkkkkkkkkk3"


def test_an_edited_passage_with_the_same_id_is_the_same_highlight() -> None:
    assert set(read_two("Wells keep cool.", "Wells keep very cool, always.")) == {
        "readwise:01hkkkkkkkkkkkkkkkkkkkkkk3"
    }
