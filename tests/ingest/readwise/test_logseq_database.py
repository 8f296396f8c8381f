"""Pages of a Logseq database graph: its Markdown mirror and its Markdown export."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.source import find_signs, parse_text
from ingest.text import Text
from record_types.pages import Page

DATA = Path(__file__).parents[2] / "data" / "readwise" / "database"
OPEN = "https://readwise.io/open/"


def read(text: str, name: str = "Wells") -> tuple[str | None, Page]:
    dialect, parsed = parse_text(Text(text, name))
    (page,) = parsed.pages
    return dialect, page


def test_a_page_of_the_markdown_mirror_is_read_with_its_properties_and_nested_values() -> None:
    (path,) = DATA.glob("*.md")
    dialect, page = read(path.read_text(encoding="utf-8"), path.stem)
    assert dialect == "logseq-database"
    document = page.document
    assert (document.title, document.category, document.url) == (
        "A Pot of Basil",
        "articles",
        "https://basil.example/pot",
    )
    assert document.author
    assert (document.author.name, document.tags) == ("Nora Leaf", ("kitchen", "two words"))
    first, second = page.highlights
    assert (first.text, first.tags) == ("Basil wants sun,\nand a drink at noon.", ("herbs",))
    assert [(note.kind, note.text) for note in first.notes] == [("note", "mine stands north")]
    assert (first.uid, first.synced_on, first.line) == (
        "readwise:01hbbbbbbbbbbbbbbbbbbbbbb1",
        "2024-01-09",
        10,
    )
    assert [(note.kind, note.text) for note in second.notes] == [("block", "a block of my own")]


def test_an_exported_page_without_properties_is_recognised_by_its_linked_blocks() -> None:
    dialect, page = read(
        f"- Wells keep\n  cool. ([Location]({OPEN}70001))\n"
        f"- Pails tip. ([Location]({OPEN}70002))\n\t- mine\n- own\n"
    )
    assert (dialect, page.document.title) == ("logseq-database", "Wells")
    assert [(each.text, each.uid) for each in page.highlights] == [
        ("Wells keep\ncool.", "open:70001"),
        ("Pails tip.", "open:70002"),
    ]
    assert [note.text for note in page.notes] == ["own"]


@pytest.mark.parametrize(
    "page",
    [
        f"- what I read\n- Wells keep cool. ([View Highlight]({OPEN}70001))\n- and what I think\n",
        "- a list\n  * of:: things\n- that I keep\n",
        "* groceries:: bread\n- milk\n",
    ],
)
def test_a_page_that_copies_one_highlight_is_the_readers(page: str) -> None:
    assert parse_text(Text(page, "Ideas"))[0] is None


@pytest.mark.parametrize(
    ("line", "is_sign"),
    [
        ("([View Tweet](x))", True),
        ("https://read.readwise.io/read/1", True),
        ("http://read.readwise.io/new/later/read/1", True),
        ("https://read.readwise.io/new", False),
        ("https://readwise.io/open/1", True),
        ("https://www.readwise.io/bookreview/1", True),
        ("https://readwise.io/to_kindle?x", True),
        ("https://readwise.io/opened", False),
        ("![rw-book-cover](x)", False),
        ("![rw-book-cover](x) by Readwise", True),
        ("- Highlights first synced by Readwise", True),
        ("\t> # New highlights added", True),
        ("New highlights addedly", False),
        ("my New highlights added", False),
    ],
)
def test_what_only_readwise_writes_is_a_sign(line: str, is_sign: bool) -> None:
    assert bool(find_signs(f"mine\n{line}\n")) == is_sign


def test_a_page_that_is_not_read_although_it_has_signs_of_highlights_is_a_problem_with_its_line() -> None:
    (problem,) = find_signs(f"# Ideas\n\nmine\n> Wells keep cool. ([View Highlight]({OPEN}70001))\n")
    assert (problem.kind, problem.line) == ("not-read", 4)
    assert find_signs("I use Readwise, and a View of my own.\n") == ()
