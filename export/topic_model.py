"""Score how certain it is that a highlight is about a subject rather than merely mentioning it.

A score is a function of one document and the subjects alone; the rest of the library does not count, so that
only changed documents are scored again. What decides is contrast: how much of a document's evidence (phrases
of `export.subjects`) speaks for a subject rather than for the others.

The weights are those of a logistic regression fitted by `benchmarks/topic_model.py` to judged highlights.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import mul

from export.subjects import WORD, PhraseIndex, Tokens, show_phrase, split_tokens
from record_types.library import ReadDocument

TITLE = 1.5
"""How many phrases in the text one in the title is worth."""
_LEAST_EVIDENCE = 0.8
"""Evidence below this does not count as contrast: one common word is not a whole share."""

FEWEST_NEIGHBOURS = 2
"""A highlight without a phrase of the subject needs this many with one beside it, or the title."""

COLLECTION = "tweets from "
"""The beginning of the title of a page of an author's single tweets, in lower case."""

PASSAGE = 12
"""Highlights of a long document that are scored together: a book has more subjects than its main one."""

INTERCEPT = -3.4470
WEIGHTS = {
    "own": 2.5287,
    "around²": -6.9499,
    "first": 0.8982,
    "rank": -0.4171,
    "title": 0.0857,
    "own×share": -0.6846,
    "share×around": 9.5470,
    "single": -0.0167,
    "part": 9.9545,
    "phrases": -0.6639,
    "contrast×share": 1.3689,
    "variety×share": -0.7516,
}

Evidence = dict[str, float]


@dataclass(frozen=True, slots=True)
class Score:
    """How certain it is that a highlight is about a subject, and why."""

    probability: float
    """From 0 to 1."""
    phrases: tuple[str, ...]
    """The highlight's two weightiest phrases, folded; empty if the rest of the document decides alone."""
    share: float
    """The document's evidence for the subject relative to that for its main subject, from 0 to 1."""


def score_document(
    document: ReadDocument, index: PhraseIndex, *, at_least: float = 0.0
) -> dict[int, dict[str, Score]]:
    """The scores that are `at_least` this, by highlight (id) and subject.

    A subject of which the document has only words that are common elsewhere too is never scored, nor is a
    highlight without a word of its own, such as a picture or a link.
    """
    scores: dict[int, dict[str, Score]] = {}
    for part in split_document(document):
        scores |= _score_part(part, index, at_least)
    return scores


