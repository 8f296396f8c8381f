"""Pages in shapes that public graphs and vaults contain: each is read like Readwise's own page."""

# ruff: noqa: E501 - pages are easier to read in long lines

from __future__ import annotations

import pytest

from ingest.source import parse_text
from ingest.text import Text
from record_types.pages import Highlight, Page

TWEET = "https://twitter.com/rosa/status/160000000000000000"
OPEN = "https://readwise.io/open/"


def read(text: str, name: str = "Wells", suffix: str = ".md") -> tuple[str | None, Page]:
    dialect, parsed = parse_text(Text(text, name, suffix))
    (page,) = parsed.pages
    return dialect, page


def list_texts(page: Page) -> list[str]:
    return [highlight.text for highlight in page.highlights]


def read_vault(
    body: str, head: str = "# Wells\n\n## Metadata\n- Author: [[Rosa Fern]]\n- Category: #books\n"
) -> Page:
    dialect, page = read(f"{head}\n## Highlights\n{body}")
    assert dialect == "obsidian"
    return page


def read_vault_highlight(body: str) -> Highlight:
    (highlight,) = read_vault(body).highlights
    return highlight


# --- fewer signs than on Readwise's own page


@pytest.mark.parametrize(
    "head",
    ["title:: Wells\nauthor:: [[@rosa on Twitter]]\n", "title:: Wells\n", f"title:: Wells\nurl:: {TWEET}1\n"],
)
def test_quotations_with_view_links_are_highlights_whatever_else_the_head_holds(head: str) -> None:
    dialect, page = read(
        head
        + f"\n- > Wells keep\n  \n  their cool ([View Tweet]({TWEET}1))\n- > Pails, too ([View Tweet]({TWEET}2))\n"
    )
    assert (dialect, page.document.category) == ("logseq-quoted", "tweets")
    assert list_texts(page) == ["Wells keep\n\ntheir cool", "Pails, too"]


def test_quotations_without_a_view_link_are_the_readers_own_page() -> None:
    assert parse_text(Text("title:: Wells\n\n- > what my aunt said\n- and I\n", "Wells"))[0] is None


def test_a_flat_page_needs_a_title_only_and_its_first_passage_no_bullet() -> None:
    dialect, page = read(
        f"title:: Readwise/Highlights/Tweets from Rosa\nNone\nCold water:\n\n# a list ([View Tweet]({TWEET}4))"
        f" #Highlight #[[2023-09-16]]\nDeep water ([View Tweet]({TWEET}5)) #Highlight #[[2023-09-17]] #deep\n\n"
        f"- Last ([View Tweet]({TWEET}6)) #Highlight #[[2023-09-18]]\n"
    )
    assert (dialect, page.document.title) == ("logseq-flat", "Tweets from Rosa")
    assert list_texts(page) == ["Cold water:\n\n# a list", "Deep water", "Last"]
    assert [each.synced_on for each in page.highlights] == ["2023-09-16", "2023-09-17", "2023-09-18"]
    assert (page.highlights[1].tags, [each.line for each in page.highlights]) == (("deep",), [3, 6, 8])


def test_a_flat_pages_head_may_be_indented_and_spaced() -> None:
    dialect, page = read(
        "  title:: Readwise/Highlights/Wells\n  category:: #books\n \t\n  None\n"
        f"  Cold water ([View Tweet]({TWEET}4)) #Highlight #[[2023-09-16]]\n\n"
        f"- Last ([View Tweet]({TWEET}6)) #Highlight #[[2023-09-18]]\n"
    )
    assert (dialect, page.document.title, page.document.category) == ("logseq-flat", "Wells", "books")
    assert list_texts(page) == ["Cold water", "Last"]
    assert page.notes == ()


@pytest.mark.parametrize("marks", [("##", "###", "####"), ("#", "##", "###")])
def test_headings_hold_properties_highlights_and_notes(marks: tuple[str, str, str]) -> None:
    top, middle, low = marks
    dialect, page = read(
        f"{top} Author:: [[Rosa Fern]]\n\n{top} Category:: #articles\n"
        f"{top} Highlights first synced by #Readwise [[December 11th, 2020]]\n{middle} One\ntwo\n{low} **Note**: mine\n"
    )
    assert (dialect, page.document.author and page.document.author.name) == ("logseq-headings", "Rosa Fern")
    (highlight,) = page.highlights
    assert (highlight.text, highlight.synced_on) == ("One\ntwo", "2020-12-11")
    assert [note.text for note in highlight.notes] == ["mine"]


