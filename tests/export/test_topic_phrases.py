"""Topics that no shipped subject knows: variants of their name, and what their texts have in common."""

from __future__ import annotations

import re

import pytest

from export.subjects import PhraseIndex, index_names, load_narrow_subjects, load_subjects
from export.topic_about import link_subjects
from export.topic_assignment import TopicSettings
from export.topic_model import score_document
from export.topic_phrases import Learned, choose_prefix, learn_phrases, vary_name
from record_types.library import ReadDocument, ReadHighlight, TopicRule
from tests.topic_texts import assign_topics

RULE = (TopicRule("moss care"),)


def document(number: int, *texts: str, title: str = "Notes", category: str = "articles") -> ReadDocument:
    highlights = tuple(
        ReadHighlight(100 * number + at, f"h:{number}:{at}", text) for at, text in enumerate(texts)
    )
    return ReadDocument(number, f"d:{number}", title, title, category, highlights=highlights)  # type: ignore[arg-type]


def garden() -> list[ReadDocument]:
    """A garden where moss care is a matter of rhizoids, and other pages."""
    about = [
        document(n, f"Moss care begins with the rhizoids of plot {n}.", f"Chapter {n} is on paths.")
        for n in range(1, 5)
    ]
    unnamed = document(9, "Rhizoids hold water where no root does.")
    others = [document(n, f"A pond of size {n} has fish.", "Ducks eat the fish.") for n in range(20, 60)]
    return [*about, unnamed, *others]


def test_a_topic_learns_what_its_certain_texts_have_in_common() -> None:
    learned = learn_phrases(garden(), {"moss care": ("moss care",)}, up_to=10_000)["moss care"]
    assert "rhizoid" in learned.phrases
    assert not {"pond", "fish", "chapter"} & {*learned.phrases, *learned.words}
    found = {each.highlight_id for each in assign_topics(garden(), TopicSettings(rules=RULE))}
    assert 900 in found
    assert not found & {101, 2000, 5901}


def test_a_phrase_of_one_document_is_not_learned() -> None:
    one = document(1, *(f"Moss care {n}: the rhizoids" for n in range(6)))
    learned = learn_phrases([one, *garden()[5:]], {"moss care": ("moss care",)}, up_to=10_000)
    assert learned["moss care"].phrases == ()


def test_highlights_after_the_prefix_teach_nothing() -> None:
    assert learn_phrases(garden(), {"moss care": ("moss care",)}, up_to=99) == {}
    assert [choose_prefix(id_) for id_ in (0, 7, 17, 4095, 4096, 4099)] == [0, 7, 16, 3840, 4096, 4096]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("stoicism", "stoic"),
        ("leadership", "leader"),
        ("writing", "write"),
        ("note-taking", "notetaking"),
        ("note-taking", "note taker"),
        ("jobs to be done", "jtbd"),
    ],
)
def test_a_name_has_variants(name: str, other: str) -> None:
    assert other in vary_name(name)


@pytest.mark.parametrize(
    ("name", "stems"),
    [("policy", ["policy"]), ("writing", ["writing", "writ"]), ("careness", ["careness", "care"]),
     ("writeness", ["writeness", "writ"])],
)  # fmt: skip
def test_a_name_and_its_stems_take_all_endings(name: str, stems: list[str]) -> None:
    endings = re.findall(r"\w+", "e s er or ing ed ist ism ic ical al ity ness ship ion y ian ive ment ation")
    wanted = {stem + ending for stem in stems for ending in ("", *endings)} - {name}
    assert set(vary_name(name)) == wanted


def test_a_name_of_several_words_has_few_variants() -> None:
    assert vary_name("moss care plan") == ("mosscareplan", "mcp")
    assert vary_name("note-taking") == ("notetaking", "note taker")
    assert vary_name("moss 藓") == ()


@pytest.mark.parametrize("name", ["moss", "日本語", "AI", "Москва"])
def test_a_short_name_or_one_that_is_not_english_has_no_variant(name: str) -> None:
    assert vary_name(name) == ()


def test_a_narrow_subject_is_there_only_while_a_topic_has_its_name() -> None:
    assert "deep work" not in link_subjects((), (), {}).index.subjects
    found = link_subjects(("Deep Work",), (TopicRule("Deep Work"),), {})
    assert "cal newport" in found.index.subjects[found.of_topic["Deep Work"]].phrases
    names = [each.name for each in (*load_subjects(), *load_narrow_subjects())]
    assert len(set(map(str.casefold, names))) == len(names)
    assert index_names()["longevity"].name == "longevity"


