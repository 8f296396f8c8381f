"""Score the documents of the store for all subjects, and assign their topics.

Documents that did not change since the last time keep their scores and assignments, unless something that
concerns all documents did (`gleanings.steps.topic_state`). The result is that of scoring everything again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from export.clean import complete_titles
from export.repeats import unify_tags
from export.topic_about import (
    choose_attracting,
    score_documents,
)
from export.topic_assignment import (
    TopicSettings,
    assign_about,
    assign_named,
    choose_names,
    find_subjects,
    gather_uses,
)
from export.topic_groups import sort_assignments
from export.topic_names import slugify
from export.topic_phrases import choose_prefix
from gleanings.config import TopicsConfig
from gleanings.steps.scored_library import (
    ScoredLibrary,
    count_by_document,
    link_library,
    make_settings,
    pack_documents,
    score_library,
)
from gleanings.steps.topic_state import (
    TopicState,
    digest_settings,
    hash_early,
    learns_the_same,
    list_entries,
    read_state,
    recall_learned,
    save_state,
    unpack_summary,
)
from gleanings.steps.tweets import digest_program
from record_types.library import Assignment, ReadDocument
from store.connection import transaction
from store.note_data import read_documents
from store.topics import (
    TopicCache,
    forget_topics,
    read_assignments,
    read_document_marks,
    read_last_highlight,
    read_member_marks,
    read_scores,
    read_topic_cache,
    read_topic_names,
    save_assignments,
    save_topic_cache,
)

MOST_CHANGED = 0.1
"""With a larger share of changed documents, all are looked at again."""


def prepare_documents(
    db: sqlite3.Connection, config: TopicsConfig
) -> tuple[list[ReadDocument], list[Assignment]]:
    """Read all documents, bring their topics up to date, and return both, in reading order.

    Raises InputError for a rule's pattern that takes too long.
    """
    update_topics(db, config)
    documents = unify_tags(complete_titles(read_documents(db)))
    return documents, sort_assignments(documents, read_assignments(db))


def update_topics(db: sqlite3.Connection, config: TopicsConfig) -> None:
    """Assign topics to the documents that changed, or to all if something that concerns all of them did."""
    settings, state = make_settings(db, config), read_state(db)
    if state.settings == digest_settings(settings):
        changes = _find_changes(db)
        if not changes.changed and not changes.gone:
            return
        is_few = len(changes.changed) <= max(20, MOST_CHANGED * len(changes.marks))
        if is_few and _update_changed(db, settings, state, changes):
            return
    library = score_library(db, complete_titles(read_documents(db)), config)
    save_library(db, library, library.assign())


@dataclass(frozen=True, slots=True)
class _Changes:
    marks: Mapping[int, str]
    known: Mapping[int, TopicCache]
    changed: Collection[int]
    gone: Collection[int]


def _find_changes(db: sqlite3.Connection) -> _Changes:
    marks, members, known = read_document_marks(db), read_member_marks(db), read_topic_cache(db)
    changed = [
        id_
        for id_, mark in marks.items()
        if id_ not in known or known[id_][:2] != (mark, members.get(id_, ""))
    ]
    return _Changes(marks, known, changed, known.keys() - marks.keys())


def find_wrong_topics(db: sqlite3.Connection, config: TopicsConfig) -> int:
    """How many assignments, or documents' scores, differ from scoring everything again; slow.

    0 if the topics are not up to date: then the next command that needs them computes them.
    """
    settings, changes = make_settings(db, config), _find_changes(db)
    if read_state(db).settings != digest_settings(settings) or changes.changed or changes.gone:
        return 0
    documents = complete_titles(read_documents(db))
    library = link_library(documents, settings)
    library = replace(library, scores=score_documents(documents, library.subjects))
    differences = set(library.assign()) ^ set(read_assignments(db))
    misspelled = [slug for slug, name in read_topic_names(db).items() if slug != slugify(name)]
    wanted, scores = _pack_library(db, library), read_scores(db)
    stored = {id_: (each.mark, each.summary, scores[id_]) for id_, each in changes.known.items()}
    wrong = sum(stored[id_] != row for id_, row in wanted.items())
    return len({(each.highlight_id, each.topic) for each in differences}) + len(misspelled) + wrong


def fix_topics(db: sqlite3.Connection, config: TopicsConfig) -> None:
    """Assign all topics again if any is wrong."""
    if find_wrong_topics(db, config):
        with transaction(db):
            forget_topics(db)
            update_topics(db, config)


def _update_changed(
    db: sqlite3.Connection, settings: TopicSettings, state: TopicState, changes: _Changes
) -> bool:
    """Assign topics to the documents that changed; False if that changes what concerns all documents."""
    documents = complete_titles(read_documents(db, only=changes.changed))
    before = {id_: unpack_summary(each.summary) for id_, each in changes.known.items()}
    concerned = {*changes.changed, *changes.gone}
    others = [before[id_] for id_ in before.keys() - concerned]
    uses = list(gather_uses(documents, settings))
    names = choose_names([*chain.from_iterable(each.uses for each in others), *uses], settings)
    up_to = choose_prefix(read_last_highlight(db))
    early = {each.id: hash_early(each, up_to) for each in documents}
    then = {id_: before[id_].early for id_ in concerned & before.keys()}
    both = [(then.get(id_, ""), early.get(id_, "")) for id_ in then.keys() | early.keys()]
    if names != state.names or not learns_the_same(state, up_to, both, state.asked):
        return False
    subjects = find_subjects(names, settings, lambda asked: recall_learned(state))
    scores = score_documents(documents, subjects)
    named = assign_named(documents, uses, names)
    shown = count_by_document(documents, named, subjects, scores, settings)
    attracting = choose_attracting([*(each.shown for each in others), *shown.values()])
    if attracting != set(state.attracting):
        return False
    assignments = assign_about(documents, settings, named, subjects, scores, attracting)
    rows = pack_documents(documents, changes.marks, uses, shown, early, scores)
    with transaction(db):
        save_assignments(db, assignments, slugify, [*changes.changed, *changes.gone])
        save_topic_cache(db, rows, changes.gone)
    return True


def save_library(db: sqlite3.Connection, library: ScoredLibrary, assignments: Iterable[Assignment]) -> None:
    """Save the assignments, and everything by which the next run recognises what changed."""
    rows = _pack_library(db, library)
    state = TopicState(
        program=digest_program(),
        settings=digest_settings(library.settings),
        names=library.names,
        attracting=sorted(library.attracting),
        subjects=list_entries(library.subjects.index),
        up_to=library.up_to,
        asked={name: list(each) for name, each in library.asked.items()},
        learned={name: (each.phrases, each.words) for name, each in library.learned.items()},
    )
    with transaction(db):
        save_assignments(db, assignments, slugify)
        save_topic_cache(db, rows, read_topic_cache(db).keys() - rows.keys())
        save_state(db, state)


def _pack_library(db: sqlite3.Connection, library: ScoredLibrary) -> dict[int, tuple[str, str, str]]:
    """The mark, summary and scores of each document."""
    early = {each.id: hash_early(each, library.up_to) for each in library.documents}
    shown = count_by_document(
        library.documents, library.named, library.subjects, library.scores, library.settings
    )
    return pack_documents(
        library.documents, read_document_marks(db), library.uses, shown, early, library.scores
    )
