"""`instr`, `replace` and `trim` for Datasette's queries, in linear time.

SQLite's own take quadratic time and cannot be interrupted: two minutes for a megabyte in a megabyte. Python's
search is linear.
"""

from __future__ import annotations

import sqlite3
from typing import Any

Value = str | bytes | int | float | None


def register_functions(connection: Any, *, longest: int) -> None:
    """Replace SQLite's functions; no result gets longer than `longest`."""

    def replace(text: Value, old: Value, new: Value) -> str | None:
        if text is None or old is None or new is None:
            return None
        where, what, by = _to_text(text), _to_text(old), _to_text(new)
        if not what:
            return where
        if len(where) + where.count(what) * (len(by) - len(what)) > longest:
            raise sqlite3.DataError("string or blob too big")
        return where.replace(what, by)

    connection.create_function("replace", 3, replace, deterministic=True)
    connection.create_function("instr", 2, find_part, deterministic=True)
    for name, strip in (("trim", str.strip), ("ltrim", str.lstrip), ("rtrim", str.rstrip)):
        connection.create_function(name, 2, _make_trim(strip), deterministic=True)


def find_part(text: Value, part: Value) -> int | None:
    """The place of the first `part` in `text`, from 1; 0 if there is none."""
    if text is None or part is None:
        return None
    if isinstance(text, bytes) and isinstance(part, bytes):
        return text.find(part) + 1
    return _to_text(text).find(_to_text(part)) + 1


def _make_trim(strip: Any) -> Any:
    def trim(text: Value, characters: Value) -> str | None:
        if text is None or characters is None:
            return None
        return str(strip(_to_text(text), "".join(set(_to_text(characters)))))

    return trim


def _to_text(value: Value) -> str:
    """The value as SQLite casts it to text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float):
        digits, e, exponent = f"{value:.15g}".partition("e")
        return digits + ("" if "." in digits or "n" in digits else ".0") + e + exponent
    return str(value)
