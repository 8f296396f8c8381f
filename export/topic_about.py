"""Find what is about a topic although no tag says so, by the scores of `export.topic_model`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from export.model_questions import Verdicts
from export.subjects import PhraseIndex, Subject, index_main_names, index_names, load_subjects
from export.topic_model import Score, score_document
from export.topic_names import fold_aliases, fold_name, is_stop_name
from export.topic_phrases import Learned, vary_name
from record_types.library import Assignment, ReadDocument, ReadHighlight, TopicRule

NEAR = 0.15
"""A score within this distance of the threshold is borderline."""
KEEP = 0.15
"""Lower scores are of no use to anyone: they are neither members nor borderline."""
_PRECISION_POINTS = ((0.8, 0.25), (0.9, 0.40), (0.95, 0.50), (0.98, 0.70), (1.0, 1.0))
"""Precision → least probability of a member (docs/topics.md, Precision)."""
UNKNOWN_LIFT = 1.0
"""Added to the logit for a topic that no shipped subject knows; measured by leaving out each judged subject
(docs/topics.md)."""
_OWN_SHARE = 0.25
"""The share of a tag's own highlights that must be about its name before the name attracts others."""

_PARTS = re.compile(r"\s*[&/+,]\s*|\s+(?:and|und|y)\s+", re.IGNORECASE)

Learn = Callable[[Mapping[str, Sequence[str]]], Mapping[str, Learned]]
"""What the texts with one of its names have in common, by topic (`export.topic_phrases.learn_phrases`)."""

Scores = Mapping[int, Mapping[str, Score]]
"""By highlight (id) and subject."""


NO_VERDICTS = Verdicts()


class OpenPair(NamedTuple):
    """A highlight and a topic that it may be about."""

    document: ReadDocument
    highlight: ReadHighlight
    topic: str
    score: Score


@dataclass(slots=True)
class TopicSubjects:
    """The subjects of a library: those of its topics, and the shipped ones that compete with them."""

    index: PhraseIndex = field(default_factory=PhraseIndex)
    of_topic: dict[str, str] = field(default_factory=dict)
    """The subject of each topic in the index."""
    own: set[str] = field(default_factory=set)
    """The topics from tags that no shipped subject knows."""


def find_threshold(precision: float) -> float:
    """The least probability of a member, for `precision`; linear between the points of the table."""
    points = pairwise(_PRECISION_POINTS)
    for (low, at_low), (high, at_high) in points:
        if precision <= high:
            return at_low + max(0.0, precision - low) / (high - low) * (at_high - at_low)
    return 1.0


def link_subjects(
    topics: Collection[str],
    rules: Sequence[TopicRule],
    aliases: Mapping[str, str],
    page_aliases: Iterable[tuple[str, str]] = (),
    learn: Learn = lambda names: {},
) -> TopicSubjects:
    """Give each topic its subject.

    A topic with the main name of a shipped subject has all its phrases, and so has one of the configuration
    with another of its names or with several joined, unless a topic has the main name. Every other topic has
    its own names, their variants, its rule's phrases and what it learns.
    """
    main = index_main_names()
    entries = {each.name: each for each in load_subjects()}
    named = {fold_name(rule.name) for rule in rules}
    others = _list_names(topics, rules, aliases, page_aliases)
    phrases: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        phrases[fold_name(rule.name)] += (phrase.rstrip("*") for phrase in rule.phrases)
    found = TopicSubjects()
    unknown: dict[str, Subject] = {}
    taken: set[str] = set()
    keys = {topic: fold_name(topic) for topic in topics}
    for topic in sorted(topics, key=lambda each: (keys[each] not in main, keys[each] not in named, each)):
        key = keys[topic]
        known = main.get(key)
        if known is None and key in named:
            by_alias = (main.get(fold_name(each)) for each in others[key])
            known = next(filter(None, by_alias), None) or index_names().get(key) or _join_parts(topic)
        extra = (topic, *others[key])
        if known is not None and known.name not in taken:
            taken.add(known.name)
            entry = replace(
                known,
                names=tuple(dict.fromkeys((*known.names, *_without(extra, known)))),
                phrases=tuple(dict.fromkeys((*known.phrases, *phrases[key]))),
            )
            entries[known.name], found.of_topic[topic] = entry, known.name
        else:
            name = topic if topic not in entries else f"{topic} (topic)"
            names = dict.fromkeys((*extra, *vary_name(topic)))
            unknown[name] = Subject(
                name, tuple(each for each in names if each != name), tuple(phrases[key]), lift=UNKNOWN_LIFT
            )
            found.of_topic[topic] = name
            if key not in named:
                found.own.add(topic)
    learned = learn({name: (*each.names, *each.phrases) for name, each in unknown.items()})
    for name, entry in unknown.items():
        more = learned.get(name, Learned())
        entries[name] = replace(entry, phrases=(*entry.phrases, *more.phrases), words=more.words)
    for entry in entries.values():
        found.index.add(entry)
    return found


def score_documents(documents: Iterable[ReadDocument], subjects: TopicSubjects) -> Scores:
    """All scores worth keeping."""
    scores: dict[int, dict[str, Score]] = {}
    for document in documents:
        scores |= score_document(document, subjects.index, at_least=KEEP)
    return scores


