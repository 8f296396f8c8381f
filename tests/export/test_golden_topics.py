"""The notes of a topic with 300 highlights and of one with 3, beside the expected ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from export.note_places import FLAVOURS, Flavour
from export.render import render_notes
from record_types.library import Assignment, ReadDocument, ReadHighlight, Topic
from record_types.pages import Author

GOLDEN = Path(__file__).parents[1] / "data" / "export" / "golden" / "topics"
THEMES = ("harbour wall", "salt marsh", "tide table", "pilot boat", "river mouth", "ferry crossing")
PEOPLE = ("Old hands", "Children", "Pilots", "Engineers", "Poets", "Fishers", "Surveyors", "Keepers")
VERBS = ("watch", "measure", "fear", "draw", "trust", "forget", "describe")
WHEN = ("before dawn", "at neap", "in a storm", "after the ebb", "on a still day")
WHY = (
    "because water keeps no appointments",
    "and write down what the moon did",
    "since the chart is older than the sand",
    "for nobody else will",
    "until the bell says otherwise",
    "and are late for supper",
)


def write_sentence(number: int, theme: str) -> str:
    """A different sentence for each number; every third document mentions its theme by other words only."""
    who, does, when, why = (words[number % len(words)] for words in (PEOPLE, VERBS, WHEN, WHY))
    return f"{who} {does} the {theme} {when}, {why}; that is rule {number + 1} of the tides."


def make_document(number: int, count: int) -> ReadDocument:
    theme = THEMES[number % len(THEMES)]
    highlights = tuple(
        ReadHighlight(
            1000 * number + at,
            f"readwise:{number:02}x{at:02}",
            write_sentence(number * count + at, theme),
            view_url=f"https://read.example/{number:02}x{at:02}",
            taken_at=f"20{18 + number % 6}-0{1 + at % 9}-1{at % 10}T08:00:00Z",
            notes=("Compare with the pilot's log.",) if (number, at) == (7, 3) else (),
            tags=("favorite",) if at == 4 and number % 4 == 0 else (),
        )
        for at in range(count)
    )
    title = f"{theme.capitalize()} {number + 1}: A year of looking"
    return ReadDocument(
        number, f"https://tides.example/{number}", title, title, "articles",
        author=Author(f"Writer {number + 1}"), highlights=highlights,
    )  # fmt: skip


def make_topic(documents: tuple[ReadDocument, ...]) -> Topic:
    reasons = tuple(
        Assignment(each.id, "tides", "about: tides", 0.8)
        for document in documents
        for each in document.highlights
    )
    return Topic("tides", "tides", documents, reasons)


def render_topic(documents: tuple[ReadDocument, ...], flavour: Flavour) -> dict[str, str]:
    notes = render_notes(documents, [make_topic(documents)], flavour)
    return {note.uid: note.text for note in notes if note.uid.startswith("topic:")}


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_topic_with_300_highlights_has_a_first_page_to_read_and_short_further_ones(
    flavour: Flavour, check_golden: Callable[[Path, str], None]
) -> None:
    documents = tuple(make_document(number, 10) for number in range(30))
    pages = render_topic(documents, flavour)
    check_golden(GOLDEN / flavour / "tides.md", pages["topic:tides"])
    assert set(pages) == {"topic:tides", *(f"topic:tides.{number}" for number in range(2, 9))}
    assert all(len(text.encode()) < 20_000 for text in pages.values())
    together = "\n".join(pages.values())
    assert all(together.count(f"that is rule {number} of the tides") == 1 for number in range(1, 301))


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_topic_with_3_highlights_is_read_at_a_glance(
    flavour: Flavour, check_golden: Callable[[Path, str], None]
) -> None:
    documents = tuple(
        replace(each, highlights=each.highlights[3:5] if each.id == 7 else each.highlights[:1])
        for each in (make_document(7, 10), make_document(9, 10))
    )
    pages = render_topic(documents, flavour)
    check_golden(GOLDEN / flavour / "tides of three.md", pages["topic:tides"])
    assert len(pages) == 1
