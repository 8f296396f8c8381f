"""Names of what a library is often about although the list of subjects does not know it.

A name comes from titles: a word or up to three that several documents have in their title and come back to in
their text. There is no other text to compare with, so what is common in English is recognised by its spread:
a word such as `effect` occurs once here and once there, `sourdough` many times in few documents.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from export.stop_words import CLAUSE_WORDS, COMMON_WORDS, JOINING, NO_FIRST_WORD, NO_LAST_WORD
from export.subjects import PhraseIndex, Tokens, load_narrow_subjects, load_subjects, split_tokens
from export.topic_names import fold_name, is_stop_name
from record_types.library import ReadDocument

LONGEST = 3
FEWEST_TITLES, FEWEST_TITLES_OF_WORD = 2, 3
LEAST_RETURN = 0.5
"""The share of the documents with a word that have it in two highlights or more; for several words half."""
LEAST_TOGETHER = 0.3
"""The share of a pair's rarer word that occurs in the pair: `sourdough starter`, not `great starter`."""
SHORTEST_WORD = 3
MOST_SPREAD = 0.1
"""A word in a larger share of the documents is common."""
_COMMON = COMMON_WORDS | CLAUSE_WORDS | JOINING | NO_FIRST_WORD | NO_LAST_WORD
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W_]+)*")


def find_unlisted(
    documents: Sequence[ReadDocument],
    covered: Collection[int],
    *,
    highlights: int,
    variety: int,
    refused: Collection[str] = (),
) -> list[str]:
    """Names that are in at least this many highlights without a topic, those in most of them first.

    `covered` are the highlights (ids) that have a topic. Names of narrow subjects of the list are among them,
    if that many of their phrases occur. `refused` are keys of names (`fold_name`).
    """
    narrow, known = PhraseIndex(), PhraseIndex()
    for subject in load_narrow_subjects():
        narrow.add(subject)
    for subject in (*load_subjects(), *load_narrow_subjects()):
        known.add(subject)
    open_texts = [
        split_tokens(highlight.text)
        for document in documents
        for highlight in document.highlights
        if highlight.id not in covered
    ]
    found: Counter[str] = Counter()
    shown: dict[str, set[Tokens]] = defaultdict(set)
    for tokens in open_texts:
        strong = [(name, phrase) for phrase in narrow.find(tokens) for name in narrow.strong(phrase)]
        for name, phrase in strong:
            shown[name].add(phrase)
        found.update({name for name, _ in strong})
    found = Counter({name: number for name, number in found.items() if len(shown[name]) >= variety})
    named = _find_names(documents, known)
    for tokens in open_texts:
        found.update({named[gram] for gram in _list_grams(tokens) if gram in named})
    best = sorted(found, key=lambda name: (-found[name], -len(name), name))
    return [name for name in best if found[name] >= highlights and fold_name(name) not in refused]


def _find_names(documents: Sequence[ReadDocument], known: PhraseIndex) -> dict[Tokens, str]:
    """The names, in their commonest spelling, of what titles name and texts come back to, by their tokens."""
    spellings: dict[Tokens, Counter[str]] = defaultdict(Counter)
    titles: Counter[Tokens] = Counter()
    for document in documents:
        words = [match[0] for match in _WORDS.finditer(document.full_title)]
        for gram, spelling in _list_spellings(words):
            spellings[gram][spelling] += 1
        titles.update({gram for gram, _ in _list_spellings(words)})
    authors = {
        word
        for each in documents
        if each.author
        for word in split_tokens(f"{each.author.name} {each.author.handle}")
    }
    wanted = {
        gram
        for gram, number in titles.items()
        if number >= (FEWEST_TITLES if len(gram) > 1 else FEWEST_TITLES_OF_WORD)
        and not any(word in _COMMON or word in authors or len(word) < SHORTEST_WORD for word in gram)
        and not known.knows(gram)
    }
    uses: dict[Tokens, Counter[int]] = defaultdict(Counter)
    common: Counter[str] = Counter()
    for document in documents:
        for highlight in document.highlights:
            tokens = split_tokens(highlight.text)
            common.update(set(tokens))
            for gram in _list_grams(tokens):
                if gram in wanted:
                    uses[gram][document.id] += 1
    return {
        gram: min(spellings[gram], key=lambda each: (-spellings[gram][each], each))
        for gram, homes in uses.items()
        if _is_returning(gram, homes, len(documents))
        and sum(homes.values()) >= LEAST_TOGETHER * min(common[word] for word in gram)
        and not is_stop_name(" ".join(gram))
    }


def _is_returning(gram: Tokens, homes: Mapping[int, int], documents: int) -> bool:
    least = LEAST_RETURN if len(gram) == 1 else LEAST_RETURN / 2
    returning = sum(number > 1 for number in homes.values())
    return returning >= least * len(homes) and len(homes) <= max(MOST_SPREAD * documents, 10)


def _list_spellings(words: Sequence[str]) -> Iterator[tuple[Tokens, str]]:
    for length in range(1, LONGEST + 1):
        for at in range(len(words) - length + 1):
            spelling = " ".join(words[at : at + length])
            tokens = split_tokens(spelling)
            if len(tokens) == length:
                yield tokens, spelling


def _list_grams(tokens: Tokens) -> set[Tokens]:
    return {
        tokens[at : at + length] for length in range(1, LONGEST + 1) for at in range(len(tokens) - length + 1)
    }