def find_about(
    documents: Sequence[ReadDocument],
    named: Sequence[Assignment],
    subjects: TopicSubjects,
    scores: Scores,
    attracting: Collection[str],
    *,
    threshold: float,
    excluded: Mapping[str, Collection[int]] = {},
    verdicts: Verdicts = NO_VERDICTS,
) -> list[Assignment]:
    """What highlights are about besides `named`, if the score reaches the threshold: `about: bitcoin,
    wallet`.

    `excluded` are highlights by the key of a topic (`fold_name`) that its rules keep out. Near the threshold
    the verdict of a language model decides, if there is one.
    """
    least = threshold - NEAR if verdicts.is_about else threshold
    found: list[Assignment] = []
    for each in list_open(documents, named, subjects, scores, attracting, least=least, excluded=excluded):
        probability = each.score.probability
        verdict = verdicts.find(each.topic, each.highlight.text) if is_near(probability, threshold) else None
        if probability >= threshold if verdict is None else verdict:
            reason = f"model: {verdicts.model}" if verdict else explain_score(each.score)
            found.append(Assignment(each.highlight.id, each.topic, reason, round(probability, 3)))
    return found


def list_open(
    documents: Sequence[ReadDocument],
    named: Sequence[Assignment],
    subjects: TopicSubjects,
    scores: Scores,
    attracting: Collection[str],
    *,
    least: float,
    excluded: Mapping[str, Collection[int]] = {},
) -> Iterator[OpenPair]:
    """The pairs with a score of at least `least` that nothing but the score decides."""
    certain = {(each.highlight_id, each.topic) for each in named}
    topics: dict[str, list[str]] = defaultdict(list)
    for topic, subject in subjects.of_topic.items():
        if topic not in subjects.own or topic in attracting:
            topics[subject].append(topic)
    for document in documents:
        for highlight in document.highlights:
            for subject, score in scores.get(highlight.id, {}).items():
                if score.probability < least:
                    continue
                for topic in topics.get(subject, ()):
                    is_out = highlight.id in excluded.get(fold_name(topic), ())
                    if not is_out and (highlight.id, topic) not in certain:
                        yield OpenPair(document, highlight, topic, score)


def is_near(probability: float, threshold: float) -> bool:
    """Whether a score is borderline. With the highest precision nothing is: only what the reader named
    counts."""
    return threshold < 1 and abs(probability - threshold) <= NEAR


def count_shown(
    named: Iterable[Assignment], subjects: TopicSubjects, scores: Scores, threshold: float
) -> dict[str, tuple[int, int]]:
    """For each topic from tags: how many highlights are certain, and how many of them are about its name."""
    counts: dict[str, tuple[int, int]] = {}
    for each in named:
        if each.topic in subjects.own:
            score = scores.get(each.highlight_id, {}).get(subjects.of_topic[each.topic])
            certain, about = counts.get(each.topic, (0, 0))
            shows = score is not None and score.probability >= threshold
            counts[each.topic] = (certain + 1, about + shows)
    return counts


def choose_attracting(counts: Iterable[Mapping[str, Sequence[int]]]) -> set[str]:
    """The topics from tags whose highlights are about their name; `to-share` or `idea` is only a mark.

    `counts` are those of `count_shown`, of parts of the library.
    """
    certain: Counter[str] = Counter()
    about: Counter[str] = Counter()
    for part in counts:
        for topic, (of_certain, of_about) in part.items():
            certain[topic] += of_certain
            about[topic] += of_about
    return {topic for topic in certain if about[topic] >= _OWN_SHARE * certain[topic]}


def explain_score(score: Score) -> str:
    """The reason of an assignment: its phrases, or the document where it alone decides."""
    return f"about: {', '.join(score.phrases) or 'its document'}"


def _join_parts(name: str) -> Subject | None:
    """The subject of `sleep & recovery` or `UI/UX`: that of the first part with the phrases of the others."""
    first, *others = (index_names().get(fold_name(part)) for part in _PARTS.split(name.strip()))
    if first is None or not others:
        return None
    both = [first, *filter(None, others)]
    return replace(
        first,
        names=tuple(
            dict.fromkeys(each for one in both for each in (one.name, *one.names) if each != first.name)
        ),
        phrases=tuple(dict.fromkeys(each for one in both for each in one.phrases)),
        words=tuple(dict.fromkeys(each for one in both for each in one.words)),
    )


def _list_names(
    topics: Collection[str],
    rules: Sequence[TopicRule],
    aliases: Mapping[str, str],
    page_aliases: Iterable[tuple[str, str]],
) -> dict[str, list[str]]:
    """The other names that the configuration and the reader's pages give a topic, by its key."""
    pages = list(page_aliases)
    leads_to = fold_aliases(aliases, pages, [rule.name for rule in rules])
    keys = {fold_name(topic) for topic in topics}
    names: dict[str, list[str]] = defaultdict(list)
    for name in (*aliases, *(alias for _, alias in sorted(pages))):
        key = fold_name(leads_to.get(fold_name(name), ""))
        if key in keys and not is_stop_name(name):
            names[key].append(name)
    return names


def _without(names: Iterable[str], subject: Subject) -> list[str]:
    return [name for name in names if name != subject.name]