def test_a_page_of_headings_about_syncing_is_the_readers_own() -> None:
    text = "# My set-up\n## New highlights added\nworks since May\n### Author\nme\n"
    assert parse_text(Text(text, "My set-up"))[0] is None


# --- values in the head


@pytest.mark.parametrize("value", ["[[Lee Fox]]\\", "[[Lee\nFox]]", "[[Lee Fox]]"])
def test_an_authors_name_ends_at_its_brackets(value: str) -> None:
    _, page = read(
        f'title:: Nets (highlights)\\\nauthor:: {value}\nfull-title:: "Nets"\\\ncategory:: #books\\\ntags:: #[[a]]\\\n\n'
        "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n\t- text\n"
    )
    document = page.document
    assert (document.title, document.full_title, document.category) == ("Nets", "Nets", "books")
    assert (document.author and document.author.name, document.tags, page.notes) == ("Lee Fox", ("a",), ())


def test_the_word_none_is_not_an_author_but_stays_a_title() -> None:
    _, page = read(
        'title:: None (highlights)\nauthor:: [[None]]\nfull-title:: "None"\ncategory:: #books\nsummary:: None\n\n- text\n'
    )
    document = page.document
    assert (document.title, document.author, document.summary) == ("None", None, None)
    assert document.properties == (("author", "[[None]]"), ("summary", "None"))


@pytest.mark.parametrize(
    "prefix", ["readwise/", "Readwise/Highlights/", "READWISE/highlights/", "Lesen/Readwise/"]
)
def test_a_namespace_is_not_part_of_the_title(prefix: str) -> None:
    assert read(f"title:: {prefix}Keys\nfull-title:: Keys\n\n- text\n")[1].document.title == "Keys"


@pytest.mark.parametrize("mark", ["- {}: ", "* **{}**: ", ">{}:: "])
def test_a_vaults_title_and_author_may_contain_line_breaks(mark: str) -> None:
    rest = "\n" + mark.format("Category") + "#books\n"
    head = (
        "# 1/ Is It Deep?\nYes...\n\n## Metadata\n"
        + mark.format("Author") + "[[Ida\nElm]]\n"
        + mark.format("Full Title") + "1/ Is It Deep?\nYes..." + rest
    )  # fmt: skip
    page = read_vault("- text ^rw1\n", head)
    document = page.document
    assert document.title == document.full_title == "1/ Is It Deep? Yes..."
    assert (document.author and document.author.name, document.category, page.notes) == (
        "Ida Elm",
        "books",
        (),
    )


def test_words_below_a_heading_that_no_title_repeats_are_the_readers_own() -> None:
    page = read_vault(
        "- text ^rw1\n", "# Wells\nmy own words\n\n## Metadata\n- Full Title: Wells\n- Category: #books\n"
    )
    assert page.document.title == "Wells"
    assert [note.text for note in page.notes] == ["my own words"]


# --- below and behind a vault's highlights


@pytest.mark.parametrize(
    "day", ["Date:: [[September 11th, 2020, Friday]]", "Date:: 2020-09-11", "date:: [[Sep 11th, 2020]]"]
)
def test_a_date_below_a_highlight_is_its_day(day: str) -> None:
    highlight = read_vault_highlight(f"- A clock is late. ^rw101\n    - Note: mine\n    - {day}\n")
    assert highlight.taken_at is not None
    assert highlight.taken_at.isoformat() == "2020-09-11T00:00:00+00:00"
    assert [note.text for note in highlight.notes] == ["mine"]


