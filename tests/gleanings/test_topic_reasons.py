"""Why highlights belong to a topic, which nearly do, and subjects that the list does not know."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from export.topic_about import find_threshold
from export.topic_model import Score
from gleanings.config import TopicsConfig
from gleanings.steps.scored_library import ScoredLibrary, score_library
from gleanings.steps.topic_reasons import explain_members, find_borderline
from gleanings.steps.topic_suggestions import propose_topics
from record_types.library import Assignment, TopicRule
from store.connection import close_store, open_store
from tests.export.test_unlisted_subjects import BEES, write_library


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    db = open_store(tmp_path / "a.db", create=True)
    yield db
    close_store(db)


def test_a_subject_that_the_list_does_not_know_is_suggested_unless_it_has_a_topic(
    db: sqlite3.Connection,
) -> None:
    documents = write_library("Beekeeping", BEES)
    found = propose_topics(db, documents, TopicsConfig())
    (suggestion,) = found.suggestions
    assert (suggestion.name, suggestion.documents, suggestion.authors) == ("Beekeeping", 6, 5)
    total = sum(len(each.highlights) for each in documents)
    assert (found.without, found.left) == (total, total - len(suggestion.highlights))
    assert {each.id // 10 for each in suggestion.highlights} == set(range(6))
    for config in (TopicsConfig(stop=("Beekeeping",)), TopicsConfig(rules=(TopicRule("Beekeeping"),))):
        assert propose_topics(db, documents, config).suggestions == []


@pytest.fixture
def library(db: sqlite3.Connection) -> ScoredLibrary:
    config = TopicsConfig(rules=(TopicRule("Beekeeping"),))
    library = score_library(db, write_library("Beekeeping", BEES), config)
    least = find_threshold(library.settings.precision)
    scores = {
        0: {"Beekeeping": Score(least + 0.1, ("hive",), 0.3)},
        1: {"Beekeeping": Score(least + 0.1, ("hive",), 0.29)},
        2: {"Beekeeping": Score(least + 0.12345, (), 0.9)},
        10: {"Beekeeping": Score(least - 0.1, ("hive", "comb"), 0.3)},
        11: {"Beekeeping": Score(least + 0.2, ("hive",), 0.3)},
        12: {"Beekeeping": Score(least - 0.2, ("hive",), 0.3)},
    }
    examples = {
        21: [("beekeeping", "counter", "a.md"), ("other", "counter", "b.md"), ("Beekeeping", "x", "c.md")]
    }
    return replace(
        library, scores=scores, settings=replace(library.settings, examples=examples | {999: examples[21]})
    )


ASSIGNMENTS = [
    Assignment(1, "Beekeeping", "about: hive", 0.5),
    Assignment(0, "Beekeeping", "about: hive", 0.6),
    Assignment(2, "Beekeeping", "tag: bees", 1.0),
    Assignment(20, "Beekeeping", "tag: bees", 0.9),
    Assignment(0, "Other", "tag: x", 1.0),
]


def test_members_have_their_reasons_and_the_most_certain_come_first(library: ScoredLibrary) -> None:
    found = explain_members(library, ASSIGNMENTS, "beekeeping")
    assert [(each.highlight_id, each.reasons, each.score, each.is_member) for each in found] == [
        (2, ("tag: bees", "about: its document"), 1.0, True),
        (20, ("tag: bees",), 0.9, True),
        (0, ("about: hive", "its document"), 0.6, True),
        (1, ("about: hive",), 0.5, True),
        (21, ("counter-example: you took it out of a.md",), 0.0, False),
    ]
    assert (found[0].topic, found[0].text, found[0].document) == ("Beekeeping", BEES[2], "Beekeeping, part 0")
    assert explain_members(library, ASSIGNMENTS, "nowhere") == []


def test_borderline_highlights_are_near_the_threshold_and_not_the_readers_choice(
    library: ScoredLibrary,
) -> None:
    found = find_borderline(library, ASSIGNMENTS, "beekeeping")
    least = find_threshold(library.settings.precision)
    assert [(each.highlight_id, each.reasons, each.score, each.is_member) for each in found] == [
        (0, ("about: hive", "its document"), round(least + 0.1, 3), True),
        (1, ("about: hive",), round(least + 0.1, 3), True),
        (10, ("about: hive, comb", "its document"), round(least - 0.1, 3), False),
    ]
    assert find_borderline(library, ASSIGNMENTS, "nowhere") == []
    (new,) = [each for each in find_borderline(library, [], "beekeeping") if each.highlight_id == 2]
    assert (new.reasons, new.score) == (("about: its document",), round(least + 0.12345, 3))
