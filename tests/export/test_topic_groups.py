"""Group assignments by topic, and add those of parent topics."""

from __future__ import annotations

from export.topic_groups import add_parents, find_parents, group_topics, replace_documents, sort_assignments
from record_types.library import Assignment, ReadDocument, ReadHighlight, TopicRule


def make(number: int, title: str, *ids: int) -> ReadDocument:
    highlights = tuple(ReadHighlight(id_, f"h{id_}", "x") for at, id_ in enumerate(ids))
    return ReadDocument(number, f"d{number}", title, title, "articles", highlights=highlights)


def assign(id_: int, topic: str, score: float = 0.5) -> Assignment:
    return Assignment(id_, topic, f"tag: {topic}", score)


RULES = (
    TopicRule("naps", parent="sleep"),
    TopicRule("Sleep", parent="health"),
    TopicRule("self", parent="Self"),
    TopicRule("naps", parent="other"),
    TopicRule("alone"),
)


def test_parents_are_spelled_as_the_topics_are_and_the_first_rule_counts() -> None:
    assert find_parents(RULES, ["Health", "NAPS"]) == {"NAPS": "Sleep", "Sleep": "Health"}
    assert find_parents(RULES, []) == {"naps": "Sleep", "Sleep": "health"}
    assert find_parents((), ["a"]) == {}


def test_all_ancestors_get_the_highlights_of_a_topic_with_the_best_score() -> None:
    given = [assign(2, "naps", 0.4), assign(2, "zzz", 0.9), assign(1, "naps", 0.6), assign(1, "Sleep", 0.1)]
    found = add_parents(given, RULES, ["health"])
    assert [(each.highlight_id, each.topic, each.reason, each.score) for each in found] == [
        (2, "Sleep", "subtopic: naps", 0.4),
        (2, "health", "subtopic: Sleep", 0.4),
        (2, "naps", "tag: naps", 0.4),
        (2, "zzz", "tag: zzz", 0.9),
        (1, "Sleep", "tag: Sleep", 0.1),
        (1, "health", "subtopic: Sleep", 0.6),
        (1, "naps", "tag: naps", 0.6),
    ]
    assert add_parents(given, RULES[4:]) == given
    siblings = (TopicRule("a1", parent="p"), TopicRule("b1", parent="p"))
    best = add_parents([assign(1, "a1", 0.2), assign(1, "b1", 0.7)], siblings)
    assert [each.reason for each in best if each.topic == "p"] == ["subtopic: b1"]


def test_a_cycle_of_parents_ends() -> None:
    circle = (TopicRule("aa", parent="bb"), TopicRule("bb", parent="cc"), TopicRule("cc", parent="aa"))
    assert [each.topic for each in add_parents([assign(1, "aa")], circle)] == ["aa", "bb", "cc"]


def test_topics_have_their_highlights_by_document() -> None:
    documents = [make(1, "b", 10, 11), make(2, "A", 20), make(3, "a", 30)]
    given = [
        assign(30, "Sleep"),
        assign(20, "Sleep"),
        assign(11, "Sleep"),
        assign(10, "naps"),
        assign(99, "naps"),
    ]
    topics = group_topics(documents, given, RULES)
    assert [(each.name, each.slug, each.parent, each.children) for each in topics] == [
        ("naps", "naps", "Sleep", ()),
        ("Sleep", "sleep", "health", ("naps",)),
    ]
    sleep = topics[1]
    assert [(each.id, [one.id for one in each.highlights]) for each in sleep.documents] == [
        (2, [20]),
        (3, [30]),
        (1, [11]),
    ]
    assert [each.highlight_id for each in sleep.reasons] == [30, 20, 11]
    assert sort_assignments(documents, given[:4]) == [given[3], given[2], given[1], given[0]]
    replaced = replace_documents(sleep, {1: make(1, "new", 10, 11), 2: make(2, "new")})
    assert [(each.title, [one.id for one in each.highlights]) for each in replaced.documents] == [
        ("new", []),
        ("a", [30]),
        ("new", [11]),
    ]
