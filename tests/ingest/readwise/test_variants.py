"""Variants of Readwise's templates, part by part: headers, labels, links, quotations, chapters."""

from __future__ import annotations

import pytest

from ingest.source import parse_text
from ingest.text import Text
from record_types.pages import BlockProperty, Page

HEAD = 'title:: A Page (highlights)\nauthor:: [[Ada Fern]]\nfull-title:: "A Page"\ncategory:: #articles\n\n'
FIRST = "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
VAULT = (
    "# A Page\n\n## Metadata\n- Author: [[Ada Fern]]\n- Full Title: A Page\n- Category: #books\n\n"
    "## Highlights\n"
)
VIEW = "([View Highlight](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaaaaa{}))"
PLACE = "[Location 5](https://readwise.io/to_kindle?action=open&asin=B1&location=5)"


def read(text: str, suffix: str = ".md") -> Page:
    (page,) = parse_text(Text(text, "A Page", suffix))[1].pages
    return page


def list_texts(page: Page) -> list[str]:
    return [highlight.text for highlight in page.highlights]


# --- headers


@pytest.mark.parametrize(
    ("header", "synced_on"),
    [
        ("Zuletzt abgeglichen mit [[Readwise]] [[19.11.2022]]", "2022-11-19"),
        ("## 首次同步 [[Readwise]] [[2022年11月19日]]", "2022-11-19"),
        ("Neue Markierungen vom [[25.02.2023]] um 17:56 Uhr", "2023-02-25T17:56"),
        ("[[Readwise]] [[2023-02-09]] 17:56", "2023-02-09T17:56"),
        ("Abgeglichen mit [[Readwise]] [[25.02.2023]] um 17:56 Uhr", "2023-02-25T17:56"),
        ("## Highlights", None),
        ("**Markierungen**:", None),
        ("# A chapter", None),
    ],
)
def test_a_header_in_the_readers_own_words_opens_a_section(header: str, synced_on: str | None) -> None:
    page = read(f"{HEAD}- {header}\n\t- one\n\t- two\n\t\t- **Note**: mine\n")
    assert list_texts(page) == ["one", "two"]
    assert [section.heading for section in page.sections] == [header]
    assert {highlight.synced_on for highlight in page.highlights} == {synced_on}
    assert [note.text for note in page.highlights[1].notes] == ["mine"]
    assert page.notes == ()


@pytest.mark.parametrize(
    "block",
    [
        "Written down on [[25.02.2023]]",
        "I met them [[25.02.2023]] at 17:56 and left",
        "Highlights of the week",
        "Read with [[Readwise]]",
    ],
)
def test_a_highlight_with_blocks_below_is_not_a_header(block: str) -> None:
    page = read(f"{HEAD}- {block}\n\t- my own\n- two\n")
    assert list_texts(page) == [block, "two"]
    assert page.sections == ()


def test_a_readers_heading_among_sections_stays_the_readers() -> None:
    page = read(f"{HEAD}{FIRST}\t- one\n- ## Highlights\n\t- mine\n")
    assert list_texts(page) == ["one"]
    assert [note.text for note in page.notes] == ["## Highlights\n- mine"]


def test_highlights_may_be_siblings_of_their_headers() -> None:
    first = "## Highlights first synced by [[Readwise]] [[2022-11-19]]\n"
    header = "## New highlights added [[2023-02-25]] at 5:56 PM\n"
    page = read(f"{HEAD}{first}- one {VIEW.format(1)}\n{header}- two\n")
    assert [(each.text, each.synced_on) for each in page.highlights] == [
        ("one", "2022-11-19"),
        ("two", "2023-02-25T17:56"),
    ]


def test_properties_may_be_in_the_first_bullet() -> None:
    page = read("- " + HEAD.strip().replace("\n", "\n  ") + f"\n{FIRST}\t- one\n")
    assert (page.document.category, page.document.full_title, page.notes) == ("articles", "A Page", ())
    assert list_texts(page) == ["one"]


# --- view links and the text after them


@pytest.mark.parametrize(
    ("link", "uid", "label"),
    [
        ("([View in Reader](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaaaaa1))",
         "readwise:01aaaaaaaaaaaaaaaaaaaaaaa1", "View in Reader"),
        ("([查看](https://x.com/ada/status/1400000000000000004))", "tweet:1400000000000000004", "查看"),
        ("([View Article](https://example.org/z_(a)))", "view:example.org/z_(a)", "View Article"),
    ],
)  # fmt: skip
def test_a_view_link_may_have_any_label(link: str, uid: str, label: str) -> None:
    page = read(f"{HEAD}{FIRST}\t- one {link}\n")
    (highlight,) = page.highlights
    assert (highlight.text, highlight.uid) == ("one", uid)
    assert BlockProperty(7, "view-label", label) in page.block_properties


