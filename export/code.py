"""Code in a text: set aside while the rest is cleaned, so that no rule touches it."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Noncharacters (Unicode 23.7): no text that is meant for others to read has them.
BLOCK, SPAN, END = "\ufdd0", "\ufdd1", "\ufdd2"
_RESERVED = re.compile(f"[{BLOCK}{SPAN}{END}]")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_SPAN = re.compile(r"(?<![`\\])(`+)(?!`)[^`\n]++\1(?!`)")
_MARK = re.compile(f"[{BLOCK}{SPAN}]([0-9]+){END}")


def can_shield(text: str) -> bool:
    """Whether `shield_code` can work on `text`: it has none of the characters that stand for code."""
    return text.isascii() or not _RESERVED.search(text)


def shield_code(text: str) -> tuple[str, list[str]]:
    """The text with each fence and code span replaced by a mark, and what the marks stand for.

    A fence that is never closed runs to the end, as in CommonMark.
    """
    if "`" not in text and "~~~" not in text:
        return text, []
    kept: list[str] = []
    pieces = [
        _keep(kept, piece, BLOCK) if is_code else _SPAN.sub(lambda match: _keep(kept, match[0], SPAN), piece)
        for is_code, piece in split_fences(text)
    ]
    return "\n".join(pieces), kept


def unshield_code(text: str, kept: list[str]) -> str:
    """The text with its code back in place."""
    return _MARK.sub(lambda match: kept[int(match[1])], text) if kept else text


def split_fences(text: str) -> Iterator[tuple[bool, str]]:
    """Runs of whole lines, each with whether it is a fence; joined with newlines they are the text."""
    run: list[str] = []
    fence = ""
    for line in text.split("\n"):
        opener = _FENCE.match(line)
        if fence:
            run.append(line)
            if opener and is_closing(line, fence):
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


def is_closing(line: str, fence: str) -> bool:
    """Whether `line` closes a block that `fence` opened (CommonMark 4.5)."""
    mark = line.strip()
    return len(mark) >= len(fence) and mark == fence[0] * len(mark)


def _keep(kept: list[str], code: str, kind: str) -> str:
    kept.append(code)
    return f"{kind}{len(kept) - 1}{END}"
