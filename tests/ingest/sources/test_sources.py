"""Exports of other programs: samples give the expected records, any file gives records or a problem."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.folder import find_sources
from ingest.source import DIALECTS, find_dialect, is_written_in, parse_text, read_source
from ingest.sources.koreader_lua import parse as parse_lua
from ingest.sources.registry import TEXTS
from ingest.sources.x_exporter import parse as parse_exporter
from ingest.text import Parsed, Text
from record_types.errors import UnreadableError
from record_types.pages import BlockProperty, Problem, SourceFile
from tests.growth import assert_linear
from tests.ingest.sources.describe import describe_file

DATA = Path(__file__).parents[2] / "data" / "sources"
SAMPLES = {
    "x-archive/data/tweets.js": "x-archive",
    "x-archive/data/like.js": "x-archive",
    "x-archive/data/note-tweet.js": "x-archive",
    "twitter-bookmarks.json": "x-exporter",
    "twitter-bookmarks.csv": "x-exporter",
    "bookmarks.jsonl": "fieldtheory",
    "kindle-notebook.html": "kindle-notebook",
    "kindle-notebook.csv": "kindle-notebook",
    "kindle-web.html": "kindle-notebook",
    "apple-books.html": "apple-books",
    "koreader.json": "koreader",
    "koreader.md": "koreader",
    "metadata.epub.lua": "koreader-lua",
    "metadata.old.lua": "koreader-lua",
    "hypothesis.json": "hypothesis",
    "hypothesis.csv": "hypothesis",
    "omnivore/metadata_0_to_20.json": "omnivore",
    "web-clipper.json": "web-clipper",
    "clipped.md": "web-clipper",
    "snipd.md": "snipd",
    "instapaper.csv": "instapaper",
    "matter.csv": "matter",
    "reader.csv": "readwise-reader",
}
NOT_KEPT = re.compile(r"^(https?://\S*profile_images\S*|acct:\S+|[\W\d_]*)$")
SOURCE = {source.NAME: source for source in TEXTS}
quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(name: str) -> SourceFile:
    (stamp,) = find_sources(DATA / name).stamps
    return read_source(stamp)


def read_text(name: str) -> Text:
    return Text((DATA / name).read_bytes().decode("utf-8-sig"), Path(name).stem, Path(name).suffix)


def list_highlights(parsed: Parsed) -> list[tuple[str, str]]:
    return [(each.uid, each.text) for page in parsed.pages for each in page.highlights]


# --- samples


def test_the_samples_give_the_expected_records(check_golden: Callable[[Path, str], None]) -> None:
    text = "\n".join(describe_file(read(name)) for name in SAMPLES)
    check_golden(DATA.parent / "sources.expected.txt", text)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_is_detected_by_its_own_source_alone(name: str) -> None:
    text = read_text(name)
    found = [dialect.NAME for dialect in DIALECTS if is_written_in(dialect, text)]
    assert found[:1] == [SAMPLES[name]]
    assert [each for each in found if each not in ("logseq", "obsidian")] == [SAMPLES[name]]


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.endswith((".html", "hypothesis.csv"))])
def test_text_with_words_before_each_line_of_a_sample_is_not_a_sample(name: str) -> None:
    text = read_text(name)
    quoted = replace(text, text=re.sub("^", "x ", text.text, flags=re.MULTILINE))
    assert find_dialect(quoted) is None


def test_a_folder_gives_the_samples_and_no_other_file() -> None:
    found = {stamp.path for stamp in find_sources(DATA).stamps}
    assert found == SAMPLES.keys() | {"omnivore/highlights/on-harbour-lights.md"}


WHOLE = [
    name
    for name in SAMPLES
    # Of an exported tweet the counts are not kept, of a clipped article only the marked passages.
    if name.endswith((".csv", ".md")) and name not in ("twitter-bookmarks.csv", "clipped.md")
]


@pytest.mark.parametrize("name", WHOLE)
def test_every_word_of_a_table_or_note_is_in_a_record(name: str) -> None:
    described = describe_file(read(name)).lower()
    text = re.sub(r"<[^<>]*>|&\w+;", " ", read_text(name).text)
    header = set(re.findall(r"\w+", text.split("\n")[0])) | {"http", "name", "thumb", "n", "nof"}
    words = {word for word in re.findall(r"[^\W\d_]{3,}", text) if word not in header}
    lost = {word for word in words if word.lower() not in described}
    assert lost <= KNOWN_LOSSES.get(name, set())


# Labels of the format, timestamps in another form, ids, progress.
KNOWN_LOSSES = {
    "kindle-notebook.csv": {"Your", "Kindle", "Notes", "For", "Free", "instant", "preview", "Annotation",
                            "Type", "Starred", "Highlight", "Note"},
    "koreader.md": {"March"},
    "snipd.md": {"Snips", "metadata", "Episode", "Show", "Play", "snip", "min", "Click", "expand", "title",
                 "Transcript", "details", "summary", "notes", "img", "src", "covers", "rain", "width"},
    "reader.csv": {"True", "gmjxjdxs", "snfysns", "ssnk"},
}  # fmt: skip


# --- X


def test_a_short_link_leads_where_the_export_says() -> None:
    links = {link.link.url: link.link for page in read("x-archive/data/tweets.js").pages
             for each in page.highlights for link in each.links}  # fmt: skip
    lights = links["https://t.co/AbCdEf1234"]
    assert (lights.status, lights.final_url) == ("resolved", "https://harbour.example/lights")
    assert lights.resource
    assert lights.resource.site == "harbour.example"
    assert links["https://t.co/PicPicPic1"].status == "media"
    assert links["https://t.co/QuoteQuote"].status == "tweet"


@pytest.mark.parametrize(
    "final", ["https://bit.ly/x", "http://127.0.0.1/x", "file:///etc/passwd", "javascript:x"]
)
def test_a_target_that_is_short_private_or_not_an_address_leaves_the_link_pending(final: str) -> None:
    entities = {"urls": [{"url": "https://t.co/AbCdEf1234", "expanded_url": final}]}
    tweet = {
        "tweet": {
            "id_str": "1400000000000000001",
            "full_text": "https://t.co/AbCdEf1234",
            "entities": entities,
        }
    }
    parsed = parse_text(Text("window.YTD.tweets.part0 = " + json.dumps([tweet]), "tweets", ".js"))[1]
    (found,) = parsed.pages[0].highlights[0].links
    assert (found.link.status, found.link.final_url) == ("pending", None)


@pytest.mark.parametrize("id_", ["1.41E+18", '="1410000000000000001"', ""])
def test_a_tweet_whose_id_a_spreadsheet_rounded_has_that_of_its_address(id_: str) -> None:
    row = [{"id": id_, "full_text": "Tides", "screen_name": "", "created_at": "",
            "url": "https://x.com/ada/status/1410000000000000001"}]  # fmt: skip
    parsed = parse_exporter(Text(json.dumps(row), "bookmarks", ".json"))
    assert list_highlights(parsed) == [("tweet:1410000000000000001", "Tides")]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("photo", "Tides\n\n![low water](https://pbs.twimg.com/a.jpg)"),
        (
            "video",
            "Tides\n\n![low water](https://pbs.twimg.com/s.jpg)\n[video](https://pbs.twimg.com/a.jpg)",
        ),
    ],
)
def test_the_media_of_a_saved_tweet_are_shown_instead_of_their_short_link(kind: str, text: str) -> None:
    medium = {"type": kind, "url": "https://t.co/PicPicPic1", "thumbnail": "https://pbs.twimg.com/s.jpg",
              "original": "https://pbs.twimg.com/a.jpg", "ext_alt_text": "low water"}  # fmt: skip
    row = [{"id": "1410000000000000001", "full_text": "Tides https://t.co/PicPicPic1", "screen_name": "ada",
            "created_at": "", "media": [medium]}]  # fmt: skip
    parsed = parse_exporter(Text(json.dumps(row), "bookmarks", ".json"))
    assert list_highlights(parsed) == [("tweet:1410000000000000001", text)]


def test_tweets_in_one_line_are_distinguished_by_their_number() -> None:
    tweets = [{"id": str(10**18 + number), "full_text": f"Tweet {number}", "screen_name": f"ada{number}",
               "created_at": ""} for number in range(3)]  # fmt: skip
    parsed = parse_exporter(Text(json.dumps(tweets), "bookmarks", ".json"))
    assert [page.line for page in parsed.pages] == [1, 2, 3]
    assert [page.highlights[0].line for page in parsed.pages] == [1, 2, 3]


@pytest.mark.parametrize("wrapper", ["tweet", "like", "bookmark", "noteTweet", "deletedTweet"])
@pytest.mark.parametrize(
    ("part", "title"),
    [
        ("tweet", "Tweets"), ("tweets", "Tweets"), ("like", "Liked tweets"), ("likes", "Liked tweets"),
        ("bookmark", "Bookmarked tweets"), ("bookmarks", "Bookmarked tweets"), ("deleted_tweet", "Tweets"),
        ("deleted_tweets", "Tweets"), ("community_tweet", "Tweets"),
    ],
)  # fmt: skip
def test_each_part_of_an_archive_is_a_collection_of_tweets(part: str, title: str, wrapper: str) -> None:
    tweet = dict.fromkeys(("id_str", "tweetId"), "1410000000000000001")
    tweet |= dict.fromkeys(("full_text", "fullText"), "Tides")
    text = f"window.YTD.{part}.part0 = {json.dumps([{wrapper: tweet}])}"
    dialect, parsed = parse_text(Text(text, part, ".js"))
    assert (dialect, [page.document.title for page in parsed.pages]) == ("x-archive", [title])
    assert list_highlights(parsed) == [("tweet:1410000000000000001", "Tides")]


def test_an_old_tweet_has_the_time_of_the_export() -> None:
    tweet = {
        "tweet": {
            "id_str": "20000",
            "full_text": "just setting up",
            "created_at": "Tue Mar 21 20:50:14 +0000 2006",
        }
    }
    parsed = parse_text(Text("window.YTD.tweet.part0 = " + json.dumps([tweet]), "tweets", ".js"))[1]
    assert (record := parsed.pages[0].highlights[0].tweet)
    assert record.created_at.isoformat() == "2006-03-21T20:50:14+00:00"


@pytest.mark.parametrize("id_", ["", "x", "-1", "0", "9" * 30, str(1 << 63), "١٢"])
def test_a_tweet_without_a_possible_id_is_a_problem_with_its_words(id_: str) -> None:
    row = [{"id": id_, "full_text": "lost words", "screen_name": "ada", "created_at": ""}]
    parsed = parse_exporter(Text(json.dumps(row), "bookmarks", ".json"))
    assert not parsed.pages
    assert [("lost words" in problem.message, problem.line) for problem in parsed.problems] == [(True, 1)]


# --- broken and hostile files


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("tweets.js", 'window.YTD.tweets.part0 = [\n{"tweet": {"id_str": "1"}},\n{"tweet": {"id_', 3),
        ("tweets.js", 'window.YTD.tweets.part0 = [{"tweet": {}}\n{"tweet": {}}]', 2),
        ("tweets.js", "window.YTD.tweets.part0 = [" + "[" * 100_000, 1),
        ("tweets.js", 'window.YTD.tweets.part0 = [{"id": ' + "9" * 5_000 + "}]", 1),
        ("metadata.epub.lua", 'return {\n["annotations"] = {\n[1] = os.execute("rm -rf /") } }', 3),
        ("metadata.epub.lua", 'return {\n["annotations"] = {\n["text"] = "never closed\n', 3),
        ("metadata.epub.lua", 'return { ["annotations"] = ' + "{" * 100_000, 1),
        ("metadata.epub.lua", 'return { ["annotations"] = {},\n} os.exit()', 2),
    ],
)
def test_a_broken_export_is_one_problem_with_its_line(name: str, text: str, line: int) -> None:
    dialect, parsed = parse_text(Text(text, name, Path(name).suffix))
    assert dialect is not None
    assert not parsed.pages
    assert [(problem.kind, problem.line) for problem in parsed.problems] == [("unreadable", line)]


def test_a_broken_line_of_json_lines_is_a_problem_and_the_others_are_read() -> None:
    lines = (DATA / "bookmarks.jsonl").read_text(encoding="utf-8").split("\n")
    text = "\n".join([lines[0], '{"tweetId": "142", "text": "half', lines[1]])
    dialect, parsed = parse_text(Text(text, "bookmarks", ".jsonl"))
    assert dialect == "fieldtheory"
    assert [problem.line for problem in parsed.problems] == [2]
    assert "half" in parsed.problems[0].message
    assert len(list_highlights(parsed)) == 2


def test_lua_escapes_are_decoded_and_nothing_is_run() -> None:
    words = r'"a \"b\" \\ \u \228\184\173 \xe4\xb8\xad\z   c\
d"'
    text = 'return { ["annotations"] = { { ["pos0"] = 1, ["text"] = ' + words + " } } }"
    ((_, found),) = list_highlights(parse_lua(Text(text, "book", ".lua")))
    assert found == 'a "b" \\ u 中 中c\nd'


KOREADERS_OWN = """
    pos0 pos1 page drawer pboxes ext datetime_updated highlighted rotation text_edited
