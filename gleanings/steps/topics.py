"""Assign topics to highlights."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from export.note_places import Flavour
from gleanings.config import TopicsConfig
from gleanings.options import utc_now
from gleanings.steps.note_lessons import learn_from_notes
from gleanings.steps.notes import make_log_stamp
from gleanings.steps.outcome import Alert, Outcome
from gleanings.terminal import count_as
from store.folder_states import read_folder_state, save_folder_state

STAMP_KEY = "topics"
"""The key under which the store keeps the stamp of the last assignment."""


def assign_topics(
    db: sqlite3.Connection,
    config: TopicsConfig,
    notes: tuple[Path, Flavour] | None = None,
    *,
    may_ask: bool = False,
) -> Outcome:
    """Assign topics, unless nothing that decides about them has changed since the last run.

    `notes` are the folder of the exported notes, whose edits teach, and their flavour.
    `may_ask`: ask the language model of the configuration, if there is one.
    """
    stamp = make_log_stamp(db, config)
    learned = learn_from_notes(db, *notes, now=utc_now()) if notes else 0
    if read_folder_state(db, STAMP_KEY) == stamp and not learned:
        return Outcome("ok", "unchanged", details={"as_before": True})
    # loads a Markdown parser and more: a sync with nothing to do needs none of it
    from gleanings.steps.topic_scores import update_topics
    from store.topics import read_topic_names

    update_topics(db, config)
    judged = None
    if config.llm and may_ask:
        from gleanings.steps.model_answers import judge_borderline

        judged = judge_borderline(db, config)
        if judged.answered:
            update_topics(db, config)
    if not (judged and judged.left and config.max_calls):  # else the next sync asks about the rest
        save_folder_state(db, STAMP_KEY, stamp, now=utc_now())
    topics = len(read_topic_names(db))
    details = {"topics": topics, "as_before": False}
    line = count_as(topics, "topic")
    if judged and judged.problem:
        alert = Alert(judged.problem, judged.problem)
        return Outcome("partial", line, alerts=(alert,), details=details)
    return Outcome("ok", line, details=details)
