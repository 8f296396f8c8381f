"""Subjects: what reading is about, and the phrases by which a text shows it.

`export/data/subjects.txt` holds the subjects that come with the program. A topic of the reader's that none of
them names becomes a subject of its own, with its name and its rule's phrases.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from export.stop_words import (
    GERMAN_HOMOGRAPHS,
    GERMAN_WORDS,
    PORTUGUESE_HOMOGRAPHS,
    PORTUGUESE_WORDS,
)
from export.topic_names import fold_name

NAME, PHRASE, WORD = 1.0, 0.8, 0.2
"""How much a name of the subject, a phrase of its field and a word that is common elsewhere too count."""
_OTHER_NAME = 0.9
NARROW = "~ "
"""The start of the line of a subject that is part of another one."""
SHORTEST_STEM = 5
"""Letters of a name that is looked for inside other words."""

_SPANISH = (("ciones", "cion"), ("siones", "sion"), ("idades", "idad"), ("edades", "edad"))
"""Spanish plural endings that no English word has."""
# In scripts without spaces every character is a token, so that a phrase is found inside a sentence.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+(?:['’][^\W_]+)?")
# No bracket inside, so that a row of `[a](` is read once.
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^\[\]()\s]*\)|https?://\S+")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^\[\]()\s]*\)")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that texts are about."""

    name: str
    names: tuple[str, ...] = ()
    """Other names."""
    phrases: tuple[str, ...] = ()
    """They show the subject by themselves."""
    words: tuple[str, ...] = ()
    """They show it only together with others."""
    lift: float = 0.0
    """Added to the logit of its scores: fewer phrases are known for a subject that is not shipped."""


Tokens = tuple[str, ...]


@dataclass(slots=True)
class PhraseIndex:
    """All phrases of some subjects, found in one pass over a text."""

    subjects: dict[str, Subject] = field(default_factory=dict)
    """By name."""
    _claims: dict[Tokens, dict[str, float]] = field(default_factory=dict)
    _by_first: dict[str, list[Tokens]] = field(default_factory=dict)
    _shared: dict[Tokens, dict[str, float]] = field(default_factory=dict)
    _stems: dict[str, Tokens] = field(default_factory=dict)
    """Names of one word, whose German compounds and inflections count as them: `Schlaf`, `Schlafmangel`."""

    def add(self, subject: Subject) -> None:
        """Add a subject; if a phrase has two kinds, the weightier counts.

        A name that is also one of the words counts only as a word: `space`, `jobs`.
        """
        self.subjects[subject.name] = subject
        common = {split_tokens(word) for word in subject.words}
        for name in (subject.name, *subject.names):
            tokens = split_tokens(name)
            if len(tokens) == 1 and len(tokens[0]) >= SHORTEST_STEM and tokens[0].isalpha():
                self._stems[tokens[0]] = tokens
        kinds = (
            ((subject.name,), NAME),
            (subject.names, _OTHER_NAME),
            (subject.phrases, PHRASE),
            (subject.words, WORD),
        )
        for phrases, weight in kinds:
            for tokens in filter(None, (split_tokens(phrase) for phrase in phrases)):
                if weight > PHRASE and tokens in common:
                    continue
                if tokens not in self._claims:
                    self._claims[tokens] = {}
                    self._by_first.setdefault(tokens[0], []).append(tokens)
                self._claims[tokens].setdefault(subject.name, weight)

    def find(self, tokens: Sequence[str]) -> Counter[Tokens]:
        """How often each phrase occurs in a text.

        One inside a longer phrase that only other subjects have is part of that: `learning` in `machine
        learning`.
        """
        found: Counter[Tokens] = Counter()
        by_first = self._by_first
        longest: Tokens = ()
        past = 0
        for at, token in enumerate(tokens):
            if token not in by_first:  # nearly always
                continue
            matches = [
                phrase
                for phrase in by_first[token]
                if len(phrase) == 1 or tuple(tokens[at : at + len(phrase)]) == phrase
            ]
            if not matches:
                continue
            whole = max(matches, key=len)
            if at + len(whole) > past:
                longest, past = whole, at + len(whole)
            for phrase in matches:
                if not self._claims[phrase].keys().isdisjoint(self._claims[longest]):
                    found[phrase] += 1
        if found and has_small_words(tokens, PORTUGUESE_WORDS):
            _drop(found, PORTUGUESE_HOMOGRAPHS)
        if has_small_words(tokens, GERMAN_WORDS):
            _drop(found, GERMAN_HOMOGRAPHS)
            for token in tokens:
                if token not in self._stems and (stem := self._find_stem(token)):
                    found[stem] += 1
        return found

    def _find_stem(self, token: str) -> Tokens | None:
        """The longest name that a German word begins or ends with."""
        for length in range(len(token) - 1, SHORTEST_STEM - 1, -1):
            if stem := self._stems.get(token[:length]) or self._stems.get(token[-length:]):
                return stem
        return None

    def strong(self, phrase: Tokens) -> list[str]:
        """The subjects to which a phrase is more than a common word."""
        return [name for name, weight in self._claims[phrase].items() if weight > WORD]

    def knows(self, tokens: Tokens) -> bool:
        """Whether these words are a phrase, or a single one is part of some phrase."""
        if len(tokens) > 1:
            return tokens in self._claims
        return any(tokens[0] in phrase for phrase in self._claims)

    def kinds(self, phrase: Tokens) -> dict[str, float]:
        """What a phrase is to each subject: `NAME`, `PHRASE` or `WORD`."""
        return self._claims[phrase]

    def claims(self, phrase: Tokens) -> dict[str, float]:
        """The weight of a phrase for each subject; one that several subjects claim shows each of them
        less."""
        shared = self._shared.get(phrase)
        if shared is None:
            claimed = self._claims[phrase]
            share = len(claimed) ** -0.5
            shared = self._shared[phrase] = {name: weight * share for name, weight in claimed.items()}
        return shared


