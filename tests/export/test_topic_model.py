"""How certain it is that a highlight is about a subject (docs/topics.md, What belongs to a topic)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from export.subjects import PhraseIndex, Subject
from export.topic_model import has_words, score_document, split_document
from record_types.library import ReadDocument, ReadHighlight

DATA = Path(__file__).parents[1] / "data" / "topics"
SUBJECTS = (
    Subject("sleep", ("sleepiness",), ("deep sleep", "nap", "melatonin"), ("night", "dream")),
    Subject("boats", ("boat",), ("harbour",), ("sea", "tide"), lift=1.0),
    Subject("fishing", (), ("harbour", "tide"), ("boat",)),
    Subject("bread", (), ("loaf", "flour")),
    Subject("gardens", (), ("garlic",)),
    *(Subject(name) for name in ("ants", "coffee", "music")),
)


def read_documents(text: str) -> Iterator[ReadDocument]:
    """Sections `# Title [category]` with a highlight on each line."""
    for number, part in enumerate(text.split("\n\n"), 1):
        head, *lines = part.strip().split("\n")
        title, category = head.removeprefix("# ").removesuffix("]").split(" [")
        highlights = (
            ReadHighlight(100 * number + at, f"h{number}.{at}", line) for at, line in enumerate(lines)
        )
        yield ReadDocument(number, f"d{number}", title, title, category, highlights=tuple(highlights))  # type: ignore[arg-type]


def test_scores_are_the_expected_ones(check_golden: Callable[[Path, str], None]) -> None:
    index = PhraseIndex()
    for subject in SUBJECTS:
        index.add(subject)
    lines: list[str] = []
    for document in read_documents((DATA / "scored.md").read_text("utf-8")):
        scores = score_document(document, index)
        lines += ["", f"# {document.full_title}"]
        for highlight in document.highlights:
            lines += [f"- {highlight.text}"]
            lines += [
                f"  {subject} {score.probability} of {score.share}: {', '.join(score.phrases)}".rstrip(" :")
                for subject, score in sorted(scores.get(highlight.id, {}).items())
            ]
        assert score_document(document, index, at_least=0.5) == {
            highlight: sure
            for highlight, each in scores.items()
            if (sure := {subject: score for subject, score in each.items() if score.probability >= 0.5})
        }
    check_golden(DATA / "scored.expected.md", "\n".join(lines[1:]) + "\n")


@pytest.mark.parametrize(
    ("highlights", "parts"),
    [(0, [0]), (1, [1]), (18, [18]), (19, [10, 9]), (24, [12, 12]), (25, [8, 9, 8]), (36, [12, 12, 12])],
)
def test_a_long_book_is_scored_in_parts_of_about_twelve_highlights(highlights: int, parts: list[int]) -> None:
    lines = tuple(ReadHighlight(at, f"h{at}", "Words.") for at in range(highlights))
    book = ReadDocument(1, "d", "D", "D", "books", highlights=lines)
    found = split_document(book)
    assert [len(each.highlights) for each in found] == parts
    assert tuple(each for part in found for each in part.highlights) == lines


@pytest.mark.parametrize(
    ("tokens", "says"),
    [
        ((), False),
        (("a",), False),
        (("12", "345"), False),
        (("ox",), True),
        (("睡",), True),
        (("a", "ox"), True),
    ],
)
def test_numbers_and_single_letters_say_nothing(tokens: tuple[str, ...], says: bool) -> None:
    assert has_words(tokens) == says
