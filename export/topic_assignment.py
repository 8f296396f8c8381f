"""Assign highlights to topics by rules, tags, links, hashtags and lead-ins."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from export.highlight_links import is_resource
from export.lead_ins import LeadIn, find_lead_in
from export.model_questions import Verdicts
from export.stop_words import CODE_WORDS
from export.topic_about import (
    NO_VERDICTS,
    Learn,
    Scores,
    TopicSubjects,
    find_about,
    find_threshold,
    link_subjects,
)
from export.topic_groups import add_parents
from export.topic_names import fold_aliases, fold_name, is_stop_name
from export.topic_rules import URL, WIKILINK, find_by_rules, find_excluded
from record_types.library import ACTION_TAG, Assignment, ReadDocument, ReadHighlight, TopicRule

_HASHTAG = re.compile(r"(?<![\w/&#\\.=?])#(?:\[\[[^\[\]]*\]\]|([^\W\d_][\w-]*\w))")
# The best reason comes first.
_SCORES = {
    "tag": 1.0,
    "link": 1.0,
    "example": 1.0,
    "phrase": 0.9,
    "pattern": 0.9,
    "lead-in": 0.9,
    "document tag": 0.8,
    "hashtag": 0.7,
    "query": 0.7,
    "author": 0.6,
    "site": 0.6,
}
NEVER_OVERRULED = ("tag: ", "link: ", "document tag: ", "example: ")
"""The reasons that are the reader's own word about the highlight."""
FEWEST_AUTHORS = 2
"""A hashtag that only one author uses does not become a topic."""
_RANKS = {kind: number for number, kind in enumerate(_SCORES)}


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """The settings that decide which names are topics."""

    threshold: int = 3
    """The number of uses that makes a tag, `[[link]]` or hashtag a topic; a lead-in needs only one."""
    stop: Collection[str] = ()
    """Other names that are never topics."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other names of a topic: `ML` → `Machine Learning`."""
    page_aliases: Collection[tuple[str, str]] = ()
    """The same from the user's pages: a page's name and an alias of it."""
    rules: Sequence[TopicRule] = ()
    """Their topics exist however rarely they are used."""
    answers: Mapping[str, Collection[int]] = field(default_factory=dict)
    """The ids of the highlights that each rule's query finds."""
    examples: Mapping[int, Sequence[tuple[str, str, str]]] = field(default_factory=dict)
    """What the reader's edits of notes say about each highlight (id): topic, `example`, `counter` or `tag`,
    note."""
    precision: float = 0.9
    """How certain it must be that a highlight is about a topic; 1 assigns only what the reader names."""
    verdicts: Verdicts = NO_VERDICTS


class Use(NamedTuple):
    """One use of a name for one highlight."""

    highlight_id: int
    name: str
    kind: str
    shown: str
    author: str = ""
    """Of a hashtag: one author's habit does not make a topic."""
    weight: int = 1
    """0 for a document's tag beyond the first highlight, because it counts once."""
    sure: bool = True


def assign_about(
    documents: Sequence[ReadDocument],
    settings: TopicSettings,
    named: Sequence[Assignment],
    subjects: TopicSubjects,
    scores: Scores,
    attracting: Collection[str],
) -> list[Assignment]:
    """The assignments `named` with what else is about their topics, and with parent topics.

    `attracting` are the topics from tags that get what is about their names (`choose_attracting`).
    """
    about = find_about(
        documents,
        named,
        subjects,
        scores,
        attracting,
        threshold=find_threshold(settings.precision),
        excluded=find_excluded(documents, settings.rules) if settings.rules else {},
        verdicts=settings.verdicts,
    )
    order = _number_highlights(documents)
    found = sorted((*named, *about), key=lambda each: (order[each.highlight_id], each.topic))
    refused = find_refused(settings)
    return [
        each
        for each in add_parents(found, settings.rules, subjects.of_topic)
        if (each.highlight_id, fold_name(each.topic)) not in refused
        or each.reason.startswith(NEVER_OVERRULED)
    ]


def find_refused(settings: TopicSettings) -> set[tuple[int, str]]:
    """The highlights that the reader took out of a topic's note, with the key of the topic."""
    aliases = fold_aliases(settings.aliases, settings.page_aliases, [rule.name for rule in settings.rules])
    return {
        (id_, fold_name(aliases.get(fold_name(topic), topic)))
        for id_, examples in settings.examples.items()
        for topic, kind, _ in examples
        if kind == "counter"
    }


def find_subjects(names: Mapping[str, str], settings: TopicSettings, learn: Learn) -> TopicSubjects:
    """The subjects of the topics `names`, and of those that the configuration names."""
    topics = {fold_name(rule.name): rule.name for rule in reversed(settings.rules)} | dict(names)
    return link_subjects(
        tuple(sorted(topics.values())), settings.rules, settings.aliases, settings.page_aliases, learn
    )


def assign_named(
    documents: Sequence[ReadDocument], uses: Iterable[Use], names: Mapping[str, str]
) -> list[Assignment]:
    """What tags, links, hashtags, lead-ins and rules say, without parent topics."""
    order = _number_highlights(documents)
    best: dict[tuple[int, str], Use] = {}
    for use in uses:
        topic = names.get(fold_name(use.name))
        if topic is not None:
            at = (order[use.highlight_id], topic)
            if at not in best or _rank(use) < _rank(best[at]):
                best[at] = use
    return [
        Assignment(best[at].highlight_id, at[1], f"{best[at].kind}: {best[at].shown}", _SCORES[best[at].kind])
        for at in sorted(best)
    ]


