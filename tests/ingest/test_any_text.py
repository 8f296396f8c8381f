"""Any text through every dialect: records or a problem, never an exception, in linear time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.encoding import decode
from ingest.source import DIALECTS, Dialect, parse_text
from ingest.sources.registry import TEXTS
from ingest.text import Text
from record_types.errors import UnreadableError
from tests.growth import assert_linear

DATA = Path(__file__).parents[1] / "data"
SUFFIXES = (".md", ".markdown", ".org", ".csv", ".tsv", ".txt", "")
# The exports of other programs have tests of their own: tests/ingest/sources.
NAMES = {dialect.NAME: dialect for dialect in DIALECTS if dialect not in TEXTS}
SAMPLES = {
    "readwise-csv": DATA / "vaults" / "readwise.csv",
    "kindle": DATA / "vaults" / "My Clippings.txt",
    "logseq-org": next((DATA / "readwise" / "org").glob("*.org")),
    "logseq-roam": next((DATA / "readwise" / "roam").glob("*.md")),
    "logseq-headings": next((DATA / "readwise" / "headings").glob("*.md")),
    "obsidian-plugin": next((DATA / "readwise" / "mirror").glob("*.md")),
    "obsidian": DATA / "vaults" / "thread.md",
    "logseq-plugin": next((DATA / "readwise" / "plugin").glob("*.md")),
    "logseq-cards": next((DATA / "readwise" / "cards").glob("*.md")),
    "logseq-flat": next((DATA / "readwise" / "flat").glob("*.md")),
    "logseq-quoted": next((DATA / "readwise" / "quoted").glob("*.md")),
    "logseq-database": next((DATA / "readwise" / "database").glob("*.md")),
    "logseq": DATA / "readwise" / "thread.md",
}
LARGEST = int(os.environ.get("GLEANINGS_LARGEST_MB", "1")) << 20
"""8 takes a minute and a half; what is quadratic shows at 1 already."""

# What formats are made of, whole and broken: sentences of it are likelier to hurt than letters are.
SCRAPS = st.sampled_from([
    *(line + "\n" for name in SAMPLES for line in SAMPLES[name].read_text(encoding="utf-8").split("\n")),
    "\n", "\r\n", "\r", "\t", "  ", "    ", "- ", "* ", "** ", "- -", "> ", "# ", "```\n", "$$\n", "<b>\n",
    "#+BEGIN_QUOTE\n", "#+END_QUOTE\\\n",
    ":PROPERTIES:\n", ":END:\n", "---\n", "==========\n",
    "key:: v\n",
    "([View Tweet](https://twitter.com/a/status/1400000000000000001))", "([View ", "](", "))",
    "[[", "]]", '"',
    ",", ";", "^rw1 ", "[Open in Readwise](https://readwise.io/open/1)",
    "\\-", "\u2028", "\x85", "\0", "\ufeff",
    "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]\n", "- ## Highlights\n", "sep=;\n",
    "- Neue vom [[25.02.2023]] um 17:56\n", "> [!quote]\n", "#flashcard", "#Highlight #[[2024-02-28]]",
    ">> [!info] My note:\n", "## Full Document\n", "## Highlights\n",
    "* key:: value\n", "* key::\n  * value\n",
    "%% highlight_id: 70 %%\n", " ^7000\n", " ^ref-1\n", "%% Color: red %%",
    " — location: [1](kindle://a)", "Note: ", "%%\n",
    " — [Updated on 2022-06-06 10:11:12](https://hyp.is/a/b)", "Number of Highlights: ==1==\n",
    "- Your Note on page 1 | location 2-3 | Added on Monday, March 7, 2022 10:12:42 PM\n",
])  # fmt: skip
texts = st.lists(SCRAPS | st.text(max_size=8), max_size=30).map("".join)


def test_every_dialect_detects_its_sample() -> None:
    assert SAMPLES.keys() == NAMES.keys()
    for name, path in SAMPLES.items():
        page = Text(path.read_bytes().decode("utf-8"), path.stem, path.suffix)
        assert parse_text(page)[0] == name


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150, deadline=None)
@given(texts, st.sampled_from(SUFFIXES))
def test_any_text_gives_pages_or_problems(name: str, text: str, suffix: str) -> None:
    reader: Dialect = NAMES[name]
    page = Text(text, "a page", suffix)
    assert reader.detect(page) in (True, False)
    try:
        parsed = reader.parse(Text(text.replace("\0", ""), "a page", suffix))
    except UnreadableError:
        pass
    else:
        for problem in parsed.problems:
            assert problem.line is None or 1 <= problem.line <= text.count("\n") + text.count("\r") + 1
        for found in parsed.pages:
            assert all(highlight.text and highlight.line >= 1 for highlight in found.highlights)


@settings(max_examples=300, deadline=None)
@given(texts, st.sampled_from(SUFFIXES))
def test_any_file_is_read_by_one_dialect_or_not_at_all(text: str, suffix: str) -> None:
    name, parsed = parse_text(Text(text.replace("\0", ""), "a page", suffix))
    assert parsed.pages or parsed.problems or name in (None, "readwise-csv", "kindle")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | texts.map(str.encode))
def test_any_bytes_are_decoded_or_rejected(data: bytes) -> None:
    try:
        text, encoding = decode(data)
    except UnreadableError:
        pass
    else:
        assert encoding in ("utf-8", "utf-8, repaired", "utf-16", "utf-32")
        text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_eight_times_the_size_takes_eight_times_as_long(name: str) -> None:
    sample = SAMPLES[name].read_text(encoding="utf-8").rstrip("\n") + "\n"
    last = sample.rstrip("\n").split("\n")[-30:]
    piece = sample if name == "kindle" else "\n".join(last) + "\n"

    def read(size: int) -> None:
        page = Text(sample + piece * (size // len(piece)), "a page", SAMPLES[name].suffix)
        NAMES[name].detect(page)
        NAMES[name].parse(page)

    assert_linear(read, LARGEST >> 3, LARGEST)
