"""HTML → its text by the elements that hold it, in order, without a tree.

Exports of reading apps close elements with the wrong tags (`<div class="noteText">…</h3>`), which makes a
tree useless. So a field begins at a start tag with a known class or id and ends where the next one begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from markdown_text.escapes import decode_all_entities

# No `<` inside a tag: a row of `<` is scanned once.
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,20})(?P<attributes>[^<>]{0,4000})>|<!--|<[!?][^<>]{0,4000}>"
)
# `href` is not kept, but what is in it is no attribute (`?id=1`).
_ATTRIBUTE = re.compile(
    r"(class|id|value|href)\s{0,9}=\s{0,9}(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'>]{1,200}))", re.I
)
_SPACES = re.compile(r"[ \t\r\n\u00a0\u202f]+")
# Elements that end a line.
_BREAKS = frozenset({"br", "p", "div", "li", "tr"})
# Elements whose text nobody sees.
_SILENT = frozenset({"script", "style", "head", "title", "noscript", "template"})


class Tag(NamedTuple):
    """A start tag."""

    name: str
    classes: frozenset[str]
    id: str
    value: str
    """The attribute `value`, of a form's field."""


class Field(NamedTuple):
    """The text between the start of one known element and that of the next."""

    key: str
    text: str
    line: int
    tag: Tag


NO_TAG = Tag("", frozenset(), "", "")


def read_fields(
    text: str, find_key: Callable[[Tag], str | None], *, keep_breaks: bool = False
) -> Iterator[Field]:
    """Yield the fields of an HTML text in order; first, with an empty key, what precedes them.

    `find_key` names the field that begins at a tag; None continues the current one. White space is collapsed;
    `keep_breaks` keeps line breaks between blocks.
    """
    key, tag, begin_line = "", NO_TAG, 1
    parts: list[str] = []
    line, counted, place = 1, 0, 0
    silent = ""
    while match := _TAG.search(text, place):
        if not silent:
            parts.append(text[place : match.start()])
        place = match.end()
        if match[0] == "<!--":
            end = text.find("-->", place)
            place = len(text) if end < 0 else end + 3
            continue
        name = (match["name"] or "").lower()
        if silent:
            silent = "" if match["end"] and name == silent else silent
            continue
        if name in _BREAKS:
            parts.append("\n" if keep_breaks else " ")
        if match["end"] or not name:
            continue
        if name in _SILENT:
            silent = name
            continue
        found = _read_tag(name, match["attributes"])
        next_key = find_key(found)
        if next_key is not None:
            yield Field(key, _tidy("".join(parts), keep_breaks), begin_line, tag)
            line += text.count("\n", counted, match.start())
            counted = match.start()
            key, tag, begin_line, parts = next_key, found, line, []
    if not silent:
        parts.append(text[place:])
    yield Field(key, _tidy("".join(parts), keep_breaks), begin_line, tag)


def _read_tag(name: str, attributes: str) -> Tag:
    found = {
        match[1].lower(): match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(attributes)
    }
    return Tag(
        name,
        frozenset(found.get("class", "").split()),
        found.get("id", ""),
        decode_all_entities(found.get("value", "")),
    )


def _tidy(text: str, keep_breaks: bool) -> str:
    text = decode_all_entities(text)
    if not keep_breaks:
        return _SPACES.sub(" ", text).strip()
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    return "\n".join(line for line in lines if line)