@pytest.mark.parametrize(
    "day",
    ["\n\t  date:: [[2020-09-11]]", "\n\t\t- date:: [[2020-09-11]]", "\n\t\t- **Datum**: [[11.09.2020]]",
     "\n\t  Highlighted on:: Sep 11th, 2020"],
)  # fmt: skip
def test_a_date_below_a_highlight_of_a_graph_is_its_day(day: str) -> None:
    _, page = read(
        PAGE + SYNCED + f"\t- A clock is late. ([View Highlight]({OPEN}7)){day}\n\t\t- **Note**: mine\n"
    )
    (highlight,) = page.highlights
    assert (highlight.text, str(highlight.taken_at)[:10]) == ("A clock is late.", "2020-09-11")
    assert [note.text for note in highlight.notes] == ["mine"]


def test_a_property_that_is_not_a_date_stays_the_readers() -> None:
    _, page = read(PAGE + SYNCED + f"\t- A clock. ([View Highlight]({OPEN}7))\n\t  rating:: 5\n")
    assert [note.text for note in page.highlights[0].notes] == ["rating:: 5"]


def test_a_date_that_is_not_a_day_is_reported_with_its_line() -> None:
    _, parsed = parse_text(
        Text("# W\n\n## Metadata\n- Category: #books\n\n## Highlights\n- x ^rw1\n    - Date:: soon\n")
    )
    assert [(each.kind, each.line) for each in parsed.problems] == [("unknown-date", 8)]


@pytest.mark.parametrize(
    ("link", "place"),
    [
        (f"[Location\u00a0525]({OPEN}102)", ("location", "525")),
        (f"[Page 12]({OPEN}102)", ("page", "12")),
        (f"([Time 1:02:03]({OPEN}102))", ("time", "1:02:03")),
        (f"[Seite 12]({OPEN}102)", ("page", "12")),
        (f"[p. 12]({OPEN}102)", ("page", "12")),
        (f"[Posición 77]({OPEN}102)", ("location", "77")),
        (f"[第12页]({OPEN}102)", (None, None)),
        (f"[位置 #77]({OPEN}102)", (None, None)),
        (f"[Go to Page 12]({OPEN}102)", (None, None)),
        (f"[Positioning]({OPEN}102)", (None, None)),
    ],
)
def test_a_place_counts_with_and_without_outer_parentheses(
    link: str, place: tuple[str | None, str | None]
) -> None:
    highlight = read_vault_highlight(f"- A map is a promise. {link} ^rw102\n")
    assert (highlight.location_kind, highlight.location) == place


def test_notes_and_tags_at_the_margin_belong_to_the_highlight_above() -> None:
    page = read_vault(
        f"- Glue holds. [View Highlight]({OPEN}104) ^rw104\n- Note: my own\n  thought\n- See also: [[favorite]] [[sticky things]] \n"
        f"- Paste, too. [View Highlight]({OPEN}105) ^rw105\n- **Tags**: [[b]]\n- See also: the book of [[paste]]\n"
    )
    first, second, third = page.highlights
    assert (first.tags, [note.text for note in first.notes]) == (
        ("favorite", "sticky things"),
        ["my own\nthought"],
    )
    assert (second.tags, second.notes) == (("b",), ())
    assert third.text == "See also: the book of [[paste]]"


def test_a_labelled_paragraph_below_a_quotation_is_its_note() -> None:
    page = read_vault(
        f"> One. ([View Highlight]({OPEN}1))\n\n**Note**: mine\n\n> Two. ([View Highlight]({OPEN}2))\n"
    )
    assert [[note.text for note in each.notes] for each in page.highlights] == [["mine"], []]


def test_the_same_words_at_two_places_of_a_flat_page_are_two_highlights() -> None:
    lines = "".join(f"- Well. (Location {at}) #Highlight #[[2024-02-2{at}]]\n" for at in (1, 9))
    _, page = read(f"title:: Readwise/Highlights/F\ncategory:: #books\nNone\n{lines}")
    assert [(each.text, each.location) for each in page.highlights] == [("Well.", "1"), ("Well.", "9")]


def test_a_highlight_that_begins_with_note_stays_one_where_none_has_a_link() -> None:
    assert list_texts(read_vault("- Bread.\n- Note: yeast is alive.\n")) == [
        "Bread.",
        "Note: yeast is alive.",
    ]


# --- passages that are alike, cut or framed

PAGE = 'title:: Rope (highlights)\nauthor:: [[Nia Birch]]\nfull-title:: "Rope"\ncategory:: #books\n\n'
SYNCED = "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"


