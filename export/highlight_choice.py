"""Choose the best highlights of a topic: what the reader cared about, and what makes sense on its own.

docs/topics.md states the rule. Each sign adds or subtracts points; only the topic's own highlights count, so
a note changes only when its topic does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

from export.contained_texts import Words, find_contained, split_words, strip_markup
from export.note_blocks import find_added, has_heading_mark, list_own_notes
from export.repeats import leave_out_highlights
from export.thread_marks import is_closer
from record_types.library import ReadDocument, ReadHighlight, Topic

FAVOURITES = frozenset(("favorite", "favorites", "favourite", "favourites", "fav", "best", "star", "starred"))
MOST_SHOWN = 600
"""Highlights that a topic's pages show. One more would change all of its pages, however many there are."""
MOST_BEST = 10
FEWEST_FOR_BEST = 8
"""A topic with fewer highlights is short enough to be read as a whole."""
_MOST_OF_ONE = 2
"""How many highlights of one document may be among the best."""
_LEAST_POINTS = 2.0
_MOSTLY = 0.5
"""Where more of a document's highlights have a note (a program wrote them), a note says less."""
_INDIRECT = ("about: its document", "document tag: ", "author: ", "site: ")
"""Reasons that say nothing about the highlight's own words."""
_FEWEST_WORDS_WITH_NOTE = 4
"""A shorter highlight with the reader's note is not folded: the note would appear below other words."""

