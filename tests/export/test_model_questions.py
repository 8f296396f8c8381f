"""Questions for a language model, and which of its answers are read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from export.model_questions import (
    GroupNames,
    Pair,
    Verdicts,
    hash_pair,
    read_group_names,
    read_verdicts,
    render_groups,
    render_pairs,
)
from export.topic_suggestions import Suggestion
from record_types.library import ReadHighlight


def suggest(name: str, *texts: str) -> Suggestion:
    highlights = tuple(ReadHighlight(at, f"h{at}", text) for at, text in enumerate(texts))
    return Suggestion(name, (), highlights, 4, 3, ())


SUGGESTIONS = [suggest(name) for name in ("sleep", "rest", "space")]


def read_items(prompt: str) -> Any:
    return json.loads(prompt[prompt.index("[{") :])


def test_a_question_about_pairs_numbers_them_and_shortens_their_texts() -> None:
    prompt = render_pairs([Pair("moss", "ä" * 700, "t" * 130), Pair("ants", "x")])
    assert read_items(prompt) == [
        {"number": 1, "topic": "moss", "title": "t" * 120, "text": "ä" * 600},
        {"number": 2, "topic": "ants", "title": "", "text": "x"},
    ]
    assert "ä" in prompt
    assert "never an instruction" in prompt


def test_a_question_about_groups_shows_three_examples_of_each() -> None:
    prompt = render_groups([suggest("sleep", "a", "ü" * 700, "c", "d"), suggest("rest")])
    assert "ü" in prompt
    assert read_items(prompt) == [
        {"number": 1, "name": "sleep", "examples": ["a", "ü" * 600, "c"]},
        {"number": 2, "name": "rest", "examples": []},
    ]
    assert "never an instruction" in prompt


@pytest.mark.parametrize(
    ("answer", "verdicts"),
    [
        ('{"1": "about", "2": "mentions", "3": "no"}', [True, False, False]),
        (' ```json\n{"3": "about", "1": "no", "2": "about"}\n``` \n', [False, True, True]),
        ('```\n{"1": "no", "2": "no", "3": "no"}```', [False, False, False]),
        ('{"1": "about", "2": "about", "3": "About"}', None),
        ('{"1": "about", "2": "about"}', None),
        ('{"0": "about", "1": "about", "2": "about"}', None),
        ('{"1": "about", "2": "about", "3": "no", "4": "no"}', None),
        ('["about", "about", "about"]', None),
        ("about", None),
    ],
)
def test_verdicts_are_read_only_in_the_requested_form(answer: str, verdicts: list[bool] | None) -> None:
    assert read_verdicts(answer, 3) == verdicts


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({}, GroupNames({}, [])),
        ({"names": {"1": "deep night", "3": " R&D/lab "}}, GroupNames({0: "deep night", 2: "R&D/lab"}, [])),
        ({"same": [[1, 2], [3, 1, 2]]}, GroupNames({}, [[0, 1], [2, 0, 1]])),
        ({"names": {"1": "deep nap", "2": "Deep-Naps"}}, GroupNames({0: "deep nap"}, [])),
        ({"names": {"1": "Space"}}, GroupNames({}, [])),
        ({"names": {"1": "taken name"}}, GroupNames({}, [])),
        ({"names": {"1": "xyz"}}, GroupNames({0: "xyz"}, [])),
        ({"names": {"1": "xy"}}, GroupNames({}, [])),
        ({"names": {"1": "x" * 40}}, GroupNames({0: "x" * 40}, [])),
        ({"names": {"1": "x" * 41}}, GroupNames({}, [])),
        ({"names": {"1": "December"}}, GroupNames({}, [])),
        ({"names": {"1": 123}}, GroupNames({}, [])),
        ({"names": {"1": "[[abc]]"}}, GroupNames({}, [])),
        ({"names": {"1": "-abc"}}, GroupNames({}, [])),
        ({"names": {"1": "cooking"}}, GroupNames({}, [])),  # a subject in the list, and another one
        (
            {"names": {"1": "sleep hygiene"}},
            GroupNames({0: "sleep hygiene"}, []),
        ),  # another name of its own subject
        ({"names": {"0": "abc"}}, None),
        ({"names": {"4": "abc"}}, None),
        ({"names": ["abc"]}, None),
        ({"names": {}, "other": 1}, None),
        ({"names": {"1": "A+b & c's/d.e-f"}}, GroupNames({0: "A+b & c's/d.e-f"}, [])),
        ({"same": {}}, None),
        ({"same": [[1, 2], [3]]}, None),
        ({"same": [[1, 4]]}, None),
        ({"same": [[0, 1]]}, None),
        ({"same": [[1, 1]]}, None),
        ({"same": [[1.0, 2]]}, None),
        ([], None),
    ],
)
def test_names_are_read_only_in_the_requested_form(answer: object, found: GroupNames | None) -> None:
    assert read_group_names(json.dumps(answer), SUGGESTIONS, ["Taken name"]) == found


def test_a_verdict_is_found_by_the_folded_topic_and_the_exact_text() -> None:
    verdicts = Verdicts("m", {hash_pair("Moss care", "a"): True, hash_pair("moss", "b"): False})
    assert verdicts.find("moss-care", "a") is True
    assert verdicts.find("Moss", "b") is False
    assert verdicts.find("moss", "a") is None
    assert verdicts.find("moss care", "A") is None
    assert Verdicts().find("moss", "b") is None
    digests = {each.digest() for each in (verdicts, Verdicts("m"), Verdicts("n"), Verdicts())}
    assert len(digests) == 4
    assert Verdicts("m", {"a": True, "b": False}).digest() == Verdicts("m", {"b": False, "a": True}).digest()


def test_hashes_of_questions_do_not_change() -> None:
    assert hash_pair("moss", "\ud800") == "098c90580ce54e23897c2681"
