"""Real pages, if available: every word of every page is in the records."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import ftfy.bad_codecs  # noqa: F401
import pytest

from ingest.folder import find_sources
from ingest.readwise.preamble import find_body
from ingest.source import read_source
from record_types.pages import Note, SourceFile
from tests.ingest.readwise.words import find_lost_words, read_text
from tests.shared import SHARED

GRAPHS = ("logseq-default", "logseq-graph", "logseq-typed")

pytestmark = pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the real pages are not here")


@cache
def read_graph(name: str) -> tuple[SourceFile, ...]:
    sources = find_sources(SHARED / "corpus" / name)
    assert not sources.problems
    return tuple(read_source(stamp, sources.settings) for stamp in sources.stamps)


def count_highlights(text: str) -> int:
    """Counted by lines alone: the bullets one level below a header; those at the margin where none is."""
    body = text[find_body(text) :]
    body = re.sub(r"(?ms)^\t*(- |  )?```.*?^\t*  ```", "", body)
    below = len(re.findall(r"(?m)^\t- (?![-*_ ]*$)", body))
    below += len(re.findall(r"(?m)^- \[\[Readwise\]\].*\n(?=  \S)", body))
    return below or (0 if "eadwise]]" in body else len(re.findall(r"(?m)^- \S", body)))


@pytest.mark.parametrize("graph", GRAPHS)
def test_every_page_of_a_graph_is_read(graph: str) -> None:
    files = read_graph(graph)
    assert [file.stamp.path for file in files if len(file.pages) != 1] == []
    assert {file.encoding for file in files} == {"utf-8"}
    assert {file.dialect for file in files} == {"logseq"}  # no other dialect takes any of them
    assert {problem.kind for file in files for problem in file.problems} <= {"cut-text"}


@pytest.mark.parametrize("graph", GRAPHS)
def test_every_word_of_every_page_is_in_its_records(graph: str) -> None:
    assert {file.stamp.path: lost for file in read_graph(graph) if (lost := find_lost_words(file))} == {}


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_number_of_highlights_equals_a_count_of_lines(graph: str) -> None:
    files = read_graph(graph)
    found = {file.stamp.path: len(file.pages[0].highlights) for file in files}
    assert found == {file.stamp.path: count_highlights(read_text(file)) for file in files}


def test_a_damaged_copy_has_the_same_records(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    before = {}
    for file in read_graph("logseq-graph")[::7] + read_graph("logseq-typed"):
        text = read_text(file)
        if text.isascii():
            continue
        name = file.stamp.path.rpartition("/")[2]
        before[f"pages/{name}"] = file
        damaged = text.encode().decode("sloppy-windows-1252").encode()
        (tmp_path / "pages" / name).write_bytes(damaged)
    sources = find_sources(tmp_path)
    assert len(sources.stamps) == len(before) > 50
    for stamp in sources.stamps:
        file = read_source(stamp, sources.settings)
        original = before[stamp.path]
        assert file == replace(original, stamp=stamp, sha256=file.sha256, encoding="utf-8, repaired")


def test_the_lines_of_highlights_are_those_of_the_file() -> None:
    for file in read_graph("logseq-graph"):
        lines = read_text(file).split("\n")
        for highlight in file.pages[0].highlights:
            first = highlight.text.split("\n")[0]
            assert first[:40].strip() in lines[highlight.line - 1].replace("\\-", "-")


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the first page is not here")
def test_the_first_page_is_read_completely() -> None:
    sources = find_sources(SHARED / "seeds")
    (file,) = (read_source(stamp, sources.settings) for stamp in sources.stamps)
    (page,) = file.pages
    assert (file.encoding, file.dialect, file.problems) == ("utf-8, repaired", "logseq", ())
    assert page.document.full_title == page.document.title == "To Get the Intuition Beh..."
    assert page.document.category == "tweets"
    assert page.document.author is not None
    assert page.document.author.handle == "MLsummaries"
    ids = [highlight.tweet.id for highlight in page.highlights if highlight.tweet]
    assert ids == sorted(ids)
    assert (len(ids), page.document.thread_id, page.document.uid) == (7, ids[0], f"thread:{ids[0]}")
    first = page.highlights[0]
    assert first.tweet is not None
    assert first.tweet.created_at.isoformat(timespec="seconds") == "2021-03-29T20:23:45+00:00"
    assert first.notes == (Note("Thread", "mark", 11),)
    assert [len(highlight.pictures) for highlight in page.highlights] == [1, 0, 0, 0, 0, 0, 0]
    links = [found for highlight in page.highlights for found in highlight.links]
    assert [found.link.host for found in links] == ["t.co"] * 10
    assert [found.label for found in links].count("Advanced") == 3
    text = "".join(highlight.text for highlight in page.highlights)
    assert "👇" in text
    assert "😇" in text
    assert "don’t" in text
    assert "ð" not in text
    assert "â€" not in text