def test_the_same_words_at_two_places_are_two_highlights() -> None:
    card = "\t- -\n\t\t- A knot #flashcard\n\t\t\t- {}\n\t\t- (Page\u00a0{})\n\t- -\n"
    _, page = read(
        PAGE + SYNCED + card.format("reef", 21) + card.format("bowline", 22) + card.format("reef", 21)
    )
    assert [each.location for each in page.highlights] == ["21", "22", "21"]
    uids = [each.uid for each in page.highlights]
    assert uids[0] == uids[2] != uids[1]


def test_a_card_without_its_mark_that_ends_in_a_colon_is_cut() -> None:
    card = "\t- -\n\t\t- {}\n\t\t- (Page\u00a0{})\n\t- -\n"
    _, page = read(
        PAGE
        + SYNCED
        + card.format("Yarn is spun. #flashcard", 1)
        + card.format("You need:", 2)
        + card.format("My own.", 3)
    )
    assert [each.incomplete for each in page.highlights] == [False, True, False]


def test_the_only_card_of_a_page_without_the_mark_is_cut() -> None:
    card = "\t- -\n\t\t- {}\n\t\t- (Page\u00a0{})\n\t- -\n"
    cards = ("Yarn is spun. #flashcard", "You need a wheel and", "Wool is warm. #flashcard #b")
    _, page = read(PAGE + SYNCED + "".join(card.format(text, at) for at, text in enumerate(cards)))
    assert [each.incomplete for each in page.highlights] == [False, True, False]


@pytest.mark.parametrize(
    "frame",
    [
        "#+BEGIN_QUOTE\n\t  {}\n\t  #+END_QUOTE",
        "#+begin_quote\n\t  {}\n\t  #+end_quote\\",
        "#+BEGIN_NOTE\n\t  {}\n\t  #+END_NOTE",
    ],
)
def test_a_quote_region_in_one_block_is_the_passage_alone(frame: str) -> None:
    _, page = read(
        PAGE
        + SYNCED
        + "\t- "
        + frame.format(f"One.\n\t  Two. ([View Highlight]({OPEN}7))")
        + "\n\t\t- **Note**: mine\n"
    )
    (highlight,) = page.highlights
    assert (highlight.text, highlight.tags, highlight.uid) == ("One.\nTwo.", (), "open:7")
    assert [note.text for note in highlight.notes] == ["mine"]


def test_the_frame_of_code_is_part_of_the_passage() -> None:
    _, page = read(
        PAGE + SYNCED + f"\t- #+BEGIN_SRC\n\t  x = 1\n\t  #+END_SRC\n\t  ([View Highlight]({OPEN}7))\n"
    )
    assert list_texts(page) == ["#+BEGIN_SRC\nx = 1\n#+END_SRC"]


def test_a_heading_that_is_only_a_blocks_id_is_not_a_passage() -> None:
    _, page = read(PAGE + SYNCED + "\t- ### id:: 6a1\n\t- x\n")
    assert list_texts(page) == ["x"]


def test_a_short_link_in_the_backticks_of_a_tweet_counts_and_in_an_articles_code_not() -> None:
    text = "The `https://t.co/AbCdEf1235` call https://t.co/AbCdEf1236"
    _, page = read(PAGE + SYNCED + f"\t- {text} ([View Tweet]({TWEET}8))\n\t- {text} x\n")
    assert [len(each.links) for each in page.highlights] == [2, 1]


# --- tags


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("#tides  #spring boot ", ("tides", "spring boot")),
        ("#tides #boot", ("tides", "boot")),
        ("[[a b]]  #c", ("a b", "c")),
    ],
)
def test_two_spaces_separate_a_vaults_tags(written: str, tags: tuple[str, ...]) -> None:
    page = read_vault("- x ^rw1\n", f"# W\n\n## Metadata\n- Category: #books\n- Document Tags:  {written}\n")
    assert page.document.tags == tags


def test_a_list_of_tags_that_is_not_yaml_is_read_item_by_item() -> None:
    page = read_vault(
        "- x ^rw1\n", '---\ntags: [a, "b c", #d]\n---\n# W\n\n## Metadata\n- Category: #books\n'
    )
    assert page.document.tags == ("a", "b c", "d")


