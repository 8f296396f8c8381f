"""Split one list item into its text, the items below it, and the anchors that a template appends.

Children are indented by four columns or more, continuations of the text by two: a tweet's own `··- item` is
text. If the item has a view link, everything above it is text at any depth, and everything below it is not.

After a highlight, a template appends `[Open in Readwise](…)` or `^rw123456 #to-process`; both contain
Readwise's id of the highlight. Obsidian's own anchors (`^a1b2c3`) are not part of the text either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from ingest.readwise.labels import Labels
from ingest.readwise.notation import View, split_view

BULLET = re.compile(r"(?P<indent>[ \t]*)[-*+](?:[ \t]+|$)")
# `Tagged` is what some templates write instead of `Tags`.
_LABEL = re.compile(r"\*{0,2}(?:Tags|Tagged|Notes?)\*{0,2}:")
_STANDARD = re.compile(r"\(\[(?:View (?:Tweet|Highlight)|(?:Location|Page|Time)[ \u00a0])")
# Readwise's template indents children by four spaces and continuations by two.
_CHILD = 4
_ANCHOR = re.compile(r"\^(?:rw(?P<id>[0-9]{1,20})(?:-note)?|(?P<own>[0-9a-z]{6}))", re.ASCII)
_ANNOTATION = re.compile(
    r"[—–-] \[(?:Updated|Created|Annotated) on (?P<moment>[0-9][0-9T: .+Z-]{8,30})\]"
    r"\((?P<url>https?://hyp\.is/[^\s()]+)\)(?:[ \t]+[—–-] Group: #?(?P<group>[^\n]{1,80}))?"
)
"""What Hypothesis's plugin writes after a passage."""

_OPEN = re.compile(
    r"\[Open[^\[\]\n]{0,30}\]\(https?://(?:www\.)?readwise\.io/open/(?P<id>[0-9]{1,20})\)\)?", re.ASCII
)
_HASHTAGS = re.compile(r"(?:[ \t]+#[^\s#]+)+")
_BEFORE_LINK = " \t\n(,;|"


@dataclass(slots=True)
class Item:
    """An item below a highlight, at any depth."""

    text: str
    line: int
    """Relative to the highlight's first line, which is 0."""
    level: int
    """2 for a child, 3 for a grandchild, and so on."""


class ListItem(NamedTuple):
    """One item at the margin, split into its text and children."""

    text: str
    """Its continuation lines without their indentation."""
    children: list[Item]


def read_item(lines: list[str], labels: Labels) -> ListItem:
    """Read the lines of one item, the first without its bullet."""
    end = _find_end(lines, labels)
    text = "\n".join([lines[0].strip(), *(_outdent(line) for line in lines[1:end])])
    return ListItem(text.strip(), _read_children(lines, end))


def measure(line: str) -> int:
    """Return the width of a line's indentation; a tab extends to the next multiple of four."""
    column = 0
    for sign in line:
        if sign == "\t":
            column += _CHILD - column % _CHILD
        elif sign == " ":
            column += 1
        else:
            break
    return column


def ends_in_view(text: str) -> bool:
    """Whether `text` ends in a view link, ignoring anchors."""
    return "](" in text and split_view(split_tail(text).text)[1] is not None


class Annotation(NamedTuple):
    """The link after a Hypothesis passage."""

    text: str
    """The passage, without the link."""
    view: View
    moment: str
    """When the annotation was last changed, as written."""
    group: str | None


def split_annotation(text: str) -> Annotation | None:
    """Split the link to Hypothesis off the end of `text`; None if there is none."""
    start = text.rfind(" on ") if "//hyp.is/" in text else -1
    start = text.rfind("[", 0, start) - 2 if start > 0 else -1
    match = _ANNOTATION.fullmatch(text.rstrip(), start) if start >= 0 else None
    if match is None:
        return None
    view = View(match["url"], None, None)
    return Annotation(text[:start].rstrip(), view, match["moment"].strip(), match["group"])