def split_tokens(text: str) -> Tokens:
    """The words of a text, folded: without case, possessives, English plurals, code and addresses."""
    text = _CODE.sub(" ", text) if "`" in text else text
    text = _LINK.sub(r"\1", _IMAGE.sub(" ", text)) if "](" in text or "://" in text else text
    text = text if text.isascii() else unicodedata.normalize("NFC", text)
    return tuple(_fold_word(word) for word in _TOKEN.findall(text))


def show_phrase(tokens: Tokens) -> str:
    """A phrase as a reason shows it: without spaces where its script has none."""
    return ("" if tokens[0] >= "\u2e80" else " ").join(tokens)


def has_small_words(tokens: Sequence[str], words: Collection[str]) -> bool:
    """Whether a text is in a language, by its small words: two at least, and one in ten."""
    small = sum(token in words for token in tokens)
    return small > 1 and 10 * small >= len(tokens)


def _drop(found: Counter[Tokens], words: Iterable[str]) -> None:
    for word in words:
        found.pop((word,), None)


@cache
def load_subjects() -> tuple[Subject, ...]:
    """The subjects that come with the program and compete in every library."""
    return tuple(_parse_line(line) for line in _read_lines() if not line.startswith(NARROW))


@cache
def load_narrow_subjects() -> tuple[Subject, ...]:
    """Parts of the others, such as `deep work`: each is only there while a topic has its name."""
    return tuple(_parse_line(line.removeprefix(NARROW)) for line in _read_lines() if line.startswith(NARROW))


@cache
def index_main_names() -> dict[str, Subject]:
    """All subjects by their own folded name."""
    return {fold_name(each.name): each for each in (*load_narrow_subjects(), *load_subjects())}


@cache
def index_names() -> dict[str, Subject]:
    """All subjects by each of their folded names; a subject's own name takes precedence."""
    names = dict(index_main_names())
    for subject in (*load_subjects(), *load_narrow_subjects()):
        for name in subject.names:
            names.setdefault(fold_name(name), subject)
    return names


def _read_lines() -> list[str]:
    text = files("export").joinpath("data/subjects.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _parse_line(line: str) -> Subject:
    name, *groups = (part.strip() for part in line.split("|"))
    lists = [tuple(each.strip() for each in group.split(",") if each.strip()) for group in groups]
    names, phrases, words = [(), *lists] if len(lists) == 2 else lists
    return Subject(name, names, phrases, words)


@lru_cache(maxsize=1 << 17)
def _fold_word(word: str) -> str:
    word = word.casefold().replace("’", "'").removesuffix("'s")
    if not word.isascii():
        letters = unicodedata.normalize("NFD", word)
        bare = "".join(each for each in letters if not "\u0300" <= each <= "\u036f")
        word = unicodedata.normalize("NFC", bare)
    for plural, singular in _SPANISH:
        if word.endswith(plural):
            return word.removesuffix(plural) + singular
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")