def _number_highlights(documents: Sequence[ReadDocument]) -> dict[int, int]:
    highlights = (each for document in documents for each in document.highlights)
    return {each.id: number for number, each in enumerate(highlights)}


def _rank(use: Use) -> tuple[int, str]:
    """The best reason first; among equal ones the choice does not depend on their order."""
    return _RANKS[use.kind], use.shown


def gather_uses(documents: Sequence[ReadDocument], settings: TopicSettings) -> Iterator[Use]:
    """Find every use of a name that may be a topic, with aliases resolved."""
    ruled = {fold_name(rule.name) for rule in settings.rules}
    stop = {fold_name(name) for name in settings.stop} - ruled
    aliases = fold_aliases(settings.aliases, settings.page_aliases, [rule.name for rule in settings.rules])
    for document in documents:
        for use in _find_uses(document, settings):
            key = fold_name(use.name)
            if key not in ruled and (is_stop_name(use.name) or key in stop):
                continue
            yield use._replace(name=aliases[key]) if key in aliases else use
        for highlight in document.highlights if settings.examples else ():
            for topic, kind, note in settings.examples.get(highlight.id, ()):
                if kind != "counter":
                    shown = topic if kind == "tag" else f"you put it into {note}"
                    yield Use(highlight.id, aliases.get(fold_name(topic), topic), kind, shown)
    for found in find_by_rules(documents, settings.rules, settings.answers) if settings.rules else ():
        yield Use(found.highlight.id, found.rule.name, found.kind, found.shown)


def choose_names(uses: Sequence[Use], settings: TopicSettings) -> dict[str, str]:
    """Choose the name of each topic, by its key: the most common spelling."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    counts: Counter[str] = Counter()
    authors: dict[str, set[str]] = defaultdict(set)
    for use in uses:
        if use.kind == "hashtag":
            authors[fold_name(use.name)].add(use.author)
    counted: set[tuple[str, int]] = set()
    chosen = {fold_name(rule.name): rule.name for rule in reversed(settings.rules)}
    sure = set(chosen)
    for use in uses:
        key = fold_name(use.name)
        spellings[key][use.name] += 1
        if use.kind == "hashtag" and len(authors[key]) < FEWEST_AUTHORS:
            continue
        if use.kind != "lead-in":
            counts[key] += use.weight * ((key, use.highlight_id) not in counted)
            counted.add((key, use.highlight_id))
        elif use.sure:
            sure.add(key)
    topics = {key for key in spellings if key in sure or counts[key] >= settings.threshold}
    shown = {
        key: min(spellings[key].items(), key=lambda each: (-each[1], " " not in each[0], each[0]))[0]
        for key in topics
    }
    return shown | {key: name for key, name in chosen.items() if key in spellings}


def _find_uses(document: ReadDocument, settings: TopicSettings) -> Iterator[Use]:
    led = _find_lead_ins(document)
    for position, highlight in enumerate(document.highlights):
        for tag in highlight.tags:
            if not ACTION_TAG.fullmatch(tag):
                yield Use(highlight.id, _bare(tag), "tag", _bare(tag))
        for text in (highlight.text, *highlight.notes):
            yield from _find_in_text(highlight, text, _name_author(highlight, document))
        if highlight.id in led:
            lead_in, sure = led[highlight.id]
            yield Use(highlight.id, lead_in.subject, "lead-in", lead_in.words, sure=sure)
        for tag in document.tags:
            yield Use(highlight.id, _bare(tag), "document tag", _bare(tag), weight=int(position == 0))


def _find_in_text(highlight: ReadHighlight, text: str, author: str) -> Iterator[Use]:
    if "[[" in text:
        for match in WIKILINK.finditer(text):
            name = match[1].partition("|")[0].partition("#")[0].strip()
            yield Use(highlight.id, name, "link", f"[[{name}]]")
    if "#" in text:
        for match in _HASHTAG.finditer(URL.sub(" ", text)):
            if match[1] and match[1].casefold() not in CODE_WORDS:
                yield Use(highlight.id, match[1], "hashtag", f"#{match[1]}", author)


def _name_author(highlight: ReadHighlight, document: ReadDocument) -> str:
    author = highlight.author or document.author
    return (author.handle or author.name).casefold() if author else f"document {document.uid}"


def _find_lead_ins(document: ReadDocument) -> dict[int, tuple[LeadIn, bool]]:
    """Find lead-ins by highlight, each with whether it makes a topic, as it does in a thread of resources."""
    found = [(each, lead_in) for each in document.highlights if (lead_in := find_lead_in(each.text))]
    with_link = [
        each
        for each, lead_in in found
        if lead_in.sure and any(is_resource(each, link) for link in each.links)
    ]
    return {each.id: (lead_in, len(with_link) >= 2 and lead_in.sure) for each, lead_in in found}


def _bare(tag: str) -> str:
    return tag.strip().lstrip("#").removeprefix("[[").removesuffix("]]").strip()
