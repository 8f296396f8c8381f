"""The step from stored highlights to topics: assigned by `export`, kept by `store`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from export.topic_assignment import TopicSettings, add_parents, assign_named
from export.topic_names import fold_name, slugify
from export.topic_rules import find_excluded
from gleanings.config import TopicsConfig
from record_types.library import Assignment, ReadDocument
from store.search import find_matching
from store.topics import read_page_aliases, save_assignments


def assign_stored(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], config: TopicsConfig
) -> list[Assignment]:
    """Which highlight belongs to which topic, decided anew and kept; unchanged assignments stay untouched.

    Raises InputError for a rule's pattern that takes too long, and where topics by meaning are asked for
    without the extra `topics`.
    """
    assignments = assign_named(documents, make_settings(db, config))
    if config.meaning:
        assignments += assign_by_meaning(db, documents, assignments, config)
    assignments = add_parents(assignments, config.rules)
    save_assignments(db, assignments, slugify)
    return assignments


def assign_by_meaning(
    db: sqlite3.Connection,
    documents: Sequence[ReadDocument],
    named: Sequence[Assignment],
    config: TopicsConfig,
) -> list[Assignment]:
    """What highlights belong to beside `named`, as they are about the same as others of a topic."""
    from gleanings.steps.highlight_vectors import vectors_of

    highlights = [each for document in documents for each in document.highlights]
    vectors = vectors_of(db, {each.id: each.text for each in highlights})
    from export.similarity import find_by_meaning

    excluded = find_excluded(documents, config.rules)
    return find_by_meaning(
        highlights,
        vectors,
        named,
        threshold=config.meaning_threshold,
        excluded={each.topic: excluded.get(fold_name(each.topic), ()) for each in named} if excluded else {},
    )


def is_named(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], slug: str, config: TopicsConfig
) -> bool:
    """Whether anything would belong to the topic `slug` if no name were too seldom to be one."""
    named = assign_named(documents, replace(make_settings(db, config), threshold=1))
    return any(slugify(each.topic) == slug for each in named)


def make_settings(db: sqlite3.Connection, config: TopicsConfig) -> TopicSettings:
    """What makes a name a topic, with what only the store knows: aliases of pages, answers to queries."""
    return TopicSettings(
        threshold=config.threshold,
        stop=frozenset(config.stop),
        aliases=config.aliases,
        page_aliases=read_page_aliases(db),
        rules=config.rules,
        answers={rule.query: find_matching(db, rule.query) for rule in config.rules if rule.query},
    )
