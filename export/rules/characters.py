"""Characters that came from a tool on the way rather than from the writer."""

from __future__ import annotations

import re

_MANY_BLANKS = re.compile(r"(?<=\S) {2,}+(?=\S)")
_MANY_LINES = re.compile(r"\n{3,}+")


def plain_blanks(text: str) -> str:
    """No-break spaces as spaces, `\\r\\n` and `\\r` as `\\n`."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\xa0", " ")


def squeeze_blanks(text: str) -> str:
    """One space between words, none at the end of a line, one blank line between paragraphs."""
    if " \n" in text or "\t\n" in text:
        text = "\n".join([line.rstrip(" \t") for line in text.split("\n")])
    if "  " in text:
        text = _MANY_BLANKS.sub(" ", text)
    if "\n\n\n" in text:
        text = _MANY_LINES.sub("\n\n", text)
    return text.rstrip().lstrip("\n ")
