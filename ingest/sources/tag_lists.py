"""Lists of tags in one cell of a table: JSON, Python's notation, or separated by commas or semicolons."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"'((?:[^'\\]|\\.){1,200})'|\"((?:[^\"\\]|\\.){1,200})\"")
_ESCAPED = re.compile(r"\\(.)")


def read_tag_list(cell: str) -> list[str]:
    """Return the tags of `["a", "b"]`, `['a', 'b']`, `a, b` or `a; b`."""
    cell = cell.strip()
    if cell.startswith("[") and cell.endswith("]"):
        quoted = [_ESCAPED.sub(r"\1", match[1] or match[2]).strip() for match in _QUOTED.finditer(cell)]
        if quoted or not cell[1:-1].strip():
            return list(dict.fromkeys(filter(None, quoted)))
        cell = cell[1:-1]
    return list(dict.fromkeys(tag.strip() for tag in re.split("[,;]", cell) if tag.strip()))
