"""Highlights that repeat another, and tags that differ in case."""

from __future__ import annotations

from dataclasses import replace

from export.render import Part
from export.repeats import fold_repeats, unify_tags
from record_types.library import ReadDocument, ReadHighlight
from record_types.pages import Picture

LONG = "Boats wait better than people. They have fewer plans."
PART = "Boats wait **better** than people"


def make(*highlights: ReadHighlight, tags: tuple[str, ...] = ()) -> ReadDocument:
    return ReadDocument(1, "d", "D", "D", "articles", tags=tags, highlights=highlights)


def mark(number: int, text: str, **more: object) -> ReadHighlight:
    return replace(ReadHighlight(number, f"h:{number}", text), **more)  # type: ignore[arg-type]


def fold(*highlights: ReadHighlight) -> list[str]:
    return [each.text for each in fold_repeats(make(*highlights), {}).highlights]


def test_a_part_of_another_highlight_is_folded_into_it_with_its_notes_and_tags() -> None:
    folded = fold_repeats(
        make(mark(1, PART, notes=("true",), tags=("boats",)), mark(2, LONG, tags=("sea", "boats"))), {}
    )
    assert [each.text for each in folded.highlights] == [LONG]
    assert folded.highlights[0].notes == ("true",)
    assert folded.highlights[0].tags == ("sea", "boats")


def test_what_was_folded_is_known_for_an_outline_of_the_document() -> None:
    part, document = Part(detailed={1}), make(mark(1, PART), mark(2, LONG), mark(3, "Rust."))
    assert [each.id for each in part.fold(document, {}).highlights] == [2, 3]
    assert part.folded == {1}
    outline = Part(detailed=set(), folded={3})
    assert [each.id for each in outline.fold(document, {}).highlights] == [1, 2]
    same = Part(folded={4}, is_folded=True)
    assert same.fold(document, {}) is document


def test_a_highlight_that_is_nearly_the_same_stays() -> None:
    long = [f"word{number}" for number in range(40)]
    assert len(fold(mark(1, " ".join(long)), mark(2, " ".join([*long[:-1], "other"])))) == 2


def test_the_first_of_equal_highlights_stays() -> None:
    assert [each.id for each in fold_repeats(make(mark(1, LONG), mark(2, LONG)), {}).highlights] == [1]


def test_a_chain_of_parts_keeps_every_note() -> None:
    chain = (mark(1, PART, notes=("a",)), mark(2, LONG, notes=("b",)), mark(3, f"{LONG} And rust.", notes=()))
    (only,) = fold_repeats(make(*chain), {}).highlights
    assert (only.id, sorted(only.notes)) == (3, ["a", "b"])


def test_a_fragment_of_a_tweet_is_folded_but_two_tweets_never_are() -> None:
    assert fold(mark(1, LONG, tweet_id=7), mark(2, PART)) == [LONG]
    assert len(fold(mark(1, LONG, tweet_id=7), mark(2, PART, tweet_id=8))) == 2


def test_text_without_spaces_between_words_is_folded() -> None:
    assert fold(mark(1, "船比人更有耐心。它们的计划更少。"), mark(2, "船比人更有耐心")) == [
        "船比人更有耐心。它们的计划更少。"
    ]


def test_other_highlights_stay() -> None:
    assert len(fold(mark(1, LONG), mark(2, "than people"))) == 2
    assert len(fold(mark(1, LONG), mark(2, "Boats wait better than peop"))) == 2
    pictured = mark(2, PART, pictures=(Picture("https://img.example/a.png"),))
    assert len(fold(mark(1, LONG), pictured)) == 2
    linked = mark(2, PART.replace("people", "[people](https://people.example)"))
    assert len(fold(mark(1, LONG), linked)) == 2
    assert len(fold(mark(1, f"{LONG} https://people.example"), linked)) == 1


def test_a_tag_is_written_as_most_write_it() -> None:
    documents = [
        make(mark(1, LONG, tags=("Tides",)), mark(2, PART, tags=("tides", "Tides")), tags=("Tides", "tides")),
        make(mark(3, LONG, tags=("TIDES", "sea"))),
    ]
    unified = unify_tags(documents)
    assert [each.tags for document in unified for each in document.highlights] == [
        ("Tides",), ("Tides",), ("Tides", "sea"),
    ]  # fmt: skip
    assert unified[0].tags == ("Tides",)
