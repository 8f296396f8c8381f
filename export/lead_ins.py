"""Find lead-ins: the words before a colon with which a thread of resources names a highlight's subject.

`For Linear Algebra: …`, `Probability: …`; never `Bonus 2:`, `Step 3:`, `How to start:`. The words that name
no subject are in `export.stop_words`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from export.stop_words import CLAUSE_WORDS, JOINING, NO_FIRST_WORD, NO_LAST_WORD, NO_SUBJECT, NOUNS_IN_ING

MAX_WORDS = 5
"""Words of a subject, not counting joining words."""

_LEAD_IN = re.compile(
    r"[^\w@#]{0,6}?(?:\d{1,3}[./)]\s*)?[*_\"“]{0,3}(?P<lead>(?P<for>For\s+)?(?P<subject>[^\W_][^:：\n]{1,59}?))[*_\"”]{0,3}[:：][*_]{0,3}(?=\s|\Z)"
)
_TRAILING_NUMBER = re.compile(r"[\s#]*\d{1,3}$|[\s#]+(?:[ivx]{1,4}|one|two|three)$")
_PART = re.compile(r"\s#?\d{1,3}$")
"""`Excuse 1:`, `Excuse 2:` number the parts of a thread; `GPT-3:` is a name."""
_WORD = re.compile(r"[^\s,/]+")


@dataclass(frozen=True, slots=True)
class LeadIn:
    """The beginning of a highlight that names its subject."""

    words: str
    """As written, without the colon: `For Calculus`."""
    subject: str
    """`Calculus`."""
    sure: bool
    """Whether it is capitalized like a title; if not, it counts only for a topic that exists already."""


def find_lead_in(text: str) -> LeadIn | None:
    """Find the lead-in of a text; None if it names no subject."""
    start = text[:90]
    if ":" not in start and "：" not in start:
        return None
    match = _LEAD_IN.match(start)
    if match is None:
        return None
    subject = " ".join(match["subject"].split())
    if not _is_subject(subject, led_by_for=match["for"] is not None):
        return None
    return LeadIn(" ".join(match["lead"].split()), subject, _is_title(subject))


def _is_subject(subject: str, *, led_by_for: bool) -> bool:
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(subject)]
    counted = [word for word in words if word not in JOINING]
    if not 0 < len(counted) <= MAX_WORDS or not _is_plain(subject) or words[0] in NO_FIRST_WORD:
        return False
    bare = _TRAILING_NUMBER.sub("", subject.casefold()).split()
    if len("".join(bare)) < 2 or _names_a_part(bare, numbered=bare != subject.casefold().split()):
        return False
    if _PART.search(subject) and not led_by_for:
        return False
    if bare[-1] in NO_LAST_WORD and len(bare) <= 3 and not led_by_for:
        return False
    return not CLAUSE_WORDS.intersection(words) and not _is_verb_phrase(words)


def _names_a_part(words: list[str], *, numbered: bool) -> bool:
    """`Bonus`, `Step 3`: a part of the thread. `Learning Theory` is a subject."""
    return words[0] in NO_SUBJECT and (len(words) == 1 or numbered)


def _is_verb_phrase(words: list[str]) -> bool:
    """`understanding taste`: an activity, not a subject."""
    return len(words) > 1 and words[0].endswith("ing") and words[0] not in NOUNS_IN_ING


def _is_plain(subject: str) -> bool:
    return not any(mark in subject for mark in '!?…;=<>()[]{}|`"“”$€£•') and ". " not in subject


def _is_title(subject: str) -> bool:
    words = [word for word in _WORD.findall(subject) if word.casefold() not in JOINING]
    return all(not word[0].islower() for word in words)
