"""Find texts that another text contains or nearly repeats: fragments, quotations, copies."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

Words = tuple[str, ...]

RUN = 5
"""Words of the runs that are compared; a shorter text is one run."""
NEARLY = 0.9
"""The share of a text's runs that another has to have."""
_MOST_TEXTS = 20
"""More texts with the same run (a formula, a signature) are not compared: it would take quadratic time."""

_PICTURE = re.compile(r"!\[[^\[\]\n]*\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_LABELLED = re.compile(r"\[((?:[^\[\]\n\\]|\\.)*+)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_URL = re.compile(r"https?://\S+(?: \*\([^()*]*\)\*| ⏳)?")
"""With the marker that says that it leads nowhere (`export.highlight_links`)."""
_MARKUP = re.compile(r"[*`]+|~~|(?<!\w)_+|_+(?!\w)|\[\[|\]\]|\\(?=[^\w\s])")
# Scripts without spaces between words are counted by character.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def strip_markup(text: str) -> str:
    """The words of a Markdown text: without pictures, addresses and punctuation; the labels of links stay."""
    if "](" in text or "://" in text:
        text = _URL.sub(" ", _LABELLED.sub(r"\1", _PICTURE.sub(" ", text)))
    return _MARKUP.sub("", text)


def split_words(text: str) -> Words:
    """The words of a Markdown text, for comparison."""
    return tuple(_WORD.findall(strip_markup(text).casefold()))


def find_contained(
    texts: Sequence[Words],
    share: float = NEARLY,
    may_contain: Callable[[int, int], bool] = lambda outer, inner: True,
) -> dict[int, int]:
    """The position of the text that contains it, for each text that another contains.

    The longer of two contains the shorter, the first of two equal ones the second. The containing text is
    never itself contained in another. `share`: the share of a text's runs that another must have.
    `may_contain`: whether the text at one position may contain that at another.
    """
    sizes = {min(len(words), RUN) for words in texts if words}
    index: dict[Words, list[int]] = defaultdict(list)
    found: dict[int, int] = {}
    for at in sorted(range(len(texts)), key=lambda at: (-len(texts[at]), at)):
        words = texts[at]
        if not words:
            continue
        runs = set(_cut_runs(words, min(len(words), RUN)))
        counts = Counter(other for run in runs for other in index.get(run, ()))
        near = (other for other in counts if counts[other] >= share * len(runs) and may_contain(other, at))
        best = max(near, key=lambda other: (counts[other], -other), default=None)
        if best is not None:
            found[at] = best
            continue
        for size in sizes:
            for run in set(_cut_runs(words, size)):
                if len(index[run]) < _MOST_TEXTS:
                    index[run].append(at)
    return found


def _cut_runs(words: Words, size: int) -> Iterator[Words]:
    return zip(*(words[start:] for start in range(size)), strict=False)
