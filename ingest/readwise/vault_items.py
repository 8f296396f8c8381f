"""The lines of one list item → its text and the items below it (FORMAT: Obsidian page).

Children stand at four columns or more, continuations of the text at two: a tweet's own `··- item` is text.
Where a view link stands, what is above it is text at any depth, and what is below it is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from ingest.readwise.anchors import split_tail
from ingest.readwise.labels import Labels
from ingest.readwise.views import split_view

BULLET = re.compile(r"(?P<indent>[ \t]*)[-*+](?:[ \t]+|$)")
_LABEL = re.compile(r"\*{0,2}(?:Tags|Tagged|Note)\*{0,2}:")
_STANDARD = re.compile(r"\(\[(?:View (?:Tweet|Highlight)|(?:Location|Page|Time)[ \u00a0])")
_CHILD = 4


@dataclass(slots=True)
class Item:
    """A child of a highlight, or a child's child."""

    text: str
    line: int
    """Counted from the highlight's first line, which is 0."""
    level: int
    """2 for a child, 3 for what is below it …"""


class ListItem(NamedTuple):
    """One item at the margin, taken apart."""

    text: str
    """Its continuation lines without their indentation."""
    children: list[Item]


def read_item(lines: list[str], labels: Labels) -> ListItem:
    """What `lines`, one item's, say; the first is without its bullet."""
    end = _find_end(lines, labels)
    text = "\n".join([lines[0].strip(), *(_outdent(line) for line in lines[1:end])])
    return ListItem(text.strip(), _read_children(lines, end))


def measure(line: str) -> int:
    """The columns of blanks at a line's start; a tab goes to the next multiple of four."""
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
    """True where a view link stands at the end of `text`, anchors aside."""
    return "](" in text and split_view(split_tail(text).text)[1] is not None


def _find_end(lines: list[str], labels: Labels) -> int:
    """Just past the last line of the highlight's own text."""
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
    return _LABEL.match(line, bullet.end()) is not None or labels.stand_before(line[bullet.end() :])


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
    """A continuation line as it stood in the highlight."""
    if line.startswith("  "):
        return line[2:]
    return line.removeprefix("\t")
