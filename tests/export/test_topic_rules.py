"""Rules of the configuration, aliases and parent topics: what they find, and what they leave alone."""

from __future__ import annotations

import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file

from export.topic_assignment import TopicSettings
from export.topic_groups import add_parents, group_topics
from export.topic_names import fold_aliases
from export.topic_notes import make_topic_notes
from export.topic_rules import find_pattern, fold_words, make_phrase
from record_types.errors import InputError
from record_types.library import Assignment, ReadDocument, ReadHighlight, ReadLink, TopicRule
from record_types.pages import Author
from tests.export.samples import DOCUMENTS
from tests.topic_texts import assign_topics

PHRASES = Path(__file__).parents[1] / "data" / "topics" / "phrases.md"


def document(number: int, *highlights: ReadHighlight, **more: object) -> ReadDocument:
    return ReadDocument(number, f"d:{number}", "D", "D", "articles", highlights=highlights, **more)  # type: ignore[arg-type]


def highlight(number: int, text: str = "Words.", **more: object) -> ReadHighlight:
    return ReadHighlight(number, f"h:{number}", text, **more)  # type: ignore[arg-type]


def assign(*documents: ReadDocument, **given_settings: object) -> list[tuple[int, str, str]]:
    assignments = assign_topics(documents, TopicSettings(**given_settings))  # type: ignore[arg-type]
    return [(each.highlight_id, each.topic, each.reason) for each in assignments]


def test_a_rules_topic_exists_however_rare_and_gives_its_reason() -> None:
    rules = [TopicRule("Sleep", phrases=("deep sleep",))]
    page = document(1, highlight(1, "Deep\nsleep mends."), highlight(2, "Awake."))
    assert assign(page, rules=rules) == [(1, "Sleep", "phrase: deep sleep")]
    assert assign(page) == []


@pytest.mark.parametrize(
    ("line", "title", "text", "found"),
    read_fixture_file(PHRASES),
)
def test_a_phrase_is_found_in_a_text(line: int, title: str, text: str, found: str) -> None:
    phrase = re.search(r"`(.+)`", title)
    assert phrase is not None
    assert make_phrase(phrase[1]).is_in(fold_words(text)) is (found.strip() == "found"), line


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (TopicRule("T", patterns=(r"\bREM\b",)), r"pattern: \bREM\b"),
        (TopicRule("T", tags=("Insomnias",)), "tag: insomnia"),
        (TopicRule("T", tags=("#night",)), "document tag: night"),
        (TopicRule("T", links=("[[circadian rhythms]]",)), "link: [[Circadian Rhythm]]"),
        (TopicRule("T", authors=("@sleepDoctor",)), "author: @sleepDoctor"),
        (TopicRule("T", authors=("dr.  Moss",)), "author: dr.  Moss"),
        (TopicRule("T", sites=("sleep.example",)), "site: sleep.example"),
        (TopicRule("T", sites=("https://www.Sleep.example/about",)), "site: sleep.example"),
        (TopicRule("T", sites=("papers.example",)), "site: papers.example"),
        (TopicRule("T", query="mela*"), "query: mela*"),
    ],
)
def test_each_line_of_a_rule_gives_its_reason(rule: TopicRule, reason: str) -> None:
    link = ReadLink("https://t.co/AAAAAAAAAA", "resolved", True, final_url="https://papers.example:443/x")
    asleep = highlight(
        1, "During rem\nwe dream; see [[Circadian Rhythm]].", tags=("insomnia",), links=(link,)
    )
    author = Author("Ann Lake and Dr. Moss", "sleepdoctor")
    page = document(1, asleep, author=author, url="https://blog.sleep.example/1", tags=("night",))
    other = document(2, highlight(9, "Remote work", tags=("rem",)), url="https://notsleep.example/")
    assert assign(page, other, rules=[rule], answers={"mela*": {1}}) == [(1, "T", reason)]


def test_excluded_highlights_are_found_only_by_the_readers_own_tag() -> None:
    rules = [TopicRule("Sleep", phrases=("sleep",), exclude=("sleep mode",))]
    texts = (
        highlight(1, "Sleep well"),
        highlight(2, "The sleep mode"),
        highlight(3, "Sleep mode", tags=("sleep",)),
    )
    assert assign(document(1, *texts), rules=rules) == [
        (1, "Sleep", "phrase: sleep"),
        (3, "Sleep", "tag: sleep"),
    ]


def test_phrases_are_not_found_in_urls() -> None:
    rules = [TopicRule("Moss", phrases=("moss",))]
    assert assign(document(1, highlight(1, "see https://a.example/moss and more")), rules=rules) == []


def test_a_rules_name_is_a_topic_even_if_it_is_otherwise_a_mark() -> None:
    tagged = document(1, highlight(1, tags=("book",)))
    assert assign(tagged, threshold=1) == []
    assert assign(tagged, rules=[TopicRule("Book")], stop=("book",)) == [(1, "Book", "tag: book")]


def test_the_best_reason_is_shown_and_two_rules_may_name_one_topic() -> None:
    rules = [TopicRule("Moss", sites=("a.example",)), TopicRule("moss", phrases=("fern",))]
    page = document(
        1, highlight(1, "A fern", tags=("moss",)), highlight(2, "A fern"), url="https://a.example"
    )
    assert assign(page, rules=rules) == [(1, "Moss", "tag: moss"), (2, "Moss", "phrase: fern")]


