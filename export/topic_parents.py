"""Parent topics: what belongs to a topic belongs to its parent as well, and so on upwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from export.topic_names import fold_name
from record_types.library import Assignment
from record_types.rules import TopicRule


def find_parents(rules: Sequence[TopicRule], names: Iterable[str]) -> dict[str, str]:
    """By topic its parent, where a rule names one; spelled as in `names`, those met so far."""
    spelled = {fold_name(rule.parent): rule.parent for rule in reversed(rules) if rule.parent}
    spelled |= {fold_name(rule.name): rule.name for rule in reversed(rules)}
    spelled |= {fold_name(name): name for name in names}
    return {
        spelled[fold_name(rule.name)]: spelled[fold_name(rule.parent)]
        for rule in reversed(rules)
        if rule.parent and fold_name(rule.parent) != fold_name(rule.name)
    }


def add_parents(assignments: Sequence[Assignment], rules: Sequence[TopicRule]) -> list[Assignment]:
    """The assignments with those to parents (`subtopic: Sleep`) beside them: by highlight, topics by name."""
    parents = find_parents(rules, {each.topic for each in assignments})
    if not parents:
        return list(assignments)
    order = {
        id_: number for number, id_ in enumerate(dict.fromkeys(each.highlight_id for each in assignments))
    }
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


def _climb(topic: str, parents: dict[str, str]) -> Iterator[str]:
    """The topics above, nearest first; ends where they go in a circle."""
    seen = {topic}
    while (topic := parents.get(topic, topic)) not in seen:
        seen.add(topic)
        yield topic
