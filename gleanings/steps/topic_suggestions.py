"""Suggestions for a stored library: what accepting each would assign, and topics to merge."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from export.topic_about import score_documents
from export.topic_suggestions import Merge, Suggestion, choose_suggestions, list_candidates, propose_merges
from gleanings.config import TopicsConfig
from gleanings.steps.scored_library import ScoredLibrary, link_library, score_library
from record_types.library import ReadDocument
from record_types.rules import TopicRule


@dataclass(frozen=True, slots=True)
class Proposals:
    """What `gleanings topics suggest` shows."""

    suggestions: list[Suggestion]
    merges: list[Merge]
    without: int
    """Highlights that have no topic."""
    left: int
    """Highlights that would have none if all suggestions were accepted."""


def propose_topics(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], config: TopicsConfig
) -> Proposals:
    """Find the subjects that would make topics, with exactly the members that their rules would give."""
    library = score_library(db, documents, config)
    before = library.assign()
    settings = library.settings
    candidates = list_candidates(library.subjects, settings.aliases, settings.page_aliases, config.stop)
    accepted = accept_all(library, candidates)
    suggestions = choose_suggestions(documents, candidates, accepted.assign())
    members: dict[str, set[int]] = defaultdict(set)
    for each in before:
        members[each.topic].add(each.highlight_id)
    for suggestion in suggestions:
        members[suggestion.name] |= {each.id for each in suggestion.highlights}
    merges = propose_merges(members, config.rules)
    with_topic = {each.highlight_id for each in before}
    more = {each.id for suggestion in suggestions for each in suggestion.highlights}
    total = sum(len(document.highlights) for document in documents)
    return Proposals(suggestions, merges, total - len(with_topic), total - len(with_topic | more))


def accept_all(library: ScoredLibrary, names: Sequence[str]) -> ScoredLibrary:
    """The library as it is once the configuration has a rule for each of `names`."""
    settings = replace(
        library.settings, rules=(*library.settings.rules, *(TopicRule(name) for name in names))
    )
    linked = link_library(library.documents, settings)
    if linked.subjects.digest() == library.subjects.digest():
        return replace(linked, scores=library.scores)
    return replace(linked, scores=score_documents(library.documents, linked.subjects))
