"""A Markdown page by its lines: which stand in code, which are headings, what belongs to what."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from export.lines import Line
from markdown_text.code import split_fences

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]|$)")


class Sheet:
    """The body of a page, from line `start` on."""

    def __init__(self, lines: Sequence[Line], start: int) -> None:
        self.lines = lines
        self.rows = [at for at in range(start, len(lines)) if lines[at].text.strip()]
        """The lines that are not blank: what blocks are found by."""
        self.levels = [0] * len(lines)
        """Of each line: its heading's, 0 where it is none."""
        self._read_levels(start)

    def find_section_end(self, heading: int) -> int:
        """The line after the last one under a heading."""
        level = self.levels[heading]
        return next(
            (at for at in range(heading + 1, len(self.lines)) if 0 < self.levels[at] <= level),
            len(self.lines),
        )

    def find_last_attached(self, last: int, ours: Collection[int], *, in_list: bool) -> int:
        """The last of the reader's lines that follow a block of ours, which ends at `last`, and go with it.

        After a list's item that is what is indented or directly below it, else all up to the next of
        ours or a heading.
        """
        end = last
        blank = False
        for at in range(last + 1, len(self.lines)):
            text = self.lines[at].text
            if at in ours or self.levels[at]:
                break
            if not text.strip():
                blank = True
                continue
            if in_list and blank and not text.startswith((" ", "\t")):
                break
            end, blank = at, False
        return end

    def _read_levels(self, start: int) -> None:
        at = start
        for is_code, run in split_fences("\n".join(line.text for line in self.lines[start:])):
            texts = run.split("\n")
            if not is_code:
                for offset, text in enumerate(texts):
                    heading = _HEADING.match(text)
                    if heading and at + offset < len(self.levels):
                        self.levels[at + offset] = len(heading[1])
            at += len(texts)