def _find_end(lines: list[str], labels: Labels) -> int:
    """Return the index just past the last line of the highlight's own text."""
    other = 0
    for number, line in enumerate(lines):
        if number and _is_label(line, _CHILD, labels):
            break
        if "](" in line and ends_in_view(line.strip()):
            if _STANDARD.search(line):
                return number + 1
            other = number + 1
    if other:
        return other
    in_list = False
    for number, line in enumerate(lines[1:], 1):
        if _is_label(line, 2, labels):
            return number
        if BULLET.match(line):
            column = measure(line)
            if column >= _CHILD and not in_list:
                return number
            in_list = in_list or column < _CHILD
    return len(lines)


def _is_label(line: str, column: int, labels: Labels) -> bool:
    bullet = BULLET.match(line)
    if bullet is None or measure(line) < column:
        return False
    return _LABEL.match(line, bullet.end()) is not None or labels.is_label(line[bullet.end() :])


def _read_children(lines: list[str], start: int) -> list[Item]:
    children: list[Item] = []
    columns: list[int] = []
    pieces: list[str] = []
    for number, line in enumerate(lines[start:], start):
        bullet = BULLET.match(line)
        if not bullet and children and (columns or line.strip()):
            pieces.append(line.strip())
            continue
        if not bullet and not line.strip():
            continue
        _close(children, pieces)
        column = measure(line) if bullet else 0
        while columns and column < columns[-1] + 2:
            columns.pop()
        if bullet:
            columns.append(column)
        children.append(Item("", number, len(columns) + 1 if bullet else 2))
        pieces = [line[bullet.end() :].strip() if bullet else line.strip()]
    _close(children, pieces)
    return children


def _close(children: list[Item], pieces: list[str]) -> None:
    if children and pieces:
        children[-1].text = "\n".join(pieces).strip()


def _outdent(line: str) -> str:
    """Remove the indentation that the page added to a continuation line."""
    if line.startswith("  "):
        return line[2:]
    return line.removeprefix("\t")


class Tail(NamedTuple):
    """A text without the anchors after it, and what they contained."""

    text: str
    """Without trailing whitespace."""
    readwise_id: str | None = None
    anchor: str | None = None
    """Obsidian's own anchor."""
    tags: str = ""


def split_tail(text: str) -> Tail:
    """Split the anchors and the link to Readwise off the end of `text`."""
    # Some templates set the link in italics and leave one star at its end.
    text = text.rstrip().removesuffix("*").rstrip() if text.endswith("*") and "](" in text else text.rstrip()
    if text.endswith("))\\"):
        text = text[:-1]  # a Markdown line break
    text, tags = _split_hashtags(text)
    text, anchor = _split_anchor(text)
    readwise_id = anchor["id"] if anchor else None
    start = text.rfind("[Open")
    link = _OPEN.fullmatch(text.rstrip(" \t\n,;|"), start) if start >= 0 else None
    if link and readwise_id in (None, link["id"]):
        readwise_id = link["id"]
        text = text[:start].rstrip(_BEFORE_LINK)
        shorter, inner = _split_anchor(text)
        if inner and inner["id"] == readwise_id:
            text = shorter
    return Tail(text, readwise_id, anchor["own"] if anchor else None, tags)


def _split_anchor(text: str) -> tuple[str, re.Match[str] | None]:
    start = text.rfind("^")
    if start < 0 or (start and text[start - 1] not in " \t\n"):
        return text, None
    match = _ANCHOR.fullmatch(text, start)
    return (text[:start].rstrip(), match) if match else (text, None)


def _split_hashtags(text: str) -> tuple[str, str]:
    """Split off the hashtags after an anchor, which are the template's."""
    start = text.rfind("^rw")
    end = start + 3
    while start >= 0 and text[end : end + 1].isdecimal():
        end += 1
    if start < 0 or end == start + 3 or not _HASHTAGS.fullmatch(text, end):
        return text, ""
    return text[:end], text[end:].strip()
