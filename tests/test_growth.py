"""Every stage from a page to its notes takes linear time, whatever is repeated on the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from export.note_places import Flavour
from gleanings.config import Config
from gleanings.steps.notes import ExportOptions, export_notes
from gleanings.steps.pages import find_all_sources, import_pages
from gleanings.steps.topic_scores import prepare_documents
from ingest.folder import stamp_file
from ingest.source import read_source
from store.connection import close_store, open_store
from tests.growth import timed

SIZE = 30_000
"""Characters of the smaller text; the other one has twice as many."""
pytestmark = pytest.mark.slow  # a minute

MAX_RATIO = 2.6
"""Twice the input may take 2.6 times as long."""
TRIES = 4
NOISE = 0.05
"""Seconds; a stage that takes less shows nothing but the machine's noise."""
FLAVOURS: tuple[Flavour, ...] = ("markdown", "logseq", "obsidian")

HEAD = """\
title:: A page (highlights)
author:: [[Ada]]
full-title:: "A page"
category:: #articles
url:: https://page.example/a

- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]
"""
TOKENS = {
    "open topics": "#[[",
    "open topics with words": "#[[a b ",
    "hashtags": "#a",
    "open links": "[[",
    "nested links": "[[a",
    "closed links": "[[a]] ",
    "protocols": "http://",
    "short links": "https://t.co/abcdefghij ",
    "links in parentheses": "[a](https://t.co/abcdefghij) ",
    "open link texts": "[a](",
    "open references": "((",
    "open macros": "{{a ",
    "backticks": "`",
    "runs of backticks": "` `` ``` a",
    "emphasis": "*a _b ",
    "stars": "*",
    "open tags": "<a ",
    "comments": "<!-- ",
    "dollars": "$$ ",
    "colons": ":: ",
    "backslashes": "\\",
    "entities": "&amp",
    "Hebrew addresses": "http://א ",
    "sentences": "A word, and more. ",
    "handles": "@a ",
    "percent signs": "%%a ",
}


def write_one(token: str, size: int) -> str:
    """A page with one highlight that repeats the token."""
    text = (token * (size // len(token) + 1))[:size].strip()
    return (
        f"{HEAD}\t- x {text} y ([View Highlight](https://read.readwise.io/read/01hgrowth0000000000000001))\n"
    )


def write_many(token: str, size: int) -> str:
    """A page with many highlights that all contain the token."""
    lines = (
        f"\t- {number} {token * 3} ([View Highlight](https://read.readwise.io/read/01h{number:023}))\n"
        for number in range(size // 100)
    )
    return HEAD + "".join(lines)


def measure_stages(folder: Path, page: str) -> dict[str, float]:
    """Processor seconds of each stage, from reading the page to merging its notes with the reader's edits."""
    times: dict[str, float] = {}
    graph = folder / "graph"
    graph.mkdir(parents=True)
    (graph / "page.md").write_text(page, encoding="utf-8")
    db = open_store(folder / "store.db", create=True)
    try:
        with timed(times, "read"):
            assert read_source(stamp_file(str(graph), "page.md")).pages
        with timed(times, "import"):
            import_pages(db, find_all_sources([graph]))
        with timed(times, "topics"):
            prepare_documents(db, Config().topics)
        for flavour in FLAVOURS:
            options = ExportOptions(flavour=flavour, force=True, confirmed=True)
            with timed(times, f"export {flavour}"):
                export_notes(db, folder / flavour, Config(), options, has_topics=True)
            for note in (folder / flavour).rglob("*.md"):
                note.write_text(note.read_text(encoding="utf-8") + "\n- mine\n", encoding="utf-8")
        more = "\t- One more ([View Highlight](https://read.readwise.io/read/01hgrowth0000000000000002))\n"
        (graph / "page.md").write_text(page + more, encoding="utf-8")
        with timed(times, "import again"):
            import_pages(db, find_all_sources([graph]))
        for flavour in FLAVOURS:
            options = ExportOptions(flavour=flavour, force=True, confirmed=True)
            with timed(times, f"merge {flavour}"):
                outcome = export_notes(db, folder / flavour, Config(), options)
            assert outcome.actions["merge"], flavour
    finally:
        close_store(db)
    return times


def find_slow_stages(folder: Path, write: Callable[[str, int], str], token: str) -> dict[str, str]:
    """The stages that never took at most `MAX_RATIO` times as long for twice the input."""
    slow: dict[str, str] = {}
    for number in range(TRIES):
        small, large = (
            measure_stages(folder / f"{number}-{size}", write(token, size)) for size in (SIZE, 2 * SIZE)
        )
        now = {
            stage: f"{small[stage]:.3f} → {large[stage]:.3f} s"
            for stage in large
            if large[stage] > MAX_RATIO * small[stage] + NOISE
        }
        slow = now if number == 0 else {stage: shown for stage, shown in slow.items() if stage in now}
        if not slow:
            break
    return slow


@pytest.mark.parametrize("write", [write_one, write_many])
@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_twice_the_input_takes_no_more_than_linear_time(
    tmp_path: Path, write: Callable[[str, int], str], token: str
) -> None:
    assert find_slow_stages(tmp_path, write, token) == {}