def test_a_parent_has_all_that_its_subtopics_have() -> None:
    rules = [TopicRule("REM", phrases=("rem",), parent="sleep"), TopicRule("Sleep", parent="Health")]
    page = document(1, highlight(1, "REM"), highlight(2, tags=("sleep",)), highlight(3, "no"))
    assert assign(page, rules=rules) == [
        (1, "Health", "subtopic: Sleep"),
        (1, "REM", "phrase: rem"),
        (1, "Sleep", "subtopic: REM"),
        (2, "Health", "subtopic: Sleep"),
        (2, "Sleep", "tag: sleep"),
    ]
    topics = group_topics([page], assign_topics([page], TopicSettings(rules=rules)), rules)
    assert [(topic.name, topic.parent, topic.children) for topic in topics] == [
        ("Health", None, ("Sleep",)),
        ("REM", "Sleep", ()),
        ("Sleep", "Health", ("REM",)),
    ]
    assert [block.key for block in make_topic_notes(topics[1], {})[0].blocks][1] == "parent"
    assert "parent" not in [block.key for block in make_topic_notes(topics[0], {})[0].blocks]


def test_circular_parents_terminate_and_without_rules_nothing_is_added() -> None:
    given_ = [Assignment(1, "a", "tag: a")]
    circle = [TopicRule("a", parent="b"), TopicRule("b", parent="a")]
    assert [each.topic for each in add_parents(given_, circle)] == ["a", "b"]
    assert add_parents(given_, [TopicRule("x", parent="y")]) == given_


def test_aliases_of_pages_and_of_the_configuration_are_one_topic() -> None:
    spelled = ("ML", "machine-learning", "Learning by machines", "ML")
    page = document(1, *(highlight(n, f"On [[{name}]]") for n, name in enumerate(spelled)))
    pages = [("Machine Learning", "ML"), ("Machine Learning", "machine-learnings")]
    aliases = {"learning by machines": "Machine Learning"}
    found = assign(page, page_aliases=pages, aliases=aliases)
    assert {(topic, reason) for _, topic, reason in found} == {
        ("Machine Learning", f"link: [[{name}]]") for name in spelled
    }


@pytest.mark.parametrize(
    ("configured", "pages", "expected"),
    [
        ({"ML": "Machine Learning"}, [("Markup", "ml")], {"ml": "Machine Learning"}),
        ({}, [("Zoo", "ml"), ("Alps", "ML")], {"ml": "Alps"}),
        ({}, [("Bee", "ant"), ("Cow", "bee")], {"ant": "Cow", "bee": "Cow"}),
        ({}, [("Bee", "ant"), ("Ant", "bee")], {"ant": "Ant", "bee": "Ant"}),
        ({}, [("Machine Learning", "machine-learnings")], {}),
        ({}, [("favorite", "starry")], {}),
        ({}, [("Machine Learning", "Sleep")], {}),
    ],
)
def test_an_alias_stands_for_one_name(
    configured: dict[str, str], pages: list[tuple[str, str]], expected: dict[str, str]
) -> None:
    for each in (pages, pages[::-1]):
        assert fold_aliases(configured, each, fixed=("sleep",)) == expected


def test_the_order_of_rules_and_documents_changes_no_assignment() -> None:
    rules = [
        TopicRule("Roots", phrases=("roots", "deep roots", "the"), parent="Plants"),
        TopicRule("Soil", patterns=("soil",), parent="Plants"),
        TopicRule("Plants", sites=("example.org",)),
    ]
    expected = set(assign_topics(DOCUMENTS, TopicSettings(rules=rules)))
    assert {each.topic for each in expected} >= {"Plants", "Soil"}
    for seed in range(5):
        documents, shuffled = list(DOCUMENTS), list(rules)
        random.Random(seed).shuffle(documents)
        random.Random(seed).shuffle(shuffled)
        assert set(assign_topics(documents, TopicSettings(rules=shuffled))) == expected


def test_a_pattern_that_would_never_end_times_out() -> None:
    started = time.perf_counter()
    with pytest.raises(InputError, match=r"took more than 0\.2 seconds"):
        find_pattern("(a+)+b", {1: "a" * 60}, seconds=0.2)
    assert time.perf_counter() - started < 2


def test_a_pattern_has_no_limit_outside_of_the_main_thread() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(find_pattern, "b+", {1: "aBbc", 2: "x", 3: "B"}).result() == {1: "Bb", 3: "B"}
    texts = {1: "x" * 19_999 + "b", 2: "x" * 20_000 + "b"}
    assert find_pattern("b", texts) == {1: "b"}


def test_a_pattern_that_matches_only_empty_text_finds_nothing() -> None:
    assert find_pattern(r"\b", {1: "word"}) == {}
    with pytest.raises(InputError, match="not a valid regular expression"):
        find_pattern("(", {1: "word"})


WORDS = st.text(max_size=40)


@given(text=WORDS, words=st.lists(WORDS.filter(str.strip), max_size=3), name=WORDS.filter(str.strip))
@settings(max_examples=60, deadline=None)
def test_any_rule_on_any_text_terminates(text: str, words: list[str], name: str) -> None:
    some = tuple(words)
    rule = TopicRule(name, some, tuple(map(re.escape, some)), some, some, some, some, "q", some, name[::-1])
    page = document(
        1, highlight(1, text or "-", tags=some, notes=some), author=Author(name, name), url=text, tags=some
    )
    aliases = [(name, word) for word in words]
    assignments = assign_topics([page], TopicSettings(rules=[rule], answers={"q": {1}}, page_aliases=aliases))
    assert {each.highlight_id for each in assignments} <= {1}
    topics = group_topics([page], assignments, [rule])
    assert {topic.name for topic in topics} == {each.topic for each in assignments}


@given(phrase=st.text(st.characters(categories=("L", "Nd", "Zs")), min_size=1).filter(str.strip))
def test_a_phrase_between_punctuation_is_found(phrase: str) -> None:
    assert (
        make_phrase(phrase).is_in(fold_words(f"({phrase.upper()})"))
        or phrase.upper().casefold() != phrase.casefold()
    )
