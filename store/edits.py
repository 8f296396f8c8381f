"""Which highlight without a URL was edited rather than removed and another one added: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from store.merging import fold_words

SIMILAR = 0.5
"""Least similarity, of 1, of two texts at the same place that count as one edited."""

MOST_PAIRS = 400
"""Where more pairs than these would have to be compared, nothing is certain anyway."""


def match_edits(
    before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]], *, kept: frozenset[str]
) -> dict[str, str]:
    """Old uid → new uid for each edit that is certain.

    `before` and `after` are one file's (uid, text) in its order. An edit is certain between the same
    unchanged neighbours: where as many highlights stand there before and after, each with the one in its
    place if alike; otherwise where two are alike to each other and to nothing else. `kept` are the new
    uids that already stand for something else.
    """
    edits: dict[str, str] = {}
    matcher = SequenceMatcher(None, [uid for uid, _ in before], [uid for uid, _ in after], autojunk=False)
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if operation != "replace":
            continue
        old = [each for each in before[old_start:old_end] if each[0].startswith("text:")]
        new = [each for each in after[new_start:new_end] if each[0] not in kept]
        if old_end - old_start == new_end - new_start == len(old) == len(new):
            edits.update((o[0], n[0]) for o, n in zip(old, new, strict=True) if are_alike(o[1], n[1]))
        elif len(old) * len(new) <= MOST_PAIRS:
            edits.update(_match_unique(old, new))
    return edits


def _match_unique(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The pairs in which each is alike to the other and to nothing else."""
    alike = [(o, n) for o, old_text in old for n, new_text in new if are_alike(old_text, new_text)]
    olds = Counter(o for o, _ in alike)
    news = Counter(n for _, n in alike)
    return {o: n for o, n in alike if olds[o] == news[n] == 1}


def are_alike(one: str, other: str) -> bool:
    """Whether two texts are so close that one is the other, edited, cut or completed."""
    first, second = fold_words(one), fold_words(other)
    if not first or not second:
        return False
    if first.startswith(second) or second.startswith(first):
        return True
    matcher = SequenceMatcher(None, first[:2000], second[:2000], autojunk=False)
    return matcher.quick_ratio() >= SIMILAR and matcher.ratio() >= SIMILAR
