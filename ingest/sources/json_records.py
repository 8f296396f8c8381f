"""JSON of other programs: records one by one, each with its line; broken JSON is refused as a whole.

A file that ends in the middle is not read at all, so that the highlights of its lost half do not count as
deleted. In JSON lines, where each line is a value of its own, only the broken one is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from record_types.errors import UnreadableError
from record_types.foreign_json import decode_json
from record_types.pages import Problem

_SPACE = re.compile(r"[ \t\r\n]*")


class Item(NamedTuple):
    """One value of a list."""

    line: int
    """1-based line where it begins; in a file without line breaks, its number."""
    value: Any


def read_array(text: str, start: int = 0) -> Iterator[Item]:
    """Yield the values of the JSON array at `start`, reading one at a time. Raises UnreadableError.

    A list of 100 MB is never in memory as a whole. No two values get the same line.
    """
    place = _skip(text, start)
    if text[place : place + 1] != "[":
        raise UnreadableError("not a JSON list", line=text.count("\n", 0, place) + 1)
    place = _skip(text, place + 1)
    line, counted, last = 1, 0, 0
    is_first = True
    while not (is_first and text[place : place + 1] == "]"):
        is_first = False
        line += text.count("\n", counted, place)
        counted = place
        value, place = _decode_at(text, place, line)
        last = max(line, last + 1)
        yield Item(last, value)
        place = _skip(text, place)
        sign = text[place : place + 1]
        if sign == "]":
            break
        if sign != ",":
            raise UnreadableError("not JSON: `,` or `]` is missing", line=text.count("\n", 0, place) + 1)
        place = _skip(text, place + 1)
    if text[place + 1 :].strip(" \t\r\n;"):
        raise UnreadableError("not JSON: text after the end of the list", line=text.count("\n", 0, place) + 1)


def read_object(text: str) -> dict[str, Any]:
    """Return the JSON object that is the whole of `text`. Raises UnreadableError."""
    value, place = _decode_at(text, _skip(text, 0), 1)
    if not isinstance(value, dict):
        raise UnreadableError("not a JSON object", line=1)
    if text[place:].strip():
        raise UnreadableError("not JSON: text after the end", line=text.count("\n", 0, place) + 1)
    return value


def read_lines(text: str) -> Iterator[Item | Problem]:
    """Yield the values of JSON lines, and a `bad-record` problem with its words for each broken line."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value, place = _decode_at(line, _skip(line, 0), number)
        except UnreadableError as error:
            yield Problem("bad-record", f"{error}: {line.strip()}", number)
            continue
        if line[place:].strip():
            yield Problem("bad-record", f"text after the record: {line.strip()}", number)
        else:
            yield Item(number, value)


def refuse(item: Item, what: str) -> Problem:
    """Describe an item that is not a record, with its words."""
    return Problem("bad-record", f"{what}: {show(item.value)}", item.line)


def show(value: object) -> str:
    """Write a JSON value as text without control characters or lone surrogates, whole."""
    return clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))


def clean(text: str) -> str:
    """Return `text` with LF line endings, without NUL, and with `?` for lone surrogates, which UTF-8
    lacks."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-8", "replace").decode()
    return text


class Record:
    """Reads one JSON object; a value of the wrong type counts as missing, and `rest` has what is left."""

    __slots__ = ("_read", "raw")

    def __init__(self, raw: object) -> None:
        self.raw: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
        self._read: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.raw)

    def text(self, *keys: str) -> str:
        """Return the first of `keys` that holds text or a number, stripped; "" without one."""
        found = ""
        for key in keys:
            value = self.raw.get(key)
            if isinstance(value, bool) or not isinstance(value, (str, int, float)):
                continue
            self._read.add(key)
            found = found or clean(str(value)).strip()
        return found

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return the texts in the lists of `keys`; of an object in them, its `name`."""
        found: dict[str, None] = {}
        for key in keys:
            value = self.raw.get(key)
            if not isinstance(value, list):
                continue
            self._read.add(key)
            for each in value:
                name = each.get("name") if isinstance(each, dict) else each
                is_text = isinstance(name, (str, int, float)) and not isinstance(name, bool)
                text = clean(str(name)).strip() if is_text else ""
                if not text and each:
                    text = show(each).strip()
                if text:
                    found[text] = None
        return tuple(found)

    def record(self, *keys: str) -> Record:
        """Return the object at the end of a path; an empty one without it."""
        value: Any = self.raw
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, dict):
            self._read.add(keys[0])
        return Record(value)

    def records(self, key: str) -> list[Record]:
        """Return the objects of a list."""
        value = self.raw.get(key)
        if not isinstance(value, list):
            return []
        if all(isinstance(each, dict) for each in value):
            self._read.add(key)
        return [Record(each) for each in value if isinstance(each, dict)]

    def rest(self, ignored: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
        """Return the keys that nobody read, with their values as text; empty values are left out."""
        return [
            (clean(key), show(value))
            for key, value in self.raw.items()
            if key not in self._read and key not in ignored and value not in (None, "", [], {}, False)
        ]


def _skip(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _decode_at(text: str, place: int, line: int) -> tuple[Any, int]:
    try:
        return decode_json(text, place)
    except json.JSONDecodeError as error:
        # A value on a line of its own is decoded alone: its own line is known already.
        where = error.lineno if line <= error.lineno else line
        raise UnreadableError(f"not JSON: {error.msg}", line=where) from None
    except RecursionError:
        raise UnreadableError("JSON that is nested too deeply", line=line) from None
    except ValueError:
        raise UnreadableError("JSON with a number that has thousands of digits", line=line) from None
