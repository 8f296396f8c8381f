"""Changes to a file's lines, collected first and made in one pass."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from export.lines import Line

_ITEM = re.compile(r"[ \t]*[-*+] ")


@dataclass(frozen=True, slots=True)
class Insertion:
    """A block to be put in."""

    lines: tuple[Line, ...]
    in_list: bool = False
    """Whether it stands in a list, whose items have no blank line between them."""


@dataclass(slots=True)
class Edits:
    """What is to become of which lines (from 0)."""

    replaced: dict[int, tuple[int, list[Line]]] = field(default_factory=dict)
    """By first line: the line after the last, and what comes instead."""
    removed: set[int] = field(default_factory=set)
    inserted: dict[int, list[tuple[int, Insertion]]] = field(default_factory=lambda: defaultdict(list))
    """By the line after which; each with its depth: what goes deeper, belongs to what stands before."""

    def insert(self, after: int, depth: int, insertion: Insertion) -> None:
        """Put a block after a line; -1 is before all."""
        self.inserted[after].append((depth, insertion))

    def at(self, line: int) -> Iterable[Insertion]:
        """What goes in after a line, in order."""
        return (each for _, each in sorted(self.inserted.get(line, ()), key=lambda pair: -pair[0]))


def apply_edits(lines: Sequence[Line], edits: Edits, *, spaced: bool) -> list[Line]:
    """The lines with all changes made; `spaced`: with a blank line between blocks that are no list items."""
    out: list[Line] = []
    gap = _put_all(out, edits, -1, spaced)
    at = 0
    after_removal = False
    while at < len(lines):
        end, now = edits.replaced.get(at, (at + 1, [lines[at]]))
        if at in edits.removed:
            after_removal = True
        elif after_removal and spaced and not lines[at].text.strip() and _is_open(out):
            pass
        else:
            after_removal = after_removal and not lines[at].text.strip()
            if gap is not None and lines[at].text.strip() and not (gap and _ITEM.match(lines[at].text)):
                out.append(Line("", ""))
            gap = None
            out += now
        put = _put_all(out, edits, end - 1, spaced)
        gap = put if put is not None else gap
        at = end
    if after_removal and spaced:
        while out and not out[-1].text.strip():
            out.pop()
    return out


def _is_open(out: Sequence[Line]) -> bool:
    return not out or not out[-1].text.strip()


def _put_all(out: list[Line], edits: Edits, after: int, spaced: bool) -> bool | None:
    """Put in what goes after a line; whether the last was a list's item, None for nothing or no spacing."""
    last = None
    for insertion in edits.at(after):
        in_list = insertion.in_list and out and _ITEM.match(out[-1].text)
        if spaced and not in_list and not _is_open(out):
            out.append(Line("", ""))
        out += insertion.lines
        last = insertion.in_list
    return last if spaced else None
