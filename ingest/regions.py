"""Regions: parts of a page in which Logseq sees no bullet, heading or property (docs/logseq.md).

A region opens at the start of a line, or of a block's first line, and extends to the end of the line that
closes it. Without a closer before the end of the page there is no region. Openers and closers:

    ``` or ~~~          a line that starts with either
    #+BEGIN_NAME        a line that starts with #+END_NAME, in any case
    $$                  the next $$
    <TAG                the next </TAG>
    \\begin{X}           the next \\end{X}
    :NAME:              a line that starts with :END:, in any case; not :PROPERTIES:
"""

from __future__ import annotations

import re
from bisect import bisect_left

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
    r"|</[A-Za-z][A-Za-z0-9-]*+>"
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

    def find_end(self, opener: str, after: int) -> int | None:
        """Return the offset, in the padded text, of the end of the closing line; None without a closer.

        `opener` is what `OPENER` matched, `after` the offset just past it.
        """
        places = self._places.get(_closing_key(opener), [])
        nearest = bisect_left(places, after)
        if nearest == len(places):
            return None
        line_end = self._padded.find("\n", places[nearest] + 1)
        return line_end if line_end >= 0 else len(self._padded)


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
