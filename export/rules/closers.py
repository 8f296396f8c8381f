"""Closers: tweets that end a thread by asking for something rather than saying it."""

from __future__ import annotations

import re

LONGEST = 1500
"""Characters; whoever writes more says something."""

_SIGN = re.compile(r"follow|subscribe|tweet|thread|\bRT\b|newsletter|share this|this post", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:^|(?<=[,:&)(➡️])|\b(?:and|or|then|please|to|can|should|also))\s*"
    + r"(?:follow (?:me|us|along)\b|follow @\w+)"
    + r"|\b(?:"
    + "|".join(
        [
            r"(?:hit|a) (?:that )?follow\b|follow/subscribe",
            r"subscribe (?:here|below|to (?:my|our|the))|and subscribe\b",
            r"(?:please |re-?tweet|RT|like|share)\W{0,3}(?:/ ?|& |and |or )?(?:re-?tweet(?:ing)? )?"
            r"(?:the|this) (?:\w+ )?(?:tweet|thread|post|list)\b",
            r"retweet\b(?= (?:to|and|if|it)\b|[!.]|$)",
            r"join (?:my|our|the|\d)[^.!?\n]{0,60}newsletter|sign up (?:for|to) (?:my|our)",
            r"(?:found|find|finds?|think|enjoy(?:ed)?|like[ds]?|loved?)\W{1,3}(?:that )?"
            r"th(?:is|e) (?:\w+ )?(?:thread|post|tweets?)\b",
            r"this (?:thread|post) (?:is|was) (?:helpful|useful|interesting)",
        ]
    )
    + ")",
    re.IGNORECASE,
)
_FILLS = re.compile(
    r"\b(?:that['’]?s (?:it|all|a wrap)|thanks? (?:you )?for reading|hope (?:this|you|it)|let me know"
    r"|if you|if it was|for more\b|more (?:threads|tweets|like this)|one of these"
    r"|(?:every|each) (?:week|day|\w+day)|a week|you can|it (?:really )?helps"
    r"|spread the (?:word|knowledge)|my newsletter|audience|the end\b)",
    re.IGNORECASE,
)
_NOT_WORDS = re.compile(r"!?\[[^\[\]\n]*\]\([^()\s]*\)|https?://\S+")
_SENTENCE = re.compile(r"[^.!?\n]+")


def is_closer(text: str) -> bool:
    """Whether a text is a thread's closer: `follow me`, `retweet the first tweet`, `subscribe here` …

    Whoever says such a thing must say little else: at least half of the words ask or go with it.
    """
    if len(text) > LONGEST or not _SIGN.search(text):
        return False
    sentences = [
        part for each in _SENTENCE.findall(_NOT_WORDS.sub(" ", text)) if len(part := each.strip()) > 2
    ]
    asking = sum(len(part) for part in sentences if _ASKS.search(part))
    filling = sum(len(part) for part in sentences if not _ASKS.search(part) and _FILLS.search(part))
    return asking > 0 and 2 * (asking + filling) >= sum(len(part) for part in sentences)
