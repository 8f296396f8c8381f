"""Ask the language model that the configuration names, within a budget, and keep its answers.

Only `gleanings topics`, `topics suggest` and a sync ask, and only if `llm` under [topics] is set.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from export.clean import complete_titles
from export.model_questions import (
    BATCH,
    GroupNames,
    Pair,
    hash_pair,
    hash_question,
    read_group_names,
    read_verdicts,
    render_groups,
    render_pairs,
)
from export.topic_about import find_threshold
from export.topic_suggestions import Suggestion
from gleanings.config import TopicsConfig
from gleanings.options import utc_now
from gleanings.steps.scored_library import ScoredLibrary, score_library
from record_types.errors import describe_missing
from store.note_data import read_documents
from store.topic_examples import read_answers, save_answers

MOST_UNUSABLE = 3
"""After this many unusable answers in a run, the model is no longer asked."""

Ask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Judged:
    """The result of asking the model."""

    answered: int = 0
    """Pairs that have a verdict now."""
    left: int = 0
    """Pairs that are still to be asked about."""
    problem: str = ""
    """For the user; never quotes an answer or an error's text, which may hold a key."""


def judge_borderline(db: sqlite3.Connection, config: TopicsConfig) -> Judged:
    """Ask the model about borderline pairs that it was not asked about yet, the nearest first."""
    library = score_library(db, complete_titles(read_documents(db)), config)
    known = read_answers(db, config.llm)
    pairs = {key: pair for key, pair in _list_pairs(library).items() if key not in known}
    if not pairs or not config.max_calls:
        return Judged(left=len(pairs))
    ask, problem = open_model(config.llm)
    answered = done = unusable = 0
    asked = list(pairs)
    for number, start in enumerate(range(0, len(asked), BATCH)):
        keys = asked[start : start + BATCH]
        if problem or number >= config.max_calls:
            break
        answer, problem = _ask(ask, render_pairs([pairs[key] for key in keys]), config.llm)
        if problem:
            break
        verdicts = read_verdicts(answer, len(keys))
        answers = ("about" if each else "no" for each in verdicts) if verdicts else [""] * len(keys)
        save_answers(db, config.llm, dict(zip(keys, answers, strict=True)), now=utc_now())
        done += len(keys)
        answered += len(verdicts or ())
        unusable += not verdicts
        if unusable >= MOST_UNUSABLE:
            break
    if unusable and not problem:
        problem = f"{config.llm}: answers not in the requested form, which change nothing: {unusable}"
    return Judged(answered, len(pairs) - done, problem)


def name_groups(
    db: sqlite3.Connection,
    suggestions: Sequence[Suggestion],
    taken: Sequence[str],
    config: TopicsConfig,
    *,
    may_ask: bool,
) -> tuple[GroupNames, str]:
    """What the model calls the suggestions, and which are one subject; and what went wrong."""
    prompt = render_groups(suggestions)
    question = hash_question(prompt)
    stored = read_answers(db, config.llm).get(question)
    if stored is not None or not (may_ask and suggestions and config.max_calls):
        return read_group_names(stored or "{}", suggestions, taken) or GroupNames(), ""
    ask, problem = open_model(config.llm)
    answer, problem = ("", problem) if problem else _ask(ask, prompt, config.llm)
    if problem:
        return GroupNames(), problem
    found = read_group_names(answer, suggestions, taken)
    save_answers(db, config.llm, {question: answer if found else "{}"}, now=utc_now())
    if found is None:
        problem = f"{config.llm}: the answer was not in the requested form: the names stay"
    return found or GroupNames(), problem


def open_model(name: str) -> tuple[Ask, str]:
    """A function that asks the model, and why it cannot be reached; empty if it can."""
    if find_spec("llm") is None:
        return str, describe_missing("`llm` under [topics]", "llm")
    import llm  # loads plugins, some of them large

    try:
        model = llm.get_model(name)
    except llm.UnknownModelError:
        return str, f"there is no model named {name} (`llm` under [topics]): `llm models` lists them"
    return (lambda prompt: str(model.prompt(prompt).text())), ""


def _ask(ask: Ask, prompt: str, name: str) -> tuple[str, str]:
    try:
        return ask(prompt), ""
    except Exception as error:  # noqa: BLE001 - plugins raise what they like; topics do not depend on them
        return "", f"{name} could not be asked: {type(error).__name__}"


def _list_pairs(library: ScoredLibrary) -> Mapping[str, Pair]:
    """The borderline pairs that the reader has not decided, the nearest to the threshold first."""
    threshold = find_threshold(library.settings.precision)
    found = sorted(
        library.list_borderline(),
        key=lambda each: (abs(each.score.probability - threshold), each.highlight.id, each.topic),
    )
    return {
        hash_pair(each.topic, each.highlight.text): Pair(
            each.topic, each.highlight.text, each.document.full_title
        )
        for each in found
    }
