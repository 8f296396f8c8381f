"""Precision, what is borderline, and which tags attract what is about their name (docs/topics.md)."""

from __future__ import annotations

import pytest

from export.subjects import PhraseIndex, Subject
from export.topic_about import (
    TopicSubjects,
    choose_attracting,
    count_shown,
    find_threshold,
    is_near,
    link_subjects,
)
from export.topic_model import Score
from record_types.library import Assignment, TopicRule


@pytest.mark.parametrize(
    ("precision", "least"),
    [
        (0.0, 0.25),
        (0.8, 0.25),
        (0.84, 0.31),
        (0.9, 0.4),
        (0.92, 0.44),
        (0.95, 0.5),
        (0.98, 0.7),
        (1.0, 1.0),
        (1.1, 1.0),
    ],
)
def test_precision_is_linear_between_its_points(precision: float, least: float) -> None:
    assert find_threshold(precision) == pytest.approx(least)


@pytest.mark.parametrize(
    ("probability", "threshold", "near"),
    [(0.26, 0.4, True), (0.24, 0.4, False), (0.54, 0.4, True), (0.56, 0.4, False), (0.99, 1.0, False)],
)
def test_a_score_is_borderline_within_0_15_of_the_threshold(
    probability: float, threshold: float, near: bool
) -> None:
    assert is_near(probability, threshold) == near


def test_a_tag_attracts_others_if_a_quarter_of_its_highlights_are_about_its_name() -> None:
    subjects = TopicSubjects(of_topic={"moss": "m", "to-share": "t", "bees": "b"}, own={"moss", "to-share"})
    named = [Assignment(n, topic, "tag", 1.0) for n in range(8) for topic in ("moss", "to-share", "bees")]
    scores = {n: {"m": Score(0.4, (), 1.0), "t": Score(0.39, (), 1.0)} for n in range(2)}
    counts = count_shown(named, subjects, scores, 0.4)
    assert counts == {"moss": (8, 2), "to-share": (8, 0)}
    assert choose_attracting([counts]) == {"moss"}
    assert choose_attracting([counts, {"moss": (1, 0), "to-share": (4, 3)}]) == {"to-share"}


def test_a_shipped_subject_has_one_topic_and_the_others_of_its_names_are_subjects_of_their_own() -> None:
    rules = [TopicRule("Bedtime", phrases=("lie down*",)), TopicRule("sleep")]
    found = link_subjects(("Bedtime", "sleep"), rules, {"sleep": "Bedtime", "ZZZ": "sleep"})
    assert found.of_topic["sleep"] == "sleep"
    assert found.of_topic["Bedtime"] == "Bedtime"
    assert found.own == set()
    assert "ZZZ" in found.index.subjects["sleep"].names
    assert "lie down" in found.index.subjects["Bedtime"].phrases
    assert found.index.subjects["Bedtime"].lift == 1.0


def test_a_name_that_is_a_shipped_subjects_other_name_uses_its_entry_only_by_a_rule() -> None:
    assert link_subjects(("insomnia x",), (), {}).own == {"insomnia x"}
    by_rule = link_subjects(("Slumber",), [TopicRule("Slumber")], {"sleep": "Slumber"})
    assert by_rule.of_topic == {"Slumber": "sleep"}
    assert by_rule.own == set()
    by_tag = link_subjects(("Slumber",), (), {"sleep": "Slumber"})
    assert by_tag.of_topic == {"Slumber": "Slumber"}
    assert by_tag.own == {"Slumber"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("deep learning of a machine", ["learning"]),
        ("deep machine learning", ["machine learning"]),
        ("machine learning learning", ["learning", "machine learning"]),
        ("machine learn", []),
    ],
)
def test_a_phrase_inside_a_longer_one_of_another_subject_is_part_of_that(text: str, found: list[str]) -> None:
    index = PhraseIndex()
    index.add(Subject("machine learning"))
    index.add(Subject("learning"))
    assert sorted(" ".join(each) for each in index.find(text.split())) == found
