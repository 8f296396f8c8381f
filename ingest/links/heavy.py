"""Pages that would keep the HTML parser busy for seconds.

libxml2 compares each attribute with all others of its tag: one tag of 512 KB costs nine seconds (LINKS.md,
Safety).
"""

from __future__ import annotations

import re
from itertools import chain

_TAG_SIZE = 16 * 1024
_MANY_ATTRIBUTES = 2000
_INSIDE = r"""(?:[^>"'=]++|=\s*+(?:"[^"]*+"?+|'[^']*+'?+)?+|["'])*+"""
_PIECE = re.compile(
    r"<!--(?:[^-]++|-(?!->))*+"
    rf"|(?P<raw><(?P<name>script|style|textarea|title)\b{_INSIDE})>(?:[^<]++|<(?!/(?P=name)\b))*+"
    rf"|(?P<tag><[A-Za-z]{_INSIDE})",
    re.IGNORECASE,
)
# The same with quotes taken for what they are not, so that an odd one cannot hide a tag.
_STRETCH = re.compile(rf"<[A-Za-z][^<>]{{{_TAG_SIZE},}}")
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+"?+|'[^']*+'?+)""")
_BETWEEN = re.compile(r"[\s/]+")


def is_heavy(text: str) -> bool:
    """Whether a tag of `text` is over 16 KB with more than 2,000 attributes."""
    if len(text) <= _TAG_SIZE:
        return False
    tags = (match["raw"] or match["tag"] or "" for match in _PIECE.finditer(text))
    stretches = (match[0] for match in _STRETCH.finditer(text))
    return any(_has_many_attributes(tag) for tag in chain(tags, stretches) if len(tag) > _TAG_SIZE)


def _has_many_attributes(tag: str) -> bool:
    names = _VALUE.sub(" ", tag)
    return len(_BETWEEN.findall(names)) > _MANY_ATTRIBUTES or names.count("=") > _MANY_ATTRIBUTES
