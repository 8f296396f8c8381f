"""Regions: parts of a page in which Logseq sees no bullet, heading or property (docs/logseq.md).

A region opens at the start of a line, or of a block's first line, and extends to the end of the line that
closes it. Without a closer before the end of the page there is no region. Openers and closers:

    ``` or ~~~          a line that starts with either
    #+BEGIN_NAME        a line that starts with #+END_NAME, in any case
    $$                  the next $$
    <TAG                the </TAG> that balances any <TAG> in between
    \\begin{X}           the next \\end{X}
    :NAME:              a line that starts with :END:, in any case; not :PROPERTIES:
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate

END_OF_LINE = r"(?=\n|\r\n|\Z)"

OPENER = (
    r"```|~~~"
    r"|\#\+(?i:BEGIN)_[\w-]++"
    r"|\$\$"
    r"|<[A-Za-z][A-Za-z0-9-]*+"
    r"|\\begin\{[^{}\\\n]*+\}"
    rf"|:(?!(?i:END):)[^:\s]++:(?=[ \t]*+{END_OF_LINE})"
)
"""A part of a regular expression, without groups: opens a region or (`:PROPERTIES:`) a drawer."""

_CLOSER = re.compile(
    r"\n[ \t]*+(?P<line>```|~~~|\#\+(?i:END)_[\w-]++|(?i::END:))"
    r"|\$\$"
    r"|</?[A-Za-z][A-Za-z0-9-]*+>"
    r"|\\end\{[^{}\\\n]*+\}"  # no backslash inside, so that a row of `\end{` is scanned once
)


class Closers:
    """The closers of a text's regions.

    They are found in one pass. A search from every opener would take quadratic time for a page of openers
    without closers.
    """

    def __init__(self, padded: str) -> None:
        """`padded` is the text after a "\\n", so that its first line begins like all others."""
        self._padded = padded
        self._places = _find_closers(padded)
        self._tags: dict[str, _Tags] = {}

    def find_end(self, opener: str, after: int) -> int | None:
        """Return the offset, in the padded text, of the end of the closing line; None without a closer.

        `opener` is what `OPENER` matched, `after` the offset just past it.
        """
        key = _closing_key(opener)
        places = self._places.get(key, [])
        if opener[0] == "<" and places:
            if key not in self._tags:
                self._tags[key] = _Tags(self._places.get(f"{opener}>", []), places)
            closer = self._tags[key].find_closer(after)
        else:
            nearest = bisect_left(places, after)
            closer = places[nearest] if nearest < len(places) else None
        if closer is None:
            return None
        line_end = self._padded.find("\n", closer + 1)
        return line_end if line_end >= 0 else len(self._padded)


class _Tags:
    """The places of `<tag>` and `</tag>` for one tag, to find in constant time which closes which."""

    def __init__(self, openings: list[int], closings: list[int]) -> None:
        steps = sorted([(place, 1) for place in openings] + [(place, -1) for place in closings])
        self._places = [place for place, _ in steps]
        self._depths = list(accumulate((step for _, step in steps), initial=0))
        self._at_depth: dict[int, list[int]] = {}
        for index, depth in enumerate(self._depths):
            self._at_depth.setdefault(depth, []).append(index)

    def find_closer(self, after: int) -> int | None:
        """Return the place where one more tag is closed than was opened since `after`."""
        first = bisect_left(self._places, after)
        indices = self._at_depth.get(self._depths[first] - 1, [])
        nearest = bisect_left(indices, first)
        return self._places[indices[nearest] - 1] if nearest < len(indices) else None


def is_drawer(opener: str) -> bool:
    """Whether the opener is `:PROPERTIES:`, which does not open a region but a drawer of properties."""
    return opener.upper() == ":PROPERTIES:"


def _find_closers(padded: str) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for match in _CLOSER.finditer(padded):
        key = match["line"] or match[0]
        if key[0] in "`~":
            key = "```"
        elif key[0] in "#:":
            key = key.lower()
        places.setdefault(key, []).append(match.start())
    return places


def _closing_key(opener: str) -> str:
    match opener[0]:
        case "`" | "~":
            return "```"
        case "#":
            return "#+end_" + opener[len("#+begin_") :].lower()
        case "<":
            return f"</{opener[1:]}>"
        case "\\":
            return r"\end" + opener[len(r"\begin") :]
        case ":":
            return "" if is_drawer(opener) else ":end:"
    return opener
