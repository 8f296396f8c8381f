"""Explain why highlights belong to a topic, and find those that nearly do or nearly do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from export.topic_about import explain_score, find_threshold, is_near
from export.topic_model import Score
from export.topic_names import slugify
from gleanings.steps.scored_library import ScoredLibrary
from record_types.library import Assignment

_FROM_SCORE = ("about:", "model:")
_LEAST_SHARE = 0.3


class Member(NamedTuple):
    """A highlight of a topic, or near it."""

    highlight_id: int
    topic: str
    reasons: tuple[str, ...]
    """The strongest first, at most two."""
    score: float
    is_member: bool
    text: str
    document: str


def explain_members(library: ScoredLibrary, assignments: Iterable[Assignment], slug: str) -> list[Member]:
    """The highlights of a topic, the most certain first."""
    members = []
    home = _find_homes(library)
    for each in assignments:
        if slugify(each.topic) == slug:
            text, title = home[each.highlight_id]
            score = _find_score(library, each.topic, each.highlight_id)
            reasons = _list_reasons(each.reason, score)
            members.append(Member(each.highlight_id, each.topic, reasons, each.score, True, text, title))
    members.sort(key=lambda each: -each.score)
    for id_, examples in library.settings.examples.items():
        for topic, kind, path in examples:
            if kind == "counter" and slugify(topic) == slug and id_ in home:
                reason = (f"counter-example: you took it out of {path}",)
                members.append(Member(id_, topic, reason, 0.0, False, *home[id_]))
    return members


def find_borderline(library: ScoredLibrary, assignments: Iterable[Assignment], slug: str) -> list[Member]:
    """Highlights whose score is near the threshold, the most certain first; none that the reader named."""
    threshold = find_threshold(library.settings.precision)
    topic = next((each for each in library.subjects.of_topic if slugify(each) == slug), None)
    if topic is None:
        return []
    known = {each.highlight_id: each for each in assignments if each.topic == topic}
    home = _find_homes(library)
    found = []
    for id_ in home:
        score = _find_score(library, topic, id_)
        if score is None or not is_near(score.probability, threshold):
            continue
        if id_ in known and not known[id_].reason.startswith(_FROM_SCORE):
            continue
        reason = known[id_].reason if id_ in known else explain_score(score)
        reasons = _list_reasons(reason, score)
        found.append(Member(id_, topic, reasons, round(score.probability, 3), id_ in known, *home[id_]))
    return sorted(found, key=lambda each: -each.score)


def _find_score(library: ScoredLibrary, topic: str, highlight_id: int) -> Score | None:
    return library.scores.get(highlight_id, {}).get(library.subjects.of_topic.get(topic, ""))


def _list_reasons(reason: str, score: Score | None) -> tuple[str, ...]:
    if score is None:
        return (reason,)
    if not reason.startswith("about:"):
        return reason, explain_score(score)
    if score.phrases and score.share >= _LEAST_SHARE:
        return reason, "its document"
    return (reason,)


def _find_homes(library: ScoredLibrary) -> dict[int, tuple[str, str]]:
    """The text and the document's title of each highlight."""
    return {
        each.id: (each.text, document.full_title)
        for document in library.documents
        for each in document.highlights
    }
