"""The step from stored highlights to topics: assigned by `export`, kept by `store`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from export.topic_names import slugify
from export.topics import TopicSettings, assign_topics
from gleanings.config import TopicsConfig
from gleanings.records.readings import Assignment, ReadDocument
from store.topics import save_assignments


def assign_stored(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], config: TopicsConfig
) -> list[Assignment]:
    """Which highlight belongs to which topic, decided anew and kept; unchanged assignments stay untouched."""
    settings = TopicSettings(threshold=config.threshold, stop=frozenset(config.stop), aliases=config.aliases)
    assignments = assign_topics(documents, settings)
    save_assignments(db, assignments, slugify)
    return assignments
