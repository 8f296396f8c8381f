"""Quirks that readers, templates and plugin versions left in pages, and how each is read."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.identity import document_uid, hash_text, text_uid
from ingest.source import parse_text
from ingest.text import Parsed, Text
from record_types.pages import Author, Highlight, Note, NoteKind, Page, Problem

HEAD = 'title:: A Page (highlights)\nauthor:: [[Ada Example]]\nfull-title:: "A Page"\ncategory:: #articles\n'
TWEETS = (
    "title:: Tweets From Ada (highlights)\nauthor:: [[@ada on Twitter]]\n"
    'full-title:: "Tweets From Ada"\ncategory:: #tweets\nurl:: https://twitter.com/Ada\n\n'
)
SYNCED = "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n"


def parse(text: str, name: str = "A Page (highlights)", day_formats: tuple[str, ...] = ()) -> Parsed:
    dialect, parsed = parse_text(Text(text, name, ".md", day_formats))
    assert dialect == "logseq"
    return parsed


def read_page(text: str) -> Page:
    (page,) = parse(text).pages
    return page


def read_highlights(body: str, head: str = HEAD) -> tuple[Highlight, ...]:
    return read_page(head + "\n" + SYNCED + body).highlights


def tweet(number: int, text: str = "words") -> str:
    return f"\t- {text} ([View Tweet](https://twitter.com/ada/status/140000000000000000{number}))\n"


# --- the preamble


def test_a_note_of_many_paragraphs_ends_at_the_next_property() -> None:
    page = read_page(
        HEAD
        + "document_note:: First.\n\n# Second\n1. third\n\n```\nopen\n"
        + "tags:: #[[a b]] #[[c]]\nrelated:: x\n\n"
        + SYNCED
        + "\t- text\n"
    )
    assert page.document.note == "First.\n\n# Second\n1. third\n\n```\nopen"
    assert page.document.tags == ("a b", "c")
    assert page.document.properties == (("related", "x"),)
    assert [highlight.text for highlight in page.highlights] == ["text"]


def test_double_colons_in_the_prose_of_a_note_stay_text() -> None:
    document = read_page(
        HEAD + "document_note:: One\n\nstd::fs and Similar:: Different\nTo:: you\n\n" + SYNCED
    ).document
    assert document.note == "One\n\nstd::fs and Similar:: Different\nTo:: you"


def test_loose_text_above_the_first_bullet_is_the_readers_own() -> None:
    page = read_page(HEAD + "\nwhat I think\nof it\n\nand more\n\n" + SYNCED)
    assert page.notes == (Note("what I think\nof it", "block", 6), Note("and more", "block", 9))


@pytest.mark.parametrize(
    "cover", ["![](https://covers.example/a_(1).jpg)\n\n", "\n- ![](https://covers.example/a_(1).jpg)\n"]
)
def test_a_cover_may_precede_or_be_the_first_bullet(cover: str) -> None:
    page = read_page(HEAD + cover + SYNCED + "\t- text\n")
    assert page.document.properties == (("cover", "https://covers.example/a_(1).jpg"),)
    assert (len(page.highlights), page.notes) == (1, ())


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ('full-title:: "She said "no" twice"', 'She said "no" twice'),
        ('full-title:: "\\#100DaysOfCode \\- day 1"', "#100DaysOfCode - day 1"),
        ("full-title:: Plain: no quotes", "Plain: no quotes"),
        ('full\\-title:: "Well\\-known"', "Well-known"),
        ('full-title:: "One\ntwo"', "One two"),
        ('full-title:: "One"\\\nand words', "One"),
        ('full-title:: "C:\\"', "C:\\"),
        ("full-title:: One\\", "One\\"),
    ],
)
def test_a_full_title_loses_its_quotes_and_backslashes(line: str, title: str) -> None:
    assert (
        read_page(f"title:: A Page (highlights)\n{line}\ncategory:: #books\n\n{SYNCED}").document.full_title
        == title
    )


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Tea &Amp; Toast...", "Tea & Toast..."),
        ("&Gt; 3 &Lt; 5 &quot;so&Quot;", '> 3 < 5 "so"'),
        ("R&amp;amp;D", "R&D"),
        ("Who&#39;s There", "Who's There"),
        ("AT&T; Or Not", "AT&T; Or Not"),
        ("Written &amp;copy; Read", "Written &amp;copy; Read"),
        ("&Gt 3", "&Gt 3"),
    ],
)
def test_a_title_is_displayed_without_entities(written: str, title: str) -> None:
    page = read_page(
        f'title:: {written} (highlights)\nfull-title:: "{written}"\ncategory:: #books\n\n{SYNCED}'
    )
    assert (page.document.title, page.document.full_title) == (title, title)
    assert page.document.uid == document_uid(None, "books", None, written)  # as other sources give it
    kept = () if title == written else (("title", written), ("full-title", written))
    assert page.document.properties == kept


@pytest.mark.parametrize(
    ("value", "author"),
    [
        ("[[@h_1 on Twitter]]", Author("h_1", "h_1", "https://twitter.com/h_1")),
        ("[[h_1 on Twitter]]", Author("h_1", "h_1", "https://twitter.com/h_1")),
        ("[[A, B, and C]]", Author("A, B, and C")),
        ("[[Doe, Jane]]", Author("Doe, Jane")),
        ("[[[美] Name]]", Author("[美] Name")),
        ("[[u/name]]", Author("u/name")),
        ("[[A]], [[B]]", Author("A, B")),
        ("[[A]] and [[B]]", Author("A, B")),
        ("[[]]", None),
        ("", None),
    ],
)  # fmt: skip
def test_an_author_is_a_handle_or_one_name(value: str, author: Author | None) -> None:
    assert (
        read_page(f"title:: A (highlights)\nauthor:: {value}\ncategory:: #books\n").document.author == author
    )


@pytest.mark.parametrize(
    ("line", "category", "properties"),
    [
        ("category:: #tweets", "tweets", ()),
        ("category:: [[articles]]", "articles", ()),
        ("category:: podcasts", "podcasts", ()),
        ("media:: #articles", "articles", ()),
        ("category:: #tweets, [[Logseq]]", "tweets", (("category", "#tweets, [[Logseq]]"),)),
        ("category:: #essays", "other", (("category", "#essays"),)),
    ],
)
def test_a_category_is_one_of_readwises(
    line: str, category: str, properties: tuple[tuple[str, str], ...]
) -> None:
    document = read_page(f"title:: A (highlights)\n{line}\n").document
    assert (document.category, document.properties) == (category, properties)


def test_unknown_properties_are_kept_as_they_are() -> None:
    document = read_page(HEAD + "type:: [[Readwise]]\n评级:: ⭐⭐\ntitle:: Another\n").document
    assert document.properties == (("type", "[[Readwise]]"), ("评级", "⭐⭐"), ("title", "Another"))


# --- identity


@pytest.mark.parametrize(
    ("url", "uid"),
    [
        ("https://twitter.com/ada/status/1400000000000000001?s=20", "thread:1400000000000000001"),
        ("https://x.com/other/status/1400000000000000001", "thread:1400000000000000001"),
        ("https://mobile.twitter.com/Ada", "profile:ada"),
        ("https\\://twitter.com/Ada\\-", "url:"),
        ("https://www.example.org/a/?utm_source=x#top", "url:example.org/a"),
        ("", "title:articles:ada example:a page"),
    ],
)
def test_a_document_is_identified_by_its_url_else_by_its_title(url: str, uid: str) -> None:
    assert read_page(HEAD + f"url:: {url}\n").document.uid.startswith(uid)


@pytest.mark.parametrize(
    ("view", "uid"),
    [
        ("[View Tweet](https://x.com/ada/status/1400000000000000001?s=20)", "tweet:1400000000000000001"),
        (
            "[View Tweet](https://mobile.twitter.com/i/web/status/1400000000000000001)",
            "tweet:1400000000000000001",
        ),
        (
            "[View Highlight](https://read.readwise.io/read/01GW98RQCRKFZZ2G35Y9TDBCNF)",
            "readwise:01gw98rqcrkfzz2g35y9tdbcnf",
        ),
        ("[Time⍽0:12:34](https://share.snipd.com/snip/0a1b-2c)", "snipd:0a1b-2c"),
        (
            "[Location⍽54](https://readwise.io/to_kindle?action=open&asin=B00ABC&location=54)",
            "kindle:B00ABC:54",
        ),
        ("[View Highlight](https://readwise.io/open/123)", "open:123"),
        ("[View Highlight](https://www.instapaper.com/read/1/2)", "view:instapaper.com/read/1/2"),
        (
            "[查看](https://read.readwise.io/read/01gw98rqcrkfzz2g35y9tdbcnf)",
            "readwise:01gw98rqcrkfzz2g35y9tdbcnf",
        ),
    ],
)
def test_a_highlight_is_identified_by_its_view_link(view: str, uid: str) -> None:
    (highlight,) = read_highlights(f"\t- words ({view.replace('⍽', chr(160))})\n")
    assert (highlight.uid, highlight.text) == (uid, "words")


def test_without_a_link_a_highlight_is_identified_by_author_title_and_letters() -> None:
    variants = ["A *bold*  [[Claim]], is it?", "a bold claim is it", "A bold\n\t  claim — is it!"]
    uids = {read_highlights(f"\t- {text}\n")[0].uid for text in variants}
    assert len(uids) == 1
    assert uids != {read_highlights("\t- A bold claim is not\n")[0].uid}
    assert uids == {text_uid("ada example:a page", hash_text("a bold claim is it"))}


def read_kindle(*texts: str) -> list[str]:
    view = "([Location\u00a05](https://readwise.io/to_kindle?action=open&asin=B0&location=5))"
    return [each.uid for each in read_highlights("".join(f"\t- {text} {view}\n" for text in texts))]


def test_passages_at_one_kindle_location_are_distinguished_by_their_text_in_any_order() -> None:
    uids = read_kindle("one", "two", "one")
    assert uids[0] == uids[2] != uids[1]
    assert all(uid.startswith("kindle:B0:5:") for uid in uids)
    assert read_kindle("two", "one") == [uids[1], uids[0]]


def test_a_single_passage_at_a_kindle_location_is_identified_by_it() -> None:
    assert read_kindle("one", "*One*!") == ["kindle:B0:5"] * 2


# --- view links


def test_a_view_links_address_may_contain_brackets() -> None:
    (highlight,) = read_highlights(
        "\t- words ([View Tweet](https://twitter.com/search?q=a_(b) (from:@ada)))\n"
    )
    assert highlight.view_url == "https://twitter.com/search?q=a_(b) (from:@ada)"
    assert highlight.tweet is None


@pytest.mark.parametrize("blank", [" ", "\u00a0"])
def test_a_location_may_have_no_address(blank: str) -> None:
    (highlight,) = read_highlights(f"\t- words (Location{blank}1,234)\n")
    assert (highlight.text, highlight.location, highlight.location_kind) == ("words", "1,234", "location")
    assert (highlight.view_url, highlight.uid[:5]) == (None, "text:")


@pytest.mark.parametrize(
    "text",
    ["see [the docs](https://example.org/a_(b))", "as he said (page 3 of it)", "quoted https://x.com/a/status/12)",
     "[this](https://twitter.com/ada/status/12)"],
)  # fmt: skip
def test_other_ends_stay_text(text: str) -> None:
    (highlight,) = read_highlights(f"\t- {text}\n")
    assert (highlight.text, highlight.view_url) == (text, None)


def test_lines_of_state_after_the_view_link_are_not_text() -> None:
    (highlight,) = read_highlights(
        tweet(1) + "\t  id:: 63e765c4-a426-4525-c1c3-b3e75e923bcf\n\t  collapsed:: true\n"
    )
    assert (highlight.text, highlight.uid) == ("words", "tweet:1400000000000000001")


def test_the_readers_words_after_the_view_link_are_a_note() -> None:
    (highlight,) = read_highlights(tweet(1).rstrip() + " #later [[Idea]]\n")
    assert (highlight.text, highlight.notes) == ("words", (Note("#later [[Idea]]", "block", 7),))


def test_a_tags_line_inside_a_highlight_contains_its_tags() -> None:
    (highlight,) = read_highlights("\t- words\n\t  tags:: [[a b]], c\n")
    assert (highlight.text, highlight.tags) == ("words", ("a b", "c"))


def test_a_property_that_is_not_logseqs_stays_in_the_text() -> None:
    (highlight,) = read_highlights("\t- Rule:: measure first\n")
    assert highlight.text == "Rule:: measure first"


# --- sections


@pytest.mark.parametrize(
    ("header", "synced_on"),
    [
        ("Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]", "2022-11-19"),
        ("Highlights first synced by [[Readwise]] [[2023\\-07\\-03]]", "2023-07-03"),
        ("Highlights first synced by [[Readwise]] [[Monday, 31-10-2022]]", "2022-10-31"),
        ("[[Readwise]] [[2023-02-07]]", "2023-02-07"),
        ("[[Readwise]][[2023-03-27]]", "2023-03-27"),
        ("* New highlights added [[Jan 20th, 2023]] at 9:54 PM", "2023-01-20T21:54"),
        ("New highlights added [[December 10th, 2020]] at 12:05 AM", "2020-12-10T00:05"),
    ],
)
def test_a_header_opens_a_section(header: str, synced_on: str) -> None:
    page = read_page(f"{HEAD}\n- {header}\n\t- words\n")
    assert [(section.heading, section.synced_on) for section in page.sections] == [
        (header.replace("\\", ""), synced_on)
    ]
    assert [(highlight.text, highlight.synced_on) for highlight in page.highlights] == [("words", synced_on)]


def test_the_graphs_own_date_format_is_tried_first() -> None:
    text = HEAD + "\n- New highlights added [[03-04-2023]] at 5:56 PM\n\t- words\n"
    (doubtful,) = parse(text).problems
    assert doubtful == Problem("unknown-date", "no day in “03-04-2023”", 6)
    (page,) = parse(text, day_formats=("MM-dd-yyyy",)).pages
    assert page.sections[0].synced_on == "2023-03-04T17:56"


def test_a_star_before_the_header_is_not_part_of_the_highlights() -> None:
    page = read_page(
        TWEETS + "- * New highlights added [[Jan 20th, 2023]] at 9:54 PM\n" + tweet(1, "* words")
    )
    assert page.highlights[0].text == "words"


def test_text_in_a_headers_own_block_is_a_highlight() -> None:
    page = read_page(HEAD + "\n- [[Readwise]] [[2023-02-10]]\n   -《一》 words\n\t- more\n")
    assert [(highlight.text, highlight.line) for highlight in page.highlights] == [
        ("-《一》 words", 7),
        ("more", 8),
    ]


def test_text_with_a_view_link_after_a_header_is_a_highlight_of_that_line() -> None:
    line = tweet(1).strip().removeprefix("- ")
    page = read_page(f"{HEAD}\n- Highlights first synced by #Readwise [[May 25th, 2021]] {line}")
    (highlight,) = page.highlights
    assert (highlight.text, highlight.line, highlight.synced_on) == ("words", 6, "2021-05-25")
    assert page.notes == ()


def test_a_stub_page_has_its_header_in_the_preamble_and_real_sections_may_follow() -> None:
    text = "title:: Tweets from Ada (highlights)\nNew highlights added [[Dec 6th, 2022]] at 2:05 PM\n\n-"
    stub = read_page(text)
    assert (stub.document.title, stub.highlights, stub.sections[0].synced_on) == (
        "Tweets from Ada", (), "2022-12-06T14:05"
    )  # fmt: skip
    grown = read_page(f"{text}\n- New highlights added [[Jan 20th, 2023]] at 9:54 PM\n{tweet(1)}")
    assert (grown.document.uid, grown.document.category) == (stub.document.uid, "tweets")
    assert [section.line for section in grown.sections] == [2, 5]


def test_on_a_page_without_headers_highlights_are_at_the_margin() -> None:
    page = read_page(HEAD + "\n- one\n\t- mine\n- two\n")
    assert [(highlight.text, len(highlight.notes)) for highlight in page.highlights] == [
        ("one", 1),
        ("two", 0),
    ]


@pytest.mark.parametrize("indent", ["  ", "    "])
def test_pages_indented_with_spaces_read_the_same(indent: str) -> None:
    body = "\t- words\n\t  more\n\t\t- **Note**: mine\n\t- other\n"
    tabbed = [(h.text, [note.text for note in h.notes]) for h in read_highlights(body)]
    spaced = [(h.text, [note.text for note in h.notes]) for h in read_highlights(body.replace("\t", indent))]
    assert tabbed == spaced == [("words\nmore", ["mine"]), ("other", [])]


# --- the reader's own blocks


def test_blocks_below_a_highlight_become_one_note_each() -> None:
    (highlight,) = read_highlights(
        "\t- words\n\t\t- mine\n\t\t  and more\n\t\t\t- deeper\n\t\t\t  still\n\t\t- other\n"
    )
    assert highlight.notes == (
        Note("mine\nand more\n- deeper\n  still", "block", 8),
        Note("other", "block", 12),
    )


def test_blocks_below_a_note_belong_to_it() -> None:
    (highlight,) = read_highlights("\t- words\n\t\t- **Note**: first\n\t\t  \n\t\t  second\n\t\t\t- third\n")
    assert highlight.notes == (Note("first\n\nsecond\n- third", "note", 8),)


def test_only_thread_alone_is_readwises_mark() -> None:
    (highlight,) = read_highlights(
        "\t- words\n\t\t- **Note**: Thread\n\t\t- **Note**: Thread of thought\n\t\t- Thread\n"
    )
    assert [note.kind for note in highlight.notes] == ["mark", "note", "block"]


def test_words_next_to_tags_are_kept() -> None:
    (highlight,) = read_highlights("\t- words\n\t\t- **Tags**: #[[a]] and why\n")
    assert (highlight.tags, highlight.notes[0].text) == (("a",), "**Tags**: #[[a]] and why")


def test_the_readers_blocks_at_the_margin_belong_to_the_page() -> None:
    page = read_page(TWEETS + "- #mine\n\t- below\n- tags:: #[[x y]]\n" + SYNCED + tweet(1) + "- last\n")
    assert page.notes == (Note("#mine\n- below", "block", 7), Note("last", "block", 12))
    assert (page.document.tags, len(page.highlights)) == (("x y",), 1)


def test_a_highlight_moved_to_another_depth_stays_a_highlight() -> None:
    page = read_page(
        TWEETS + SYNCED + tweet(1) + "\t" + tweet(2) + "\t- My group\n\t" + tweet(3) + tweet(4).lstrip("\t")
    )
    assert [highlight.uid[-1] for highlight in page.highlights] == ["1", "2", "3", "4"]
    assert page.notes == (Note("My group", "block", 10),)
    assert not any(highlight.incomplete for highlight in page.highlights)


# --- lost and foreign text


def test_a_tweet_without_its_view_link_among_others_is_cut() -> None:
    parsed = parse(TWEETS + SYNCED + tweet(1) + "\t- Three things:\n" + tweet(2))
    assert [highlight.incomplete for highlight in parsed.pages[0].highlights] == [False, True, False]
    assert [(problem.kind, problem.line) for problem in parsed.problems] == [("cut-text", 9)]


def test_tweets_without_any_link_are_not_cut() -> None:
    parsed = parse(TWEETS + SYNCED + "\t- one\n\t- two\n")
    assert (parsed.problems, parsed.pages[0].highlights[0].incomplete) == ((), False)


def test_the_cut_first_tweet_of_a_thread_is_the_one_in_the_pages_url() -> None:
    head = TWEETS.replace("/Ada\n", "/ada/status/1400000000000000001\n")
    first = read_page(head + SYNCED + "\t- Three things:\n" + tweet(2)).highlights[0]
    assert (first.uid, first.incomplete, first.view_url) == ("tweet:1400000000000000001", True, None)
    page = read_page(head + SYNCED + "\t- My own\n" + tweet(1))
    assert page.highlights[0].uid == text_uid(page.document.title_key or "", hash_text("My own"))


def test_escaped_dashes_are_undone_outside_code() -> None:
    body = "\t- well\\-known `a\\-b`\n\t  \\- item ([View Highlight](https://read.readwise.io/read/01gw98rqcrkfzz2g35y9tdbcn\\-))\n"
    (highlight,) = read_highlights(body)
    assert highlight.text == "well-known `a\\-b`\n- item"
    assert highlight.view_url == "https://read.readwise.io/read/01gw98rqcrkfzz2g35y9tdbcn-"


def test_unicode_line_separators_do_not_end_a_line() -> None:
    words = "a\u2028b\u2029c\u0085d\x0be\x0cf"
    assert read_highlights(f"\t- {words}\n")[0].text == words


def test_windows_line_endings_read_the_same() -> None:
    text = HEAD + "\n" + SYNCED + tweet(1, "one\n\t  two") + "\t\t- **Note**: mine\n"
    assert read_page(text) == read_page(text.replace("\n", "\r\n"))


def test_dashes_in_a_fence_are_not_bullets() -> None:
    (highlight,) = read_highlights("\t- text\n\t  ```\n\t- a\n\t- b\n\t  ```\n\t  end\n")
    assert highlight.text.endswith("end")
    assert "- a\n- b" in highlight.text


def test_a_heading_inside_a_highlight_is_its_text() -> None:
    highlights = read_highlights("\t- text\n\t  # Part 1\n\t  more\n\t\t- **Note**: mine\n\t- next\n")
    assert [highlight.text for highlight in highlights] == ["text\n# Part 1\nmore", "next"]
    assert highlights[0].notes[0].text == "mine"


@pytest.mark.parametrize(("opens", "closes"), [("$$ talks", "$$"), ("<T> is a type", "</T>"), ("```", "```")])
def test_region_marks_in_two_tweets_do_not_swallow_the_text_between(opens: str, closes: str) -> None:
    page = read_page(TWEETS + SYNCED + tweet(1, opens) + tweet(2) + tweet(3, f"it\n\t  {closes}") + tweet(4))
    assert [highlight.uid[-1] for highlight in page.highlights] == ["1", "2", "3", "4"]


def test_empty_bullets_are_ignored() -> None:
    page = read_page(HEAD + "\n-\n" + SYNCED + "\t-\n\t- \n\t- words\n-\n")
    assert [highlight.text for highlight in page.highlights] == ["words"]
    assert page.notes == ()


# --- what is not a highlight page


@pytest.mark.parametrize(
    "text",
    ["", "\n", "- a thought\n", "title:: My page\n\n- words\n", "- [[Readwise]] [[Logseq]] are two tools\n",
     "title:: X\ntags:: a\n\n- I read New highlights added yesterday\n", "category:: #books\n\n- a shelf\n"],
)  # fmt: skip
def test_other_pages_are_not_detected(text: str) -> None:
    assert parse_text(Text(text, "X")) == (None, Parsed())


@pytest.mark.parametrize(
    "text", ["title:: X (highlights)", "title:: X (highlights)\n\n-", HEAD, HEAD + "\n" + SYNCED]
)
def test_a_page_without_highlights_is_still_a_page(text: str) -> None:
    assert read_page(text).highlights == ()


# --- any text

PIECES = st.sampled_from(
    [
        "- ",
        "\t",
        "\n",
        "  ",
        "title:: X (highlights)",
        "full-title:: ",
        '"',
        SYNCED,
        "tags:: #[[a]] b",
        "# ",
        "**Note**: ",
        "**Tags**: #[[a]]",
        "([View Tweet](https://twitter.com/a/status/1400000000000000001))",
        "([View ",
        "](",
        "))",
        "```",
        "$$",
        "<T>",
        "</T>",
        "[[",
        "]]",
        "id:: x",
        "\\-",
        "\0",
        "\u2028",
        "\r",
        "word",
        "👇",
        "document_note:: a",
        "::",
        "![](",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=80))
def test_any_text_gives_records_or_is_not_detected(text: str) -> None:
    _, parsed = parse_text(Text(f'full-title:: "x"\n{text}', "X"))
    for page in parsed.pages:
        assert [highlight.position for highlight in page.highlights] == list(range(len(page.highlights)))
        assert all(highlight.text.strip() and highlight.uid for highlight in page.highlights)
        assert all(1 <= highlight.line <= text.count("\n") + 2 for highlight in page.highlights)


WORDS = st.lists(st.text(alphabet="abcdefgh", min_size=3, max_size=6), min_size=1, max_size=4).map(" ".join)
LINES = st.tuples(
    st.integers(0, 4), st.sampled_from(["- ", "- ", "  ", "- **Note**: ", "- **Tags**: "]), WORDS
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=20))
def test_no_word_is_lost_wherever_it_appears(lines: list[tuple[int, str, str]]) -> None:
    body = "".join("\t" * depth + mark + words + "\n" for depth, mark, words in lines)
    parsed = parse(HEAD + "\n" + SYNCED + body)
    kept = repr(parsed)
    assert [word for _, _, words in lines for word in words.split() if word not in kept] == []


@pytest.mark.parametrize(
    "text",
    [
        "a::\n" + "\n" * 300_000,
        HEAD + "tags:: a\n" * 30_000,
        HEAD + "document_note:: a\n" + "words\n" * 60_000,
        HEAD + SYNCED + "\t- " + "([View " * 40_000 + ")",
        HEAD + SYNCED + "- New highlights added 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 x\n" * 3_000,
        HEAD + SYNCED + "\t- $$ x\n" + tweet(1) + "\t- $$\n" * 3_000,
    ],
    ids=["blank lines", "tags", "note", "open links", "headers", "regions"],
)
def test_a_hostile_page_takes_time_in_proportion_to_its_length(text: str) -> None:
    before = perf_counter()
    parse_text(Text(text, "X"))
    assert perf_counter() - before < 20  # a quadratic reader took minutes


@pytest.mark.parametrize(("behind", "kind"), [("my own words", "block"), ("**Note**: my own words", "note")])
def test_words_after_a_view_link_in_a_block_of_its_own_are_the_readers(behind: str, kind: NoteKind) -> None:
    link = "([View Highlight](https://read.readwise.io/read/01gd8g7xqs3j3nz2f5yqt1k9ab))"
    highlight, after = read_highlights(f"\t- a passage\n\t\t- {link} {behind}\n" + tweet(1))
    assert (highlight.uid, highlight.text) == ("readwise:01gd8g7xqs3j3nz2f5yqt1k9ab", "a passage")
    assert highlight.notes == (Note("my own words", kind, 8),)
    assert after.notes == ()
