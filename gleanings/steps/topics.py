"""Assign topics to highlights, and propose topics for those that have none."""

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
from store.export_folders import read_folder_state, save_folder_state

if TYPE_CHECKING:
    from export.topic_assignment import TopicSettings
    from export.topic_groups import Group
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

    Raises InputError for a rule's pattern that takes too long, and for topics by meaning without the extra
    `topics`.
    """
    from export.clean import complete_titles
    from export.topic_assignment import add_parents, assign_named
    from export.topic_names import slugify
    from store.note_data import read_documents
    from store.topics import save_assignments

    documents = complete_titles(read_documents(db))
    assignments = assign_named(documents, make_settings(db, config))
    if config.meaning:
        assignments += assign_by_meaning(db, documents, assignments, config)
    assignments = add_parents(assignments, config.rules)
    save_assignments(db, assignments, slugify)
    return documents, assignments


def assign_by_meaning(
    db: sqlite3.Connection,
    documents: Sequence[ReadDocument],
    named: Sequence[Assignment],
    config: TopicsConfig,
) -> list[Assignment]:
    """Further topics of highlights that resemble the highlights `named` for a topic."""
    from export.topic_names import fold_name
    from export.topic_rules import find_excluded
    from gleanings.steps.highlight_vectors import load_vectors

    highlights = [each for document in documents for each in document.highlights]
    vectors = load_vectors(db, {each.id: each.text for each in highlights})
    from export.similarity import find_by_meaning  # needs numpy, so after the check for the extra

    excluded = find_excluded(documents, config.rules)
    return find_by_meaning(
        highlights,
        vectors,
        named,
        threshold=config.meaning_threshold,
        excluded={each.topic: excluded.get(fold_name(each.topic), ()) for each in named} if excluded else {},
    )


def is_below_threshold(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], slug: str, config: TopicsConfig
) -> bool:
    """Whether the topic `slug`, which does not exist, would exist with a threshold of 1."""
    from export.topic_assignment import assign_named
    from export.topic_names import slugify

    named = assign_named(documents, replace(make_settings(db, config), threshold=1))
    return any(slugify(each.topic) == slug for each in named)


def make_settings(db: sqlite3.Connection, config: TopicsConfig) -> TopicSettings:
    """The configuration, with the page aliases and query results that only the store knows."""
    from export.topic_assignment import TopicSettings
    from store.search import find_matching
    from store.topics import read_page_aliases

    return TopicSettings(
        threshold=config.threshold,
        stop=frozenset(config.stop),
        aliases=config.aliases,
        page_aliases=read_page_aliases(db),
        rules=config.rules,
        answers={rule.query: find_matching(db, rule.query) for rule in config.rules if rule.query},
    )


def propose_topics(db: sqlite3.Connection, config: TopicsConfig, *, min_size: int) -> tuple[list[Group], int]:
    """Groups of similar highlights without a topic, and how many highlights have none.

    Raises InputError if the extra `topics` is not installed.
    """
    from gleanings.steps.highlight_vectors import load_vectors

    documents, assignments = prepare_documents(db, config)
    highlights = [each for document in documents for each in document.highlights]
    vectors = load_vectors(db, {each.id: each.text for each in highlights})
    from export.similarity import remove_common  # needs numpy, so after the check for the extra
    from export.topic_groups import find_groups

    taken = {each.highlight_id for each in assignments}
    known = [*{each.topic for each in assignments}, *(rule.name for rule in config.rules), *config.stop]
    groups = find_groups(highlights, remove_common(vectors), taken, known, min_size=min_size)
    return groups, len(highlights) - len(taken)
