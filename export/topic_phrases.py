"""Phrases of a topic that no shipped subject knows: variants of its name, and what its texts share."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from export.subjects import PhraseIndex, Subject, Tokens, show_phrase, split_tokens
from record_types.library import ReadDocument

_ENDINGS = (
    "", "e", "s", "er", "or", "ing", "ed", "ist", "ism", "ic", "ical", "al", "ity", "ness", "ship", "ion",
    "y", "ian", "ive", "ment", "ation",
)  # fmt: skip
_CUT_ENDINGS = sorted((each for each in _ENDINGS if len(each) > 1), key=len, reverse=True)
SHORTEST_NAME, SHORTEST_STEM = 5, 4

FEWEST_TEXTS, FEWEST_DOCUMENTS = 3, 2
"""A phrase in fewer certain texts than this, or in only one document, counts as chance."""
LEAST_LIKELIHOOD = 15.0
"""Dunning's log-likelihood; by chance, one phrase in 10,000 has more."""
LEAST_RATE = 8.0
"""How many times as often a phrase must occur in the certain texts as in the others."""
PHRASE_SHARE, WORD_SHARE = 0.4, 0.1
"""The least share of a phrase's texts that are certain: as a phrase of the topic, and as a common word."""
MOST_PHRASES = 60
COMMON, FEWEST_COMMON = 0.02, 10
"""A word in a larger share of all texts, and in more texts than this, distinguishes nothing."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What the texts of a topic have in common, the weightiest first."""

    phrases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def vary_name(name: str) -> tuple[str, ...]:
    """Other forms of an English name: `stoicism` → `stoic`, `note-taking` → `notetaking`, `note taker`."""
    tokens = split_tokens(name)
    found: list[str] = []
    if len(tokens) == 1 and len(tokens[0]) >= SHORTEST_NAME and tokens[0].isascii():
        word = tokens[0]
        cut = [word[: -len(each)] for each in _CUT_ENDINGS if word.endswith(each)]
        for stem in (word, *(each for each in cut if len(each) >= SHORTEST_STEM)):
            bare = stem.removesuffix("e") if len(stem) > SHORTEST_STEM else stem
            found += [bare + ending for ending in _ENDINGS]
    elif len(tokens) > 1 and all(each.isascii() for each in tokens):
        found.append("".join(tokens))
        if len(tokens) > 2:
            found.append("".join(each[0] for each in tokens))
        if tokens[-1].endswith("ing"):
            found.append(" ".join((*tokens[:-1], f"{tokens[-1][:-3]}er")))
    return tuple(each for each in dict.fromkeys(found) if each != " ".join(tokens))


def choose_prefix(last_id: int) -> int:
    """The last id whose highlights topics learn from: rounded down to four leading bits, so it seldom moves.

    New highlights have larger ids. So what was learned stays valid until a library has grown by an eighth.
    """
    low = max(0, last_id.bit_length() - 4)
    return last_id >> low << low


def learn_phrases(
    documents: Iterable[ReadDocument], names: Mapping[str, Sequence[str]], *, up_to: int
) -> dict[str, Learned]:
    """The phrases that set each topic's certain texts apart: those with one of its `names` in text or title.

    Only highlights with an id of at most `up_to` count (`choose_prefix`).
    """
    index = PhraseIndex()
    for topic, own in names.items():
        index.add(Subject(topic, tuple(own)))
    texts: list[tuple[int, Tokens]] = []
    certain: dict[str, list[int]] = defaultdict(list)
    for document in documents if names else ():
        titled = _find_topics(split_tokens(document.full_title), index)
        for highlight in document.highlights:
            if highlight.id <= up_to:
                tokens = split_tokens(highlight.text)
                for topic in titled | _find_topics(tokens, index):
                    certain[topic].append(len(texts))
                texts.append((document.id, tokens))
    counts = {topic: _count_grams(texts, found) for topic, found in certain.items()}
    wanted = {gram for of_topic in counts.values() for gram in of_topic}
    everywhere = Counter(gram for _, tokens in texts for gram in _list_grams(tokens) if gram in wanted)
    return {
        topic: _choose(counts[topic], everywhere, len(certain[topic]), len(texts)) for topic in sorted(counts)
    }


def _find_topics(tokens: Tokens, index: PhraseIndex) -> set[str]:
    return {topic for phrase in index.find(tokens) for topic in index.kinds(phrase)}


def _list_grams(tokens: Tokens) -> Iterator[Tokens]:
    """The different words of a text, and the pairs that follow each other."""
    yield from {(each,) for each in tokens}
    yield from set(pairwise(tokens))


def _count_grams(texts: Sequence[tuple[int, Tokens]], certain: Sequence[int]) -> dict[Tokens, int]:
    """The texts of each gram that enough texts and documents have."""
    counts: Counter[Tokens] = Counter()
    homes: dict[Tokens, set[int]] = defaultdict(set)
    for number in certain:
        document, tokens = texts[number]
        for gram in _list_grams(tokens):
            if all(len(word) > 3 or word >= "\u3040" for word in gram) and not any(map(str.isdigit, gram)):
                counts[gram] += 1
                homes[gram].add(document)
    return {
        gram: count
        for gram, count in counts.items()
        if count >= FEWEST_TEXTS and len(homes[gram]) >= FEWEST_DOCUMENTS
    }


def _choose(counts: Mapping[Tokens, int], everywhere: Counter[Tokens], size: int, total: int) -> Learned:
    weights: dict[Tokens, float] = {}
    common = max(COMMON * total, FEWEST_COMMON)
    for gram, count in counts.items():
        is_common = any(everywhere[word,] > common for word in gram)
        rest = everywhere[gram] - count
        if is_common or count / size < LEAST_RATE * (rest + 0.5) / max(1, total - size):
            continue
        likelihood = _measure_likelihood(count, size, rest, total - size)
        if likelihood > LEAST_LIKELIHOOD:
            weights[gram] = likelihood
    best = sorted(weights, key=lambda gram: (-weights[gram], gram))[:MOST_PHRASES]
    shares = {gram: counts[gram] / everywhere[gram] for gram in best}
    return Learned(
        tuple(show_phrase(gram) for gram in best if shares[gram] >= PHRASE_SHARE),
        tuple(show_phrase(gram) for gram in best if WORD_SHARE <= shares[gram] < PHRASE_SHARE),
    )


def _measure_likelihood(count: int, size: int, rest: int, others: int) -> float:
    """Dunning 1993: how unlikely it is that both groups of texts have the phrase equally often."""

    def log(hits: int, of: int, rate: float) -> float:
        rate = min(max(rate, 1e-9), 1 - 1e-9)
        return hits * math.log(rate) + (of - hits) * math.log(1 - rate)

    both = (count + rest) / (size + others)
    separate = log(count, size, count / size) + log(rest, others, rest / max(1, others))
    return 2 * (separate - log(count, size, both) - log(rest, others, both))
