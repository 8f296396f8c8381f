"""Where Markdown text is code: fenced blocks and inline code, which hold no links.

Source: CommonMark 0.31, 4.5 and 6.1, but for one thing: a fence that is never closed is text, since
losing a link is worse than asking about one too many. Linear in the length of the text.
"""

from __future__ import annotations

import re

Span = tuple[int, int]

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})(.*)$", re.MULTILINE)
_RUN = re.compile(r"`+|\n[ \t]*\n")


def find_code(text: str) -> list[Span]:
    """The spans (start, end) of code in `text`, in their order."""
    if "`" not in text and "~~~" not in text:
        return []
    fences = _find_fences(text)
    spans: list[Span] = []
    start = 0
    for fence in [*fences, (len(text), len(text))]:
        spans += _find_inline(text, start, fence[0])
        if fence[0] < fence[1]:
            spans.append(fence)
        start = fence[1]
    return spans


def blank(text: str, spans: list[Span], filler: str = " ") -> str:
    """`text` with every character in `spans` (in order, apart) replaced; every other keeps its place."""
    if not spans:
        return text
    pieces, start = [], 0
    for begin, end in spans:
        pieces += [text[start:begin], filler * (end - begin)]
        start = end
    return "".join([*pieces, text[start:]])


def _find_fences(text: str) -> list[Span]:
    spans: list[Span] = []
    opened: re.Match[str] | None = None
    lines = list(_FENCE.finditer(text))
    longest = _longest_closers(lines)
    for index, line in enumerate(lines):
        mark, info = line[1], line[2]
        if opened is None:
            can_open = "`" not in info if mark[0] == "`" else True
            if can_open and longest[index][mark[0]] >= len(mark):
                opened = line
        elif mark[0] == opened[1][0] and len(mark) >= len(opened[1]) and not info.strip():
            spans.append((opened.start(), line.end()))
            opened = None
    return spans


def _longest_closers(lines: list[re.Match[str]]) -> list[dict[str, int]]:
    """For each line the longest mark of either kind that could close a fence further down."""
    longest = {"`": 0, "~": 0}
    below: list[dict[str, int]] = []
    for line in reversed(lines):
        below.append(dict(longest))
        if not line[2].strip():
            longest[line[1][0]] = max(longest[line[1][0]], len(line[1]))
    return below[::-1]


def _find_inline(text: str, start: int, end: int) -> list[Span]:
    runs: list[Span] = []
    spans: list[Span] = []
    for match in _RUN.finditer(text, start, end):
        if text[match.start()] == "`":
            runs.append(match.span())
        else:
            spans += _pair_runs(text, runs)
            runs = []
    return spans + _pair_runs(text, runs)


def _pair_runs(text: str, runs: list[Span]) -> list[Span]:
    """The code spans that a paragraph's runs of backticks make: each ends at the next run of its length."""
    next_same: dict[int, int] = {}
    closers: list[int | None] = [None] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        length = runs[index][1] - runs[index][0]
        closers[index] = next_same.get(length)
        next_same[length] = index
    spans: list[Span] = []
    index = 0
    while index < len(runs):
        closer = closers[index]
        if closer is None or text[runs[index][0] - 1 : runs[index][0]] == "\\":
            index += 1
            continue
        spans.append((runs[index][0], runs[closer][1]))
        index = closer + 1
    return spans
