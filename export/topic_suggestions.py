"""Subjects that a library holds and that no topic covers yet, and topics that are one subject."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from export.subjects import WORD, index_names, load_subjects, split_tokens
from export.topic_about import Scores, TopicSubjects
from export.topic_names import fold_aliases, fold_name
from export.topic_phrases import vary_name
from record_types.library import Assignment, ReadDocument, ReadHighlight, TopicRule

_VERSION = re.compile(r"[-\s]?\d+(?:\.\d+)*\Z")

HIGHLIGHTS, DOCUMENTS, AUTHORS = 10, 4, 3
"""The least size of a suggestion in a large library; a small one asks for less."""
PHRASES = 4
"""Different phrases that must show a suggestion, apart from common words: a single one may mean something
else."""
HIGHLIGHTS_PER_TOPIC = 80
LEAST_NEWS = 0.4
"""The share of a suggestion that must be in no topic and no earlier suggestion."""
LEAST_SHARED = 0.5
"""The share of a topic that must be in another one of the same subject before merging them is proposed."""
VAGUE = frozenset((
    "architecture", "curiosity", "futurism", "internet", "knowledge", "maps", "solitude", "technology",
    "anger", "beauty", "boundaries", "courage", "delegation", "discipline", "drawing", "emergence",
    "feedback", "Go", "identity", "incentives", "intuition", "intelligence", "justice", "listening", "love",
    "media", "metrics", "networking", "pain", "performance", "personality", "power", "recovery", "status",
    "talent", "teaching", "time", "trading", "trees", "trust", "truth", "walking", "water", "weather",
))  # fmt: skip
"""Subjects whose words are used for much else: of their suggested members, most were about something else."""
MOST_OVERLAPS = 3
LEAST_OVERLAP = 0.1


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A subject that would make a topic, with the members that accepting it gives."""

    name: str
    aliases: tuple[str, ...]
    highlights: tuple[ReadHighlight, ...]
    """The most certain first."""
    documents: int
    authors: int
    overlaps: tuple[tuple[str, int], ...]
    """Topics that share some of the highlights, and how many."""
    listed_as: str = ""
    """The name of its subject in the list, if a language model gave it another."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Topics that are one subject."""

    target: str
    others: tuple[str, ...]


def list_candidates(
    subjects: TopicSubjects,
    aliases: Mapping[str, str],
    page_aliases: Iterable[tuple[str, str]],
    stop: Iterable[str],
) -> list[str]:
    """The shipped subjects that no topic has, and that the reader has neither renamed nor stopped."""
    taken = set(subjects.of_topic.values())
    refused = find_refused_names(aliases, page_aliases, stop)
    names = (each.name for each in load_subjects() if each.name not in taken and each.name not in VAGUE)
    return [name for name in names if fold_name(name) not in refused]


def find_refused_names(
    aliases: Mapping[str, str], page_aliases: Iterable[tuple[str, str]], stop: Iterable[str]
) -> set[str]:
    """The keys of names that the reader has stopped or given to another topic."""
    return {fold_name(name) for name in stop} | fold_aliases(aliases, page_aliases).keys()


def choose_suggestions(
    documents: Sequence[ReadDocument],
    candidates: Sequence[str],
    assignments: Iterable[Assignment],
    variety: Mapping[str, int],
) -> list[Suggestion]:
    """The candidates that add the most, in that order; `assignments` are those with all candidates accepted.

    `variety` is the number of different phrases by which their members show each (`count_phrases`).
    """
    members: dict[str, dict[int, float]] = defaultdict(dict)
    for each in assignments:
        members[each.topic][each.highlight_id] = each.score
    wanted = set(candidates)
    topics = {name: found.keys() for name, found in members.items() if name not in wanted}
    covered = {id_ for found in topics.values() for id_ in found}
    rest = {
        name: members[name].keys()
        for name in candidates
        if is_suggestible(documents, name, members[name], len(members[name]), variety.get(name, 0))
    }
    least = find_least(documents)
    chosen: list[Suggestion] = []
    while rest and len(chosen) < count_room(documents):
        news = {name: len(found - covered) for name, found in rest.items()}
        rest = {
            name: found
            for name, found in rest.items()
            if news[name] >= max(LEAST_NEWS * len(found), 0.8 * least)
        }
        if not rest:
            break
        best = min(rest, key=lambda name: (-news[name], name))
        chosen.append(describe_suggestion(documents, best, members[best], topics))
        covered |= rest.pop(best)
    return chosen


