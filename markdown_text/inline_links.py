"""`[label](destination)` and `![alt](destination)` in Markdown text, with where they stand.

Source: CommonMark 0.31, 6.3 and 6.4, with parentheses balanced to 32 levels as in the reference parsers;
unlike there a label may hold a blank line, since Readwise writes such labels. Linear in the length of the
text: brackets are matched by a stack, and no destination is read twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Each with a first letter of its own, to which `re` skips.
_TOKEN = re.compile(r"\\[\s\S]|!\[|\[|\]\(?")
# A `](` ends it, too: no URL holds one, and so no text is read twice.
_PIECE = re.compile(r"\\[!-/:-@\[-`{-~]|[()]|\](?!\()|[^\s()\\\]\x00-\x1f]+|\\")
_PLAIN_TARGET = re.compile(r"([^\s()<&\\\]\x00-\x1f]++)\)")
"""The form of nearly every one: without a title, and with nothing in it that stands for something else."""
_ANGLE = re.compile(r"<((?:[^<>\n\\]|\\.)*)>")
_BLANK = re.compile(r"[ \t]*\n?[ \t]*")
_TITLE = re.compile(r'"[^"]*"|\'[^\']*\'|\([^()]*\)')
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_DEEPEST = 32
_LONGEST_LABEL = 1000


@dataclass(frozen=True, slots=True)
class InlineLink:
    """One link or image."""

    start: int
    """Where its `[` or `![` is."""
    label_end: int
    """Where the `]` is that ends its label."""
    end: int
    """Behind its last `)`."""
    destination: str
    """Without angle brackets, title and escapes."""
    is_image: bool

    def cut_label(self, text: str) -> str:
        """The label as it stands in `text`; empty where it is no label but a good part of the text."""
        start = self.start + 1 + self.is_image
        return text[start : self.label_end] if self.label_end - start <= _LONGEST_LABEL else ""


def find_inline(text: str) -> list[InlineLink]:
    """The links and images of `text`, an inner one before the one around it."""
    if "](" not in text:
        return []
    found: list[InlineLink] = []
    openers: list[tuple[int, bool]] = []
    position = 0
    while match := _TOKEN.search(text, position):
        position = match.end()
        token = match[0]
        if token.endswith("["):
            openers.append((match.start(), token[0] == "!"))
        elif token[0] == "]" and openers:
            start, is_image = openers.pop()
            target = _read_target(text, position) if token == "](" else None  # noqa: S105 - no password
            if target is None:
                continue
            destination, position = target
            found.append(InlineLink(start, match.start(), position, destination, is_image))
    return found


def unescape(text: str) -> str:
    """`text` without Markdown's backslashes and with `&amp;` as `&`."""
    text = _ESCAPE.sub(r"\1", text) if "\\" in text else text
    return text.replace("&amp;", "&")


def _read_target(text: str, position: int) -> tuple[str, int] | None:
    """The destination from behind `](` and the place behind its `)`."""
    if plain := _PLAIN_TARGET.match(text, position):
        return plain[1], plain.end()
    position = _skip_blank(text, position)
    if angle := _ANGLE.match(text, position):
        destination, position = angle[1], angle.end()
    else:
        end = _find_destination_end(text, position)
        destination, position = text[position:end], end
    behind = _skip_blank(text, position)
    if behind > position and (title := _TITLE.match(text, behind)):
        behind = _skip_blank(text, title.end())
    if text[behind : behind + 1] != ")":
        return None
    return unescape(destination), behind + 1


def _find_destination_end(text: str, position: int) -> int:
    depth = 0
    while piece := _PIECE.match(text, position):
        if piece[0] == "(":
            depth += 1
        elif piece[0] == ")":
            depth -= 1
        if depth < 0 or depth > _DEEPEST:
            break
        position = piece.end()
    return position


def _skip_blank(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position
