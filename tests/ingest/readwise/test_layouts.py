"""The same contents in the layouts that templates, converters and readers give them, part by part."""

from __future__ import annotations

from datetime import date

import pytest

from ingest import kindle
from ingest.dates import parse_day
from ingest.identity import find_tweet_id
from ingest.source import parse_text
from ingest.text import Text
from markdown_text.escapes import decode_entities
from record_types.pages import Page

LOGSEQ = (
    'title:: A Page (highlights)\nauthor:: [[Ada Fern]]\nfull-title:: "A Page"\ncategory:: #articles\n\n'
    "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
)
VIEW = "([View Highlight](https://read.readwise.io/read/01aaaaaaaaaaaaaaaaaaaaaaa{}))"
CALLOUT = (
    "# Glue\n\n![rw-book-cover](https://img.example/g.png)\n<br>\n>[!note]- Readwise Information\n"
    ">Title:: Glue\n>Author:: {}\n>Type:: #Readwise/category/articles\n--- \n\n## Highlights\n"
)


def read(text: str, suffix: str = ".md") -> Page:
    (page,) = parse_text(Text(text, "A Page", suffix))[1].pages
    return page


def read_vault(metadata: str, highlights: str = "- one\n", front: str = "") -> Page:
    head = f"{front}# A Page\n\n## Metadata\n- Full Title: A Page\n- Category: #articles\n{metadata}\n"
    return read(f"{head}\n## Highlights\n{highlights}")


# --- values


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_line_break_after_any_line_of_a_page_is_not_a_word(ends: str) -> None:
    lines = (
        "title:: Nets (highlights)\\\nauthor:: [[Lee Fox]]\\\nfull-title:: \"Nets\"\\\ncategory:: #books\\\n"
        "rating:: 5\\\n\n- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\\\n"
        f"\t- Nets are holes. {VIEW.format(1)}\\\n\t\t- **Tags**: #[[q]]\\\n"
    )  # fmt: skip
    page = read(lines.replace("\n", ends))
    (highlight,) = page.highlights
    assert (page.document.title, page.document.full_title) == ("Nets", "Nets")
    assert ("rating", "5") in page.document.properties
    assert (highlight.text, highlight.tags, highlight.notes, page.notes) == (
        "Nets are holes.",
        ("q",),
        (),
        (),
    )


def test_a_backslash_that_ends_one_value_is_a_character_of_it() -> None:
    page = read(LOGSEQ.replace('"A Page"', '"C:\\"') + "\t- C:\\\n")
    assert page.document.full_title == "C:\\"
    assert page.highlights[0].text == "C:\\"


def test_a_title_over_several_lines_is_one_title() -> None:
    page = read(LOGSEQ.replace("A Page (highlights)", "A\nLong\nPage (highlights)") + "\t- one\n")
    assert page.document.title == "A Long Page"
    assert page.notes == ()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("[[Ida\nElm]], [[Jo\nAsh]]", "Ida Elm, Jo Ash"),
        ("[[Ida Elm,\nJo Ash]]", "Ida Elm, Jo Ash"),
        ("[[[美] Ida\nElm]]", "[美] Ida Elm"),
    ],
)
def test_brackets_of_authors_may_close_on_later_lines(written: str, name: str) -> None:
    page = read(CALLOUT.format(written) + "- one [View Highlight](https://readwise.io/open/106) ^rw106\n")
    assert page.document.author is not None
    assert page.document.author.name == name
    assert page.notes == ()


@pytest.mark.parametrize("written", ["None", "none", "[None]", "[[null]]", "undefined"])
def test_the_templates_word_for_no_author_is_not_an_author(written: str) -> None:
    assert read_vault(f"- Author: {written}").document.author is None


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("#tides  #spring boot  #[[a b]]", ("tides", "spring boot", "a b")),
        ("#tides, #spring boot", ("tides", "spring boot")),
        ("[[a]]\n[[b c]]", ("a", "b c")),
        ("#a #b", ("a", "b")),
    ],
)
def test_document_tags_are_separated_as_their_line_shows(written: str, tags: tuple[str, ...]) -> None:
    page = read_vault(f"- Document Tags: {written}")
    assert set(page.document.tags) == set(tags)
    assert page.notes == ()


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        (" ['a', \"b c\", [[d e]]]", ["a", "b c", "d e"]),
        (" [a, \"b, c\", #d]", ["a", "b, c", "d"]),
        (" ['#a', \"#b c\"]", ["a", "b c"]),
        ("\n- #a\n- [[b]]\n- \"c: d\"", ["a", "b", "c: d"]),
        (" [a, b: c, @d]", ["a", "b: c", "@d"]),
        (" [[a]], [[b c]]", ["a", "b c"]),
    ],
)  # fmt: skip
def test_a_list_of_tags_that_is_not_yaml_gives_its_tags(written: str, tags: list[str]) -> None:
    page = read_vault("- Author: [[A]]", front=f"---\ntags:{written}\n---\n")
    assert sorted(page.document.tags) == sorted(tags)


