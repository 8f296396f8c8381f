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


MARKDOWN = {
    "intro": "Three highlights.",
    "one": "Boats wait better than people.\n\n— Ada Wren, [Boats](../books/Small%20Boats.md) · page 3 · sea",
    "two": "The tide has no memory.\n\n— [2021](https://a.example/2) · patience",
    "three": "记忆是河流。\n\n— [河](../books/%E6%B2%B3.md)",
}
OTHER_FLAVOURS = {
    "one": """
> Boats wait BETTER than most people.
>
> — Ada Wren, [[books/Small Boats|Boats]] · page 3 · #sea #[[ebb and flow]]

^a1b2c3
""",
    "two": """
The tide has no mine memory. ([2021](https://a.example/2) · #[[Patience]], #ebb-and-flow)
""",
    "three": """
> 记忆是一条河流。
>
> — [[books/河|河]]
""",
}
KEYS = {"uid:one": "one", "https://a.example/2": "two", "uid:three": "three"}


@pytest.mark.parametrize("edited", ["", "one", "two", "three", "one two three"])
def test_a_block_that_the_reader_edited_before_the_note_got_another_flavour_is_kept(edited: str) -> None:
    shown = {**MARKDOWN, **{key: OTHER_FLAVOURS[key] for key in edited.split()}}
    lessons = read_lessons("\n\n".join(shown.values()), MARKDOWN, "markdown", KEYS)
    assert lessons.removed | lessons.added == frozenset()


@pytest.mark.parametrize("gone", ["one", "two", "three"])
def test_a_block_that_is_gone_was_removed_although_others_have_another_flavour(gone: str) -> None:
    text = "\n\n".join(["Three highlights.", *(each for key, each in OTHER_FLAVOURS.items() if key != gone)])
    assert read_lessons(text, MARKDOWN, "markdown", KEYS).removed == {gone}


def test_a_block_whose_text_is_not_known_proves_nothing() -> None:
    base = {"one": BASE["one"], "two": "\0", "three": "\0"}
    assert read_lessons(f"{ONE}{TWO.rstrip()} #mine\n", base, "logseq", CITATIONS) == Lessons(
        kept=frozenset({"one", "two"})
    )


def test_lessons_without_those_that_are_known() -> None:
    both = frozenset({"one", "two"})
    tags = frozenset({("one", "sea"), ("two", "sea")})
    known = Lessons(both, frozenset({"one"}), frozenset({"two"}), frozenset({("two", "sea")}))
    assert Lessons(both, both, both, tags) - known == Lessons(
        both, frozenset({"two"}), frozenset({"one"}), frozenset({("one", "sea")})
    )
