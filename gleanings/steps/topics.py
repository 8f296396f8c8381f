"""Assign topics to highlights."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from export.note_places import Flavour
from gleanings.config import TopicsConfig
from gleanings.options import utc_now
from gleanings.steps.note_lessons import learn_from_notes
from gleanings.steps.notes import make_log_stamp
from gleanings.steps.outcome import Alert, Outcome
from gleanings.terminal import count_as
from store.folder_states import read_folder_state, save_folder_state

if TYPE_CHECKING:
    from record_types.library import Assignment, ReadDocument

STAMP_KEY = "topics"
"""Under which the store keeps the stamp of the last assignment."""

Prepared = tuple["list[ReadDocument]", "list[Assignment]"]
"""The store's documents with complete titles, and the topics of their highlights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsOutcome(Outcome):
    """The result of an assignment of topics."""

    prepared: Prepared | None
    """None if the topics of the last run are still up to date."""


def assign_topics(
    db: sqlite3.Connection,
    config: TopicsConfig,
    notes: tuple[Path, Flavour] | None = None,
    *,
    may_ask: bool = False,
) -> TopicsOutcome:
    """Assign topics, unless nothing that decides about them has changed since the last run.

    `notes` are the folder of the exported notes, whose edits teach, and their flavour.
    `may_ask`: ask the language model of the configuration, if there is one.
    """
    stamp = make_log_stamp(db, config)
    learned = learn_from_notes(db, *notes, now=utc_now()) if notes else 0
    if read_folder_state(db, STAMP_KEY) == stamp and not learned:
        return TopicsOutcome("ok", "unchanged", details={"as_before": True}, prepared=None)
    # loads a Markdown parser and more: a sync with nothing to do needs none of it
    from gleanings.steps.topic_scores import prepare_documents

    prepared = prepare_documents(db, config)
    judged = None
    if config.llm and may_ask:
        from gleanings.steps.model_answers import judge_borderline

        judged = judge_borderline(db, config)
        if judged.answered:
            prepared = prepare_documents(db, config)
    if not (judged and judged.left and config.max_calls):  # else the next sync asks about the rest
        save_folder_state(db, STAMP_KEY, stamp, now=utc_now())
    topics = len({each.topic for each in prepared[1]})
    details = {"topics": topics, "as_before": False}
    line = count_as(topics, "topic")
    if judged and judged.problem:
        alert = Alert(judged.problem, judged.problem)
        return TopicsOutcome("partial", line, alerts=(alert,), details=details, prepared=prepared)
    return TopicsOutcome("ok", line, details=details, prepared=prepared)