def test_entities_are_decoded_in_every_field_that_people_read() -> None:
    metadata = (
        "- Author: [[A]]\n- Document Note: don&#039;t\n- Summary: x &gt; y\n- Document Tags: [[R&amp;D]]"
    )
    link = "https://readwise.io/to_kindle?action=open&amp;asin=B1&amp;location=5"
    page = read_vault(metadata, f"- it&#8217;s one&hellip; ([Location 5]({link}))\n")
    assert (page.document.note, page.document.summary) == ("don't", "x > y")
    assert page.document.tags == ("R&D",)
    assert (page.highlights[0].text, page.highlights[0].uid) == ("it’s one…", "kindle:B1:5")


def test_entities_in_the_tags_of_a_table_are_decoded() -> None:
    table = (
        "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,"
        "Highlighted at,Document tags\nOne,T,A,,,,R&amp;D,page,3,2024-01-01 10:00:00+00:00,it&#39;s\n"
    )
    page = read(table, ".csv")
    assert (page.highlights[0].tags, page.document.tags) == (("R&D",), ("it's",))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("&#x2019; &#039; &amp;#39; &#38;lt; &#38; b", "’ ' ' < & b"),
        ("&mdash; &ldquo;q&rdquo; &#160;x", "— “q”  x"),
        ("&copy; &#7; &#10; &amp;copy;", "&copy; &#7; &#10; &amp;copy;"),
    ],
)
def test_entities_that_blogs_write_are_decoded_and_symbols_stay(before: str, after: str) -> None:
    assert decode_entities(before) == after
    assert decode_entities(after) == after


def test_a_heading_with_the_pages_title_is_not_a_note() -> None:
    page = read(
        "# On Oak (highlights)\n## Author:: [[Eve]]\n## Category:: #podcasts\n"
        "## New highlights added [[December 11th, 2020]] at 9:12 AM\n### Oak.\n"
    )
    assert (page.document.title, page.notes) == ("On Oak", ())


# --- highlights


@pytest.mark.parametrize(
    ("highlight", "text"),
    [
        ("#+begin_quote\n\t  One.\n\t  #+end_quote " + VIEW.format(1), "One."),
        ("#+BEGIN_QUOTE One. " + VIEW.format(1) + " #+END_QUOTE", "One."),
        ("#+BEGIN_QUOTE\n\t  One.\n\t  \n\t  Two.\n\t  #+END_QUOTE\n\t  " + VIEW.format(1), "One.\n\nTwo."),
        ("#+BEGIN_SRC py\n\t  x\n\t  #+END_SRC " + VIEW.format(1), "#+BEGIN_SRC py\nx\n#+END_SRC"),
    ],
)
def test_the_frame_of_a_quote_region_is_not_part_of_the_text(highlight: str, text: str) -> None:
    (found,) = read(f"{LOGSEQ}\t- {highlight}\n").highlights
    assert (found.text, found.tags, found.notes) == (text, (), ())
    assert found.uid == "readwise:01aaaaaaaaaaaaaaaaaaaaaaa1"


def test_labelled_items_at_the_margin_belong_to_the_highlight_above_them() -> None:
    page = read(
        CALLOUT.format("[[Gil]]") + "- Glue. [View Highlight](https://readwise.io/open/104) ^rw104\n"
        "- See also: #favorite #[[sticky things]]\n"
        "- Note: after\n- Tags: [[x]]\n- Paste. [View Tweet](https://twitter.com/g/status/1500000000000000004)\n"
        "- See also: \n- **Note**: bold\n"
        "- See also the appendix. [Page 9](https://readwise.io/open/105) ^rw105\n"
    )
    first, second, third = page.highlights
    assert (first.tags, [note.text for note in first.notes]) == (
        ("favorite", "sticky things", "x"),
        ["after"],
    )
    assert (second.uid, [note.text for note in second.notes]) == ("tweet:1500000000000000004", ["bold"])
    assert third.text == "See also the appendix."