"""
HYPOTHESISS_OWN = """
    document permissions links user_info updated hidden flagged moderation id references actions mentions
    metadata
"""


def test_an_old_highlight_without_words_is_a_problem_and_its_note_the_books() -> None:
    table = """return {
        ["bookmarks"] = { { ["datetime"] = "2020-01-02 10:00:00", ["text"] = "n" } },
        ["highlight"] = { [7] = {
            { ["color"] = "red" }, { ["datetime"] = "2020-01-02 10:00:00" }, { ["text"] = "a" },
        } },
    }"""
    parsed = parse_lua(Text(table, "book", ".lua"))
    (page,) = parsed.pages
    assert [(each.text, each.line, each.location) for each in page.highlights] == [("a", 3, "7")]
    assert [(each.text, each.line) for each in page.notes] == [("n", 2)]
    assert parsed.problems == (Problem("bad-record", 'a highlight without words: {"color": "red"}', 1),)
    assert not page.block_properties


def test_fields_for_koreader_itself_are_not_kept() -> None:
    fields = ", ".join(f'["{name}"] = "x"' for name in f"kept {KOREADERS_OWN}".split())
    text = 'return { ["annotations"] = { { ["text"] = "a", ' + fields + " } } }"
    (page,) = parse_lua(Text(text, "book", ".lua")).pages
    assert page.block_properties == (BlockProperty(1, "kept", "x"),)


def test_fields_for_hypothesis_itself_are_not_kept() -> None:
    quote = {"selector": [{"type": "TextQuoteSelector", "exact": "a"}]}
    fields = dict.fromkeys(f"kept {HYPOTHESISS_OWN}".split(), "x")
    annotation = fields | {"uri": "https://a.example", "target": [quote]}
    (page,) = SOURCE["hypothesis"].parse(Text(json.dumps([annotation]), "h", ".json")).pages
    assert page.block_properties == (BlockProperty(1, "kept", "x"),)


def test_lone_surrogates_and_nul_do_not_reach_the_store() -> None:
    row = (
        '{"id": "1400000000000000001", "full_text": "a\\ud800b\\u0000c", "screen_name": "", "created_at": ""}'
    )
    parsed = parse_exporter(Text(f"[{row}]", "bookmarks", ".json"))
    assert list_highlights(parsed) == [("tweet:1400000000000000001", "a?bc")]


SCRAPS = st.sampled_from([
    "\n", "\r\n", '"', "'", "{", "}", "[", "]", ",", ":", ";", "<", ">", "==", "---\n", "# ", "## ", "### ",
    "null", "\\", '<div class="noteText">', '<span id="note">', "1e999", "\0", "\ufeff", "\ud83d", "-- ",
    "]]", "9" * 40, "> ", "#a b", '["text"] = ', '"tweetId": "1"', "\u2028",
    "### Page 1 @ 01 March 2022 10:10:10 PM\n",
]) | st.text(max_size=6)  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
@quick
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 60), SCRAPS), max_size=6))
def test_a_damaged_sample_gives_records_or_a_problem(name: str, damage: list[tuple[int, int, str]]) -> None:
    text = read_text(name).text
    for place, length, scrap in damage:
        place %= len(text)
        text = text[:place] + scrap + text[place + length :]
    page = Text(text, "a file", Path(name).suffix)
    source = SOURCE[SAMPLES[name]]
    assert source.detect(page) in (True, False)
    try:
        parsed = source.parse(page)
    except UnreadableError:
        return
    lines = [found.line for found in parsed.pages]
    assert len(set(lines)) == len(lines)
    assert all(each.text and each.line >= 1 for found in parsed.pages for each in found.highlights)


HOSTILE = {
    "kindle-notebook.html": ("<div", '<div class="noteHeading">', "<!--", '<a id="', "&amp"),
    "apple-books.html": ("<p class='annotationrepresentativetext'>x", "<"),
    "snipd.md": ("### [00:01] x\n", "<", "- Note\n"),
    "koreader.md": ("### Page 1 @ 01 March 2022 10:10:10 PM\nx\n", "# x\n", "## y\n"),
    "clipped.md": ("==a ", "== ", "`"),
    "metadata.epub.lua": ("{", '"\\', "[1] = {},", "--"),
    "bookmarks.jsonl": ("{", '{"tweetId": "1", "url": "", "text": ""}\n'),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_of_four_times_the_size_takes_four_times_as_long(name: str) -> None:
    sample = read_text(name)
    source = SOURCE[SAMPLES[name]]
    for piece in HOSTILE.get(name, ('{"id": "1"},', "\\")):

        def parse(size: int, piece: str = piece) -> None:
            text = Text(sample.text + piece * (size // len(piece)), "a file", sample.suffix)
            try:
                source.detect(text)
                source.parse(text)
            except UnreadableError:
                pass

        assert_linear(parse, 40_000, 160_000)


# --- the same export in other languages and versions


MAIL = (
    '<html><body><div class="bookTitle">Das Meer</div><div class="authors">Nord, Ada</div>'
    '<div class="noteHeading">{}</div><div class="noteText">Ein Satz.</div>'
    '<div class="noteHeading">{}</div><div class="noteText">mein Wort</div></body></html>'
)


@pytest.mark.parametrize(
    ("highlight", "note", "page"),
    [
        ("Markierung(<span>Gelb</span>) - Seite 12 &middot; Position 170", "Notiz - Position 172", "12"),
        (
            "Surlignement(<span>jaune</span>) - I &gt; Page 12 &middot; Emplacement 170",
            "Note - Page 12",
            "12",
        ),
        ("ハイライト(<span>黄色</span>) - 12ページ&middot;位置No. 170", "メモ - 位置No. 172", "12"),
        ("标注(<span>黄色</span>) - 第 12 页 &middot; 位置 170", "笔记 - 位置 172", "12"),
        ("하이라이트(<span>노란색</span>) - 페이지 12 &middot; 위치 170", "메모 - 위치 172", "12"),
        ("हाइलाइट (<span>पीला</span>) - पृष्ठ 12 &middot; स्थान 170", "नोट - स्थान 172", "12"),
        ("Destaque (<span>amarelo</span>) - Posição 170", "Nota - Posição 172", None),
    ],
)
def test_a_kindle_notebook_is_read_in_any_language(highlight: str, note: str, page: str | None) -> None:
    (found,) = SOURCE["kindle-notebook"].parse(Text(MAIL.format(highlight, note), "", ".html")).pages
    (passage,) = found.highlights
    assert (passage.location, [each.text for each in passage.notes]) == ("170", ["mein Wort"])
    assert next((each.value for each in found.block_properties if each.key == "page"), None) == page


def test_a_second_book_in_a_kindle_email_begins_without_the_chapter_of_the_first() -> None:
    book = (
        '<div class="bookTitle">{}</div>{}<div class="noteHeading">Highlight - Page 12</div>'
        '<div class="noteText">{}</div>'
    )
    chapter = '<div class="sectionHeading">Tides</div>'
    text = "".join(book.format(*each) for each in (("Sea", chapter, "One."), ("Land", "", "Two.")))
    pages = SOURCE["kindle-notebook"].parse(Text(f"<html><body>{text}</body></html>", "", ".html")).pages
    chapters = {
        page.document.title: [each.value for each in page.block_properties if each.key == "chapter"]
        for page in pages
    }
    assert chapters == {"Sea": ["Tides"], "Land": []}


@pytest.mark.parametrize(
    ("highlight", "note", "is_near"),
    [
        (
            "Highlight(<span>pink</span>) - Page 12 &middot; Location 170",
            "Note - Page 12 &middot; Location 173",
            True,
        ),
        (
            "Highlight(<span>pink</span>) - Page 12 &middot; Location 170",
            "Note - Page 20 &middot; Location 300",
            False,
        ),
        ("Highlight(<span>pink</span>) - Page 12", "Note - Page 13", True),
        ("Highlight(<span>pink</span>) - Page 12", "Note - Page 31", False),
        ("Highlight(<span>pink</span>) - Page xii", "Note - Page 1", True),
    ],
)
def test_a_kindle_note_far_from_the_highlight_above_is_the_books(
    highlight: str, note: str, is_near: bool
) -> None:
    (page,) = SOURCE["kindle-notebook"].parse(Text(MAIL.format(highlight, note), "", ".html")).pages
    assert [len(page.highlights[0].notes), len(page.notes)] == [int(is_near), int(not is_near)]


def test_a_chapter_that_heading_and_annotation_name_is_named_once() -> None:
    mail = MAIL.replace(
        '<div class="noteHeading">', '<div class="sectionHeading">One</div><div class="noteHeading">', 1
    )
    highlight = "Highlight(<span>pink</span>) - One &gt; Page 12"
    (page,) = (
        SOURCE["kindle-notebook"].parse(Text(mail.format(highlight, "Note - Page 12"), "", ".html")).pages
    )
    assert [each.value for each in page.block_properties if each.key == "chapter"] == ["One"]


def test_a_list_of_hypothesis_annotations_is_read_without_its_frame() -> None:
    export = json.loads((DATA / "hypothesis.json").read_text(encoding="utf-8"))
    framed = SOURCE["hypothesis"].parse(Text(json.dumps(export), "h", ".json"))
    dialect, bare = parse_text(Text(json.dumps(export["annotations"]), "h", ".json"))
    assert (dialect, list_highlights(bare)) == ("hypothesis", list_highlights(framed))


APPLE = (
    "<html><body><p>{}</p><h1>Das Meer</h1><h2>Ada Nord</h2>"
    '<div class="annotation"><div class="annotationdate">{}</div>'
    '<p class="annotationrepresentativetext">Ein Satz.</p><p class="annotationnote"></p></div>'
    "<p>{}</p></body></html>"
)


@pytest.mark.parametrize(
    ("top", "date", "last"),
    [
        ("Notes from", "March 7, 2022", "All Excerpts From Ada Nord. “Das Meer.” Apple Books."),
        ("Notizen aus", "7. März 2022", "Alle Auszüge aus: Ada Nord. „Das Meer“. Apple Books."),
        ("笔记来自", "2022年3月7日", "所有摘录来自 Ada Nord. “Das Meer”. Apple Books."),
    ],
)
def test_an_email_of_apple_books_is_dated_in_its_language_and_its_last_line_is_not_a_note(
    top: str, date: str, last: str
) -> None:
    parsed = SOURCE["apple-books"].parse(Text(APPLE.format(top, date, last), "", ".html"))
    ((highlight,),) = [page.highlights for page in parsed.pages]
    assert (str(highlight.taken_at)[:10], highlight.notes, parsed.problems) == ("2022-03-07", (), ())


def test_other_words_in_an_email_of_apple_books_are_a_problem() -> None:
    parsed = SOURCE["apple-books"].parse(Text(APPLE.format("", "", "what I wrote below"), "", ".html"))
    assert ["what I wrote below" in problem.message for problem in parsed.problems] == [True]


def test_a_kindle_table_in_another_language_is_read_by_its_columns() -> None:
    table = (
        '\ufeff"Ihre Kindle-Notizen für:",,,\r\n"Das Meer",,,\r\n"von Ada Nord",,,\r\n"Vorschau:",,,\r\n'
        '"https://lesen.example/x",,,\r\n----------------------------------------------,,,\r\n,,,\r\n'
        '"Anmerkungstyp","Position","Favorit?","Anmerkung"\r\n'
        '"Markierung (Gelb)","Position 93","","Häfen sind ""still""."\r\n"Notiz","Position 93","","mein"\r\n'
        '"Lesezeichen","Position 95","",""\r\n'
    )
    dialect, parsed = parse_text(Text(table, "n", ".csv"))
    (page,) = parsed.pages
    assert (dialect, parsed.problems, page.document.title) == ("kindle-notebook", (), "Das Meer")
    assert page.document.author is not None
    assert page.document.author.name == "Ada Nord"
    assert [(each.text, len(each.notes)) for each in page.highlights] == [('Häfen sind "still".', 1)]


def test_a_note_on_the_web_without_a_highlight_belongs_to_its_book() -> None:
    rows = (
        '<input value="170" id="kp-annotation-location"><span id="highlight">Satz</span>'
        '<span id="note">a</span><input value="200" id="kp-annotation-location">'
        '<span id="annotationNoteHeader">Note | Page 14</span>'
        '<span id="note">allein</span>'
    )
    page = f'<h3 class="kp-notebook-metadata">Meer</h3><p class="kp-notebook-metadata">Ada</p>{rows}'
    (found,) = SOURCE["kindle-notebook"].parse(Text(page, "", ".html")).pages
    assert [[note.text for note in each.notes] for each in found.highlights] == [["a"]]
    assert [note.text for note in found.notes] == ["allein"]


def test_a_clipped_passage_may_go_on_in_the_next_line_but_not_the_next_paragraph() -> None:
    note = (
        "---\r\ntitle: L\r\nsource: https://a.example/l\r\ntags: [clippings, sea]\r\n---\r\n"
        "==one\r\ntwo== b `==no==` x == y ==three== ==un\r\n\r\nclosed==\r\n"
    )
    dialect, parsed = parse_text(Text(note, "c", ".md"))
    assert dialect == "web-clipper"
    assert parsed.pages[0].document.tags == ("sea",)
    assert [text for _, text in list_highlights(parsed)] == ["one\ntwo", "three"]


@pytest.mark.parametrize(
    ("more", "notes"),
    [
        ({"notes": ["a", "b"], "comment": "c"}, "a\n\nb\n\nc"),
        ({"notes": ["a", "b"], "comment": "b"}, "a\n\nb"),
        ({"notes": ["a", "b"], "comment": "a\n\nb"}, "a\n\nb"),
        ({"notes": ["but how?"], "comment": "how"}, "but how?\n\nhow"),
        ({"comment": "c"}, "c"),
        ({}, ""),
    ],
)
def test_the_notes_and_the_comment_of_a_passage_in_the_browser_are_its_note(
    more: dict[str, object], notes: str
) -> None:
    passage = {"text": "words", "timestamp": 1_600_000_000_000, **more}
    page = json.dumps([{"url": "https://a.example/l", "title": "L", "highlights": [passage]}])
    (found,) = SOURCE["web-clipper"].parse(Text(page, "", ".json")).pages
    assert "\n\n".join(note.text for note in found.highlights[0].notes) == notes
    assert "comment" not in str(found.block_properties)


def test_snipd_may_begin_with_front_matter_and_separate_its_snips_by_rules() -> None:
    text = read_text("snipd.md").text
    snip = "\n---\n\n### [05:00] Next\n[Play](https://share.snipd.com/snip/b-1)\n#### 📝 Note\nmine\n\n---\n"
    dialect, parsed = parse_text(Text(f"---\nrating: 5\n---\n{text}{snip}".replace("\n", "\r\n"), "s", ".md"))
    (page,) = parsed.pages
    assert (dialect, parsed.problems) == ("snipd", ())
    assert ("rating", "5") in page.document.properties
    assert [note.text for note in page.highlights[-1].notes] == ["mine"]
    assert not any("---" in each.text for each in page.highlights)
