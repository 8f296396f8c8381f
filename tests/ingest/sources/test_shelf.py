"""The documents of one export: who wrote them, where they begin, and which highlights they have."""

from __future__ import annotations

import pytest

from ingest.sources.shelf import Shelf, make_author, split_authors
from record_types.pages import Author


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ada  North", "Ada North"),
        ("Ada North, Ben South", "Ada North and Ben South"),
        ("Ada North & Ben South", "Ada North and Ben South"),
        ("Ada North and Ben South", "Ada North and Ben South"),
        ("Ada North, Ben South, and Cy East", "Ada North, Ben South, and Cy East"),
        ("Ada North, Ben South & Cy East", "Ada North, Ben South, and Cy East"),
        ("Ada North, Jr., Ben South", "Ada North, Jr. and Ben South"),
        ("Ada North, PhD", "Ada North, PhD"),
        *((f"Ada North, {each}", f"Ada North, {each}") for each in ("Sr.", "Ph.D.", "M.D.", "MD", "I", "IV")),
        ("Ada North,Ben South", "Ada North,Ben South"),
        ("Ada Northand, Ivy South", "Ada Northand and Ivy South"),
    ],
)
def test_several_authors_are_written_as_readwise_writes_them(written: str, name: str) -> None:
    author = split_authors(written)
    assert author
    assert author.name == name


def test_without_a_name_there_is_no_author() -> None:
    assert split_authors(" ") is None
    assert make_author("", " ") is None


def test_each_document_has_a_line_of_its_own() -> None:
    shelf = Shelf()
    first, second, third = shelf.find(5, "A"), shelf.find(5, "B"), shelf.find(9, "C")
    assert [first.line, second.line, third.line] == [5, 6, 9]
    assert shelf.find(20, " A ") is first
    assert shelf.find(1, " ", url="https://a.example/").title == "https://a.example/"
    assert shelf.find(1, "").title == "Untitled"


def test_an_author_that_is_known_later_is_added() -> None:
    shelf = Shelf()
    shelf.find(1, "A", uid="a")
    for name in ("Ada", "Eve"):
        entry = shelf.find(2, "A", uid="a", author=Author(name))
        assert entry.author == Author("Ada")


def test_a_highlight_without_text_leaves_its_note_to_the_document() -> None:
    shelf = Shelf()
    entry = shelf.find(1, "A &Amp; B", category="books")
    assert entry.add_highlight(" ", 2, note=" mine ", state=[("color", "red"), ("style", " ")]) is None
    assert entry.add_highlight(" ", 3, note=" ") is None
    entry.add_highlight(" Text ", 4, note=" yours ", place=("page", "7"), tags=["x", " "])
    entry.add_highlight("Loose", 5, note=" ", place=("page", ""))
    entry.add_properties([("isbn", "1"), ("empty", " ")])
    entry.add_properties([("isbn", "1")])
    entry.tags += ["a", "b", "a"]
    (page,) = shelf.finish().pages
    first, second = page.highlights
    assert (page.document.title, page.document.tags) == ("A & B", ("a", "b"))
    assert page.document.properties == (("isbn", "1"),)
    assert [(note.text, note.line) for note in page.notes] == [("mine", 2)]
    assert [(each.line, each.key, each.value) for each in page.block_properties] == [(2, "color", "red")]
    assert (first.text, first.location_kind, first.location, first.tags) == ("Text", "page", "7", ("x",))
    assert [note.text for note in (*first.notes, *second.notes)] == ["yours"]
    assert (second.location_kind, second.location, second.view_url) == (None, None, None)


def test_a_date_that_cannot_be_read_is_a_problem() -> None:
    shelf = Shelf()
    assert shelf.read_timestamp(" ", 1) is None
    assert str(shelf.read_timestamp("2022-03-07T22:12:41Z", 2)) == "2022-03-07 22:12:41+00:00"
    assert shelf.read_timestamp(" soon ", 3) is None
    assert [(each.message, each.line) for each in shelf.finish().problems] == [("no date in “soon”", 3)]