def test_callouts_without_a_blank_line_between_them_are_separate_highlights() -> None:
    page = read(
        '---\nauthor: "[[Ann]]"\n---\n# Highlights\n\n> [!tldr]\n> One.\n> [!note] is a word here'
        " [🔗](https://twitter.com/s/status/1479860989326262275)\n"
        "> [!tldr]- Two. [🔗](https://twitter.com/s/status/1479861161292726276)\n"
        ">> [!info] **My Note**: mine\n"
    )
    assert [highlight.text for highlight in page.highlights] == ["One.\n[!note] is a word here", "Two."]
    assert [note.text for note in page.highlights[1].notes] == ["mine"]


def test_front_matter_and_a_title_may_precede_the_keys_of_the_communitys_plugin() -> None:
    page = read(
        "---\ntags: readwise\n---\n# E\n- **URL:** \n- **Author:** Bo\n- **Tags:** #books\n---\n\n"
        "A book. %%highlight_id: 184600003%%\n"
    )
    assert (page.document.title, page.document.category) == ("E", "books")
    assert [(each.uid, each.text) for each in page.highlights] == [("open:184600003", "A book.")]


@pytest.mark.parametrize(
    "text", ["%% highlight_id: 70 %%\n", "one %% highlight_id: 7 %%\n%% highlight_id: 70 %%\n"]
)
def test_an_id_without_words_stands_for_the_lost_text(text: str) -> None:
    last = read(f"- **URL:** https://a.example\n- **Tags:** #articles\n---\n\n{text}").highlights[-1]
    assert (last.uid, last.text, last.incomplete) == ("open:70", "https://readwise.io/open/70", True)


def test_cards_with_one_front_and_one_page_are_distinguished_by_their_answers() -> None:
    card = "\t- -\n\t\t- A knot #flashcard\n\t\t\t- {}\n\t\t- (Page 21)\n\t- -\n"
    page = read(LOGSEQ + card.format("reef") + card.format("bowline") + card.format("reef"))
    assert len({each.uid for each in page.highlights}) == 2


@pytest.mark.parametrize(
    ("count", "category", "uid"),
    [(1, "tweets", "tweet:1500000000000000007"), (1, "articles", "text:"), (2, "tweets", "text:")],
)
def test_an_org_pages_only_highlight_gets_its_tweet_from_the_url(count: int, category: str, uid: str) -> None:
    quote = "** 📌 [[2024-03-18]]\n#+BEGIN_QUOTE\nKeys are {}.\n#+END_QUOTE\\\n"
    page = read(
        f':PROPERTIES:\n:title: readwise/Keys\n:END:\n\n* metadata\n:PROPERTIES:\n:full-title: "Keys"\n'
        f":category: [[{category}]]\n:url: https://twitter.com/kim/status/1500000000000000007\n:END:\n\n"
        "* Highlights first synced by [[Readwise]] [[2024-03-19]]\n"
        + "".join(quote.format(number) for number in range(count)),
        ".org",
    )
    assert len(page.highlights) == count
    assert all(highlight.uid.startswith(uid) for highlight in page.highlights)


# --- days and addresses


@pytest.mark.parametrize(
    ("written", "own"),
    [
        ("Fri, 11 Sep 2020", ()),
        ("11 September 2020", ()),
        ("255 2020-09-11", ("D yyyy-MM-dd",)),
        ("2020-09-11 w37", ("YYYY-MM-dd 'w'WW",)),
        ("2020_09_11 Fri Q3", ("yyyy_MM_dd E 'Q'Q",)),
    ],
)
def test_a_day_is_read_whatever_else_its_format_counts(written: str, own: tuple[str, ...]) -> None:
    assert parse_day(written, own) == date(2020, 9, 11)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Data de adição: sábado, 3 de fevereiro de 2018 8h2min6s", "2018-02-03T08:02:06"),
        ("Added on Sat, 1 Jan 05 00:30:00 UTC", "2005-01-01T00:30:00"),
        ("Added on 2013年8月5日 星期一 下午12时05分00秒 GMT+08:00", "2013-08-05T04:05:00"),
    ],
)
def test_a_clippings_time_is_read_in_its_short_forms(written: str, moment: str) -> None:
    text = f"B (A)\n- Your Highlight on Location 25-30 | {written}\n\nText.\n==========\n"
    (page,) = kindle.parse(Text(text, "", ".txt")).pages
    assert page.highlights[0].taken_at is not None
    assert page.highlights[0].taken_at.isoformat() == f"{moment}+00:00"


@pytest.mark.parametrize(
    ("host", "is_mirror"),
    [("d.fxtwitter.com", True), ("g.fixupx.com", True), ("twstalker.com", True), ("fakexcancel.com", False)],
)
def test_a_mirrors_other_hosts_show_the_same_tweet(host: str, is_mirror: bool) -> None:
    found = find_tweet_id(f"https://{host}/sea/status/1479861505225654278")
    assert (found == 1479861505225654278) is is_mirror
