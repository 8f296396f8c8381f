"""Links and images in Markdown text, `[label](destination)` and `![alt](destination)`: find them, write them.

Source: CommonMark 0.31, 6.3 and 6.4, with parentheses balanced to 32 levels as in the reference parsers.
Unlike there, a label may contain a blank line, since Readwise writes such labels. Finding takes linear time:
a stack matches the brackets, and no destination is read twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Each alternative has its own first letter, to which `re` can skip.
_TOKEN = re.compile(r"\\[\s\S]|!\[|\[|\]\(?")
# A `](` ends it too: no URL contains one, and so no text is read twice.
_PIECE = re.compile(r"\\[!-/:-@\[-`{-~]|[()]|\](?!\()|[^\s()\\\]\x00-\x1f]+|\\")
_PLAIN_TARGET = re.compile(r"([^\s()<&\\\]\x00-\x1f]++)\)")
"""Nearly every destination: no title, and no character that has a meaning of its own."""
_ANGLE = re.compile(r"<((?:[^<>\n\\]|\\.)*)>")
_BLANK = re.compile(r"[ \t]*\n?[ \t]*")
_TITLE = re.compile(r'"[^"]*"|\'[^\']*\'|\([^()]*\)')
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# The limit of the reference implementation, against quadratic time.
_DEEPEST = 32
# An unmatched `[` at the start of a text would make all of it the label of its first link.
_LONGEST_LABEL = 1000
_UNSAFE = re.compile(r"""[\x00-\x20\x7f-\xa0"'()<>\[\]\\^`{|}\u2028\u2029]""")
_LABEL_MARKUP = re.compile(
    r"[\\`*\[\]<$]|(?<!\w)_|_(?!\w)|~~|(?<!\S)#(?=\S)|\((?=\()|\{(?=\{)|==|%%|&(?=#?\w+;)|!$"
)
# A handle such as `@name_` is not emphasis; Logseq's properties would show the backslash.
_UNDERSCORED = re.compile(r"(?<!\w)_+(?=\S).*(?<=\S)_(?!\w)")
_WHITESPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class InlineLink:
    """One link or image."""

    start: int
    """Offset of its `[` or `![`."""
    label_end: int
    """Offset of the `]` that ends its label."""
    end: int
    """Offset just past its `)`."""
    destination: str
    """Without angle brackets, title and escapes."""
    is_image: bool

    def cut_label(self, text: str) -> str:
        """Return the label as written in `text`; empty if it is so long that it is really the text."""
        start = self.start + 1 + self.is_image
        return text[start : self.label_end] if self.label_end - start <= _LONGEST_LABEL else ""


def find_inline(text: str) -> list[InlineLink]:
    """Return the links and images of `text`, an inner one before the one around it."""
    if "](" not in text:
        return []
    found: list[InlineLink] = []
    openers: list[tuple[int, bool]] = []
    position = 0
    while match := _TOKEN.search(text, position):
        position = match.end()
        token = match[0]
        if token in ("[", "!["):
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
    """Remove Markdown's backslashes and decode `&amp;`."""
    text = _ESCAPE.sub(r"\1", text) if "\\" in text else text
    return text.replace("&amp;", "&")


def is_web(url: str | None) -> bool:
    """Whether `url` may become a link: only http and https do."""
    return url is not None and url[:8].lower().startswith(("http://", "https://"))


def make_destination(url: str) -> str:
    """Percent-encode what would end the address between `](` and `)` in any flavour of Markdown."""
    return _UNSAFE.sub(_encode, url.strip())


def escape_label(text: str) -> str:
    """Return plain words on one line, with a backslash before each character that would be markup."""
    line = _WHITESPACE.sub(" ", text).strip() if not text.isalnum() else text
    if line.isalnum():
        return line
    is_plain = "_" not in line or _UNDERSCORED.search(line) is None
    return _LABEL_MARKUP.sub(lambda match: match[0] if is_plain and match[0] == "_" else _escape(match), line)


def write_link(label: str, url: str) -> str:
    """Return a Markdown link; if the address is not a web address, only the label."""
    return f"[{escape_label(label)}]({make_destination(url)})" if is_web(url) else escape_label(label)


def shorten_url(url: str, longest: int = 60) -> str:
    """Return a label for a link without a title: host and path, truncated with `…`."""
    bare = re.sub(r"^https?://(www\.)?", "", url.strip(), flags=re.IGNORECASE).rstrip("/")
    return bare if len(bare) <= longest else bare[: longest - 1] + "…"


def _read_target(text: str, position: int) -> tuple[str, int] | None:
    """Return the destination that begins at `position`, past the `](`, and the offset past its `)`."""
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


def _encode(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def _escape(match: re.Match[str]) -> str:
    return "".join("\\" + character for character in match[0])