@pytest.mark.parametrize("written", ['[a, "b c", d', "[a, [b c], d", "[[[a]], b c, d]"])
def test_a_list_of_tags_with_broken_brackets_is_read_item_by_item(written: str) -> None:
    page = read_vault("- x ^rw1\n", f"---\ntags: {written}\n---\n# W\n\n## Metadata\n- Category: #books\n")
    assert page.document.tags == ("a", "b c", "d")


def test_entities_in_an_address_are_decoded() -> None:
    _, page = read(
        "title:: W\nfull-title:: W\ncategory:: #articles\nurl:: https://w.example/?a=1&amp;b=2\n"
        + SYNCED
        + "\t- x\n"
    )
    assert page.document.url == "https://w.example/?a=1&b=2"


def test_entities_in_tags_are_decoded() -> None:
    _, page = read(PAGE + SYNCED + "\t- x\n\t\t- **Tags**: #[[R&amp;D]] #[[&copy;]]\n")
    assert page.highlights[0].tags == ("R&D", "&copy;")


@pytest.mark.parametrize(
    "url",
    [
        "https://vxtwitter.com/rosa/status/1600000000000000001",
        "https://nitter.poast.org/rosa/status/1600000000000000001#m",
        "https://fixupx.com/rosa/status/1600000000000000001",
        "https://twitter.com/#!/@rosa/status/1600000000000000001",
    ],
)
def test_a_mirror_of_a_tweet_is_the_same_tweet(url: str) -> None:
    _, page = read(PAGE + SYNCED + f"\t- x ([View Tweet]({url}))\n")
    assert page.highlights[0].uid == "tweet:1600000000000000001"
    tweet = page.highlights[0].tweet
    assert (tweet and tweet.handle) == "rosa"


def test_a_host_that_only_sounds_like_a_mirror_is_not_one() -> None:
    _, page = read(
        PAGE + SYNCED + "\t- x ([View Tweet](https://notnitter.net/rosa/status/1600000000000000001))\n"
    )
    assert page.highlights[0].tweet is None


def test_chapters_may_be_divided_by_rules_but_not_by_words() -> None:
    head = "title:: Wells (highlights)\nauthor:: [[Rosa Fern]]\ncategory:: #books\n\n"
    chapters = f"- # One\n\t- deep ([View Highlight]({OPEN}1))\n- {{}}\n- # Two\n\t- deeper ([View Highlight]({OPEN}2))\n"
    _, divided = read(head + chapters.format("---"))
    assert [section.heading for section in divided.sections] == ["# One", "# Two"]
    assert (list_texts(divided), divided.notes) == (["deep", "deeper"], ())
    _, mixed = read(head + chapters.format("my own words"))
    assert mixed.sections == ()


def test_cards_with_one_front_and_different_answers_are_two_highlights_without_places_too() -> None:
    card = "\t- -\n\t\t- A knot #flashcard\n\t\t\t- {}\n\t- -\n"
    _, page = read(PAGE + SYNCED + card.format("The reef.") + card.format("The bowline."))
    assert len({each.uid for each in page.highlights}) == 2


@pytest.mark.parametrize(
    "label",
    [
        "Date::",
        "date::",
        "Date:",
        "**Date**:",
        "**Date:**",
        "Highlighted on:",
        "Created::",
        "Datum:",
        "日期：",
    ],
)
def test_a_day_below_a_highlight_in_a_vault_is_its_day(label: str) -> None:
    highlight = read_vault_highlight(f"- Wells. ([View Highlight]({OPEN}71))\n    - {label} [[2020-09-11]]\n")
    assert (str(highlight.taken_at)[:10], highlight.notes) == ("2020-09-11", ())


@pytest.mark.parametrize("value", ["None", "null", "undefined", "[[None]]", "~"])
def test_the_empty_author_of_a_template_is_not_an_author(value: str) -> None:
    assert (
        read_vault(
            "- Wells.\n", f"# Wells\n\n## Metadata\n- Author: {value}\n- Category: #books\n"
        ).document.author
        is None
    )
