"""The points of a highlight (docs/topics.md, The notes of topics): one sign at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from export.contained_texts import split_words
from export.highlight_choice import FEWEST_FOR_BEST, MOST_BEST, Choice, choose_best, collect_choices, rate
from record_types.library import ReadDocument, ReadHighlight, Topic

PLAIN = (
    "Boats wait better than people because nobody told them when the harbour would open again this morning"
)
PAGE = ReadDocument(1, "d", "D", "D", "articles")


def choice(text: str = PLAIN, *, number: int = 1, page: ReadDocument = PAGE, **more: object) -> Choice:
    highlight = ReadHighlight(number, f"h{number}", text)
    return replace(Choice(page, highlight, text, split_words(text), 0.0), **more)  # type: ignore[arg-type]


def words(count: int) -> str:
    return "Word " * (count - 1) + "end"


@pytest.mark.parametrize(
    ("count", "points"),
    [(5, -2), (6, 0), (8, 0), (9, 1), (13, 1), (14, 2), (80, 2), (81, 1), (120, 1), (121, 0)],
)
def test_a_text_of_a_few_sentences_is_worth_most(count: int, points: float) -> None:
    assert rate(choice(words(count))) == points


PAGES = tuple(replace(PAGE, id=number, uid=f"d{number}") for number in range(2, 6))


@pytest.mark.parametrize(
    ("more", "points"),
    [
        ({"notes": ("mine",)}, 3.0),
        ({"notes": ("mine", "mine too")}, 3.0),
        ({"notes": ("  ",)}, 0.0),
        ({"notes": (".h2",)}, -4.0),
        ({"tags": ("favorite",)}, 3.0),
        ({"tags": (" Favorite ", "best")}, 3.0),
        ({"tags": ("sea", "boats")}, 0.5),
        ({"tags": ("sea", "favorite")}, 3.5),
        ({"also": PAGES[:1]}, 1.5),
        ({"also": PAGES[:2]}, 3.0),
        ({"also": PAGES[:3]}, 3.0),
        ({"score": 0.75}, 1.5),
        ({"is_direct": False}, -1.5),
    ],
)
def test_what_the_reader_and_others_did_counts(more: dict[str, object], points: float) -> None:
    assert rate(choice(**more)) - rate(choice()) == points  # type: ignore[arg-type]


def test_a_note_counts_half_where_most_highlights_of_a_document_have_one() -> None:
    assert rate(choice(notes=("mine",)), True) - rate(choice()) == 1.5


@pytest.mark.parametrize(
    ("text", "points"),
    [
        (f"This {PLAIN}", -1.5),
        (f"And {PLAIN}", -1.5),
        (f"“But {PLAIN}”", -1.5),
        (f"Step 2 {PLAIN}", -1.5),
        (f"2. {PLAIN}", -1.5),
        (f"b{PLAIN[1:]}", -1.5),
        (f"iPhones {PLAIN}", -1.5),
        (f"Thistles {PLAIN}", 0.0),
        (f"2 boats {PLAIN}", 0.0),
        (f"{PLAIN}:", -1.5),
        (f"{PLAIN}?", -1.5),
        (f"{PLAIN}…", -1.5),
        (f"{PLAIN}.", 0.0),
        (f"{PLAIN} 🧵 now", -2.0),
        (f"Here are boats, {PLAIN}", -3.5),
        (f"Follow me, {PLAIN}", -3.0),
        (f"{PLAIN} in my newsletter", -3.0),
        (f"{PLAIN} @ada", 0.0),
        (f"{PLAIN} @ada @ben", -1.5),
        (f"{PLAIN} [a](https://a.example)", 0.0),
        (f"{PLAIN} [a](https://a.example) [b](https://b.example)", -1.0),
        (f"{PLAIN} https://t.co/AbCdEf1234 [b](https://b.example) end", -1.0),
        (f"{PLAIN}\n\n```\ncode\n```\nend", -1.0),
        (f"{PLAIN}\n\n| a | b |\nend", -1.0),
    ],
)
def test_a_text_that_depends_on_others_or_asks_for_something_loses_points(text: str, points: float) -> None:
    assert rate(choice(text)) - rate(choice()) == points


def test_a_text_that_was_cut_loses_points() -> None:
    whole = choice()
    cut = replace(whole, highlight=replace(whole.highlight, incomplete=True))
    assert rate(cut) - rate(whole) == -1.5


@pytest.mark.parametrize(("count", "shown"), [(3, 2), (4, 1)])
def test_a_highlight_of_fewer_than_four_words_with_a_note_is_not_folded(count: int, shown: int) -> None:
    text = " ".join(PLAIN.split()[:count])
    highlights = tuple(
        ReadHighlight(n, f"h{n}", each, notes=notes)
        for n, (each, notes) in enumerate([(text, ("mine",)), (PLAIN, ())])
    )
    topic = Topic("T", "t", (replace(PAGE, highlights=highlights),), ())
    assert len(collect_choices(topic, {})) == shown
    bare = replace(PAGE, highlights=(replace(highlights[0], notes=()), highlights[1]))
    assert len(collect_choices(replace(topic, documents=(bare,)), {})) == 1


# --- the best


def choices(count: int, pages: int) -> list[Choice]:
    """This many highlights, in turn from these documents, each worth more than the one before."""
    return [
        choice(
            number=number, page=replace(PAGE, id=number % pages, uid=f"d{number % pages}"), score=number / 100
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "best"),
    [(FEWEST_FOR_BEST - 1, 0), (FEWEST_FOR_BEST, 3), (15, 3), (16, 4), (40, 10), (80, MOST_BEST)],
)
def test_a_quarter_are_the_best_of_a_topic_that_is_not_small(count: int, best: int) -> None:
    found = choose_best(choices(count, count))
    assert len(found) == best
    assert {each.highlight.id for each in found} == set(range(count - best, count))


def test_at_most_two_of_one_document_are_among_the_best_and_stay_together() -> None:
    found = choose_best(choices(40, 4))
    assert [each.highlight.id for each in found] == [35, 39, 34, 38, 33, 37, 32, 36]


def test_a_highlight_with_few_points_is_never_among_the_best() -> None:
    weak = [replace(each, score=0.0, is_direct=False) for each in choices(8, 8)]
    assert choose_best(weak) == []
    assert len(choose_best([*weak[:7], replace(weak[7], is_direct=True)])) == 1
