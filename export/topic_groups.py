"""Group the assignments of topics by topic, and add those of parent topics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from export.repeats import keep_highlights
from export.topic_names import fold_name, slugify
from record_types.library import Assignment, ReadDocument, Topic, TopicRule


def find_parents(rules: Sequence[TopicRule], names: Iterable[str]) -> dict[str, str]:
    """Find each topic's parent, if a rule names one; both are spelled as in `names`, if they are there."""
    spelled = {fold_name(rule.parent): rule.parent for rule in reversed(rules) if rule.parent}
    spelled |= {fold_name(rule.name): rule.name for rule in reversed(rules)}
    spelled |= {fold_name(name): name for name in names}
    return {
        spelled[fold_name(rule.name)]: spelled[fold_name(rule.parent)]
        for rule in reversed(rules)
        if rule.parent and fold_name(rule.parent) != fold_name(rule.name)
    }


def add_parents(
    assignments: Sequence[Assignment], rules: Sequence[TopicRule], topics: Iterable[str] = ()
) -> list[Assignment]:
    """Add the assignments to parent topics (`subtopic: Sleep`); sorted by highlight, topics by name."""
    parents = find_parents(rules, topics)
    if not parents:
        return list(assignments)
    ids = dict.fromkeys(each.highlight_id for each in assignments)
    order = {id_: number for number, id_ in enumerate(ids)}
    best = {(each.highlight_id, each.topic): each for each in assignments}
    for each in sorted(assignments, key=lambda each: (-each.score, each.topic)):
        child = each.topic
        for parent in _climb(child, parents):
            reason = f"subtopic: {child}"
            best.setdefault(
                (each.highlight_id, parent), Assignment(each.highlight_id, parent, reason, each.score)
            )
            child = parent
    return [best[at] for at in sorted(best, key=lambda at: (order[at[0]], at[1]))]


def sort_assignments(
    documents: Iterable[ReadDocument], assignments: Iterable[Assignment]
) -> list[Assignment]:
    """The assignments in reading order, topics by name."""
    ids = (each.id for document in documents for each in document.highlights)
    order = {id_: number for number, id_ in enumerate(ids)}
    return sorted(assignments, key=lambda each: (order[each.highlight_id], each.topic))


def group_topics(
    documents: Sequence[ReadDocument], assignments: Iterable[Assignment], rules: Sequence[TopicRule] = ()
) -> list[Topic]:
    """Group assignments into topics by name, each with its highlights by document in reading order."""
    by_topic: dict[str, dict[int, Assignment]] = defaultdict(dict)
    for assignment in assignments:
        by_topic[assignment.topic][assignment.highlight_id] = assignment
    parents = {child: parent for child, parent in find_parents(rules, by_topic).items() if child in by_topic}
    home = {each.id: document for document in documents for each in document.highlights}
    return [
        Topic(
            name=name,
            slug=slugify(name),
            documents=tuple(_take(home, by_topic[name])),
            reasons=tuple(by_topic[name].values()),
            parent=parents.get(name),
            children=tuple(sorted(child for child, parent in parents.items() if parent == name)),
        )
        for name in sorted(by_topic, key=lambda name: (name.casefold(), name))
    ]


def _take(home: dict[int, ReadDocument], wanted: dict[int, Assignment]) -> Iterator[ReadDocument]:
    documents = {home[key].id: home[key] for key in wanted if key in home}
    for document in sorted(documents.values(), key=lambda each: (each.full_title.casefold(), each.id)):
        yield keep_highlights(document, wanted)


def replace_documents(topic: Topic, documents: Mapping[int, ReadDocument]) -> Topic:
    """The topic with these documents, by id, in place of its own versions of them."""
    wanted = {each.id for document in topic.documents for each in document.highlights}
    return replace(
        topic,
        documents=tuple(
            keep_highlights(documents[each.id], wanted) if each.id in documents else each
            for each in topic.documents
        ),
    )


def _climb(topic: str, parents: dict[str, str]) -> Iterator[str]:
    """The ancestors of a topic, nearest first; a cycle ends the walk."""
    seen = {topic}
    while (topic := parents.get(topic, topic)) not in seen:
        seen.add(topic)
        yield topic
