"""References: what a block's text refers to (pages, tags, blocks, macros, URLs), read as Logseq reads it.

    page ref   [[x]], nested [[x [[y]] z]], labelled [label]([[x]]); on one line
    tag        #x, #a/b, #[[x y]]; not after a word ("email#x"), nor `[#A]`, which is a priority
    block ref  ((uuid)), labelled [label](((uuid)))
    macro      {{name argument, argument}}; of its arguments only an embed's pages and blocks count

Nothing counts inside code (spans, fences, #+BEGIN_SRC), after a backslash, in a URL, or in a property's value
that stands in quotes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.regions import find_code

DEEPEST_NESTING = 16
"""Of page refs in page refs; only the innermost so many are read."""

_TOKEN = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<code>`++)"
    r"|(?P<url>(?i:https?)://[^\s<>\"`\[\]()，。；！？、）】」]++"
    r"(?:\([^\s<>\"`\[\]()]*+\)[^\s<>\"`\[\]()，。；！？、）】」]*+)*+)"
    r"|(?P<block>\(\([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\)\))"
    r"|(?P<macro>\{\{)"
    r"|(?P<open>(?:(?<![\w&#/])\#)?\[\[)"
    r"|(?P<close>\]\])"
    r"|(?<![\w&#/])\#(?!\+)(?P<tag>[^\s#,;!?'\"()\[\]{}<>`，。；！？：、（）【】「」]++)"
    r"|(?P<priority>\[\#[A-Z]\])"
    r"|(?P<line>\n)"
)
_QUOTED_VALUE = re.compile(r"^[ \t]*+[^:\s]++::[ \t]++\"[^\n]*\"[ \t]*$", re.MULTILINE)
_TRAILING = ".,;:!?'*_"
"""What ends a sentence or an emphasis rather than the tag or URL before it."""

_MARKS = re.compile(
    r"(?:(?P<heading>\#{1,6})[ \t]++)?+"
    r"(?:(?P<marker>TODO|DOING|DONE|LATER|NOW|WAITING|WAIT|CANCELED|CANCELLED|IN-PROGRESS|STARTED)"
    r"(?=[ \t]++\S)[ \t]++)?+"
    r"(?:\[\#(?P<priority>[A-Z])\])?+"
)


@dataclass(frozen=True, slots=True)
class Macro:
    """`{{name argument, argument}}`."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class References:
    """What one text refers to; each thing once, in the order of its first place."""

    page_refs: tuple[str, ...] = ()
    """Page names as written, the nested ones after the one around them."""
    tags: tuple[str, ...] = ()
    """Without "#"; `[[x y]]` keeps its brackets (and is a page ref too)."""
    block_refs: tuple[str, ...] = ()
    """UUIDs as written."""
    macros: tuple[Macro, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """What a block's first line begins with."""

    heading: int | None = None
    """The number of "#"s."""
    marker: str | None = None
    """`TODO`, `DONE` …; None where no text follows it."""
    priority: str | None = None
    """One letter."""


_NOTHING = References()


def find_references(text: str) -> References:
    """What `text`, one block's, refers to. Linear in its length."""
    if not any(sign in text for sign in ("#", "[[", "((", "{{", "://")):
        return _NOTHING
    found: dict[str, dict[str, None]] = {"page": {}, "tag": {}, "block": {}, "macro": {}, "url": {}}
    for piece in _cut_out_code(text):
        for _, kind, content in sorted(_scan(piece)):
            found[kind][content] = None
            if kind == "macro" and content.startswith("embed "):
                for _, inner, name in _scan(content):
                    if inner in ("page", "block"):
                        found[inner][name] = None
    return References(
        page_refs=tuple(found["page"]),
        tags=tuple(found["tag"]),
        block_refs=tuple(found["block"]),
        macros=tuple(map(_read_macro, found["macro"])),
        urls=tuple(found["url"]),
    )


def read_marks(text: str) -> Marks:
    """The heading, task marker and priority that `text`, one block's, begins with."""
    match = _MARKS.match(text)
    if match is None:
        return Marks()
    heading, marker, priority = match.group("heading", "marker", "priority")
    return Marks(len(heading) if heading else None, marker, priority)


def _cut_out_code(text: str) -> Iterator[str]:
    """What is left of `text` without blocks of code and quoted values of properties."""
    silent = find_code(text)
    if "::" in text:
        silent = sorted(silent + [match.span() for match in _QUOTED_VALUE.finditer(text)])
    past = 0
    for start, end in silent:
        if start >= past:
            yield text[past:start]
            past = end
    yield text[past:]


def _scan(text: str) -> Iterator[tuple[int, str, str]]:
    """Each reference outside code spans: its offset, its kind, what it says; nested pages come inside out."""
    code_end = _CodeSpans(text).find_end
    braces, line_ends = _Ahead(text, "}}"), _Ahead(text, "\n")
    opened: deque[tuple[int, bool]] = deque(maxlen=DEEPEST_NESTING)
    position = 0
    while match := _TOKEN.search(text, position):
        start, position = match.span()
        kind = match.lastgroup or ""
        if kind == "code":
            position = code_end(match[0], position)
        elif kind == "line":
            opened.clear()
        elif kind == "open":
            opened.append((position, match[0][0] == "#"))
        elif kind == "close" and opened:
            begin, is_tag = opened.pop()
            name = text[begin:start]
            if name.strip():
                yield begin, "page", name
                if is_tag:
                    yield begin, "tag", f"[[{name}]]"
        elif kind == "macro":
            closing = braces.find(position)
            if closing < line_ends.find(position):
                yield start, kind, text[position:closing]
                position = closing + 2
        elif kind == "block":
            yield start, kind, match[0][2:-2]
        elif kind in ("tag", "url") and (name := match[kind].rstrip(_TRAILING)):
            yield start, kind, name


def _read_macro(content: str) -> Macro:
    name, _, arguments = content.strip().partition(" ")
    return Macro(name, tuple(part.strip() for part in arguments.split(",") if part.strip()))


class _Ahead:
    """The next place of a string in a text, for offsets that only grow: no stretch is searched twice."""

    def __init__(self, text: str, needle: str) -> None:
        self._text = text
        self._needle = needle
        self._place = -1

    def find(self, offset: int) -> int:
        """The first place at or after `offset`; the text's length where there is none."""
        if self._place < offset:
            place = self._text.find(self._needle, offset)
            self._place = place if place >= 0 else len(self._text)
        return self._place


class _CodeSpans:
    """Where code spans end: at the next run of as many backticks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._runs: dict[int, list[int]] | None = None

    def find_end(self, opener: str, after: int) -> int:
        """Just past the span that `opener` begins; `after`, its own end, where nothing ends it."""
        if self._runs is None:
            self._runs = {}
            for run in re.finditer("`++", self._text):
                self._runs.setdefault(len(run[0]), []).append(run.start())
        places = self._runs.get(len(opener), [])
        nearest = bisect_left(places, after)
        return places[nearest] + len(opener) if nearest < len(places) else after
