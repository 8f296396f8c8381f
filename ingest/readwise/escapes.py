"""Readwise's plugin's `\\-`, undone (FORMAT: versions 1.3.10 to 1.4.0 wrote it for every dash)."""

from __future__ import annotations

import re

_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def unescape_dashes(text: str) -> str:
    """`text` with `-` for every `\\-` outside of code."""
    if "\\-" not in text:
        return text
    if "`" not in text:
        return text.replace("\\-", "-")
    parts = _CODE.split(text)
    parts[::2] = [part.replace("\\-", "-") for part in parts[::2]]
    return "".join(parts)
