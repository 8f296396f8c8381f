"""List marks and hashtags in the one form that Markdown reads."""

from __future__ import annotations

import re

_BULLET = re.compile(r"^( {0,3})[•◦▪‣●][ \t]*(?=\S)", re.MULTILINE)
_GLUED = re.compile(r"(?<!\S)#[^\W\d]\w*(?:#[^\W\d]\w*)+(?!\S)")


def write_bullets(text: str) -> str:
    """`• item` as `* item` where at least two lines have it.

    `*` rather than `-`, since Logseq makes a block of its own of a line that begins with `- `.
    """
    if not any(mark in text for mark in "•◦▪‣●") or len(_BULLET.findall(text)) < 2:
        return text
    return _BULLET.sub(r"\1* ", text)


def part_hashtags(text: str) -> str:
    """`#one#two` as `#one #two`."""
    return _GLUED.sub(lambda match: match[0].replace("#", " #")[1:], text) if "#" in text else text