@pytest.mark.parametrize(
    "end",
    [
        "([this](https://example.org/z))",
        "([View Article](notes.md))",
        "[View Article](https://example.org/z)",
    ],
)
def test_a_link_by_the_author_stays_text(end: str) -> None:
    assert list_texts(read(f"{HEAD}{FIRST}\t- see {end}\n")) == [f"see {end}"]


def test_highlights_that_all_link_to_their_article_stay_separate() -> None:
    link = "([View Article](https://example.org/z))"
    page = read(f"{HEAD}{FIRST}\t- one {link}\n\t- two {link}\n\t- one {link}\n")
    uids = [highlight.uid for highlight in page.highlights]
    assert (len(set(uids)), uids[0]) == (2, uids[2])


@pytest.mark.parametrize(
    "page", [f"{HEAD}{FIRST}\t- one {{}}\n", f"{VAULT}- one {{}}\n"], ids=["graph", "vault"]
)
@pytest.mark.parametrize(
    ("behind", "tags", "notes"),
    [
        ("#a #[[b c]]", ("a", "b c"), []),
        ("**Tags**: #a\n\t  **Note**: mine\n\t  more", ("a",), [("note", "mine\nmore")]),
        ("my own #a", (), [("block", "my own #a")]),
        ("[[a]]", (), [("block", "[[a]]")]),
    ],
)
def test_tags_or_the_readers_words_may_follow_the_link(
    page: str, behind: str, tags: tuple[str, ...], notes: list[tuple[str, str]]
) -> None:
    if page.startswith("#") and "\n" in behind:
        pytest.skip("what is below the link of an item hangs below it there")
    (highlight,) = read(page.format(f"{VIEW.format(1)} {behind}")).highlights
    assert (highlight.text, highlight.tags) == ("one", tags)
    assert [(note.kind, note.text) for note in highlight.notes] == notes


@pytest.mark.parametrize("label", ["**Note**:", "**Note:**", "*Note*:", "_Note_:", "Note:"])
def test_a_label_is_recognised_however_it_is_formatted(label: str) -> None:
    (highlight,) = read(
        f"{HEAD}{FIRST}\t- one\n\t\t- {label} mine\n\t\t- {label.replace('Note', 'Tags')} #a\n"
    ).highlights
    assert ([note.text for note in highlight.notes], highlight.tags) == (["mine"], ("a",))


# --- regions that would swallow their neighbours


@pytest.mark.parametrize(
    ("opener", "closer"), [("$$", "$$"), ("<b>", "</b>"), ("#+BEGIN_QUOTE", "#+END_QUOTE")]
)
def test_a_region_does_not_extend_into_the_next_highlight(opener: str, closer: str) -> None:
    page = read(f"{HEAD}{FIRST}\t- one\n\t  {opener}\n\t- two\n\t  {closer}\n")
    assert list_texts(page) == [f"one\n{opener}", f"two\n{closer}"]


def test_code_may_contain_lines_like_bullets() -> None:
    assert list_texts(read(f"{HEAD}{FIRST}\t- one\n\t  ```\n\t- x\n\t  ```\n")) == ["one\n```\n- x\n```"]


# --- vaults


@pytest.mark.parametrize(
    "quote",
    [
        f"> one\n> more ({PLACE}) ^rw12\n> - Note: mine\n",
        f"> [!quote] \n> one\n> more ({PLACE}) ^rw12\n> - Note: mine\n",
        f"> one\n> more\n\n— {PLACE} ^rw12\n\n- Note: mine\n",
        f"> one\nmore ({PLACE})\n- Note: mine\n",
    ],
)
def test_a_quotation_at_the_margin_may_be_a_highlight(quote: str) -> None:
    page = read(f"{VAULT}\n{quote}\n---\n> two\n")
    assert list_texts(page) == ["one\nmore", "two"]
    assert page.highlights[0].uid == "kindle:B1:5"
    assert [[note.text for note in each.notes] for each in page.highlights] == [["mine"], []]


def test_the_title_of_a_callout_is_kept() -> None:
    page = read(f"{VAULT}> [!quote] Page 12\n> one ({PLACE})\n")
    assert list_texts(page) == ["one"]
    assert [note.text for note in page.highlights[0].notes] == ["Page 12"]


def test_a_quotation_among_list_items_is_the_readers_own() -> None:
    page = read(f"{VAULT}- one {VIEW.format(1)}\n\n> I say\n> so\n")
    assert (list_texts(page), [note.text for note in page.notes]) == (["one"], ["> I say\n> so"])


