"""Parse what a reader types into a search: words, "phrases", and filters such as `author:` and `before:`."""

from __future__ import annotations

import re
from typing import NamedTuple

_FILTER = re.compile(
    r'(?<!\S)(author|topic|tag|category|site|before|after|is|has):("[^"]*"|\S+)', re.IGNORECASE
)
# A handle counts only as a word of its own: an address such as `ann@example.org` is text.
_HANDLE = re.compile(r"(?<!\S)@(\w{1,30})(?!\S)")
_WORDS = re.compile(r"\w+(?:['’]\w+)*")

_COMMON_WORDS = """
a about an and are as at be been but by can do does for from had has have how i if in into is it its me my
not of on or our she he so that the their them then there these they this to was we were what when where
which who why will with would you your
"""
COMMON = frozenset(_COMMON_WORDS.split())
"""Words that occur in most highlights: alone they say nothing about what is searched for."""


class Query(NamedTuple):
    """A search, taken apart."""

    words: str
    """Without the filters."""
    filters: dict[str, str | None]
    """The parameters of `narrowed` in `match_ranking.py`; None: not given."""

    @property
    def is_narrowed(self) -> bool:
        return any(value is not None for value in self.filters.values())


def parse_query(text: str) -> Query:
    """Split `text` into words and filters; an unknown `is:` or `has:` stays part of the words."""
    filters: dict[str, str | None] = dict.fromkeys(
        ("author", "topic", "tag", "category", "site", "before", "after", "cut", "noted")
    )

    def take(match: re.Match[str]) -> str:
        name, value = match[1].lower(), match[2].strip('"').casefold()
        if name == "is" and value in ("favorite", "favourite"):
            filters["tag"] = "favorite"
        elif (name, value) == ("is", "cut"):
            filters["cut"] = "yes"
        elif (name, value) == ("has", "note"):
            filters["noted"] = "yes"
        elif name == "category" and value:
            filters[name] = "other" if value == "other" else value.removesuffix("s") + "s"
        elif name in filters and value:
            filters[name] = value.lstrip("@#") if name in ("author", "tag") else value
        else:
            return match[0]
        return " "

    def take_handle(match: re.Match[str]) -> str:
        filters["author"] = match[1].casefold()
        return " "

    words = _HANDLE.sub(take_handle, _FILTER.sub(take, text.replace("\0", " ")))
    return Query(" ".join(words.split()), filters)


def build_phrase_query(words: str) -> str:
    """An FTS5 query for three or more plain words in this order; empty for fewer words or other syntax."""
    found = _WORDS.findall(words)
    return '"' + " ".join(found) + '"' if len(found) > 2 and not set(words) & set('"*') else ""


def list_telling_words(words: str) -> list[str]:
    """The words of a sentence without the common ones; none for a single word and for "phrases"."""
    found = list(dict.fromkeys(word.casefold() for word in _WORDS.findall(words)))
    if len(found) < 2 or '"' in words:
        return []
    return [word for word in found if word not in COMMON]
