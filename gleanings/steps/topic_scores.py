"""Prepare documents for notes: score them for all subjects, and assign topics to their highlights.

The scores of a document that did not change are stored.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path

import export
from export.clean import complete_titles
from export.repeats import unify_tags
from export.topic_about import Scores, TopicSubjects, score_documents
from export.topic_assignment import TopicSettings, assign_about, assign_named, find_subjects, learn_from
from export.topic_model import Score
from export.topic_names import slugify
from gleanings.config import TopicsConfig
from gleanings.steps.topics import Prepared
from record_types.library import Assignment, ReadDocument
from store.note_data import read_documents
from store.search import find_matching
from store.topics import read_page_aliases, read_scores, save_assignments, save_scores


def prepare_documents(db: sqlite3.Connection, config: TopicsConfig) -> Prepared:
    """Read all documents, assign their highlights to topics, and store the assignments that changed.

    Raises InputError for a rule's pattern that takes too long.
    """
    documents = unify_tags(complete_titles(read_documents(db)))
    assignments = score_library(db, documents, config).assign()
    save_assignments(db, assignments, slugify)
    return documents, assignments


@dataclass(frozen=True, slots=True)
class ScoredLibrary:
    """What is known of a library before its topics are assigned."""

    documents: Sequence[ReadDocument]
    settings: TopicSettings
    named: list[Assignment]
    """What tags, links and rules say."""
    subjects: TopicSubjects
    scores: Scores

    def assign(self) -> list[Assignment]:
        """Which highlight belongs to which topic."""
        return assign_about(self.documents, self.settings, self.named, self.subjects, self.scores)


def score_library(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], config: TopicsConfig
) -> ScoredLibrary:
    """Score the documents that changed since the last time, or all of them if the subjects did."""
    settings = make_settings(db, config)
    named = assign_named(documents, settings)
    subjects = find_subjects(named, settings, partial(learn_from, documents))
    return ScoredLibrary(documents, settings, named, subjects, score_stored(db, documents, subjects))


def score_stored(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], subjects: TopicSubjects
) -> dict[int, dict[str, Score]]:
    """The scores of all documents: stored ones where neither a document nor the subjects changed."""
    stored = read_scores(db)
    version = subjects.digest() + _digest_program()
    scores: dict[int, dict[str, Score]] = {}
    rows: list[tuple[int, str, str]] = []
    for document in documents:
        digest = _digest_document(document, version)
        if document.id in stored and stored[document.id][0] == digest:
            scores |= _unpack(document, stored[document.id][1])
            continue
        found = score_documents([document], subjects)
        rows.append((document.id, digest, _pack(document, found)))
        scores |= _unpack(document, rows[-1][2])
    save_scores(db, rows)
    return scores


def make_settings(db: sqlite3.Connection, config: TopicsConfig) -> TopicSettings:
    """What makes a name a topic, with what only the store knows: aliases of pages, answers to queries."""
    return TopicSettings(
        threshold=config.threshold,
        stop=frozenset(config.stop),
        aliases=config.aliases,
        page_aliases=read_page_aliases(db),
        rules=config.rules,
        answers={rule.query: find_matching(db, rule.query) for rule in config.rules if rule.query},
        precision=config.precision,
    )


def _digest_document(document: ReadDocument, version: str) -> str:
    """A hash of all that decides about a document's scores."""
    parts = repr((version, document.full_title, [each.text for each in document.highlights]))
    return blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


@cache
def _digest_program() -> str:
    """A hash of the modules that score, so that a newer version of them scores again."""
    folder = Path(export.__file__).parent
    names = ("subjects.py", "topic_model.py", "topic_about.py")
    return blake2b(b"".join((folder / name).read_bytes() for name in names), digest_size=8).hexdigest()


def _pack(document: ReadDocument, scores: Scores) -> str:
    """The scores by the place of the highlight in its document: ids may change."""
    rows = {
        place: [
            (name, round(each.probability, 4), each.phrases, each.share)
            for name, each in scores[highlight.id].items()
        ]
        for place, highlight in enumerate(document.highlights)
        if highlight.id in scores
    }
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _unpack(document: ReadDocument, packed: str) -> dict[int, dict[str, Score]]:
    return {
        document.highlights[int(place)].id: {
            name: Score(probability, tuple(phrases), share) for name, probability, phrases, share in found
        }
        for place, found in json.loads(packed).items()
    }


def is_below_threshold(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], slug: str, config: TopicsConfig
) -> bool:
    """Whether the topic `slug`, which does not exist, would exist with a threshold of 1."""
    named = assign_named(documents, replace(make_settings(db, config), threshold=1))
    return any(slugify(each.topic) == slug for each in named)
