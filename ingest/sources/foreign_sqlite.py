"""Another program's SQLite database, read from its bytes so that neither can harm the
other.

The bytes are opened as a database in memory: nothing is locked, written or recovered beside the file. Only
plain tables are read, functions are forbidden, and a query that runs too long is stopped. What the other
program has not yet moved from its write-ahead log to the file is not seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

from record_types.errors import UnreadableError

HEADER = b"SQLite format 3\0"
"""https://sqlite.org/fileformat.html#magic_header_string"""

MAX_ROWS = 1_000_000
_MAX_STEPS = 2_000
"""In units of 100,000 instructions: some 20 seconds, where a table of a million rows takes two."""
_MAX_CELL = 4 << 20
# A view or a function could run code of the database's author; a table needs only these.
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})
_VERSIONS = slice(18, 20)
"""How the file is written: 1 is with a journal, 2 with a write-ahead log, which needs a file."""

table_columns = "select name from pragma_table_info(?)"
plain_tables = "select name from sqlite_master where type = 'table' and rootpage > 0"

Row = dict[str, str | int | float | None]


class ForeignDatabase:
    """The tables of a database."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read_tables(self) -> frozenset[str]:
        """Return the names of its plain tables; none if it is not a database."""
        try:
            with closing(self._open()) as db:
                return frozenset(str(name) for (name,) in db.execute(plain_tables))
        except (sqlite3.Error, UnreadableError):
            return frozenset()

    def read_rows(self, table: str, wanted: Sequence[str], order: str = "") -> list[Row]:
        """Return the rows of a table with those of the `wanted` columns that it has.

        `table`, `wanted` and `order` are the reader's own names. Raises UnreadableError.
        """
        try:
            with closing(self._open()) as db:
                if table not in {name for (name,) in db.execute(plain_tables)}:
                    return []
                known = {str(name).lower() for (name,) in db.execute(table_columns, (table,))}
                columns = [name for name in wanted if name.lower() in known]
                if not columns:
                    return []
                self._restrict(db)
                listed = ", ".join(f'"{name}"' for name in columns)
                by = f'order by "{order}"' if order.lower() in known else ""
                query = f'select {listed} from "{table}" {by} limit {MAX_ROWS}'  # noqa: S608 - our own names
                return list(self._fetch(db, query, columns))
        except sqlite3.Error as error:
            raise UnreadableError(f"a damaged database: {error}") from None

    def _open(self) -> sqlite3.Connection:
        if not self._data.startswith(HEADER):
            raise UnreadableError("not a SQLite database")
        data = bytearray(self._data)
        if data[_VERSIONS] == b"\2\2":
            data[_VERSIONS] = b"\1\1"
        db = sqlite3.connect(":memory:")
        try:
            db.execute("pragma trusted_schema = off")
            db.execute("pragma cell_size_check = on")
            db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(len(data), _MAX_CELL))
            db.deserialize(bytes(data))
            db.execute("pragma query_only = on")
        except (sqlite3.Error, OverflowError, MemoryError) as error:
            db.close()
            raise UnreadableError(f"a damaged database: {error}") from None
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        return db

    @staticmethod
    def _restrict(db: sqlite3.Connection) -> None:
        steps = 0

        def count() -> bool:
            nonlocal steps
            steps += 1
            return steps > _MAX_STEPS

        db.set_progress_handler(count, 100_000)
        db.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)

    @staticmethod
    def _fetch(db: sqlite3.Connection, query: str, columns: Sequence[str]) -> Iterator[Row]:
        for values in db.execute(query):
            yield {
                name: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
                for name, value in zip(columns, values, strict=True)
            }
