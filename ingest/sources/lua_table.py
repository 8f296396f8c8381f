"""Lua's table constructors as data: the small part of Lua in which KOReader saves its files.

    table  = "{" [entry ("," | ";")]* "}"        entry = "[" value "]" "=" value | NAME "=" value | value
    value  = table | STRING | NUMBER | true | false | nil

Nothing is evaluated. Tables may be nested 60 deep, which no file of KOReader comes near.
"""

from __future__ import annotations

import re
from typing import Any

from record_types.errors import UnreadableError

# A file that nests deeper is damaged or hostile; each level is one call of the parser.
MAX_DEPTH = 60

# White space and comments of one line; possessive, so that no comment is read twice.
_SPACE = re.compile(r"(?:\s++|--(?!\[\[)[^\n]*+)*+")
_NUMBER = re.compile(
    r"-?(?:0[xX][0-9a-fA-F]{1,16}|\d{1,300}(?:\.\d{0,300})?(?:[eE][+-]?\d{1,4})?)(?![\w.])", re.A
)
_NAME = re.compile(r"[A-Za-z_]\w{0,200}", re.A)
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"|'((?:[^'\\]|\\.)*+)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:(\d{1,3})|x([0-9a-fA-F]{2})|(z\s*)|(.))", re.DOTALL | re.A)
_SIGNS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
# `[[…]]` and `[==[…]==]`, in which nothing is escaped; a line break at the start does not count.
_LONG = re.compile(r"\[(=*)\[\n?")
_WORDS = {"true": True, "false": False, "nil": None}


def read_table(text: str, start: int) -> Any:
    """Return the table at `start`: a dict by key, with a list's numbers as keys. Raises UnreadableError."""
    return _Reader(text, start).read_whole()


class _Reader:
    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.place = start

    def read_whole(self) -> Any:
        value = self._read_value(0)
        if not isinstance(value, dict):
            raise self._fail("a table is missing")
        self._skip()
        if self.place < len(self.text):
            raise self._fail("text after the table")
        return value

    def _fail(self, what: str) -> UnreadableError:
        return UnreadableError(f"not a Lua table: {what}", line=self.text.count("\n", 0, self.place) + 1)

    def _skip(self) -> str:
        """Skip space and comments; return the next character."""
        match = _SPACE.match(self.text, self.place)
        self.place = match.end() if match else self.place
        return self.text[self.place : self.place + 1]

    def _take(self, sign: str) -> None:
        if self._skip() != sign:
            raise self._fail(f"`{sign}` is missing")
        self.place += 1

    def _read_value(self, depth: int) -> Any:
        sign = self._skip()
        if sign == "{":
            if depth >= MAX_DEPTH:
                raise self._fail("nested too deeply")
            return self._read_entries(depth)
        if sign in ('"', "'") and sign:
            match = _STRING.match(self.text, self.place)
            if match is None:
                raise self._fail("a string is never closed")
            self.place = match.end()
            return _unescape(match[1] if match[1] is not None else match[2])
        if long := _LONG.match(self.text, self.place):
            end = self.text.find(f"]{long[1]}]", long.end())
            if end < 0:
                raise self._fail("a string is never closed")
            self.place = end + len(long[1]) + 2
            return self.text[long.end() : end]
        if number := _NUMBER.match(self.text, self.place):
            self.place = number.end()
            return _read_number(number[0])
        if (name := _NAME.match(self.text, self.place)) and name[0] in _WORDS:
            self.place = name.end()
            return _WORDS[name[0]]
        raise self._fail("a value is missing")

    def _read_entries(self, depth: int) -> dict[Any, Any]:
        self.place += 1
        found: dict[Any, Any] = {}
        next_number = 1
        while self._skip() != "}":
            name = _NAME.match(self.text, self.place)
            if self.text[self.place] == "[" and not _LONG.match(self.text, self.place):
                self.place += 1
                key = self._read_value(depth + 1)
                self._take("]")
                self._take("=")
                if isinstance(key, dict):
                    raise self._fail("a table as a key")
            elif name and name[0] not in _WORDS:
                self.place = name.end()
                key = name[0]
                self._take("=")
            else:
                key, next_number = next_number, next_number + 1
            found[key] = self._read_value(depth + 1)
            sign = self._skip()
            if sign in (",", ";") and sign:
                self.place += 1
            elif sign != "}":
                raise self._fail("`,` or `}` is missing")
        self.place += 1
        return found


def _read_number(text: str) -> int | float:
    if text.lower().lstrip("-").startswith("0x"):
        return int(text, 16)
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    if "\\x" not in text and not re.search(r"\\[0-9]", text):
        return _ESCAPE.sub(_write, text)
    # Escaped bytes may be parts of one UTF-8 character.
    parts = bytearray()
    place = 0
    for match in _ESCAPE.finditer(text):
        parts += text[place : match.start()].encode("utf-8", "replace")
        if match[1] or match[2]:
            parts.append((int(match[1]) if match[1] else int(match[2], 16)) & 0xFF)
        else:
            parts += _write(match).encode("utf-8", "replace")
        place = match.end()
    parts += text[place:].encode("utf-8", "replace")
    return parts.decode("utf-8", "replace")


def _write(match: re.Match[str]) -> str:
    if match[3]:
        return ""
    return _SIGNS.get(match[4], match[4]) if match[4] else match[0]
