"""Divide a big topic into sections named from its words, and find sentences that say what it is about.

Both are pure functions of the topic's own highlights. A section is a phrase that several documents share; a
document stays whole, because a thread or a chapter is read in order.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import sqrt

from export.contained_texts import Words, strip_markup
from export.highlight_choice import Choice
from export.stop_words import COMMON_WORDS
from export.subjects import split_tokens

FEWEST_FOR_SECTIONS = 16
"""Fewer highlights need no subheadings."""
MOST_SECTIONS = 16
_FEWEST_IN_SECTION = 3
"""For a phrase of two words; one word needs two more."""
_MOST_SHARE = 0.4
"""A phrase in more than this share of the documents separates nothing."""
_LEAST_OF_DOCUMENT = 0.25
"""The share of a document's highlights that have the phrase which takes the document into a section."""
_FULL = 14
"""Highlights beyond these do not make a section better."""
_LONG_DOCUMENT = 8
"""A document with this many highlights that shares no phrase with others is a section of its own."""

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W\d_]+)*")
_NO_NOUN = ("ed", "ly", "able", "ible", "ful", "ous", "ive", "est", "ize", "ise")
"""Endings of words that name no section by themselves."""
_BREAK = re.compile(r"[.,;:!?()\[\]{}\"“”\n|/—–•]+")
_SENTENCE = re.compile(r"[^.!?\n]{20,260}[.!](?=\s|[\"”’)]|$)")
_LEANING = re.compile(
    r"\W*(?:this|these|those|that|it|its|they|their|them|he|she|his|her|here|there|and|but|so|or|nor|then|also"
    r"|another|however|therefore|thus|hence|because|such|both|first|second|third|finally|next|again|instead|otherwise"
    r"|similarly|additionally|moreover|meanwhile|for example|i|i'm|i've|i'll|my|me|we|our|you|your"
    r"|let|let's|read|check|follow|if you|\d+)\b",
    re.IGNORECASE,
)
_DEFINES = r"(?:is|are|means?|refers?|describes?|consists?|isn't|aren't|involves?|requires?)\b"
_SAYS = (
    rf"(?:{_DEFINES}|(?:has|have|can|cannot|will|should|must|needs?|helps?|makes?|takes?|works?|comes?|gives?|begins?"
    r"|starts?|gets?|lets?|happens?|does|do|don't|doesn't)\b)"
)
_UNFIT = re.compile(
    r"[@#{}|<>]|https?:|🧵|👇|\bthread\b|\btweet|\bfollow\b|\b(?:i|my|me|we|introducing)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a topic."""

    title: str
    """Empty for what no section took."""
    choices: tuple[Choice, ...]
    key: str = ""
    """Stays the same when the title is written differently."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence taken from a highlight."""

    text: str
    choice: Choice


def divide(choices: Sequence[Choice], names: Collection[str]) -> list[Section]:
    """Divide highlights into sections, the largest first; what fits nowhere comes last, without a title.

    `names` are the topic's own names, which distinguish nothing.
    """
    if len(choices) < FEWEST_FOR_SECTIONS:
        return [Section("", tuple(choices))] if choices else []
    units = [tuple(own) for _, own in groupby(choices, key=_name_unit)]
    own = {token for name in names for token in split_tokens(name)}
    shown: dict[Words, Counter[str]] = defaultdict(Counter)
    phrases = [_find_phrases(unit, own, shown) for unit in units]
    holders = _find_holders(units, phrases)
    points = {phrase: _rate_phrase(phrase, own, units, phrases) for phrase, own in holders.items()}
    taken: list[tuple[Words, list[int]]] = []
    free = set(range(len(units)))
    while len(taken) < MOST_SECTIONS and points:
        phrase = max(points, key=lambda each: (points[each], each))
        if not points[phrase]:
            break
        members = holders[phrase]
        taken.append((phrase, members))
        free -= set(members)
        points = {each: known for each, known in points.items() if not {*phrase} & {*each}}
        for each in {other for at in members for other in phrases[at]} & points.keys():
            holders[each] = [at for at in holders[each] if at in free]
            points[each] = _rate_phrase(each, holders[each], units, phrases)
    sections = [
        Section(
            _title(shown[phrase]),
            tuple(each for at in sorted(members) for each in units[at]),
            "-".join(phrase),
        )
        for phrase, members in taken
    ]
    sections.sort(key=lambda section: (-len(section.choices), section.title))
    for at in sorted(free, key=lambda at: (-len(units[at]), at)):
        document = units[at][0].document
        if len(units[at]) >= _LONG_DOCUMENT:
            sections.append(Section(_shorten(document.full_title), units[at], document.uid))
            free.remove(at)
    rest = tuple(each for at in sorted(free) for each in units[at])
    return [*sections, Section("", rest)] if rest else sections


def find_excerpts(choices: Sequence[Choice], names: Sequence[str], most: int = 2) -> list[Excerpt]:
    """Up to `most` sentences that say what a topic is about, the clearest first, each from a different
    document.

    Such a sentence stands by itself, and the topic's name is its subject: best of all it defines the topic.
    The first of `names` is the topic's own; of the others, which mean nearly the same, only other forms of it
    count (`math`), and only of a single word: `product` is not product management.
    """
    own = names[0].casefold() if names else ""
    forms = [each for each in names[1:] if " " not in own + each and each.casefold()[:4] == own[:4]]
    name = _match_names([*names[:1], *forms])
    if not name:
        return []
    defines = re.compile(rf"\W*(?:the |an? |good |great |true )?{name} {_DEFINES}")
    begins = re.compile(rf"\W*(?:\w+ ){{0,2}}{name} {_SAYS}")
    rated: list[tuple[float, Excerpt]] = []
    for choice in choices:
        for sentence in _SENTENCE.findall(strip_markup(choice.text)):
            text = " ".join(sentence.split()).lstrip("-*•> 0123456789")
            count = text.count(" ") + 1
            # An excerpt of nearly the whole highlight would only repeat it.
            if not 8 <= count <= 36 or len(choice.words) < 1.3 * count or not _stands_alone(text):
                continue
            folded = text.casefold()
            is_definition = defines.match(folded) is not None
            if is_definition or (begins.match(folded) and text.count(",") < 3):
                points = 3.0 * is_definition + choice.score + (10 <= count <= 26)
                rated.append((points, Excerpt(text, choice)))
    chosen: list[Excerpt] = []
    for _, excerpt in sorted(rated, key=lambda each: -each[0]):
        if all(excerpt.choice.document.id != other.choice.document.id for other in chosen):
            chosen.append(excerpt)
        if len(chosen) == most:
            break
    return chosen


def _match_names(names: Sequence[str]) -> str:
    words = [re.escape(name.casefold()) for name in names if len(name) > 1]
    return rf"(?<!\w)(?:{'|'.join(words)})(?:e?s)?(?!\w)" if words else ""


def _stands_alone(text: str) -> bool:
    if not text[:1].isupper() or _LEANING.match(text) or _UNFIT.search(text):
        return False
    return text.count('"') % 2 == 0 and text.count("“") == text.count("”")


def _name_unit(choice: Choice) -> tuple[int, int]:
    """What stays whole: a document, but not the collection of a person's single tweets."""
    document = choice.document
    is_collection = document.category == "tweets" and not document.is_thread
    return document.id, choice.highlight.id if is_collection else 0


def _find_phrases(
    unit: Sequence[Choice], own: Collection[str], shown: dict[Words, Counter[str]]
) -> Mapping[Words, int]:
    """In how many of a document's highlights each phrase of one or two words occurs."""
    counts: Counter[Words] = Counter()
    for choice in unit:
        found: set[Words] = set()
        for phrase, words in _list_phrases(strip_markup(choice.text), own):
            found.add(phrase)
            shown[phrase][words] += 1
        counts.update(found)
    for phrase, words in _list_phrases(unit[0].document.full_title, own):
        counts[phrase] += 1
        shown[phrase][words] += 1
    return counts


@lru_cache(20_000)  # most words of a topic occur in many of its highlights
def _fold(word: str) -> Words:
    return split_tokens(word)


def _list_phrases(text: str, own: Collection[str]) -> Iterator[tuple[Words, str]]:
    for part in _BREAK.split(text):
        before: tuple[str, str] | None = None
        for word in _TOKEN.findall(part):
            token = _fold(word)
            if (
                len(token) != 1
                or len(word) < 4
                or token[0] in COMMON_WORDS
                or word.casefold() in COMMON_WORDS
                or not word.replace("-", "").isalnum()
            ):
                before = None
                continue
            if token[0] not in own and not word.isdigit() and not word.endswith(_NO_NOUN):
                yield (token[0],), word
            if before is not None and not (token[0] in own and before[0] in own):
                yield (before[0], token[0]), f"{before[1]} {word}"
            before = (token[0], word)


def _find_holders(
    units: Sequence[Sequence[Choice]], phrases: Sequence[Mapping[Words, int]]
) -> dict[Words, list[int]]:
    """The documents (their positions) that each phrase could hold together: enough of them."""
    holders: dict[Words, list[int]] = defaultdict(list)
    for at, own in enumerate(phrases):
        for phrase, count in own.items():
            if count >= _LEAST_OF_DOCUMENT * len(units[at]):
                holders[phrase].append(at)
    return {phrase: own for phrase, own in holders.items() if _are_enough(phrase, own, units)}


def _are_enough(phrase: Words, own: Sequence[int], units: Sequence[Sequence[Choice]]) -> bool:
    size = sum(len(units[at]) for at in own)
    return len(own) >= 4 - len(phrase) and size >= _FEWEST_IN_SECTION + 2 * (len(phrase) == 1)


def _rate_phrase(
    phrase: Words,
    own: Sequence[int],
    units: Sequence[Sequence[Choice]],
    phrases: Sequence[Mapping[Words, int]],
) -> float:
    """The points of a section with this title and these documents (positions); 0 if it cannot be one."""
    if not _are_enough(phrase, own, units) or len(own) > max(3, _MOST_SHARE * len(units)):
        return 0.0
    size = sum(len(units[at]) for at in own)
    hits = sum(min(phrases[at][phrase], len(units[at])) for at in own)
    points = max(1, min(size, _FULL) - max(0, size - 2 * _FULL)) * (hits / size) * sqrt(min(len(own), 6))
    return points * (2.5 if len(phrase) == 2 else 1.0)


def _title(shown: Counter[str]) -> str:
    words = min(shown.items(), key=lambda each: (-each[1], each[0]))[0]
    return words[:1].upper() + words[1:]


def _shorten(title: str, longest: int = 60) -> str:
    words = " ".join(title.split())
    return words if len(words) <= longest else words[:longest].rsplit(None, 1)[0] + "…"