@pytest.mark.parametrize("category", ["books", "articles", "tweets"])
def test_a_passage_of_a_long_book_may_be_about_a_subject_of_its_own(category: str) -> None:
    main = ["Leaders lead their team, and leadership is trust."] * 72
    chapter = ["Sleep is the foundation of health.", "Nothing much."] * 6
    book = document(1, *main, *chapter, title="The Leader", category=category)
    scores = score_document(book, link_subjects((), (), {}).index, at_least=0.4)
    found = [each.text for each in book.highlights if "sleep" in scores.get(each.id, {})]
    # A thread is one text: what it mentions at its end is not its subject.
    assert found.count(chapter[0]) == (0 if category == "tweets" else 6)


def test_single_tweets_of_one_author_share_no_subject() -> None:
    texts = (
        "Insomnia kept me from sleep.",
        "Sleep deprivation and naps.",
        "Melatonin and sleep.",
        "He is here.",
    )
    index = PhraseIndex()
    for each in load_subjects():
        index.add(each)
    for title, category, wanted in (("On nights", "articles", True), ("Tweets From Ada", "tweets", False)):
        scores = score_document(document(1, *texts, title=title, category=category), index, at_least=0.4)
        assert ("sleep" in scores.get(103, {})) is wanted
        assert "sleep" in scores[100]


def learn(*groups: tuple[int, int, str], name: str = "moss") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The phrases and words of a topic; each group is this many texts in documents of that many each."""
    documents, number = [], 0
    for count, together, text in groups:
        for at in range(0, count, together):
            number += 1
            documents.append(document(number, *[text] * min(together, count - at)))
    learned = learn_phrases(documents, {name: (name,)}, up_to=10**9)
    found = learned.get(name, Learned())
    return found.phrases, found.words


OTHERS = (100, 1, "pond fish")


@pytest.mark.parametrize(
    ("groups", "phrases", "words"),
    [
        (((3, 2, "moss rhizoid"),), {"rhizoid", "moss rhizoid"}, set()),
        (((2, 1, "moss rhizoid"),), set(), set()),  # two texts
        (((3, 3, "moss rhizoid"),), set(), set()),  # one document
        (((4, 2, "moss sap"),), set(), set()),  # a short word
        (((4, 2, "moss soil"),), {"soil", "moss soil"}, set()),
        (((4, 2, "moss 藓"),), {"藓", "moss 藓"}, set()),
        (((4, 2, "moss pond rhizoid"),), {"rhizoid"}, set()),
        (((4, 2, "moss 2024 r2d2"),), {"r2d2"}, set()),  # a number
        (((4, 2, "moss rhizoid"), (6, 2, "rhizoid")), {"rhizoid", "moss rhizoid"}, set()),
        (((4, 2, "moss rhizoid"), (7, 2, "rhizoid")), set(), set()),  # more than ten texts have it
        (((3, 2, "moss rhizoid"), (5, 2, "rhizoid")), {"moss rhizoid"}, {"rhizoid"}),  # three in eight
        (((3, 2, "moss rhizoid"), (27, 2, "rhizoid"), (1500, 1, "x")), {"moss rhizoid"}, {"rhizoid"}),
        (((3, 2, "moss rhizoid"), (28, 2, "rhizoid"), (1500, 1, "x")), {"moss rhizoid"}, set()),
        (((9, 2, "moss rhizoid"), (11, 2, "rhizoid"), (880, 1, "x")), {"moss rhizoid", "rhizoid"}, set()),
        (((9, 2, "moss rhizoid"), (12, 2, "rhizoid"), (879, 1, "x")), set(), set()),  # one in fifty
        (((8, 2, "moss rhizoid"), (72, 9, "moss"), (12, 2, "rhizoid"), (888, 1, "x")), {"rhizoid"}, set()),
        (((8, 2, "moss rhizoid"), (72, 9, "moss"), (12, 2, "rhizoid"), (887, 1, "x")), set(), set()),
        (((3, 2, "moss rhizoid"), (7, 2, "moss")), {"rhizoid", "moss rhizoid"}, set()),
        (((3, 2, "moss rhizoid"), (8, 2, "moss")), set(), set()),  # likely by chance
    ],
)  # fmt: skip
def test_what_is_learned_needs_texts_documents_and_long_words(
    groups: tuple[tuple[int, int, str], ...], phrases: set[str], words: set[str]
) -> None:
    found = learn(*groups, OTHERS)
    assert (set(found[0]) - {"moss"}, set(found[1])) == (phrases, words)


def test_texts_that_all_name_the_topic_teach_nothing() -> None:
    assert learn((4, 2, "moss rhizoid")) == ((), ())


def test_a_topic_learns_at_most_60_phrases_the_weightiest_and_then_the_first_ones() -> None:
    words = [f"word{first}{second}" for first in "abcdefghij" for second in "abcdefghij"]
    rest = " ".join(f"{word} x" for word in words)
    phrases, others = learn((4, 2, f"moss x {rest}"), (1, 1, "wordaa"), OTHERS)
    assert (len(phrases), others) == (60, ())
    assert phrases == ("moss", *words[1:60])
