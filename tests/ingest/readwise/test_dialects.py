"""The dialects of docs/formats.md: each detects only its own pages; all give the same records."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.folder import find_sources
from ingest.readwise import cards, flat, obsidian, org, plugin, quoted, roam
from ingest.source import DIALECTS, find_dialect, is_written_in, make_text, parse_text, read_source
from ingest.text import Parsed, Text
from record_types.errors import UnreadableError
from record_types.pages import Highlight, Note, Page, SourceFile
from tests.ingest.readwise.words import find_lost_words, read_text

DATA = Path(__file__).parents[2] / "data" / "readwise"
EXPECTED = {
    "cards": "logseq-cards",
    "flat": "logseq-flat",
    "headings": "logseq-headings",
    "org": "logseq-org",
    "own-blocks": "logseq",
    "plugin": "logseq-plugin",
    "quoted": "logseq-quoted",
    "roam": "logseq-roam",
    "typed": "logseq",
}
FOLDERS = sorted(EXPECTED)
SHOWN = ("uid", "title", "full_title", "category", "url", "summary", "note", "tags", "properties")


@cache
def read_fixture(folder: str) -> SourceFile:
    sources = find_sources(DATA / folder)
    (stamp,) = (stamp for stamp in sources.stamps if not stamp.path.endswith(".json"))
    return read_source(stamp, sources.settings)


@cache
def fixture_text(folder: str) -> Text:
    file = read_fixture(folder)
    return make_text(file.stamp.path, read_text(file), find_sources(DATA / folder).settings)


def read_page(folder: str) -> Page:
    (page,) = read_fixture(folder).pages
    return page


def parse(text: str, name: str = "A Page", suffix: str = ".md") -> tuple[str | None, Page]:
    dialect, parsed = parse_text(Text(text, name, suffix))
    (page,) = parsed.pages
    return dialect, page


def show_highlight(highlight: Highlight) -> dict[str, object]:
    return {
        "line": highlight.line,
        "uid": highlight.uid,
        "text": highlight.text,
        "view": highlight.view_url,
        "place": f"{highlight.location_kind} {highlight.location}" if highlight.location else None,
        "taken_at": highlight.taken_at and highlight.taken_at.isoformat(),
        "synced_on": highlight.synced_on,
        "tags": highlight.tags,
        "notes": [f"{note.line} {note.kind}: {note.text}" for note in highlight.notes],
        "incomplete": highlight.incomplete or None,
    }


def show_file(file: SourceFile) -> str:
    """The records of a file in the form of the expected results; what is empty is left out."""
    (page,) = file.pages
    document = page.document
    shown = {
        "dialect": file.dialect,
        "document": {name: getattr(document, name) for name in SHOWN}
        | {"author": document.author and (document.author.name, document.author.handle)},
        "sections": [f"{each.line} {each.synced_on}: {each.heading}" for each in page.sections],
        "highlights": [show_highlight(highlight) for highlight in page.highlights],
        "notes": [f"{note.line} {note.kind}: {note.text}" for note in page.notes],
        "block_properties": [f"{each.line} {each.key}: {each.value}" for each in page.block_properties],
        "problems": [f"{each.line} {each.kind}" for each in file.problems],
    }  # fmt: skip
    return json.dumps(drop_empty(shown), ensure_ascii=False, indent=1) + "\n"


def drop_empty(value: object) -> object:
    if isinstance(value, dict):
        return {key: drop_empty(each) for key, each in value.items() if each not in (None, (), [], "")}
    return [drop_empty(each) for each in value] if isinstance(value, list) else value


# --- every dialect


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_page_has_the_expected_records(folder: str, check_golden: Callable[[Path, str], None]) -> None:
    check_golden(DATA / folder / "expected.json", show_file(read_fixture(folder)))


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_page_is_detected_by_its_own_dialect_and_by_no_other_specific_one(folder: str) -> None:
    text = fixture_text(folder)
    particular = [dialect.NAME for dialect in DIALECTS[:-1] if is_written_in(dialect, text)]
    assert particular == [name for name in (EXPECTED[folder],) if name != "logseq"]
    dialect = find_dialect(text)
    assert dialect is not None
    assert EXPECTED[folder] == dialect.NAME


@pytest.mark.parametrize("folder", FOLDERS)
def test_text_with_words_before_each_line_of_a_page_is_not_a_page(folder: str) -> None:
    text = fixture_text(folder)
    quoted = replace(text, text=re.sub("^", "x ", text.text, flags=re.MULTILINE))
    assert find_dialect(quoted) in (None, obsidian)  # a view link and a key are enough for a note


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_files_name_decides_nothing(folder: str) -> None:
    dialect = find_dialect(replace(fixture_text(folder), name="Untitled"))
    assert dialect is not None
    assert EXPECTED[folder] == dialect.NAME


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_word_of_a_page_is_in_its_records(folder: str) -> None:
    assert find_lost_words(read_fixture(folder)) == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_line_of_a_highlight_is_where_its_block_begins(folder: str) -> None:
    lines = read_text(read_fixture(folder)).split("\n")
    for highlight in read_page(folder).highlights:
        assert lines[highlight.line - 1].lstrip("\t -#").startswith(("*", highlight.text[:8], "> "))


@pytest.mark.parametrize("folder", FOLDERS)
def test_windows_line_endings_read_the_same(folder: str) -> None:
    text = fixture_text(folder)
    assert parse_text(replace(text, text=text.text.replace("\n", "\r\n"))) == parse_text(text)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_page_that_ends_without_a_line_ending_reads_the_same(folder: str) -> None:
    text = fixture_text(folder)
    assert parse_text(replace(text, text=text.text.rstrip("\n"))) == parse_text(text)


PLAIN_PAGES = (
    "",
    "- a thought\n",
    "* a headline\n** below\n:PROPERTIES:\n:id: 1\n:END:\n",
    "- #Highlight #[[2024-02-28]] is how I mark things\n",
    "- > a quote ([View Tweet](https://twitter.com/a/status/1))\n\t- **Date**: [[2023-05-01]]\n",
    "\t- -\n\t\t- question #flashcard\n\t\t\t- answer\n",
    "- Author:: [[Ada]]\n- URL:: https://a.example\n- my reading\n",
    "- [[Readwise Highlights]] is a page that I never use\n",
    "#+title: Recipes\n* Bread\n#+BEGIN_QUOTE\nrye\n#+END_QUOTE\n",
)


@pytest.mark.parametrize("text", PLAIN_PAGES)
@pytest.mark.parametrize("suffix", [".md", ".org"])
def test_pages_without_readwises_marks_are_not_detected(text: str, suffix: str) -> None:
    assert parse_text(Text(text, "A Title (Readwise)", suffix)) == (None, Parsed())


@pytest.mark.parametrize("folder", FOLDERS)
def test_tables_are_not_detected_as_pages(folder: str) -> None:
    assert find_dialect(replace(fixture_text(folder), suffix=".csv")) is None


HEAD = 'title:: A Page (highlights)\nauthor:: [[Ada]]\nfull-title:: "A Page"\ncategory:: #books\n\n'
SYNCED = "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"
VIEW = "([View Highlight](https://read.readwise.io/read/01gw98rqcrkfzz2g35y9tdbcna))"


@pytest.mark.parametrize(
    "body",
    [
        SYNCED + f"\t- > a quoted passage {VIEW}\n- > a quote of mine\n\t- **Date**: [[2023-05-01]]\n",
        SYNCED + "\t- words\n\t\t- -\n\t\t- mine\n",
        SYNCED + "\t- words #Highlight\n- #Highlight [[2024-02-28]]\n",
        SYNCED + "\t- words\n\t\t- on:: [[2021-12-05]]\n\t\t  link:: x\n- [[Readwise Highlights]]\n",
        "- Author:: [[Ada]] is what Roam would write\n" + SYNCED + "\t- words\n",
        SYNCED + "\t- words\n\t  #+BEGIN_QUOTE\n\t  inside\n\t  #+END_QUOTE\n",
        SYNCED + "\t- what is it? #flashcard\n\t\t- this\n",
    ],
)
def test_readwises_own_pages_are_detected_as_such_whatever_they_contain(body: str) -> None:
    dialect, page = parse(HEAD + body)
    assert dialect == "logseq"
    assert len(page.highlights) == 1


# --- identity


TWEET = "https://twitter.com/ada/status/1400000000000000001"
SAME_TWEET = {
    "logseq": f"{HEAD}{SYNCED}\t- words ([View Tweet]({TWEET}))\n",
    "logseq-flat": f"{HEAD}- words ([View Tweet]({TWEET}?s=20)) #Highlight #[[2024-02-28]]\n",
    "logseq-quoted": f"{HEAD}- > words ([View Tweet](https://x.com/other/status/1400000000000000001))\n",
    "logseq-cards": f"{HEAD}{SYNCED}\t- -\n\t\t- words #flashcard\n\t\t- ([View Tweet]({TWEET}))\n\t- -\n",
    "logseq-plugin": "retrieved:: [[2022-02-01]]\n\n- ## [[Readwise Highlights]]\n\t- words\n"
    f"\t                link:: [{TWEET}]({TWEET})\n",
    "logseq-roam": "---\ntitle: A Page (highlights)\n---\n\n- Author:: [[Ada]]\n\n"
    "- Highlights first synced by "
    f"#Readwise [[May 25th, 2021]]\n\t - words ([View Tweet]({TWEET}))\n",
}
URL = "https://books.example/a-page"
SAME_WORDS = {
    "logseq": f"{HEAD[:-1]}url:: {URL}\n\n{SYNCED}\t- Some words,\n\t  two lines.\n",
    "logseq-flat": f"{HEAD[:-1]}url:: {URL}\n\n- Some words,\n  two lines. #Highlight #[[2024-02-28]]\n",
    "logseq-quoted": f"{HEAD[:-1]}url:: {URL}\n\n- > Some words,\n  > two lines.\n"
    "\t- **Date**: [[2024-02-28]]\n",
    "logseq-cards": f"{HEAD[:-1]}url:: {URL}\n\n{SYNCED}\t- -\n\t\t- Some words,\n"
    "\t\t  two lines. #flashcard\n\t- -\n",
    "logseq-roam": f"- Author:: [[Ada]]\n- Category:: #books\n- URL:: {URL}\n"
    "- Highlights first synced by #Readwise "
    "[[May 25th, 2021]]\n\t - Some words,\ntwo lines.\n",
    "logseq-org": f"* metadata\n:PROPERTIES:\n:author: [[Ada]]\n:full-title: \"A Page\"\n:url: {URL}\n:END:\n"
    "* Highlights first synced by [[Readwise]] [[2024-03-19]]\n** 📌 [[2024-03-18]]\n"
    "#+BEGIN_QUOTE\nSome words,\n"
    "two lines.\n#+END_QUOTE\\\n",
}  # fmt: skip


@pytest.mark.parametrize("name", SAME_TWEET)
def test_a_tweet_is_the_same_highlight_in_every_dialect(name: str) -> None:
    dialect, page = parse(SAME_TWEET[name])
    assert dialect == name
    (highlight,) = page.highlights
    assert (highlight.uid, highlight.text) == ("tweet:1400000000000000001", "words")
    assert highlight.tweet is not None


@pytest.mark.parametrize("name", SAME_WORDS)
def test_a_document_and_its_words_are_the_same_in_every_dialect(name: str) -> None:
    dialect, page = parse(SAME_WORDS[name], suffix=".org" if name == "logseq-org" else ".md")
    assert dialect == name
    assert page.document.uid == "url:books.example/a-page"
    _, plain = parse(SAME_WORDS["logseq"])
    (highlight,) = page.highlights
    assert (highlight.uid, highlight.text) == (plain.highlights[0].uid, "Some words,\ntwo lines.")


def test_a_kindle_location_is_the_same_highlight_on_the_plugins_page_and_on_readwises() -> None:
    place = "https://readwise.io/to_kindle?action=open&asin=B000QUILL0&location=214"
    _, page = parse(f"{HEAD}{SYNCED}\t- Paper remembers. ([Location\u00a0214]({place}))\n")
    assert page.highlights[0].uid == read_page("plugin").highlights[2].uid


def test_a_deep_link_without_a_book_is_only_a_location() -> None:
    _, page = parse(
        "retrieved:: [[2022-02-01]]\n- ### [[Readwise Highlights]]\n\t- words\n"
        "\t  location:: [12](kindle://book?action=open&asin=null&location=12)\n"
    )
    (highlight,) = page.highlights
    assert (highlight.view_url, highlight.location, highlight.uid[:5]) == (None, "12", "text:")


# --- days


@pytest.mark.parametrize("folder", ["flat", "org", "plugin", "quoted"])
def test_a_highlights_own_day_is_its_midnight_in_utc(folder: str) -> None:
    days = [highlight.taken_at for highlight in read_page(folder).highlights if not highlight.incomplete]
    assert all(day is not None and day.tzinfo is UTC and day.hour == 0 for day in days)
    assert datetime(2000, 1, 1, tzinfo=UTC) < min(day for day in days if day)


@pytest.mark.parametrize("folder", ["cards", "own-blocks", "roam", "typed"])
def test_the_day_of_a_sync_does_not_date_a_highlight(folder: str) -> None:
    highlights = read_page(folder).highlights
    assert {highlight.taken_at for highlight in highlights} == {None}
    assert all(highlight.synced_on for highlight in highlights)


def test_a_highlights_day_is_parsed_with_the_graphs_own_date_format() -> None:
    text = f"{HEAD}- words {VIEW} #Highlight #[[03-04-2023]]\n"
    own = flat.parse(Text(text, day_formats=("MM-dd-yyyy",))).pages[0].highlights[0]
    assert own.synced_on == "2023-03-04"
    doubtful = flat.parse(Text(text)).pages[0].highlights[0]
    assert (doubtful.synced_on, doubtful.taken_at, doubtful.tags) == (None, None, ("03-04-2023",))


@pytest.mark.parametrize(
    ("value", "synced_on"),
    [
        ("[[2023-05-01]]", "2023-05-01"),
        ("May 1st, 2023", "2023-05-01"),
        ("[[2023-05-01]] 5:56 PM", "2023-05-01T17:56"),
        ("2023-05-01 17:56", "2023-05-01T17:56"),
    ],
)
def test_a_day_below_a_quote_may_have_a_time(value: str, synced_on: str) -> None:
    dialect, page = parse(f"{HEAD}- > words\n\t- **Date**: {value}\n")
    (highlight,) = page.highlights
    assert (dialect, highlight.synced_on, highlight.notes) == ("logseq-quoted", synced_on, ())
    assert highlight.taken_at == datetime(2023, 5, 1, tzinfo=UTC)


def test_an_invalid_date_stays_a_note() -> None:
    text = Text(f"{HEAD}- > words\n\t- **Date**: some day in May\n")
    parsed = quoted.parse(text)
    (highlight,) = parsed.pages[0].highlights
    assert highlight.notes == (Note("**Date**: some day in May", "block", 7),)
    assert [problem.kind for problem in parsed.problems] == ["unknown-date"]


# --- cards


def read_cards(body: str) -> Page:
    dialect, page = parse(HEAD.replace("category", "deck:: [[B]]\ncategory") + SYNCED + body)
    assert dialect == "logseq-cards"
    return page


def test_cards_beside_their_rules_may_be_below_a_heading() -> None:
    page = read_cards(
        "\t- Chapter 1\n\t\t- -\n\t\t- one #flashcard\n\t\t\t- q\n\t\t\t- (Page 4)\n\t\t- -\n"
        "\t\t- -\n\t\t- two\n\t\t- -\n"
        "\t- Chapter 2\n\t\t- -\n\t\t- three #flashcard\n\t\t- -\n"
    )
    found = [(each.text, each.location, [note.text for note in each.notes]) for each in page.highlights]
    assert found == [("one", "4", ["q"]), ("two", None, []), ("three", None, [])]
    assert [note.text for note in page.notes] == ["Chapter 1", "Chapter 2"]


def test_the_readers_block_in_a_card_belongs_to_its_highlight() -> None:
    (highlight,) = read_cards("\t- -\n\t\t- words\n\t\t- mine\n\t\t\t- deeper\n\t- -\n").highlights
    assert highlight.notes == (Note("mine\n- deeper", "block", 10),)


def test_a_rule_alone_on_a_page_with_a_deck_takes_no_highlight_of_other_sections() -> None:
    page = read_cards(
        "\t- -\n\t\t- card #flashcard\n\t- -\n"
        "- New highlights added [[Nov 20th, 2022]] at 1:00 PM\n\t- plain\n"
    )
    assert [highlight.text for highlight in page.highlights] == ["card", "plain"]


def test_a_mark_inside_the_text_is_kept() -> None:
    (highlight,) = read_cards("\t- -\n\t\t- the #flashcard tag and #cards\n\t- -\n").highlights
    assert (highlight.text, highlight.tags) == ("the #flashcard tag and #cards", ())


# --- flat, quoted


def test_words_after_a_link_that_are_not_marks_are_the_readers() -> None:
    text = (
        f"{HEAD}- one {VIEW} #Highlight #[[2024-02-28]]\n"
        f"- two ([View Tweet]({TWEET})) I doubt it #Highlight #[[2024-02-28]]\n"
    )
    (page,) = flat.parse(Text(text)).pages
    assert [note.text for note in page.highlights[1].notes] == ["I doubt it #Highlight #[[2024-02-28]]"]
    assert page.highlights[1].text == "two"


def test_none_in_a_sentence_is_not_an_empty_value() -> None:
    (page,) = flat.parse(Text(f"{HEAD}None of it\n- one {VIEW} #Highlight #[[2024-02-28]]\n")).pages
    assert [note.text for note in page.notes] == ["None of it"]


def test_a_quote_may_be_marked_in_its_first_line_only() -> None:
    _, page = parse(f"{HEAD}- > one\n  \n  > two\n  three {VIEW}\n")
    assert page.highlights[0].text == "one\n\n> two\nthree"


def test_a_readers_quote_below_a_highlight_keeps_its_mark() -> None:
    _, page = parse(f"{HEAD}- > one {VIEW}\n\t- > mine\n")
    assert [note.text for note in page.highlights[0].notes] == ["> mine"]


# --- the plugin, Roam, Org


def test_a_cover_with_a_size_is_a_cover() -> None:
    cover = "![book_image](https://a.example/c.png){:height 200, :width 200}"
    _, page = parse(f"retrieved:: [[2022-03-01]]\n\n- {cover}\n- ## [[Readwise Highlights]]\n\t- words\n")
    assert page.document.properties == (("retrieved", "[[2022-03-01]]"), ("cover", cover))
    assert page.notes == ()


def test_properties_before_the_text_are_read_like_those_after_it() -> None:
    _, page = parse(
        "retrieved:: [[2022-03-01]]\n\n- ## [[Readwise Highlights]]\n"
        "\t- link:: [https://a.example/1](https://a.example/1)\n"
        "\t  on:: [[Dec 5th, 2021]]\n\t  tags:: [[ink]]\n\t  words\n\t  similar:: different\n"
    )
    (highlight,) = page.highlights
    assert (highlight.text, highlight.tags) == ("words\nsimilar:: different", ("ink",))
    assert (highlight.synced_on, highlight.view_url) == ("2021-12-05", "https://a.example/1")


def test_roam_text_at_the_margin_belongs_to_the_highlight_above() -> None:
    highlights = read_page("roam").highlights
    assert (
        highlights[0].text == "Flour, water, salt:\n\n- the flour first\n    then the water\n# and patience"
    )


def test_a_roam_page_that_logseq_saved_keeps_the_readers_blocks() -> None:
    dialect, page = parse(
        "- Author:: [[Ada]]\n- Recommended By:: [[Otto]]\n"
        "- Highlights first synced by #Readwise [[May 25th, 2021]]\n"
        "\t- one\n\t  two\n\t  id:: x\n\t\t- below\n- mine\n"
    )
    (highlight,) = page.highlights
    assert (dialect, highlight.text, page.notes) == ("logseq-roam", "one\ntwo", (Note("mine", "block", 8),))
    assert page.document.properties == (("recommended-by", "[[Otto]]"),)


def test_four_spaces_are_read_as_a_tab_in_roams_own_export() -> None:
    _, page = parse(
        "- Author:: [[Ada]]\n- URL:: https://a.example\n"
        "- ### Highlights first synced by #Readwise [[May 25th, 2021]]\n"
        "    - one\n\nmore of one\n        - **Note**: mine\n"
        "- ### New highlights added [[May 26th, 2021]] at 1:01 PM\n    - two\n"
    )
    assert [(each.text, len(each.notes)) for each in page.highlights] == [
        ("one\n\nmore of one", 1),
        ("two", 0),
    ]
    assert page.sections[1].synced_on == "2021-05-26T13:01"


def test_an_org_highlight_without_a_quote_is_its_headline_and_the_text_below() -> None:
    _, page = parse(
        ":PROPERTIES:\n:title: A (highlights)\n:END:\n"
        "* Highlights first synced by [[Readwise]] [[2024-03-19]]\n"
        f"** one {VIEW}\n*** **Note**: mine\n** two\nmore\n",
        suffix=".org",
    )
    assert [highlight.text for highlight in page.highlights] == ["one", "two\nmore"]
    assert page.highlights[0].uid.startswith("readwise:")
    assert page.highlights[0].notes == (Note("mine", "note", 6),)


def test_text_around_an_org_quote_is_the_readers() -> None:
    _, page = parse(
        '* metadata\n:PROPERTIES:\n:full-title: "A"\n:END:\n![](https://a.example/c.png)\n'
        "* [[Readwise]] [[2024-03-19]]\n"
        "** 📌 [[2024-03-18]]\n#+begin_quote\nwords\n#+end_quote\\\nand mine\n* my own\n** below\n",
        suffix=".org",
    )
    (highlight,) = page.highlights
    assert (highlight.text, highlight.notes) == ("words", (Note("and mine", "block", 7),))
    assert highlight.taken_at == datetime(2024, 3, 18, tzinfo=UTC)
    assert page.document.properties == (("cover", "https://a.example/c.png"),)
    assert page.notes == (Note("my own\n- below", "block", 12),)


def test_an_org_pages_properties_may_be_below_other_headlines() -> None:
    _, page = parse(
        '* mine\n** below mine\n* metadata\n:PROPERTIES:\n:full-title: "A"\n:author: [[Ada]]\n:END:\n'
        "** below the metadata\n* [[Readwise]] [[2024-03-19]]\n"
        f"** one {VIEW}\n*** **Note**: mine too\n",
        suffix=".org",
    )
    assert page.document.full_title == "A"
    assert [(highlight.text, highlight.notes) for highlight in page.highlights] == [
        ("one", (Note("mine too", "note", 11),))
    ]
    assert page.notes == (Note("mine\n- below mine", "block", 1), Note("below the metadata", "block", 8))


# --- any text


PARTICULAR = (cards, flat, org, plugin, quoted, roam)
LINES = sorted({line for folder in FOLDERS for line in fixture_text(folder).text.split("\n")})
PIECES = st.sampled_from(
    [*LINES, "\t", "  ", "- ", "> ", "```", "$$", "\0", "\r", "\u2028", "[[", "]]", "::", "* "]
)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["\n", "\n", ""])).map("".join), max_size=30).map("".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS | st.text(max_size=60), st.sampled_from([".md", ".org"]))
def test_any_text_gives_records_or_an_unreadable_page(text: str, suffix: str) -> None:
    page = Text(text, "X", suffix)
    for dialect in DIALECTS:
        dialect.detect(page)
        try:
            parsed = dialect.parse(page)
        except UnreadableError:
            continue
        for found in parsed.pages:
            assert all(each.text.strip() and each.uid for each in found.highlights)
            assert all(1 <= each.line <= text.count("\n") + 1 for each in found.highlights)


WORDS = st.lists(st.text(alphabet="abcdefgh", min_size=3, max_size=6), min_size=1, max_size=3).map(" ".join)
MARKS = [
    "- ",
    "- ",
    "  ",
    "- > ",
    "- -",
    "- Note: ",
    "link:: ",
    "* ",
    "** ",
    "#+BEGIN_QUOTE ",
    "#+END_QUOTE",
    " - ",
    "",
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(FOLDERS),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(MARKS), WORDS, st.booleans()), max_size=15),
)
def test_no_word_is_lost_wherever_it_appears(folder: str, lines: list[tuple[int, str, str, bool]]) -> None:
    text = fixture_text(folder)
    tail = "".join(
        "\t" * depth + mark + words + (" #flashcard\n" if is_marked else "\n")
        for depth, mark, words, is_marked in lines
    )
    dialect, parsed = parse_text(replace(text, text=text.text + tail))
    assert dialect == EXPECTED[folder]
    kept = repr(parsed)
    assert [word for _, _, words, _ in lines for word in words.split() if word not in kept] == []


HOSTILE = {
    "rules": "\t- -\n" * 20_000,
    "nested cards": "".join("\t" * (depth % 40) + "- -\n" for depth in range(20_000)),
    "marks": "- #Highlight #[[2024-02-28]] " + "#a " * 40_000,
    "open marks": "- a #Highlight " + "#[[" * 40_000,
    "quotes": "- > a\n" + "  >\n" * 40_000,
    "properties": "\t- a\n" + "\t  link:: [" * 20_000 + "\n" + "\t  on:: x\n" * 20_000,
    "margin": "\t - a\n" + "- b\n" * 15_000,
    "open regions": "** a\n" + "#+BEGIN_QUOTE\n" * 40_000,
    "drawers": "** a\n:PROPERTIES:\n" * 20_000,
    "pins": "** 📌 [[" + "[" * 80_000,
    "dates": "\t- a\n" + "\t\t- **Date**: 1 1 1 1 1 1 1 1\n" * 8_000,
    "colons": "- " + "a" * 40_000 + ":" * 40_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("folder", ["cards", "flat", "org", "plugin", "quoted", "roam"])
def test_a_hostile_page_takes_time_in_proportion_to_its_length(folder: str, name: str) -> None:
    text = fixture_text(folder)
    before = perf_counter()
    parse_text(replace(text, text=text.text + HOSTILE[name]))
    assert perf_counter() - before < 20  # a quadratic reader took minutes, a busy machine some seconds


BOOK = 'title:: A\nauthor:: [[B]]\nfull-title:: "A"\ncategory:: #books\n'
LINK = "([View Highlight](https://read.readwise.io/read/01a))"


@pytest.mark.parametrize(
    ("dialect", "text", "suffix"),
    [
        ("logseq", "full-title:: A\n\n- a\n", ".md"),
        ("logseq", "- [[Readwise]] [[2022-11-19]]\n\t- a\n", ".md"),
        ("logseq", "- New highlights added [[2022-11-19]]\n\t- a\n", ".md"),
        ("logseq-cards", f"{BOOK}\n- [[Readwise]] [[2022-11-19]]\n\t- a #flashcard\n\t- -\n\t- b\n", ".md"),
        ("logseq-cards", f"{BOOK}\n- [[Readwise]] [[2022-11-19]]\n  - a #card\n  - -\n  - b\n", ".md"),
        ("logseq-cards", f"{BOOK}deck:: D\n\n- [[Readwise]] [[2022-11-19]]\n  - a\n  - -\n", ".md"),
        ("logseq-database", "* full-title:: A\n* author:: B\n", ".md"),
        ("logseq-database", "* full-title::\n\n", ".md"),
        ("logseq-database", "* full-title::\r\n\r\n", ".markdown"),
        ("logseq-database", f"- a {LINK}\n- b {LINK}\n", ".md"),
        ("logseq-org", ":PROPERTIES:\n:full-title: A\n:END:\n", ".md"),
        ("logseq-org", ":properties:\n:full-title: A\n:end:\n", ".org"),
        ("logseq-org", "#+full-title: A\n", ".org"),
        ("logseq-org", ":full-title: A\n", ".org"),
        ("logseq-org", "* [[Readwise]] [[2022-11-19]]\n", ".org"),
        ("logseq-org", "*\t[[Readwise]] [[2022-11-19]]\n", ".org"),
        (None, "*\t[[Readwise]] [[2022-11-19]]\n", ".md"),
    ],
)
def test_one_sign_is_enough_to_detect_a_dialect(dialect: str | None, text: str, suffix: str) -> None:
    assert parse_text(Text(text, "A", suffix))[0] == dialect
