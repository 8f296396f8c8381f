"""A library with the scores of its documents for all subjects: the last ones where they are still valid."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from export.model_questions import Verdicts
from export.topic_about import (
    NEAR,
    OpenPair,
    Scores,
    TopicSubjects,
    choose_attracting,
    count_shown,
    find_threshold,
    is_near,
    list_open,
    score_documents,
)
from export.topic_assignment import (
    TopicSettings,
    Use,
    assign_about,
    assign_named,
    choose_names,
    find_refused,
    find_subjects,
    gather_uses,
)
from export.topic_model import Score
from export.topic_names import fold_name, slugify
from export.topic_phrases import Learned, choose_prefix, learn_phrases
from export.topic_rules import find_excluded
from gleanings.config import TopicsConfig
from gleanings.steps.topic_state import (
    NO_STATE,
    Summary,
    TopicState,
    hash_early,
    index_changes,
    is_touched,
    learns_the_same,
    list_entries,
    read_state,
    recall_learned,
    unpack_summary,
)
from record_types.library import Assignment, ReadDocument
from store.connection import load_json
from store.search import find_matching
from store.topic_examples import read_answers, read_examples
from store.topics import (
    TopicCache,
    read_document_marks,
    read_page_aliases,
    read_scores,
    read_topic_cache,
)


@dataclass(frozen=True, slots=True)
class ScoredLibrary:
    """What is known about a library before its topics are assigned."""

    documents: Sequence[ReadDocument]
    settings: TopicSettings
    uses: Sequence[Use]
    names: Mapping[str, str]
    named: list[Assignment]
    """What tags, links and rules say."""
    subjects: TopicSubjects
    scores: Scores
    learned: Mapping[str, Learned]
    asked: Mapping[str, Sequence[str]]
    """The names of the topics that learned."""

    def assign(self) -> list[Assignment]:
        """Which highlight belongs to which topic."""
        return assign_about(
            self.documents, self.settings, self.named, self.subjects, self.scores, self.attracting
        )

    def list_borderline(self) -> list[OpenPair]:
        """The pairs near the threshold that the reader has not decided, whichever side they are on."""
        threshold, refused = find_threshold(self.settings.precision), find_refused(self.settings)
        found = list_open(
            self.documents,
            self.named,
            self.subjects,
            self.scores,
            self.attracting,
            least=threshold - NEAR,
            excluded=find_excluded(self.documents, self.settings.rules),
        )
        return [
            each
            for each in found
            if is_near(each.score.probability, threshold)
            and (each.highlight.id, fold_name(each.topic)) not in refused
        ]

    @property
    def attracting(self) -> set[str]:
        """The topics from tags that get what is about their names."""
        threshold = find_threshold(self.settings.precision)
        return choose_attracting([count_shown(self.named, self.subjects, self.scores, threshold)])

    @property
    def up_to(self) -> int:
        """The last highlight that topics learn from."""
        return choose_prefix(max((each.id for one in self.documents for each in one.highlights), default=0))


def score_library(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], config: TopicsConfig
) -> ScoredLibrary:
    """Score the documents that changed since the last time, and those that changed subjects concern.

    Writes nothing: see `save_library`.
    """
    state, known = read_state(db), read_topic_cache(db)
    library = link_library(documents, make_settings(db, config), state, known)
    marks, stored = read_document_marks(db), read_scores(db)
    changed = index_changes(state.subjects, list_entries(library.subjects.index))
    scores: dict[int, Mapping[str, Score]] = {}
    for document in documents:
        is_known = state.program and document.id in known and known[document.id].mark == marks[document.id]
        if is_known and not (changed and is_touched(document, changed)):
            scores |= _unpack(document, stored[document.id])
        else:
            scores |= score_documents([document], library.subjects)
    return replace(library, scores=scores)


def link_library(
    documents: Sequence[ReadDocument],
    settings: TopicSettings,
    state: TopicState = NO_STATE,
    known: Mapping[int, TopicCache] = {},
) -> ScoredLibrary:
    """A library with its topics and their subjects, but without scores."""
    uses = list(gather_uses(documents, settings))
    names = choose_names(uses, settings)
    up_to = choose_prefix(max((each.id for one in documents for each in one.highlights), default=0))
    kept: list[tuple[Mapping[str, Sequence[str]], Mapping[str, Learned]]] = []

    def learn(asked: Mapping[str, Sequence[str]]) -> Mapping[str, Learned]:
        then = {id_: unpack_summary(each.summary).early for id_, each in known.items()} if asked else {}
        now = {each.id: hash_early(each, up_to) for each in documents} if asked else {}
        both = [(then.get(id_, ""), now.get(id_, "")) for id_ in then.keys() | now.keys()]
        same = learns_the_same(state, up_to, both, asked)
        learned = recall_learned(state) if same else learn_phrases(documents, asked, up_to=up_to)
        kept.append((asked, learned))
        return learned

    subjects = find_subjects(names, settings, learn)
    named = assign_named(documents, uses, names)
    asked, learned = kept[0]
    return ScoredLibrary(documents, settings, uses, names, named, subjects, {}, learned, asked)


def make_settings(db: sqlite3.Connection, config: TopicsConfig) -> TopicSettings:
    """What makes a name a topic, with what only the store knows: aliases of pages, answers to queries."""
    return TopicSettings(
        threshold=config.threshold,
        stop=frozenset(config.stop),
        aliases=config.aliases,
        page_aliases=read_page_aliases(db),
        rules=config.rules,
        answers={rule.query: find_matching(db, rule.query) for rule in config.rules if rule.query},
        examples={
            id_: [(each.topic, each.kind, each.path) for each in found]
            for id_, found in read_examples(db).items()
        },
        precision=config.precision,
        verdicts=read_verdicts(db, config.llm),
    )


def read_verdicts(db: sqlite3.Connection, model: str) -> Verdicts:
    """What the model said about pairs; nothing without a model."""
    answers = read_answers(db, model) if model else {}
    known = {"about": True, "no": False}
    return Verdicts(
        model, {question: known[answer] for question, answer in answers.items() if answer in known}
    )


def is_below_threshold(
    db: sqlite3.Connection, documents: Sequence[ReadDocument], slug: str, config: TopicsConfig
) -> bool:
    """Whether the topic `slug`, which does not exist, would exist with a threshold of 1."""
    settings = replace(make_settings(db, config), threshold=1)
    names = choose_names(list(gather_uses(documents, settings)), settings)
    return any(slugify(name) == slug for name in names.values())


def count_by_document(
    documents: Iterable[ReadDocument],
    named: Iterable[Assignment],
    subjects: TopicSubjects,
    scores: Scores,
    settings: TopicSettings,
) -> dict[int, dict[str, tuple[int, int]]]:
    home = _find_homes(documents)
    of_document: dict[int, list[Assignment]] = defaultdict(list)
    for each in named if subjects.own else ():
        of_document[home[each.highlight_id]].append(each)
    threshold = find_threshold(settings.precision)
    return {id_: count_shown(each, subjects, scores, threshold) for id_, each in of_document.items()}


def pack_documents(
    documents: Iterable[ReadDocument],
    marks: Mapping[int, str],
    uses: Iterable[Use],
    shown: Mapping[int, Mapping[str, Sequence[int]]],
    early: Mapping[int, str],
    scores: Scores,
) -> dict[int, tuple[str, str, str]]:
    """The mark, summary and scores of each document."""
    home = _find_homes(documents)
    of_document: dict[int, list[Use]] = defaultdict(list)
    for use in uses:
        of_document[home[use.highlight_id]].append(use)
    return {
        each.id: (
            marks[each.id],
            Summary(of_document.get(each.id, []), shown.get(each.id, {}), early[each.id]).pack(),
            _pack(each, scores),
        )
        for each in documents
    }


def _find_homes(documents: Iterable[ReadDocument]) -> dict[int, int]:
    return {each.id: document.id for document in documents for each in document.highlights}


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
        for place, found in load_json(packed, "topic_scores.scores").items()
    }
