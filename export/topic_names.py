"""Topic names: compare them, resolve aliases, and reject words that are never a topic."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b

from export.stop_words import NO_TOPIC

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:\d{{4}}[-_/.]\d{{1,2}}(?:[-_/.]\d{{1,2}})?|\d{{1,2}}[-_/.]\d{{1,2}}[-_/.]\d{{2,4}}"
    rf"|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\.?,?\s+\d{{4}}|{_MONTH}\s+\d{{4}}|\d+)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    re.IGNORECASE,
)
_STATE = re.compile(r"h[1-6]|c\d{1,3}|\.\w+|\d+(?:st|nd|rd|th|\.)|(?=[a-f]*\d)[0-9a-f]{6}", re.IGNORECASE)
_SIGNS = {"+": " plus ", "#": " sharp "}
_SIGN = re.compile(r"(?<=\w)[+#]+")


@lru_cache(maxsize=65536)
def fold_name(name: str) -> str:
    """Fold a name to the key of its topic: case, separators, `&`/`and` and a plural make no difference.

    Names with the same slug have the same key, so no two topics share a slug.
    """
    words = [word for word in slugify(name).split("-") if word != "and"]
    return "".join(words[:-1]) + _singular(words[-1]) if words else slugify(name)


@lru_cache(maxsize=65536)
def is_stop_name(name: str) -> bool:
    """Whether a name is never a topic: a marker, state, date, person, page of the tool or a mere number."""
    bare = name.strip().casefold()
    return (
        len(bare) < 2
        or len(bare) > 80
        or bare in NO_TOPIC
        or bare.startswith(("@", "http:", "https:", "readwise/", "../", "./"))
        or bare.endswith((" on twitter", " on x", "(highlights)", "(readwise)"))
        or _STATE.fullmatch(bare) is not None
        or _DATE.fullmatch(bare.replace("\\", "")) is not None
    )


def slugify(name: str) -> str:
    """Make a slug: lower case, words joined by `-`, Latin letters without accents; `C#` → `c-sharp`."""
    signed = _SIGN.sub(lambda match: "".join(_SIGNS[sign] for sign in match[0]), name)
    letters = "".join(_plain_letter(letter) for letter in unicodedata.normalize("NFC", signed.casefold()))
    slug = re.sub(r"[\W_]+", "-", letters).strip("-")
    return slug or "topic-" + blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def fold_aliases(
    configured: Mapping[str, str], of_pages: Iterable[tuple[str, str]], fixed: Collection[str] = ()
) -> dict[str, str]:
    """Resolve aliases: the topic of each alias, by the alias's key (`fold_name`).

    `of_pages` are pairs of a page's name and an alias of it, in any order; if two pages share an alias, the
    first by name wins. The configuration overrides pages, and the names in `fixed` are never aliases.
    """
    own = {fold_name(name) for name in fixed}
    steps: dict[str, str] = {}
    pages = sorted(of_pages, key=lambda pair: (pair[0].casefold(), pair))
    for name, topic in [*configured.items(), *((alias, page) for page, alias in pages)]:
        key = fold_name(name)
        if key not in own and key != fold_name(topic) and not is_stop_name(topic):
            steps.setdefault(key, topic)
    return {key: _follow(key, steps) for key in steps}


def _plain_letter(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base.isascii() and base.isalnum() else letter


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _follow(key: str, steps: Mapping[str, str]) -> str:
    """Follow a chain of aliases to its end; a cycle ends at the first of its names in alphabetical order."""
    path: list[str] = []
    while key in steps and key not in path:
        path.append(key)
        key = fold_name(steps[key])
    if key in steps:
        return min(
            (steps[each] for each in path[path.index(key) :]), key=lambda name: (name.casefold(), name)
        )
    return steps[path[-1]]