@pytest.mark.parametrize(
    "head",
    [
        "## Metadaten\n- Autor: [[Ada]]\n- Voller Titel: A Page\n- Kategorie: #books\n\n## Markierungen\n",
        "![rw-book-cover](https://example.org/c.jpg)\n\n- 作者: [[Ada]]\n- 类别: #books\n\n## 划线\n",
    ],
)
def test_a_head_in_another_language_is_read(head: str) -> None:
    page = read(f"# A Page\n\n{head}- Tip: one {VIEW.format(1)}\n- two\n    - Note: mine\n")
    assert list_texts(page) == ["Tip: one", "two"]
    assert page.document.author is not None
    assert (page.document.author.name, page.document.category) == ("Ada", "books")


def test_a_readwise_cover_is_enough_of_a_head() -> None:
    page = read(f"# A Page\n\n![rw-book-cover](https://example.org/c.jpg)\n\n- one {VIEW.format(1)}\n- two\n")
    assert list_texts(page) == ["one", "two"]


def test_a_list_of_links_in_a_readers_note_is_not_detected() -> None:
    text = f"# My week\n\n- Monday: read\n- one {VIEW.format(1)}\n"
    assert parse_text(Text(text, "My week", ".md"))[0] is None


def test_chapters_of_any_level_contain_highlights() -> None:
    page = read(f"{VAULT}## Chapter 1\n- one\n## 2. Moss\n- two\n")
    assert list_texts(page) == ["one", "two"]
    assert [note.text for note in page.notes] == ["## Chapter 1", "## 2. Moss"]


def test_dataview_fields_are_tags_and_notes() -> None:
    (highlight,) = read(f"{VAULT}- one {VIEW.format(1)}\n    - tags:: #a\n    - note:: mine\n").highlights
    assert (highlight.tags, [note.text for note in highlight.notes]) == (("a",), ["mine"])


# --- Org


def test_org_pages_may_have_org_keywords_and_links() -> None:
    head = "#+title: A Page (highlights)\n#+author: [[Ada]]\n#+full-title: A Page\n#+category: #books\n\n"
    link = "([[https://twitter.com/h/status/1400000000000000001][View Tweet]])"
    page = read(
        f"{head}* Highlights first synced by [[Readwise]] [[2024-03-19]]\n** one {link}\n*** *Note*: n\n",
        ".org",
    )
    (highlight,) = page.highlights
    assert (highlight.text, highlight.uid) == ("one", "tweet:1400000000000000001")
    assert [note.text for note in highlight.notes] == ["n"]


def test_words_after_a_link_in_an_org_quote_are_kept() -> None:
    text = (
        ":PROPERTIES:\n:title: A (highlights)\n:full-title: A\n:END:\n"
        "* Highlights first synced by [[Readwise]] [[2024-03-19]]\n"
        f"** 📌 [[2024-03-18]]\n#+BEGIN_QUOTE\none {VIEW.format(1)} and mine\n#+END_QUOTE\\\n"
    )
    (highlight,) = read(text, ".org").highlights
    assert (highlight.text, [note.text for note in highlight.notes]) == ("one", ["and mine"])


# --- tables


@pytest.mark.parametrize(
    "table",
    [
        "sep=;\nHighlight;Book Title;Highlighted at\none;A;{}\n",
        '"Highlight" ,"Book Title", "Highlighted at"\none,A,"{}"\n',
        "\ufeffHighlighted at\tHighlight\tExtra\tBook Title\n{}\tone\tx\tA\n",
        'Highlight,Book Title,Highlighted at\r\none,A,"{}"\r\n',
    ],
)
@pytest.mark.parametrize(
    "moment", ["2022-03-07 22:12:42+00:00", "March 7, 2022 10:12:42 PM", "07.03.2022 22:12:42"]
)
def test_a_table_that_a_spreadsheet_saved_is_read(table: str, moment: str) -> None:
    (highlight,) = read(table.format(moment), ".csv").highlights
    assert highlight.text == "one"
    assert highlight.taken_at is not None
    assert highlight.taken_at.isoformat() == "2022-03-07T22:12:42+00:00"


def test_lines_in_a_cell_end_like_lines_elsewhere() -> None:
    assert list_texts(read('Highlight,Book Title\r\n"one\r\ntwo",A\r\n', ".csv")) == ["one\ntwo"]


def test_an_ambiguous_day_is_a_problem() -> None:
    parsed = parse_text(Text('Highlight,Book Title,Highlighted at\none,A,"3/7/2022 22:12"\n', "t", ".csv"))[1]
    assert [problem.kind for problem in parsed.problems] == ["unknown-date"]
