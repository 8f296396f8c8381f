"""What one page teaches: highlights that were kept, taken out, put in and tagged."""

from __future__ import annotations

import pytest

from export.note_lessons import Lessons, read_lessons

BASE = {
    "property:kind": "kind:: topic",
    "one": "Boats wait better than people. ([2021](https://a.example/1))",
    "two": "The tide has no memory. ([2021](https://a.example/2))",
    "two/tags": "**Tags:** #sea #boats #patience",
}
CITATIONS = {f"https://a.example/{number}": uid for number, uid in enumerate(("one", "two", "three"), 1)}
ONE, TWO, TAGS = (f"- {text}\n" for key, text in BASE.items() if key != "property:kind")


def read(text: str) -> Lessons:
    return read_lessons(text, BASE, "logseq", CITATIONS)


def test_a_page_as_written_teaches_only_what_was_kept() -> None:
    lessons = Lessons(kept=frozenset({"one", "two"}))
    assert read(f"{ONE}{TWO}\t{TAGS}") == lessons
    assert read(f"\ufeff{ONE}{TWO}\t{TAGS}") == lessons


@pytest.mark.parametrize("text", ["", "- mine\n", "- another https://a.example/3\n"])
def test_a_page_that_the_reader_cleared_teaches_nothing(text: str) -> None:
    assert read(text) == Lessons()


def test_a_highlight_that_is_no_longer_there_was_removed() -> None:
    assert read(ONE) == Lessons(kept=frozenset({"one"}), removed=frozenset({"two"}))


def test_a_highlight_that_is_only_cited_was_kept_or_added() -> None:
    mine = "- see https://a.example/2\n- and https://a.example/3\n- but https://a.example/4\n"
    assert read(ONE + mine) == Lessons(kept=frozenset({"one", "two"}), added=frozenset({"three"}))


@pytest.mark.parametrize("end", [",", ".", ").", "**", ", and"])
def test_a_citation_in_a_sentence_ends_before_its_stop(end: str) -> None:
    assert read(f"{ONE}{TWO}- **see https://a.example/3{end}\n").added == frozenset({"three"})


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("#sea #boats #patience #tide", {"tide"}),
        ("#sea #boats #patience #[[ebb and flow]]", {"ebb and flow"}),
        ("#sea #boats #patience a#b and https://b.example/#c and \\#d", set()),
        ("#tide #boats #patience", {"tide"}),
        ("#sea #boats #patience #2021 #x", set()),
    ],
)
def test_a_tag_that_the_reader_adds_is_the_highlights(tags: str, found: set[str]) -> None:
    text = f"{ONE}{TWO}\t- **Tags:** {tags}\n"
    assert read(text).tags == frozenset(("two", tag) for tag in found)


def test_a_tag_in_the_passage_itself_counts_and_a_second_block_of_a_highlight_is_the_same_one() -> None:
    base = {"one~2": BASE["one"], "two": BASE["two"]}
    text = f"{ONE.rstrip()} #mine\n{TWO}"
    assert read_lessons(text, base, "logseq", CITATIONS) == Lessons(
        kept=frozenset({"one", "two"}), tags=frozenset({("one", "mine")})
    )
