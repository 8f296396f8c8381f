"""Drop what a thread's tweets contain for the feed rather than the reader.

Marks at either end (`🧵`, `A thread 👇`, `1/12`, `(3/n)`), numbering (`2.`), and closers: tweets at the end
that only ask to be followed or shared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_NUMBER = r"(?P<open>[(\[])?(?P<n>\d{1,3})\s?/\s?(?P<of>\d{1,3}|[nNxX?])?(?(open)[)\]])"
_LEADING = re.compile(
    r"\s*(?:🧵[\s\ufe0f]*(?:(?i:thread)\s*[:👇]\s*)?|" + _NUMBER + r"[.:]?(?=\s|\Z)(?P<next>\s*\S?))"
)
_LEADING_POINT = re.compile(r"\s*(?:\(?\d{1,3}(?:[.)]|/)(?=[\sA-Z])\s*)++")
_NUMBERED = re.compile(r"\s*\(?(\d{1,3})(?:[.)]|/)")
_OF_THREAD = re.compile(r"\s*[(\[]?(\d{1,3})\s?/\s?(\d{1,3})(?![\d/])")
_OF_THREAD_AT_END = re.compile(r"(?<![\d/.])(\d{1,3})\s?/\s?(\d{1,3})[)\]]?\s*\Z")
_TRAILING_SIGNS = re.compile(r"[\s🧵👇⬇\ufe0f🏻🏼🏽🏾🏿]*[🧵👇⬇][\ufe0f🏻🏼🏽🏾🏿]*\Z")
_TRAILING_WORDS = re.compile(
    r"(?:\A|(?<=[.!?…)\]\"”’\n])|[,:–—-](?=\s))\s*[(\[]?\s*"
    r"(?:(?:a|an|short|quick|mini|long|new|mega)\s+){0,3}(?:mega)?thread\s*[)\]]?\s*(?P<sign>[:🧵👇⬇\ufe0f\s]*)\Z",
    re.IGNORECASE,
)
# A bare `2/` may follow any word; `4/5` and `24/7` are marks only after a sentence or on their own line.
_TRAILING_NUMBER = re.compile(
    r"(?P<before>\A|[.!?…:)\]\"”’🧵👇]\s*|\n\s*|\s+(?=[(\[]|\d{1,3}\s?/\Z))" + _NUMBER + r"\Z"
)
# A link or picture at the end of a text, with what `show_links` puts after one that leads nowhere (yet).
_MARKER = r"(?: ⏳| \*\([a-z ]{4,20}\)\*)?"
_TAIL_LINK = re.compile(r"!?\[[^\]\n]*\]\([^()\s]*\)" + _MARKER + r"\Z")
_TAIL_URL = re.compile(r"https?://[\x21-\x7e]+" + _MARKER + r"\Z")
_ENDS_WITH_LINK = (")", "⏳", "*")
# Numbers with a meaning of their own.
_NOT_A_POSITION = frozenset({(9, 11), (24, 7), (50, 50), (80, 20), (20, 80)})
_FRACTIONS = frozenset({(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (1, 8), (1, 10)})
_LOOK_BACK = 80

MAX_CLOSER = 1500
"""Characters; a longer text has something to say."""


_ADDRESSEES = re.compile(r"\s*(?:\.?@\w{1,30}\s+){2,}(?=[^\s@])")
_CONTINUES = re.compile(
    r"(?:and|are|have|for|both|who|wrote|made|did|y|e|et|und)\b|[&+,=|/(–—:-]|https?:|!?\[", re.IGNORECASE
)


_HINT = re.compile(r"follow|subscribe|tweet|thread|\bRT\b|newsletter|share this|this post", re.IGNORECASE)
_REQUEST = re.compile(
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
_FILLER = re.compile(
    r"\b(?:that['’]?s (?:it|all|a wrap)|thanks? (?:you )?for reading|hope (?:this|you|it)|let me know"
    r"|if you|if it was|for more\b|more (?:threads|tweets|like this)|one of these"
    r"|(?:every|each) (?:week|day|\w+day)|a week|you can|it (?:really )?helps"
    r"|spread the (?:word|knowledge)|my newsletter|audience|the end\b)",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[[^\[\]\n]*\]\([^()\s]*\)|https?://\S+")
_SENTENCE = re.compile(r"[^.!?\n]+")


def drop_thread_marks(text: str) -> str:
    """Drop the marks at both ends of a text; pictures and links may follow the last one."""
    end = _find_tail(text)
    start = _find_start(text, end)
    stop = _find_stop(text, start, end)
    if start == 0 and stop == end:
        return text
    body = text[start:stop].lstrip()
    cleaned = (body if stop == end else body.rstrip()) + text[end:]
    return cleaned.strip() or text


def drop_numbering(text: str) -> str:
    """Drop the `2.`, `2)` or `2/` at the start of a text; only for threads that number their tweets."""
    match = _LEADING_POINT.match(text)
    return text[match.end() :] or text if match else text


def drop_position(text: str, length: int) -> str:
    """Drop `3/8` at either end of a text of a thread of 8 tweets; links and pictures may follow it."""
    end = _find_tail(text)
    at_start = re.compile(rf"\A\s*[(\[]?\d{{1,3}}\s?/\s?{length}(?!\d)[)\]]?[.:]?\s*")
    at_end = re.compile(rf"(?:\A|\s*(?<![\d/])[(\[]?)\d{{1,3}}\s?/\s?{length}[)\]]?\s*\Z")
    cleaned = at_start.sub("", at_end.sub("", text[:end])) + text[end:]
    return cleaned.strip() or text


def find_length(texts: Sequence[str]) -> int | None:
    """How many tweets a thread says that it has: at least three have a number `3/8`, in order; else None."""
    found = []
    for text in texts:
        body = text[: _find_tail(text)]
        if match := _OF_THREAD_AT_END.search(body[-12:]) or _OF_THREAD.match(body):
            found.append((int(match[1]), int(match[2])))
    lengths = Counter(of for _, of in found)
    length, count = max(lengths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
    numbers = [number for number, of in found if of == length]
    rising = all(a < b for a, b in pairwise(numbers))
    return length if count >= 3 and rising and numbers[-1] <= length else None


def drop_addressees(text: str) -> str:
    """Drop the list of people at the start of a reply: `@ada @ben @cy That is why …`.

    Two handles may be the subject of the sentence (`@ada @ben wrote …`): they stay before a small letter.
    """
    match = _ADDRESSEES.match(text)
    if match is None:
        return text
    rest = text[match.end() :]
    is_subject = rest[:1].islower() and match[0].count("@") < 3
    return text if is_subject or _CONTINUES.match(rest) else rest


def has_numbering(texts: Sequence[str]) -> bool:
    """Whether a thread numbers its tweets: at least three and most of them, each number once, in order."""
    numbers = [int(match[1]) for text in texts if (match := _NUMBERED.match(text))]
    rising = all(a < b for a, b in pairwise(numbers))
    return rising and len(numbers) >= 3 and 2 * len(numbers) > len(texts)


def is_closer(text: str) -> bool:
    """Whether a text closes a thread: `follow me`, `retweet the first tweet`, `subscribe here` …

    At least half of the words must be a request or the filler that goes with one.
    """
    if len(text) > MAX_CLOSER or not _HINT.search(text):
        return False
    sentences = [part for each in _SENTENCE.findall(_LINK.sub(" ", text)) if len(part := each.strip()) > 2]
    asking = sum(len(part) for part in sentences if _REQUEST.search(part))
    filling = sum(len(part) for part in sentences if not _REQUEST.search(part) and _FILLER.search(part))
    return asking > 0 and 2 * (asking + filling) >= sum(len(part) for part in sentences)


def _find_start(text: str, end: int) -> int:
    start = 0
    while match := _LEADING.match(text, start, end):
        if match["n"] and not _is_position(match, leading=True):
            break
        start = match.end("next") - len(match["next"].lstrip()) if match["n"] else match.end()
    return start


def _find_stop(text: str, start: int, end: int) -> int:
    stop = end
    while True:
        window = text[max(start, stop - _LOOK_BACK) : stop]
        kept = _cut_mark(window.rstrip())
        if kept is None:
            return stop
        stop -= len(window) - kept


def _cut_mark(end: str) -> int | None:
    """The length of `end` without the mark at its end; None if there is none."""
    words = _TRAILING_WORDS.search(end) if "hread" in end or "HREAD" in end else None
    if words and (words["sign"].strip() or end.endswith((")", "]"))):
        return words.start()
    if end and end[-1] in "🧵👇⬇\ufe0f🏻🏼🏽🏾🏿" and (signs := _TRAILING_SIGNS.search(end)):
        return signs.start()
    if end[-4:].lower() in ("/end", "/fin") and end[-5:-4].strip() == "":
        return len(end) - 4
    if end and "/" in end[-9:] and (end[-1] in ")]nNxX?/" or end[-1].isdigit()):
        number = _TRAILING_NUMBER.search(end)
        if number and _is_position(number, leading=False):
            return number.end("before")
    return None


def _is_position(match: re.Match[str], *, leading: bool) -> bool:
    """Whether a number is a tweet's position in its thread rather than a fraction, a date or a rating."""
    if not match["of"] or not match["of"].isdigit():
        return bool(leading or match["open"] or match["of"] or match["before"])
    position = int(match["n"]), int(match["of"])
    if match["open"]:
        is_rating = not leading and position[1] in (5, 10) and match["before"].strip(" ") == ""
        return position[0] <= position[1] and not (is_rating and match["before"])
    if position in _NOT_A_POSITION or position[0] > position[1]:
        return False
    return not (leading and position in _FRACTIONS and match["next"].strip()[:1].islower())


def _find_tail(text: str) -> int:
    """Where the pictures and links at the end of a text begin, with the whitespace before them."""
    end = len(text)
    while True:
        window = text[max(0, end - 2000) : end]
        kept = window.rstrip()
        tail = None
        if kept.endswith(_ENDS_WITH_LINK):
            tail = _TAIL_LINK.search(kept, max(0, kept.rfind("[") - 1))
        if tail is None and "http" in kept[-600:]:
            tail = _TAIL_URL.search(kept, kept.rfind("http"))
        if tail is None:
            return end - len(window) + len(kept)
        end -= len(window) - tail.start()
