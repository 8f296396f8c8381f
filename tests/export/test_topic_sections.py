"""Sections named from their words, and the sentences that say what a topic is about."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from export.contained_texts import split_words
from export.highlight_choice import Choice
from export.topic_sections import divide, find_excerpts
from record_types.library import ReadDocument, ReadHighlight

GOLDEN = Path(__file__).parents[1] / "data" / "export" / "sections.txt"
PAIRS = (
    "harbour wall",
    "salt marsh",
    "tide tables",
    "pilot boat",
    "river mouth",
    "ferry-crossing times",
    "moon",
)
OTHERS = (
    "anchors", "bells", "lantern", "weathered", "slowly", "usable", "careful", "famous", "massive", "oldest",
    "2021", "oar", "boat", "people", "tides", "the", "memorize", "exercise", "charts", "Charts", "walls",
)  # fmt: skip


def make_choices(number: int, texts: Sequence[str], title: str = "", **more: object) -> list[Choice]:
    """A document with these highlights, as a topic shows them."""
    fields: dict[str, object] = {"category": "articles", **more}
    page = ReadDocument(number, f"d{number}", title, title or f"Day {number}", **fields)  # type: ignore[arg-type]
    return [
        Choice(page, ReadHighlight(at, f"{number}x{at}", text), text, split_words(text), 0.5)
        for at, text in enumerate(texts)
    ]


def make_library(seed: int) -> list[Choice]:
    """Some 30 documents of different length, each with a theme of its own or two."""
    pick = random.Random(seed)
    choices = []
    for number in range(1, 12 + 9 * seed):
        themes = pick.sample(PAIRS, pick.choice((1, 1, 2)))
        texts = []
        for _ in range(pick.choice((1, 1, 2, 3, 5, 9))):
            words = [*pick.sample(OTHERS, 4), *[pick.choice(themes)] * (pick.random() < 0.6)]
            pick.shuffle(words)
            texts.append(f"{' '.join(words[:2])}, {' '.join(words[2:])}.".capitalize())
        category = pick.choice(("articles", "tweets"))
        choices += make_choices(
            number, texts, f"On {pick.choice(themes)}" * (pick.random() < 0.3), category=category
        )
    return choices


def test_sections_are_the_expected_ones(check_golden: Callable[[Path, str], None]) -> None:
    lines = []
    for seed in range(7):
        choices = make_library(seed)
        sections = divide(choices, ["Tides"])
        assert sorted(each.highlight.uid for section in sections for each in section.choices) == sorted(
            each.highlight.uid for each in choices
        )
        lines.append(f"{len(choices)} highlights")
        lines += [
            f"  {section.title} ({section.key}): {' '.join(each.highlight.uid for each in section.choices)}"
            for section in sections
        ]
    check_golden(GOLDEN, "\n".join(lines) + "\n")


@pytest.mark.parametrize(("count", "titles"), [(0, []), (15, [""]), (16, ["Salt marsh"])])
def test_a_topic_is_divided_from_16_highlights_on(count: int, titles: list[str]) -> None:
    choices = [
        each for n in range(count) for each in make_choices(n, ["The salt marsh." if n < 4 else f"Word{n}."])
    ]
    assert [section.title for section in divide(choices, ["Tides"]) if section.title or count < 16] == titles


@pytest.mark.parametrize(("count", "titles"), [(7, [""]), (8, ["A very long title", ""])])
def test_a_document_with_8_highlights_is_a_section_of_its_own(count: int, titles: list[str]) -> None:
    long = make_choices(1, [f"A{at} z{at}." for at in range(count)], "A very long title")
    rest = [each for n in range(2, 14) for each in make_choices(n, [f"B{n} y{n}."])]
    assert [section.title for section in divide([*long, *rest], ["Tides"])] == titles


@pytest.mark.parametrize(
    ("title", "shown"),
    [("a" * 60, "a" * 60), ("a" * 30 + " " + "b" * 30, "a" * 30 + "…"), ("a  b " + "c" * 57, "a b…")],
)
def test_a_long_title_is_cut_after_a_word(title: str, shown: str) -> None:
    long = make_choices(1, [f"A{at} z{at}." for at in range(16)], title)
    assert divide(long, ["Tides"])[0].title == shown


def list_titles(*documents: Sequence[str], names: Sequence[str] = ("Tides",), rest: int = 16) -> list[str]:
    """The titles of the sections of these documents and of this many others that share nothing."""
    texts = [*documents, *([f"B{n} y{n}."] for n in range(rest))]
    choices = [each for number, own in enumerate(texts) for each in make_choices(number, own)]
    return [section.title for section in divide(choices, names) if section.title]


@pytest.mark.parametrize(
    ("phrase", "counts", "is_section"),
    [
        ("salt marsh", (2, 1), True),
        ("salt marsh", (1, 1), False),
        ("salt marsh", (4,), False),
        ("lantern", (2, 2, 1), True),
        ("lantern", (2, 1, 1), False),
        ("lantern", (3, 3), False),
        ("oar", (2, 2, 2), False),
        ("2021", (2, 2, 2), False),
        ("always", (2, 2, 2), False),
        ("others", (2, 2, 2), False),
        ("anchored", (2, 2, 2), False),
        ("tides", (2, 2, 2), False),
        ("tides tables", (2, 2, 2), True),
        ("salt, marsh", (2, 1), False),
        ("salt at marsh", (2, 1), False),
    ],
)
def test_documents_that_share_a_phrase_are_a_section(
    phrase: str, counts: tuple[int, ...], is_section: bool
) -> None:
    documents = [[f"{phrase.capitalize()}."] * count for count in counts]
    assert list_titles(*documents) == [phrase.capitalize()] * is_section


def test_the_topics_own_words_are_not_a_section() -> None:
    documents = [["The Salt marsh."] * 2] * 3
    assert list_titles(*documents) == ["Salt marsh"]
    assert list_titles(*documents, names=["salt marsh"]) == []


@pytest.mark.parametrize(("others", "is_section"), [(3, True), (4, False)])
def test_a_phrase_in_a_quarter_of_a_document_or_its_title_takes_it_into_a_section(
    others: int, is_section: bool
) -> None:
    part = ["Salt marsh.", *(f"A{at} z{at}." for at in range(others))]
    assert list_titles(["Salt marsh."], part) == ["Salt marsh"] * is_section
    titled = make_choices(1, [*part[1:], "A z."], "The salt marsh")
    choices = [*make_choices(0, ["Salt marsh."]), *titled]
    choices += [each for n in range(2, 18) for each in make_choices(n, [f"B{n} y{n}."])]
    assert [each.title for each in divide(choices, ["Tides"])] == [*["Salt marsh"] * is_section, ""]


@pytest.mark.parametrize(
    ("own", "rest", "is_section"), [(3, 4, True), (4, 4, False), (4, 6, True), (5, 7, False), (6, 9, True)]
)
def test_a_phrase_in_more_than_two_fifths_of_the_documents_separates_nothing(
    own: int, rest: int, is_section: bool
) -> None:
    documents = [["Salt marsh."] * 6] * own
    assert list_titles(*documents, rest=rest) == ["Salt marsh"] * is_section


def test_two_words_are_a_better_section_than_one_and_the_commonest_spelling_its_title() -> None:
    both = [["A salt marsh.", "A salt marsh.", "A Salt Marsh."]] * 3
    assert list_titles(*both, ["Salt."] * 3) == ["Salt marsh"]


def test_a_section_of_more_than_28_highlights_is_a_worse_one() -> None:
    both = [["Salt marsh, tide tables."] * 7] * 3
    assert list_titles(*both, ["Salt marsh."] * 7) == ["Salt marsh"]
    assert list_titles(*both, ["Salt marsh."] * 15) == ["Tide tables", "Day 3"]


def test_there_are_at_most_16_sections_and_no_empty_one() -> None:
    names = [f"{chr(97 + n) * 5} {chr(98 + n) * 6}" for n in range(18)]
    choices = [each for n in range(36) for each in make_choices(n, [f"{names[n // 2]}."] * 2)]
    sections = divide(choices, ["Tides"])
    assert [len(section.choices) for section in sections] == [4] * 16 + [8]
    assert [bool(section.title) for section in sections] == [True] * 16 + [False]
    assert all(section.title for section in divide(choices[:64], ["Tides"]))


def test_the_longest_document_without_a_shared_phrase_comes_first() -> None:
    long = [make_choices(n, [f"A{at} z{at}." for at in range(8 + n)], f"Book {n}") for n in range(3)]
    sections = divide([each for own in long for each in own], ["Tides"])
    assert [section.title for section in sections] == ["Book 2", "Book 1", "Book 0"]


# --- excerpts


def find(*texts: str, names: Sequence[str] = ("Bees",), more: int = 20) -> list[str]:
    """The excerpts from documents with one of these texts, each before this many other words."""
    choices = [
        each for number, text in enumerate(texts) for each in make_choices(number, [text + " Wax" * more])
    ]
    return [each.text for each in find_excerpts(choices, names)]


@pytest.mark.parametrize(("count", "is_taken"), [(7, False), (8, True), (36, True), (37, False)])
def test_an_excerpt_has_8_to_36_words(count: int, is_taken: bool) -> None:
    text = f"Bees are{' small' * (count - 3)} things."
    assert find(text) == [text] * is_taken


@pytest.mark.parametrize(("more", "is_taken"), [(0, False), (2, False), (3, True)])
def test_an_excerpt_does_not_repeat_nearly_the_whole_highlight(more: int, is_taken: bool) -> None:
    text = "Bees are small things that live in a wooden hive."
    assert find(text, more=more) == [text] * is_taken


LONG = "that live in the hives of a garden by the sea"


@pytest.mark.parametrize(
    ("sentence", "is_taken"),
    [
        (f"Bees are things {LONG}.", True),
        (f"The bees are things {LONG}.", True),
        (f"Great bees, {LONG}, are things.", False),
        (f"Most of bees are things {LONG}.", True),
        (f"Most of our bees are things {LONG}.", False),
        (f"Bees need flowers {LONG}.", True),
        (f"Bees chase people {LONG}.", False),
        (f"Bees need wax, time, {LONG}.", True),
        (f"Bees need wax, time, space, {LONG}.", False),
        (f"Bees are wax, time, space, {LONG}.", True),
        (f"bees are things {LONG}.", False),
        (f"And bees are things {LONG}.", False),
        (f"Bees are my things {LONG}.", False),
        (f"Bees are #things {LONG}.", False),
        (f"Bees are “things” {LONG}.", True),
        (f"Bees are “things {LONG}.", False),
        (f'Bees are "things" {LONG}.', True),
        (f'Bees are "things {LONG}.', False),
        (f"Wasps are things {LONG}.", False),
        (f"- Bees are things {LONG}.", True),
    ],
)
def test_an_excerpt_says_what_the_topic_is_in_a_sentence_that_stands_alone(
    sentence: str, is_taken: bool
) -> None:
    assert find(sentence) == [sentence.removeprefix("- ")] * is_taken


def test_the_clearest_two_excerpts_are_shown_each_from_a_different_document() -> None:
    need, short = f"Bees need flowers {LONG}.", "Bees are small things in a wooden hive."
    long, best = f"Bees are things {'x ' * 14}{LONG}.", f"Bees are things {LONG}."
    assert find(need, short, long, best) == [best, short]
    assert find(need, long, short) == [long, short]
    assert find(f"{best} Bees are insects {LONG}.", need) == [best, need]
    assert find(f"This is of no use to anyone here. {best}") == [best]


@pytest.mark.parametrize(("count", "is_clear"), [(9, False), (10, True), (26, True), (27, False)])
def test_a_definition_of_10_to_26_words_is_clearer(count: int, is_clear: bool) -> None:
    short, text = "Bees are small things in a wooden hive.", f"Bees are{' small' * (count - 3)} things."
    assert find(short, text)[0] == (text if is_clear else short)


def test_the_more_certain_of_two_definitions_comes_first() -> None:
    unsure, sure = (make_choices(n, [f"Bees are things {LONG}. {'Wax ' * 9}"])[0] for n in (1, 2))
    found = find_excerpts([replace(unsure, score=0.4), sure], ["Bees"])
    assert [each.choice.document.id for each in found] == [2, 1]


@pytest.mark.parametrize(
    ("names", "subject", "is_taken"),
    [
        (["Bee"], "Bees", True),
        (["Mathematics", "Math"], "Math", True),
        (["Mathematics", "Maths"], "Maths", True),
        (["Mathematics", "Numbers"], "Numbers", False),
        (["Science", "Research"], "Research", False),
        (["Bee keeping", "Beek"], "Beek", False),
        (["B"], "B", False),
        ([], "Bees", False),
    ],
)
def test_only_other_forms_of_a_name_count_as_the_topic(
    names: list[str], subject: str, is_taken: bool
) -> None:
    assert bool(find(f"{subject} is a thing {LONG}.", names=names)) == is_taken
