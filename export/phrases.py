"""Phrases: words that are looked for in a text as they stand, whole, without case."""

from __future__ import annotations

import re
from dataclasses import dataclass

from record_types.library import ReadHighlight

_WORD = re.compile(r"\w+")
_URL = re.compile(r"https?://[^\s)\]]+")
_MARKS = str.maketrans({"*": "", "’": "'", "‘": "'", "\u00ad": ""})
_WITHOUT_BLANKS = "\u2e80"
"""From here on are scripts that put no blank between words; a phrase of them may stand anywhere."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase, made ready to be looked for."""

    words: str
    """Folded as `fold_words` does."""
    whole: re.Pattern[str]
    first: str = ""
    """The word that it begins with, where `split_words` of every text that holds it has it; else empty."""

    def stands_in(self, folded: str) -> bool:
        """Whether a text folded by `fold_words` holds it."""
        return self.words in folded and self.whole.search(folded) is not None


def make_phrase(phrase: str) -> Phrase:
    """The phrase ready to be looked for; a final `*` takes any ending."""
    words = fold_words(phrase)
    before = r"(?<!\w)" if words[:1] < _WITHOUT_BLANKS and re.match(r"\w", words) else ""
    bound = words[-1:] < _WITHOUT_BLANKS and re.search(r"\w\Z", words) and not phrase.rstrip().endswith("*")
    word = _WORD.match(words)
    whole_word = word and before and max(word[0]) < _WITHOUT_BLANKS and (bound or word.end() < len(words))
    pattern = re.compile(before + re.escape(words) + (r"(?!\w)" if bound else ""))
    return Phrase(words, pattern, word[0] if word and whole_word else "")


def split_words(folded: str) -> set[str]:
    """The different words of a text folded by `fold_words`."""
    return set(_WORD.findall(folded))


def fold_words(text: str) -> str:
    """The text in one case, with single blanks, without emphasis and curly quotes."""
    return " ".join(text.translate(_MARKS).casefold().split())


def fold_highlight(highlight: ReadHighlight) -> str:
    """What phrases are looked for in: the text and the reader's notes, without addresses, folded."""
    text = "\n".join((highlight.text, *highlight.notes))
    return fold_words(_URL.sub(" ", text) if "://" in text else text)
