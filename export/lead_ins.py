"""Lead-ins: the words before a colon with which a resource thread names a highlight's subject.

`For Linear Algebra: …`, `Probability: …`; never `Bonus 2:`, `Step 3:`, `How to start:`. What is no
subject is data below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 5
"""Words of a subject, joining words not counted."""

_LEAD_IN = re.compile(
    r"\W{0,6}?(?:\d{1,3}[./)]\s*)?[*_\"“]{0,3}(?P<lead>(?P<for>For\s+)?(?P<subject>[^\W_][^:：\n]{1,59}?))[*_\"”]{0,3}[:：][*_]{0,3}(?=\s|\Z)"
)
_TRAILING_NUMBER = re.compile(r"[\s#]*(?:\d{1,3}|[IVX]{1,4}|one|two|three)$", re.IGNORECASE)
_WORD = re.compile(r"[^\s,/]+")
_JOINING = frozenset("a an and & of in the vs vs. with for on + und de der et".split())

NO_SUBJECT = frozenset(
    {
        *"action advice announcement answer ask author authors background bonus caveat challenge chapter claim closing".split(),
        *"comment comparison conclusion congrats con cons context correction credit credits day definition disclaimer disclosure".split(),
        *"discussion edit ending example examples exercise exception extra fact fallacy final finally finding findings first".split(),
        *"firstly fun good goal hack here hint home homework idea important in intro introduction introducing intuition issue".split(),
        *"job key last lastly law learning learnings lesson lessons level link links me meaning meanwhile mistake module".split(),
        *"month moral myth myths new news next note notes observation oh opinion option others outcome outline overview page paper part".split(),
        *"phase pitfall plus point poll post preface principle problem pro process project prompt proof pros ps psa purpose".split(),
        *"q qed question questions quick quote reality reason recap recommendation reference references reminder remember reply".split(),
        *"resource resources result results rule rules scenario season second secondly section series session side so solution".split(),
        *"source sources spoiler stage step steps story stretch strategy subject subscribe suggestion summary takeaway takeaways task".split(),
        *"theorem theory thesis third thirdly thoughts thread tip tips tl;dr tldr tl;dr; today tomorrow tool topic topics translation trick truth tweet".split(),
        *"type update upside downside via video warning week year yesterday".split(),
    }
)
"""A lead-in of one of these words, with or without a number, tells what a tweet is, not what it is about."""

NO_FIRST_WORD = frozenset(
    """also another before after because but by can could did do does don't each either every everything how however i
    i'd i'll i'm i've if instead is it it's its let let's lets like look make maybe more most my no not now of once one only
    or other our please read remember same see she he should side since some someone step still such take tell than
    that that's the their then there these they think this those though to use watch we we're were was what what's
    when where whether which while who whose why will would yes yet you you're your as at are be been from via get
    give go great good here here's just part try start stop join follow check find learn build create write""".split()
)
_CLAUSE_WORDS = frozenset(
    """am are be been being can can't could did didn't do does doesn't don't gets had has have he her hers him his i i'm
    if is isn't it it's its let's makes me mine must my our ours she should that them then they this those these us was
    we were what when which who will won't would you your yours their not to how why""".split()
)
_NOUNS_IN_ING = frozenset(
    """accounting advertising banking branding coding computing cooking data design drawing editing engineering
    fundraising gardening investing learning manufacturing marketing modeling modelling networking parenting pricing
    processing programming prototyping reading recruiting running selling singing storytelling swimming teaching
    testing timing training typing viewing wellbeing writing""".split()
)


@dataclass(frozen=True, slots=True)
class LeadIn:
    """How a highlight begins, where that names a subject."""

    words: str
    """As it stands, without the colon: `For Calculus`."""
    subject: str
    """`Calculus`."""
    sure: bool
    """Whether it is written like a title; otherwise only a topic known already makes it one."""


def find_lead_in(text: str) -> LeadIn | None:
    """The lead-in that a text begins with, None where it names no subject."""
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
    counted = [word for word in words if word not in _JOINING]
    if not 0 < len(counted) <= LONGEST or subject.startswith(("@", "#", "http")) or not _is_plain(subject):
        return False
    bare = _TRAILING_NUMBER.sub("", subject.casefold()).strip()
    if len(bare) < 2 or words[0] in NO_FIRST_WORD or bare.split()[0] in NO_SUBJECT and (len(words) == 1 or bare != subject.casefold()):
        return False
    if bare in NO_SUBJECT or bare.split()[-1] in NO_SUBJECT and len(words) <= 3 and not led_by_for:
        return False
    return not _CLAUSE_WORDS.intersection(words) and not _is_verb_phrase(words)


def _is_verb_phrase(words: list[str]) -> bool:
    """`understanding taste`: what one does, not what it is about."""
    return len(words) > 1 and words[0].endswith("ing") and words[0] not in _NOUNS_IN_ING


def _is_plain(subject: str) -> bool:
    return not any(mark in subject for mark in "!?…;=<>[]{}|`\"“”$€£•") and ". " not in subject


def _is_title(subject: str) -> bool:
    words = [word for word in _WORD.findall(subject) if word.casefold() not in _JOINING]
    return all(not word[0].islower() for word in words)