_LEANING = re.compile(
    r"\W*(?:(?:this|these|those|that|it|its|they|their|them|he|she|his|her|here|there|and|but|so|or|nor|then|also|another"
    r"|however|therefore|thus|hence|because|such|both|second|third|finally|next|again|instead|otherwise|similarly"
    r"|additionally|moreover|meanwhile|example|eg|ps)\b|(?:step|part|pt|bonus|tip|takeaway|lesson|rule|reason|mistake|point|day|chapter)\s*#?\d|\d{1,3}[.)/:]|[a-z]\))",
    re.IGNORECASE,
)
"""A beginning that depends on what comes before."""
_OPENER = re.compile(r"🧵|👇|\bthread\b|\ba list of\b|\bhere are\b|\bhere's\b|\blet's\b", re.IGNORECASE)
_BECKONING = re.compile(
    r"\b(?:follow me|subscribe|retweet|newsletter|sign up|check out|link in|giveaway|discount)\b",
    re.IGNORECASE,
)
_CODE_OR_TABLE = re.compile(r"```|^\s*\|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Choice:
    """A highlight as its topic shows it, with the highlights that it contains."""

    document: ReadDocument
    highlight: ReadHighlight
    text: str
    """Cleaned Markdown."""
    words: Words
    score: float
    """How certain it is that it belongs to the topic."""
    also: tuple[ReadDocument, ...] = ()
    """Other documents that have the same passage or a part of it."""
    notes: tuple[str, ...] = ()
    """The reader's notes on it and on the highlights that it contains."""
    tags: tuple[str, ...] = ()
    is_direct: bool = True
    """Whether the highlight itself, not only its document, is known to belong to the topic."""


def choose_shown(topic: Topic) -> Topic:
    """The topic with the highlights that its pages show: if there are too many, the most certain, then the
    newest."""
    highlights = [each for document in topic.documents for each in document.highlights]
    if len(highlights) <= MOST_SHOWN:
        return topic
    scores = {each.highlight_id: each.score for each in topic.reasons}
    chosen = nlargest(
        MOST_SHOWN, highlights, key=lambda each: (scores.get(each.id, 0.0), find_added(each) or "", each.uid)
    )
    left = {each.id for each in highlights} - {each.id for each in chosen}
    return replace(topic, documents=leave_out_highlights(topic.documents, left))


def collect_choices(topic: Topic, texts: Mapping[int, str]) -> list[Choice]:
    """A topic's highlights in reading order, without closers, copies, and fragments of one another.

    `texts` are the cleaned texts by highlight id. What the reader wrote about a fragment stays with the
    highlight that contains it.
    """
    scores = {each.highlight_id: each.score for each in topic.reasons}
    direct = {each.highlight_id for each in topic.reasons if not each.reason.startswith(_INDIRECT)}
    name = topic.name.casefold()
    choices: list[Choice] = []
    for document in topic.documents:
        for highlight in document.highlights:
            text = texts.get(highlight.id, highlight.text)
            if is_closer(text):
                continue
            choices.append(
                Choice(
                    document,
                    highlight,
                    text,
                    split_words(text),
                    scores.get(highlight.id, 0.0),
                    notes=tuple(highlight.notes),
                    tags=highlight.tags,
                    is_direct=highlight.id in direct or name in text.casefold(),
                )
            )
    return _fold(choices)


def choose_best(choices: Sequence[Choice]) -> list[Choice]:
    """The best highlights, the best first; none if there are few."""
    if len(choices) < FEWEST_FOR_BEST:
        return []
    noted = Counter(each.document.id for each in choices if list_own_notes(each.notes))
    of_all = Counter(each.document.id for each in choices)
    often = {each for each, count in noted.items() if of_all[each] > 2 and count > _MOSTLY * of_all[each]}
    points = {each.highlight.uid: rate(each, each.document.id in often) for each in choices}
    ordered = sorted(choices, key=lambda each: -points[each.highlight.uid])
    most = min(MOST_BEST, max(3, len(choices) // 4))
    best: list[Choice] = []
    of_document: Counter[int] = Counter()
    for each in ordered:
        if points[each.highlight.uid] < _LEAST_POINTS or len(best) == most:
            break
        if of_document[each.document.id] < _MOST_OF_ONE:
            of_document[each.document.id] += 1
            best.append(each)
    order = {each.highlight.uid: at for at, each in enumerate(choices)}
    first = {each.document.id: at for at, each in reversed(list(enumerate(best)))}
    return sorted(best, key=lambda each: (first[each.document.id], order[each.highlight.uid]))


def rate(choice: Choice, is_often_noted: bool = False) -> float:
    """The points of a highlight; `is_often_noted`: whether most of its document's highlights have a note."""
    tags = {tag.strip().casefold() for tag in choice.tags}
    points = (1.5 if is_often_noted else 3.0) * bool(list_own_notes(choice.notes)) - 1.5 * (
        not choice.is_direct
    )
    points += 3.0 * bool(tags & FAVOURITES) + 0.5 * bool(tags - FAVOURITES)
    points += 1.5 * min(2, len(choice.also)) + 2.0 * choice.score
    return points + _rate_text(choice)


def _rate_text(choice: Choice) -> float:
    count, plain = len(choice.words), strip_markup(choice.text).strip()
    points = 2.0 if 14 <= count <= 80 else 1.0 if 9 <= count <= 120 else -2.0 if count < 6 else 0.0
    if _LEANING.match(plain) or plain[:1].islower():
        points -= 1.5
    if plain.endswith((":", "…", "...", ",", "?", "👇", "-")) or choice.highlight.incomplete:
        points -= 1.5
    if _OPENER.search(plain):
        points -= 2.0
    if _BECKONING.search(plain):
        points -= 3.0
    if choice.text.count("](http") + choice.text.count("https://t.co/") > 1 or _CODE_OR_TABLE.search(
        choice.text
    ):
        points -= 1.0
    if has_heading_mark(choice.notes):
        points -= 4.0
    return points - 1.5 * (plain.count("@") > 1)


def _fold(choices: Sequence[Choice]) -> list[Choice]:
    inside = find_contained([each.words for each in choices])
    inside = {
        at: outer
        for at, outer in inside.items()
        if len(choices[at].words) >= _FEWEST_WORDS_WITH_NOTE or not list_own_notes(choices[at].notes)
    }
    folded: dict[int, list[Choice]] = {}
    for at, outer in sorted(inside.items()):
        folded.setdefault(outer, []).append(choices[at])
    return [
        _absorb(each, folded[at]) if at in folded else each
        for at, each in enumerate(choices)
        if at not in inside
    ]


def _absorb(outer: Choice, inner: Sequence[Choice]) -> Choice:
    also = {each.document.id: each.document for each in inner if each.document.id != outer.document.id}
    return Choice(
        outer.document,
        outer.highlight,
        outer.text,
        outer.words,
        max(outer.score, *(each.score for each in inner)),
        tuple(also.values()),
        tuple(dict.fromkeys(note for each in (outer, *inner) for note in each.notes)),
        tuple(dict.fromkeys(tag for each in (outer, *inner) for tag in each.tags)),
        any(each.is_direct for each in (outer, *inner)),
    )
