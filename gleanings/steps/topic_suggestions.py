"""Suggestions for a stored library: what accepting each would assign, and topics to merge."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from export.model_questions import GroupNames
from export.topic_about import OpenPair, score_documents
from export.topic_names import fold_name
from export.topic_suggestions import (
    PHRASES,
    VAGUE,
    Merge,
    Suggestion,
    choose_suggestions,
    count_phrases,
    count_room,
    describe_suggestion,
    find_least,
    find_refused_names,
    is_suggestible,
    list_candidates,
    propose_merges,
)
from export.unlisted_subjects import find_unlisted
from gleanings.config import TopicsConfig
from gleanings.steps.model_answers import name_groups
from gleanings.steps.scored_library import ScoredLibrary, link_library, score_library
from gleanings.steps.topic_state import index_changes, is_touched, list_entries
from record_types.library import Assignment, ReadDocument, ReadHighlight, TopicRule

MOST_UNLISTED = 5
"""Names beyond the list of common subjects that are tried: each takes half a second with 4,000 highlights."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """What `gleanings topics suggest` shows."""

    suggestions: list[Suggestion]
    merges: list[Merge]
    without: int
    """Highlights that have no topic."""
    left: int
    """Highlights that would have none if all suggestions were accepted."""
    problem: str = ""
    """Why the language model was of no use."""
    nearly: Mapping[str, Sequence[ReadHighlight]] = field(default_factory=dict)
    """The highlights that each topic nearly has, the most certain first; the topics with the most of them
    first."""


def propose_topics(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], config: TopicsConfig, *, may_ask: bool = False
) -> Proposals:
    """Find the subjects that would make topics, with exactly the members that their rules would give.

    `may_ask`: ask the language model of the configuration for names; else only its earlier answers count.
    """
    library = score_library(db, documents, config)
    before = library.assign()
    settings = library.settings
    candidates = list_candidates(library.subjects, settings.aliases, settings.page_aliases, config.stop)
    accepted = accept_names(library, candidates)
    assigned = accepted.assign()
    variety = count_phrases(assigned, accepted.scores, accepted.subjects)
    suggestions = choose_suggestions(documents, candidates, assigned, variety)
    suggestions += _suggest_unlisted(library, before, suggestions, config)
    members = _list_members(before)
    groups, problem = GroupNames(), ""
    if config.llm:
        groups, problem = name_groups(db, suggestions, list(members), config, may_ask=may_ask)
        suggestions = [
            _rename(library, each, groups.names[at]) if at in groups.names else each
            for at, each in enumerate(suggestions)
        ]
    for suggestion in suggestions:
        members[suggestion.name] |= {each.id for each in suggestion.highlights}
    merges = propose_merges(members, config.rules)
    merges += [
        Merge(suggestions[one].name, tuple(suggestions[at].name for at in rest)) for one, *rest in groups.same
    ]
    with_topic = {each.highlight_id for each in before}
    more = {each.id for suggestion in suggestions for each in suggestion.highlights}
    total = sum(len(document.highlights) for document in documents)
    return Proposals(
        suggestions,
        merges,
        total - len(with_topic),
        total - len(with_topic | more),
        problem,
        _list_nearly(library, before),
    )


def _list_nearly(library: ScoredLibrary, assigned: Iterable[Assignment]) -> dict[str, list[ReadHighlight]]:
    members = _list_members(assigned)
    found: dict[str, list[OpenPair]] = defaultdict(list)
    for each in library.list_borderline():
        if each.highlight.id not in members[each.topic]:
            found[each.topic].append(each)
    return {
        topic: [each.highlight for each in sorted(found[topic], key=lambda each: -each.score.probability)]
        for topic in sorted(found, key=lambda topic: (-len(found[topic]), topic))
    }


def _suggest_unlisted(
    library: ScoredLibrary,
    assigned: Iterable[Assignment],
    chosen: Sequence[Suggestion],
    config: TopicsConfig,
) -> list[Suggestion]:
    """Suggestions of names that the list of common subjects does not have, or only as part of a subject."""
    documents, settings = library.documents, library.settings
    topics = _list_members(assigned)
    covered = {id_ for found in topics.values() for id_ in found}
    covered |= {each.id for one in chosen for each in one.highlights}
    room = min(MOST_UNLISTED, count_room(documents) - len(chosen))
    refused = find_refused_names(settings.aliases, settings.page_aliases, config.stop)
    refused |= {fold_name(name) for name in (*topics, *(each.name for each in chosen), *VAGUE)}
    names = find_unlisted(
        documents, covered, highlights=find_least(documents), variety=PHRASES, refused=refused
    )
    suggestions: list[Suggestion] = []
    for name in names[:MOST_UNLISTED]:
        if len(suggestions) >= room:
            break
        accepted = accept_names(library, [name])
        own = [each for each in accepted.assign() if each.topic == name]
        found = {each.highlight_id: each.score for each in own}
        news = len(found.keys() - covered)
        variety = count_phrases(own, accepted.scores, accepted.subjects)
        if is_suggestible(documents, name, found, news, variety.get(name, 0)):
            suggestions.append(describe_suggestion(documents, name, found, topics))
            covered |= found.keys()
    return suggestions


def accept_names(
    library: ScoredLibrary, names: Sequence[str], aliases: Mapping[str, str] = {}
) -> ScoredLibrary:
    """The library as it is once the configuration has a rule for each of `names`, and these aliases."""
    settings = replace(
        library.settings,
        rules=(*library.settings.rules, *(TopicRule(name) for name in names)),
        aliases={**library.settings.aliases, **aliases},
    )
    linked = link_library(library.documents, settings)
    changed = index_changes(list_entries(library.subjects.index), list_entries(linked.subjects.index))
    touched = [each for each in library.documents if changed and is_touched(each, changed)]
    again = {highlight.id for each in touched for highlight in each.highlights}
    kept = {id_: found for id_, found in library.scores.items() if id_ not in again}
    return replace(linked, scores={**kept, **score_documents(touched, linked.subjects)})


def _rename(library: ScoredLibrary, suggestion: Suggestion, name: str) -> Suggestion:
    """The suggestion under another name, with the members that it then has."""
    accepted = accept_names(library, [name], {suggestion.name: name})
    found = {each.highlight_id: each.score for each in accepted.assign() if each.topic == name}
    return replace(
        describe_suggestion(library.documents, name, found, {}),
        aliases=(suggestion.name, *suggestion.aliases),
        overlaps=suggestion.overlaps,
        listed_as=suggestion.name,
    )


def _list_members(assignments: Iterable[Assignment]) -> dict[str, set[int]]:
    members: dict[str, set[int]] = defaultdict(set)
    for each in assignments:
        members[each.topic].add(each.highlight_id)
    return members
