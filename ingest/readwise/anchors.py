"""What a vault's template puts behind a highlight: `[Open in Readwise](…)`, `^rw123456 #to-process`.

The first two tell Readwise's id of the highlight. Obsidian's own anchors (`^a1b2c3`) are no words of the
text either.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ANCHOR = re.compile(r"\^(?:rw(?P<id>[0-9]{1,20})(?:-note)?|(?P<own>[0-9a-z]{6}))", re.ASCII)
_OPEN = re.compile(
    r"\[Open[^\[\]\n]{0,30}\]\(https?://(?:www\.)?readwise\.io/open/(?P<id>[0-9]{1,20})\)\)?", re.ASCII
)
_HASHTAGS = re.compile(r"(?:[ \t]+#[^\s#]+)+")
_BEFORE_LINK = " \t\n(,;|"


class Tail(NamedTuple):
    """What stood behind a text."""

    text: str
    """What is left, without blanks at its end."""
    readwise_id: str | None = None
    anchor: str | None = None
    """Obsidian's own."""
    tags: str = ""


def split_tail(text: str) -> Tail:
    """`text` without the anchors and the link to Readwise at its end."""
    text = text.rstrip().removesuffix("*").rstrip() if text.endswith("*") and "](" in text else text.rstrip()
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
    """Hashtags behind an anchor are the template's."""
    start = text.rfind("^rw")
    end = start + 3
    while start >= 0 and text[end : end + 1].isdecimal():
        end += 1
    if start < 0 or not _HASHTAGS.fullmatch(text, end):
        return text, ""
    return text[:end], text[end:].strip()
