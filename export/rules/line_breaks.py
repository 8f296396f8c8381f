"""Line breaks: those in the middle of a sentence go, those that mean something stay."""

from __future__ import annotations

import re

from markdown_text.code import BLOCK

SHORT = 40
"""A line of fewer characters was broken on purpose."""
_OWN_LINE = re.compile(
    rf"\s*(?:[-*+•◦▪‣·–—>|#{BLOCK}✅➡👉→]|\d{{1,3}}[.)/:]|!?\[|https?://|[A-Za-z]\)|[^\s:]+::)| {{4}}|\t"
)
_SENTENCE_END = tuple(".!?:;…。！？|\\")


def join_lines(text: str) -> str:
    """The text with hard line breaks inside a sentence joined.

    Two lines belong together when the first is long and ends without the end of a sentence and the
    second goes on in lower case. A verse (three short lines or more) stays as it is.
    """
    if "\n" not in text:
        return text
    return "\n\n".join(_join_paragraph(part) if "\n" in part else part for part in text.split("\n\n"))


def _join_paragraph(paragraph: str) -> str:
    lines = paragraph.split("\n")
    if sum(1 for line in lines if 0 < len(line) < SHORT) >= 3:
        return paragraph
    joined = [[lines[0]]]
    length = len(lines[0])
    for line in lines[1:]:
        if length >= SHORT and _goes_on(joined[-1], line):
            joined[-1].append(line.strip())
            length += len(line) + 1
        else:
            joined.append([line])
            length = len(line)
    return "\n".join(" ".join(parts) for parts in joined)


def _goes_on(parts: list[str], line: str) -> bool:
    start, before = line.lstrip()[:1], parts[-1].rstrip()
    if not start.islower() or before.endswith(_SENTENCE_END):
        return False
    return not _OWN_LINE.match(parts[0]) and not _OWN_LINE.match(line)
