"""Code in Markdown text: where it is, and how to set it aside while the rest is changed.

Source: CommonMark 0.31, 4.5 and 6.1. The two ways to find it differ on purpose. `find_code` serves readers: a
fence that is never closed is text, since losing a link is worse than following one too many, and a span may
cross lines. `split_fences` and `shield_code` serve writers: an open fence runs to the end, as every renderer
shows it. Logseq's own regions (`ingest.regions`) differ from both; see docs/logseq.md. All take linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

# Noncharacters (Unicode 23.7): text meant for interchange never contains them.
BLOCK, SPAN, END = "\ufdd0", "\ufdd1", "\ufdd2"

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})(.*)$", re.MULTILINE)
_RUN = re.compile(r"`+|\n[ \t]*\n")
_RUN_IN_LINE = re.compile(r"`+|\n")
_RESERVED = re.compile(f"[{BLOCK}{SPAN}{END}]")
_STRICT_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_MARK = re.compile(f"[{BLOCK}{SPAN}]([0-9]+){END}")


def find_code(text: str) -> list[Span]:
    """Return the spans (start, end) of code in `text`, in order."""
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
    """Replace every character in `spans` (ordered, disjoint); all offsets stay the same."""
    if not spans:
        return text
    pieces, start = [], 0
    for begin, end in spans:
        pieces += [text[start:begin], filler * (end - begin)]
        start = end
    return "".join([*pieces, text[start:]])


def can_shield(text: str) -> bool:
    """Whether `shield_code` can process `text`: it contains none of the reserved marks."""
    return text.isascii() or not _RESERVED.search(text)


def shield_code(text: str) -> tuple[str, list[str]]:
    """Replace each fence and code span with a mark; return the text and the code that the marks stand for."""
    if "`" not in text and "~~~" not in text:
        return text, []
    kept: list[str] = []
    pieces = [
        _keep(kept, piece, BLOCK) if is_code else _shield_spans(kept, piece)
        for is_code, piece in split_fences(text)
    ]
    return "\n".join(pieces), kept


def unshield_code(text: str, kept: list[str]) -> str:
    """Put the code back in place of its marks."""
    return _MARK.sub(lambda match: kept[int(match[1])], text) if kept else text


def split_fences(text: str) -> Iterator[tuple[bool, str]]:
    """Split `text` into runs of whole lines, each with whether it is a fence; joined they are `text`."""
    run: list[str] = []
    fence = ""
    for line in text.split("\n"):
        opener = _STRICT_FENCE.match(line)
        if fence:
            run.append(line)
            if opener and _is_closing(line, fence):
                yield True, "\n".join(run)
                run, fence = [], ""
        elif opener:
            if run:
                yield False, "\n".join(run)
            run, fence = [line], opener[1]
        else:
            run.append(line)
    if run:
        yield bool(fence), "\n".join(run)


def _is_closing(line: str, fence: str) -> bool:
    """Whether `line` closes the block that `fence` opened (CommonMark 4.5)."""
    mark = line.strip()
    return len(mark) >= len(fence) and mark == fence[0] * len(mark)


def _shield_spans(kept: list[str], text: str) -> str:
    """Replace the code spans that end on their line with marks."""
    pieces, start = [], 0
    for begin, end in _find_inline(text, 0, len(text), _RUN_IN_LINE):
        pieces += [text[start:begin], _keep(kept, text[begin:end], SPAN)]
        start = end
    return "".join([*pieces, text[start:]])


def _keep(kept: list[str], code: str, kind: str) -> str:
    kept.append(code)
    return f"{kind}{len(kept) - 1}{END}"


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
    """For each line, the longest mark of either kind further down that could close a fence."""
    longest = {"`": 0, "~": 0}
    below: list[dict[str, int]] = []
    for line in reversed(lines):
        below.append(dict(longest))
        if not line[2].strip():
            longest[line[1][0]] = max(longest[line[1][0]], len(line[1]))
    return below[::-1]


def _find_inline(text: str, start: int, end: int, ends: re.Pattern[str] = _RUN) -> list[Span]:
    """The code spans; `ends` finds runs of backticks, and what no span crosses."""
    runs: list[Span] = []
    spans: list[Span] = []
    for match in ends.finditer(text, start, end):
        if text[match.start()] == "`":
            runs.append(match.span())
        else:
            spans += _pair_runs(text, runs)
            runs = []
    return spans + _pair_runs(text, runs)


def _pair_runs(text: str, runs: list[Span]) -> list[Span]:
    """Pair a paragraph's runs of backticks into code spans: each ends at the next run of its length."""
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
