"""A file's lines with the ends that they have, so that what is not changed stays as it was, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """One line."""

    text: str
    end: str
    """`\\n`, `\\r\\n`, or nothing at the end of a file."""


def split_lines(text: str) -> list[Line]:
    """All lines of a text; none for an empty one."""
    lines = [
        Line(line[:-1], "\r\n") if line.endswith("\r") else Line(line, "\n") for line in text.split("\n")
    ]
    last = text.rpartition("\n")[2]
    return [*lines[:-1], Line(last, "")] if last else lines[:-1]


def join_lines(lines: Iterable[Line], model: Sequence[Line]) -> str:
    """The text again, new lines ending as most of `model` do, the last one as the last of `model` does."""
    usual = "\r\n" if sum(line.end == "\r\n" for line in model) * 2 > len(model) else "\n"
    lines = list(lines)
    ended = [line.text + (line.end or usual) for line in lines[:-1]]
    if not lines:
        return ""
    final = (lines[-1].end or usual) if not model or model[-1].end else ""
    return "".join(ended) + lines[-1].text + final


def new_lines(text: str, indent: str = "", further: str = "") -> list[Line]:
    """Lines to put into a file: the first behind `indent`, the others behind `further`."""
    first, *others = text.split("\n")
    return [Line(indent + first, ""), *(Line(further + other, "") for other in others)]
