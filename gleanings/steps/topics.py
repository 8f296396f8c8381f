"""Assign topics to highlights."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gleanings.config import TopicsConfig
from gleanings.options import utc_now
from gleanings.output import count_as
from gleanings.steps.export_cache import make_log_stamp
from gleanings.steps.outcome import Outcome
from store.written_notes import read_folder_state, save_folder_state

if TYPE_CHECKING:
    from record_types.library import Assignment, ReadDocument

STAMP_KEY = "topics"
"""Under which the store keeps the stamp of the last assignment."""

Prepared = tuple["list[ReadDocument]", "list[Assignment]"]
"""The store's documents with complete titles, and the topics of their highlights."""

# The imports in functions load a Markdown parser and more: a sync with nothing to do needs none of it.


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsOutcome(Outcome):
    """The result of an assignment of topics."""

    prepared: Prepared | None
    """None if the topics of the last run are still up to date."""


def assign_topics(db: sqlite3.Connection, config: TopicsConfig) -> TopicsOutcome:
    """Assign topics, unless nothing that decides about them has changed since the last run."""
    stamp = make_log_stamp(db, config)
    if read_folder_state(db, STAMP_KEY) == stamp:
        return TopicsOutcome("ok", "unchanged", details={"as_before": True}, prepared=None)
    prepared = prepare_documents(db, config)
    save_folder_state(db, STAMP_KEY, stamp, now=utc_now())
    topics = len({each.topic for each in prepared[1]})
    details = {"topics": topics, "as_before": False}
    return TopicsOutcome("ok", count_as(topics, "topic"), details=details, prepared=prepared)


def prepare_documents(db: sqlite3.Connection, config: TopicsConfig) -> Prepared:
    """Read all documents, assign their highlights to topics, and store the assignments that changed.

    Raises InputError for a rule's pattern that takes too long.
    """
    from export.clean import complete_titles
    from export.topic_names import slugify
    from gleanings.steps.topic_scores import score_library
    from store.note_data import read_documents
    from store.topics import save_assignments

    documents = complete_titles(read_documents(db))
    assignments = score_library(db, documents, config).assign()
    save_assignments(db, assignments, slugify)
    return documents, assignments


def is_below_threshold(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], slug: str, config: TopicsConfig
) -> bool:
    """Whether the topic `slug`, which does not exist, would exist with a threshold of 1."""
    from export.topic_assignment import assign_named
    from export.topic_names import slugify
    from gleanings.steps.topic_scores import make_settings

    named = assign_named(documents, replace(make_settings(db, config), threshold=1))
    return any(slugify(each.topic) == slug for each in named)
