"""What the last assignment of topics decided, and when its scores still hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from export.model_questions import Verdicts
from export.subjects import PhraseIndex, Subject, load_subjects
from export.topic_assignment import TopicSettings, Use
from export.topic_phrases import Learned
from gleanings.steps.outcome import HARMLESS_KINDS, Alert, fail
from gleanings.steps.topic_state import (
    NO_STATE,
    Summary,
    TopicState,
    digest_settings,
    hash_early,
    index_changes,
    is_touched,
    learns_the_same,
    list_entries,
    recall_learned,
    unpack_summary,
)
from record_types.library import ReadDocument, ReadHighlight, TopicRule

DOCUMENT = ReadDocument(
    1, "d", "Notes", "Notes", "books",
    highlights=(ReadHighlight(5, "h5", "Moss."), ReadHighlight(9, "h9", "Ferns.")),
)  # fmt: skip


def test_a_summary_is_unpacked_as_it_was_packed() -> None:
    uses = [Use(5, "moss", "tag", "Moss", "ada")]
    summary = Summary(uses, {"moos": [2, 1]}, "ab")
    assert unpack_summary(summary.pack()) == summary


@pytest.mark.parametrize(
    "more",
    [
        {"threshold": 9},
        {"stop": frozenset({"a"})},
        {"aliases": {"a": "b"}},
        {"page_aliases": (("a", "b"),)},
        {"rules": (TopicRule("a"),)},
        {"precision": 0.5},
        {"verdicts": Verdicts("m")},
    ],
)
def test_every_setting_changes_the_hash(more: dict[str, Any]) -> None:
    assert digest_settings(replace(TopicSettings(), **more)) != digest_settings(TopicSettings())
    assert len(digest_settings(TopicSettings())) == 16


def test_the_order_of_settings_does_not_change_the_hash() -> None:
    one = TopicSettings(aliases={"a": "b", "c": "d"}, page_aliases=(("a", "b"), ("c", "d")))
    other = TopicSettings(aliases={"c": "d", "a": "b"}, page_aliases=(("c", "d"), ("a", "b")))
    assert digest_settings(one) == digest_settings(other)


def test_what_topics_learn_from_has_a_hash() -> None:
    hashes = {hash_early(DOCUMENT, up_to) for up_to in (5, 8)}
    assert len(hashes) == 1
    assert len(hashes | {hash_early(DOCUMENT, 9), hash_early(replace(DOCUMENT, full_title="x"), 5)}) == 3
    assert hash_early(DOCUMENT, 4) == ""


def index(*subjects: Subject) -> PhraseIndex:
    found = PhraseIndex()
    for each in (*load_subjects(), *subjects):
        found.add(each)
    return found


def test_a_document_is_scored_again_if_it_has_a_phrase_of_a_changed_subject() -> None:
    moss = Subject("moss", ("moos",), ("rhizoid",), ("damp",), 1.0)
    before, after = list_entries(index(moss)), list_entries(index(replace(moss, phrases=("fern",))))
    assert before == {"moss": ["moss", ["moos"], ["rhizoid"], ["damp"], 1.0]}
    assert list_entries(index()) == {}
    assert index_changes(before, before) is None
    for one, two in ((before, after), (after, before), (before, {}), ({}, after)):
        changed = index_changes(one, two)
        assert changed is not None
        assert is_touched(DOCUMENT, changed)
        assert not is_touched(replace(DOCUMENT, highlights=()), changed)
        assert is_touched(replace(DOCUMENT, highlights=(), full_title="Moos"), changed)
        assert is_touched(replace(DOCUMENT, highlights=(), full_title="Damp"), changed)
    shipped = load_subjects()[0]
    renewed = index_changes({}, {shipped.name: [shipped.name, ["qqq"], [], [], 0.0]})
    assert renewed is not None
    assert renewed.knows(("qqq",))
    assert is_touched(replace(DOCUMENT, full_title=shipped.names[0]), renewed)


@pytest.mark.parametrize(
    ("up_to", "early", "asked", "same"),
    [
        (8, [("a", "a"), ("", "")], {"moss": ("m", "n")}, True),
        (9, [("a", "a")], {"moss": ("m", "n")}, False),
        (8, [("a", "a"), ("a", "b")], {"moss": ("m", "n")}, False),
        (8, [], {"moss": ("m",)}, False),
        (9, [("a", "b")], {}, True),
    ],
)
def test_topics_learn_the_same_from_the_same_texts(
    up_to: int, early: list[tuple[str, str]], asked: dict[str, tuple[str, ...]], same: bool
) -> None:
    state = TopicState(up_to=8, asked={"moss": ["m", "n"]}, learned={"moss": [["a b"], ["c"]]})
    assert learns_the_same(state, up_to, early, asked) is same
    assert recall_learned(state) == {"moss": Learned(("a b",), ("c",))}
    assert recall_learned(NO_STATE) == {}


def test_a_failed_step_has_an_alert_with_its_state() -> None:
    outcome = fail("no disk", state="later", immediate=True)
    assert (outcome.state, outcome.alerts) == ("later", (Alert("no disk", "later: no disk", True),))
    assert fail("x").alerts == (Alert("x", "failed: x"),)
    kinds = ["cut-text", "unknown-date", "repaired-lines", "damaged", "not-read", "stray-property"]
    assert list(HARMLESS_KINDS) == kinds