def count_phrases(
    assignments: Iterable[Assignment], scores: Scores, subjects: TopicSubjects
) -> dict[str, int]:
    """The number of different phrases of its subject that each topic's members have, apart from common
    words."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in assignments:
        name = subjects.of_topic.get(each.topic, each.topic)
        score = scores.get(each.highlight_id, {}).get(name)
        for phrase in score.phrases if score else ():
            if subjects.index.kinds(split_tokens(phrase)).get(name, WORD) > WORD:
                found[each.topic].add(phrase)
    return {topic: len(phrases) for topic, phrases in found.items()}


def propose_merges(members: Mapping[str, AbstractSet[int]], rules: Sequence[TopicRule]) -> list[Merge]:
    """Topics with names of one subject, if one name is a form of the other or most members are shared.

    The one to keep has the subject's main name, is in the configuration, or is the largest. `members` are
    those of all topics and suggestions.
    """
    named = {fold_name(rule.name) for rule in rules}
    groups: dict[str, list[str]] = defaultdict(list)
    for name in members:
        subject = index_names().get(fold_name(name))
        if subject is not None:
            groups[subject.name].append(name)
    merges = []
    for subject_name, names in sorted(groups.items()):
        names.sort(
            key=lambda name: (
                fold_name(name) != fold_name(subject_name),
                fold_name(name) not in named,
                -len(members[name]),
                name,
            )
        )
        target, *others = names
        others = [
            name
            for name in others
            if _is_form(name, target) or _share(members[name], members[target]) >= LEAST_SHARED
        ]
        if others:
            merges.append(Merge(target, tuple(others)))
    return merges


def _is_form(name: str, other: str) -> bool:
    """Whether two names differ in their version, ending or spelling only: `GPT-3`, `gpt`; `LLM`, `LLMs`."""
    one, two = (fold_name(_VERSION.sub("", each)) for each in (name, other))
    return one == two or any(fold_name(each) == two for each in vary_name(name))


def _share(found: AbstractSet[int], of: AbstractSet[int]) -> float:
    return len(found & of) / max(1, len(found))


def is_suggestible(
    documents: Sequence[ReadDocument], name: str, found: Mapping[int, float], news: int, variety: int
) -> bool:
    """Whether a candidate is wide, new and distinct enough for the size of the library.

    `news` are its highlights that have no topic, `variety` the different phrases by which it shows; a name
    that is not in the list has no others.
    """
    home = _find_homes(documents)
    authors = min(_scale(AUTHORS, len(documents), 25, 2), len({_name_author(each) for each in documents}))
    shown = [home[id_][0] for id_ in found]
    return (
        len(found) >= find_least(documents)
        and news >= max(LEAST_NEWS * len(found), 0.8 * find_least(documents))
        and (variety >= _scale(PHRASES, len(home), 250, 2) or fold_name(name) not in index_names())
        and len({each.id for each in shown}) >= _scale(DOCUMENTS, len(documents), 25, 2)
        and len({_name_author(each) for each in shown}) >= authors
    )


def find_least(documents: Sequence[ReadDocument]) -> int:
    """The least number of highlights of a suggestion."""
    return _scale(HIGHLIGHTS, sum(len(each.highlights) for each in documents), 100, 3)


def count_room(documents: Sequence[ReadDocument]) -> int:
    """The most suggestions for a library."""
    return max(3, sum(len(each.highlights) for each in documents) // HIGHLIGHTS_PER_TOPIC)


def _find_homes(documents: Sequence[ReadDocument]) -> dict[int, tuple[ReadDocument, ReadHighlight]]:
    return {each.id: (document, each) for document in documents for each in document.highlights}


def _scale(full: int, size: int, per: int, least: int) -> int:
    return min(full, max(least, size // per))


def describe_suggestion(
    documents: Sequence[ReadDocument],
    name: str,
    found: Mapping[int, float],
    topics: Mapping[str, AbstractSet[int]],
) -> Suggestion:
    """A suggestion with these members (score by id); `topics` may share some."""
    home = _find_homes(documents)
    shown = [home[id_][0] for id_ in found]
    shared = Counter({topic: len(found.keys() & ids) for topic, ids in topics.items()})
    subject = index_names().get(fold_name(name))
    return Suggestion(
        name,
        subject.names if subject else (),
        tuple(home[id_][1] for id_ in sorted(found, key=lambda id_: (-found[id_], id_))),
        len({each.id for each in shown}),
        len({_name_author(each) for each in shown}),
        tuple(
            sorted(
                ((topic, count) for topic, count in shared.items() if count >= LEAST_OVERLAP * len(found)),
                key=lambda each: (-each[1], each[0]),
            )[:MOST_OVERLAPS]
        ),
    )


def _name_author(document: ReadDocument) -> str:
    return document.author.name.casefold() if document.author else ""
