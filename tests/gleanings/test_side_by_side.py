"""docs/side-by-side.md shows today's pages and notes: made of the graph's pages and its golden notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.gleanings.running import ROOT

PAGES = ROOT / "tests" / "data" / "graph" / "pages"
NOTES = ROOT / "tests" / "data" / "export" / "golden" / "graph"
INTRO = """\
# Side by side

Three pages as Readwise's own export leaves them in a Logseq graph, each beside the note that gleanings
makes of the same highlights. The words are invented; the shapes are real. Pages and notes are those of
[the test graph](../tests/data/graph); a test keeps this page in step with them.
"""
SHOWN = (
    (
        "A thread of resources",
        "Bread Is Four Ingredie... (highlights).md",
        "markdown/documents/tweets/Bread is four ingredients and a clock.md",
        "The title is whole again. Every `t.co` link is resolved once and shown with its title and label; "
        "a dead one is marked. The thread's marks are gone, and a sentence broken over two lines is joined. "
        "Readwise's mark `Thread` does not count as a note of the reader's.",
    ),
    (
        "One of its topics",
        "Bread Is Four Ingredie... (highlights).md",
        "markdown/topics/sourdough.md",
        "Everything marked about one subject, from this thread and an article: each highlight has one line "
        "with author, document and date, and what is worth opening follows. The invitation to follow the "
        "author is left out.",
    ),
    (
        "An article",
        "The Margin Is a Room (highlights).md",
        "obsidian/documents/articles/The Margin Is a Room.md",
        "In Obsidian, properties have the types that it expects, highlights are quotations that can be "
        "linked to (`^id`), and the reader's own words are in boxes. The headings of the two syncs are gone.",
    ),
    (
        "A book",
        "The Slow Tide (highlights).md",
        "logseq/pages/The Slow Tide%3A A Year at the River’s Mouth.md",
        "In Logseq, a highlight that was marked as a heading is one, lists stay inside their block, and "
        "locations are links as before.",
    ),
)


def test_the_page_shows_the_current_notes(check_golden: Callable[[Path, str], None]) -> None:
    check_golden(ROOT / "docs" / "side-by-side.md", "".join(make_page()))


def make_page() -> list[str]:
    pieces = [INTRO]
    before = ""
    for title, page, note, words in SHOWN:
        pieces.append(f"\n## {title}\n\n{words}\n")
        if page != before:
            pieces.append(f"\nReadwise's page:\n\n{fence((PAGES / page).read_text(encoding='utf-8'))}")
        pieces.append(f"\nThe note:\n\n{fence((NOTES / note).read_text(encoding='utf-8'))}")
        before = page
    return pieces


def fence(text: str) -> str:
    return "````markdown\n" + text.rstrip("\n") + "\n````\n"
