"""Limits for Datasette's own connections to a store: the resources that one SQL query may use.

Datasette limits a query's time and rows, but not the size of a value:
`select zeroblob(900000000)` took 23 GB.
The library's pages read with connections of their own (`page_reads.py`), which have no such limits.
"""

from __future__ import annotations

import sqlite3
import weakref
from typing import Any

MAX_VALUE = 4_000_000
"""Bytes of one value, row or statement."""

MAX_COLUMNS = 100
"""Columns of a result. SQLite keeps one copy of a value that is selected often; Python makes one for each
column."""

MAX_PATTERN = 500
"""Bytes of a pattern for `like` and `glob`, which SQLite cannot interrupt."""

MAX_RESULT = 20_000_000
"""Bytes of all rows of one result."""

MAX_HEAP = 512 * 1024 * 1024
"""Bytes that all SQLite connections of the process may allocate together."""

VALUE_OVERHEAD = 50
"""Bytes that Python needs for a value besides its contents."""

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_VALUE,
    sqlite3.SQLITE_LIMIT_COLUMN: MAX_COLUMNS,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: MAX_PATTERN,
}


MAX_STORED = 16_000_000
"""Bytes of the longest stored value that Datasette's own tables show; it raises MAX_VALUE if need be."""


def limit_connection(connection: Any) -> None:
    """Apply the limits for values and results to a connection."""
    for name, value in _LIMITS.items():
        connection.setlimit(name, value)
    connection.row_factory = RowCounter()
    register_functions(connection, longest=MAX_VALUE)


def raise_limits(connection: Any, longest: int) -> None:
    """Let a connection read stored values of `longest` bytes; may be called while it runs a query.

    The number of columns shrinks, so that a row of a query cannot take more memory than before.
    """
    largest = min(longest, MAX_STORED) + 100_000
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, largest)
    connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, MAX_COLUMNS * MAX_VALUE // largest)
    connection.row_factory = RowCounter(2 * largest)


class RowCounter:
    """A row factory that makes `sqlite3.Row`s until the rows of one cursor exceed `largest` bytes."""

    def __init__(self, largest: int = MAX_RESULT) -> None:
        self._largest = max(largest, MAX_RESULT)
        self._cursor: Any = None
        self._size = 0

    def __call__(self, cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
        if self._cursor is None or self._cursor() is not cursor:
            self._cursor, self._size = weakref.ref(cursor), 0  # a strong one would keep its transaction open
        self._size += VALUE_OVERHEAD * len(values)
        self._size += sum(len(value) for value in values if isinstance(value, (str, bytes)))
        if self._size > self._largest:
            raise sqlite3.OperationalError(
                f"the result is larger than {self._largest // 1_000_000} MB: select fewer rows or columns"
            )
        return sqlite3.Row(cursor, values)


def limit_heap() -> None:
    """Limit the memory of all SQLite connections in this process; it can only be lowered afterwards."""
    connection = sqlite3.connect(":memory:")
    connection.execute(f"pragma hard_heap_limit = {MAX_HEAP}")
    connection.close()


# --- `instr`, `replace` and `trim` in linear time
#
# SQLite's own take quadratic time and cannot be interrupted: two minutes for a megabyte in a megabyte.
# Python's search is linear.

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