def split_document(document: ReadDocument) -> list[ReadDocument]:
    """The parts of a document that may be about a subject of their own.

    Each highlight of a page of single tweets is one: they share only their author. In a long book or article,
    a part is some highlights that follow each other; a thread is never divided.
    """
    highlights = document.highlights
    if document.category != "tweets":
        count = -(-len(highlights) // PASSAGE) if len(highlights) > 1.5 * PASSAGE else 1
        ends = [round(len(highlights) * number / count) for number in range(count + 1)]
        return [replace(document, highlights=highlights[start:end]) for start, end in pairwise(ends)]
    if not document.title.casefold().startswith(COLLECTION):
        return [document]
    return [replace(document, title="", full_title="", highlights=(each,)) for each in highlights]


def _score_part(document: ReadDocument, index: PhraseIndex, at_least: float) -> dict[int, dict[str, Score]]:
    texts = [split_tokens(highlight.text) for highlight in document.highlights]
    found = [index.find(tokens) for tokens in texts]
    title = index.find(split_tokens(document.full_title))
    evidence = DocumentEvidence(found, title, index)
    least = max(at_least, 1e-9)
    bound = math.log(least / (1 - least))
    scores: dict[int, dict[str, Score]] = {}
    for at, highlight in enumerate(document.highlights):
        if not has_words(texts[at]):
            continue
        of_highlight = {}
        for subject in evidence.variety:
            if not evidence.is_supported(at, subject):
                continue
            features = evidence.features(at, subject)
            logit = INTERCEPT + index.subjects[subject].lift + sum(map(mul, WEIGHTS.values(), features))
            if logit >= bound:
                probability = 1 / (1 + math.exp(-logit))
                phrases = _weightiest(found[at], subject, index)
                of_highlight[subject] = Score(
                    round(probability, 4), phrases, round(evidence.share(subject), 2)
                )
        if of_highlight:
            scores[highlight.id] = of_highlight
    return scores


class DocumentEvidence:
    """What the phrases of one document say about all subjects."""

    def __init__(self, found: Sequence[Counter[Tokens]], title: Counter[Tokens], index: PhraseIndex) -> None:
        """Add up the phrases that were found in the highlights and in the title."""
        self.own = [_add_up(phrases, index, growth=0.3) for phrases in found]
        self.most = [max(max(each.values(), default=0.0), _LEAST_EVIDENCE) for each in self.own]
        self.title = _add_up(title, index, growth=0.0)
        spread = Counter(phrase for phrases in found for phrase in phrases)
        self.document = _add_up(spread, index, growth=1.0)
        for subject, weight in self.title.items():
            self.document[subject] = self.document.get(subject, 0.0) + TITLE * weight
        self.strong = [_count_strong(phrases, index) for phrases in found]
        self.variety = _count_strong(spread, index)
        self.support = Counter(subject for each in self.strong for subject in each)
        for subject in _count_strong(title, index):
            self.variety[subject] += 0  # scored, although no highlight has a phrase of it
        self.around: Evidence = defaultdict(float)
        for each in self.own:
            for subject, weight in each.items():
                self.around[subject] += min(1.0, weight)
        order = sorted(self.document.values(), reverse=True)
        self._order = order
        self.strongest = max(order[0] if order else 0.0, _LEAST_EVIDENCE)
        self.total = max(sum(order), 2.0)

    def share(self, subject: str) -> float:
        """The document's evidence for the subject relative to that for its main one."""
        return self.document[subject] / self.strongest

    def is_supported(self, at: int, subject: str) -> bool:
        """Whether a highlight or its document shows the subject: a single neighbour does not make the
        document about it."""
        if self.strong[at][subject] or subject in self.title:
            return True
        return self.support[subject] >= FEWEST_NEIGHBOURS

    def features(self, at: int, subject: str) -> tuple[float, ...]:
        """What the model weighs, in the order of `WEIGHTS`."""
        own = self.own[at].get(subject, 0.0)
        sure = min(1.0, own)
        others = len(self.own) - 1
        around = (self.around[subject] - sure + 0.08) / (others + 1.3)
        share = self.share(subject)
        return (
            min(2.5, own),
            around * around,
            min(1.0, self.own[0].get(subject, 0.0)) if at else 0.0,
            float(min(5, self._order.index(self.document[subject]))),
            min(1.5, self.title.get(subject, 0.0)),
            sure * share,
            share * around,
            float(others == 0),
            self.document[subject] / self.total,
            float(min(4, self.strong[at][subject])),
            own / self.most[at] * share,
            math.log1p(self.variety[subject]) * share,
        )


def has_words(tokens: Tokens) -> bool:
    """Whether a text says anything besides numbers and single letters."""
    return any(each >= "\u3040" or (len(each) > 1 and not each.isdigit()) for each in tokens)


def _add_up(phrases: Counter[Tokens], index: PhraseIndex, *, growth: float) -> Evidence:
    """The weight of phrases for each subject; one that occurs again adds `growth` times the logarithm."""
    evidence: Evidence = {}
    for phrase, count in phrases.items():
        times = 1 + growth * math.log(count)
        for subject, weight in index.claims(phrase).items():
            evidence[subject] = evidence.get(subject, 0.0) + weight * times
    return evidence


def _count_strong(phrases: Counter[Tokens], index: PhraseIndex) -> Counter[str]:
    """The number of different phrases for each subject that are more than a common word."""
    return Counter(
        subject for phrase in phrases for subject, kind in index.kinds(phrase).items() if kind > WORD
    )


def _weightiest(phrases: Counter[Tokens], subject: str, index: PhraseIndex) -> tuple[str, ...]:
    weights = {phrase: index.claims(phrase).get(subject, 0.0) for phrase in phrases}
    best = sorted((phrase for phrase in weights if weights[phrase]), key=lambda each: (-weights[each], each))
    return tuple(show_phrase(phrase) for phrase in best[:2])
