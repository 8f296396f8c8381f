"""Vaults, tables and clippings together: which dialect reads what, identity, any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import kindle
from ingest.folder import find_sources
from ingest.identity import hash_text, text_uid
from ingest.readwise import csv_export, logseq, obsidian
from ingest.source import Dialect, is_written_in, parse_text, read_source
from ingest.text import Text
from record_types.pages import Page
from tests.growth import assert_linear

DATA = Path(__file__).parents[1] / "data" / "vaults"
READERS: tuple[Dialect, ...] = (csv_export, kindle, obsidian, logseq)
SUFFIXES = {"readwise-csv": ".csv", "kindle": ".txt", "obsidian": ".md", "logseq": ".md"}
SAMPLES: dict[str, Dialect] = {
    "readwise.csv": csv_export,
    "My Clippings.txt": kindle,
    "thread.md": obsidian,
    "callout.md": obsidian,
    "tabs.md": obsidian,
    "../readwise/thread.md": logseq,
}
LOGSEQ = (
    "title:: {title} (highlights)\n"
    'author:: [[{author}]]\nfull-title:: "{title}"\ncategory:: #{category}\n{url}\n'
    "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n{body}"
)
CSV = (
    "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,"
    "Document tags\n"
)


def read_page(text: str, suffix: str = ".md") -> Page:
    (page,) = parse_text(Text(text, "a page", suffix))[1].pages
    return page


# --- who reads what


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.NAME)
def test_each_page_is_detected_only_by_its_own_dialect(name: str, reader: Dialect) -> None:
    text = (DATA / name).read_text(encoding="utf-8")
    assert is_written_in(reader, Text(text, "a page", Path(name).suffix)) == (SAMPLES[name] is reader)


@pytest.mark.parametrize(
    "text",
    [
        "# My garden\n\n## Highlights\n- the roses\n- the moss\n",
        "# Notes\n\n## Metadata\nnothing\n",
        "---\nauthor: Ada\n---\n# A note\n\n- Author: me\n",
        "---\nkind: topic\n---\n# Botany\n\n## Highlights\n\nMoss.\n\n— [2021](https://twitter.com/a/status/102)\n",
        "I wrote about [[Readwise]] and its `([View Tweet](…))` links\n",
    ],
)
def test_a_readers_own_notes_are_not_detected(text: str) -> None:
    assert parse_text(Text(text, "My garden", ".md"))[0] is None


def test_exported_notes_are_not_detected() -> None:
    golden = DATA.parent / "export" / "golden" / "obsidian"
    for stamp in find_sources(golden).stamps:
        assert read_source(stamp).dialect is None, stamp.path


def test_a_logseq_page_with_a_heading_in_its_note_is_still_detected_as_logseq() -> None:
    text = LOGSEQ.format(
        title="T", author="A", category="books", url="document_note:: x\n\n## Highlights\n", body="\t- a\n"
    )
    assert parse_text(Text(text, "T", ".md"))[0] == "logseq"


# --- identity


def test_a_tweet_is_the_same_from_a_graph_and_from_a_vault() -> None:
    vault = read_page((DATA / "thread.md").read_text(encoding="utf-8"))
    tweet = "https://twitter.com/slowreader/status/140000000000000000"
    graph = read_page(
        LOGSEQ.format(
            title="Nine Notes on Slow Rea...",
            author="@slowreader on Twitter",
            category="tweets",
            url=f"url:: {tweet}1\n",
            body=f"\t- Nine notes on slow reading 🧵\n\t  \n\t  \\- its own item ([View Tweet]({tweet}1))\n"
            f"\t- 2. Read it twice https://t.co/AbCdEf1234 ([View Tweet]({tweet}5))\n",
        )
    )
    assert vault.document.uid == graph.document.uid
    assert [highlight.uid for highlight in vault.highlights][:2] == [
        highlight.uid for highlight in graph.highlights
    ]
    assert vault.highlights[1].text_key == graph.highlights[1].text_key


def test_a_passage_without_links_is_the_same_from_every_source() -> None:
    text = "A garden is *a library*\n  of [[weather]]."
    graph = read_page(
        LOGSEQ.format(title="The Patient Gardener", author="Ada Fern", category="books", url="",
                      body="\t- A garden is a library\n\t  \n\t  of weather.\n")
    )  # fmt: skip
    vault = read_page(
        "# The Patient Gardener\n\n## Metadata\n- Author: [[Ada Fern]]\n- Full Title: The Patient Gardener\n"
        f"- Category: #books\n\n## Highlights\n- {text}\n"
    )
    table = read_page(
        CSV + '"A garden is a library\nof weather.",The Patient Gardener,Ada Fern,,,,,page,3,,\n', ".csv"
    )
    clippings = read_page(
        "The Patient Gardener (Fern, Ada)\n"
        "- Your Highlight on page 3 | Added on Monday, March 7, 2022 10:12:42 PM\n\n"
        "A garden is a library of weather.\n==========\n",
        ".txt",
    )
    pages = (graph, vault, table, clippings)
    assert len({page.document.uid for page in pages}) == 1
    assert len({page.highlights[0].uid for page in pages}) == 1
    key = hash_text("A garden is a library of weather.")
    assert graph.highlights[0].uid == text_uid("ada fern:the patient gardener", key)


def test_a_table_row_without_a_link_is_matched_by_title_and_text() -> None:
    vault = read_page((DATA / "thread.md").read_text(encoding="utf-8"))
    table = parse_text(Text((DATA / "readwise.csv").read_text(encoding="utf-8"), "readwise", ".csv"))[
        1
    ].pages[1]
    assert vault.document.uid != table.document.uid
    assert vault.document.title_key == table.document.title_key
    assert vault.highlights[1].text_key == table.highlights[0].text_key
    assert vault.highlights[0].text_key != table.highlights[0].text_key


# --- any text

TWEET = "([View Tweet](https://x.com/a/status/12))"
PIECES = [
    *(
        "# T\n",
        "## Metadata\n",
        "- Author: [[x]]\n",
        "- Full Title: T\n",
        "## Highlights\n",
        "- a ",
        TWEET,
        "\n",
    ),
    *(
        "    - Note: ",
        "  - ",
        "\t",
        " ^rw12",
        "[Open in Readwise](https://readwise.io/open/1)",
        "---\n",
        "a: [[\n",
    ),
    *(">k:: v\n", "Highlight,Book Title\n", '"', ",", "==========\n", "é\x85\u2028"),
    "Title (A, B)\n- Your Note on page 1 | x\n\n",
]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6)).map("".join), st.sampled_from(READERS))
def test_any_text_gives_pages_or_problems(text: str, reader: Dialect) -> None:
    suffix = SUFFIXES[reader.NAME]
    reader.detect(Text(text, "p", suffix))
    parsed = reader.parse(Text("Highlight,Book Title\n" * (suffix == ".csv") + text, "p", suffix))
    assert parsed.pages or parsed.problems or not text.strip() or suffix != ".md"


CLIPPING = "T (A)\n- Your {} on Location 1-9 | Added on x\n\nab\n==========\n"
NOTE_PIECES = (
    *(
        "- a\n",
        "- ",
        "([",
        "  - x\n",
        "    - x\n",
        "\n\n",
        "x\n\n",
        "^rw1 ",
        "#a ",
        "\t",
        "](",
        "[Open",
        ">",
        "## x\n",
    ),
    f"a\n\nb {TWEET}\n\n",
)
HOSTILE = (
    *((obsidian, "# T\n\n## Metadata\n- Full Title: T\n\n## Highlights\n", piece) for piece in NOTE_PIECES),
    *(
        (obsidian, "---\n", piece)
        for piece in ("a: b\n", "- ", "[", "{", "a:", "---\n", "&a [*a,", " ", "# ")
    ),
    *(
        (csv_export, "Highlight,Book Title\n", piece)
        for piece in ('"', '"a,b\n', "a,b\n", ",", '"a"b', "\n", '""')
    ),
    *(
        (kindle, "T (A)\n- Your Highlight on page 1 | x\n\n", piece)
        for piece in ("==========\n", "(", ")", "=", "\ufeff")
    ),
    *((kindle, "", CLIPPING.format(kind)) for kind in ("Highlight", "Note")),
)


@pytest.mark.parametrize(("reader", "head", "piece"), HOSTILE)
def test_time_grows_with_the_size_only(reader: Dialect, head: str, piece: str) -> None:
    def read(size: int) -> None:
        text = Text(head + piece * (size // len(piece)), "p", SUFFIXES[reader.NAME])
        reader.detect(text)
        reader.parse(text)

    assert_linear(read, 1 << 15, 1 << 17)
