"""Stored texts that are longer than a query may return: Datasette's own tables show them anyway.

The limit for values (`query_limits.py`) keeps a query from taking all memory, but it also breaks a table
page whose rows contain a longer text. When that happens, the longest stored text is measured once, and the
limit of this store's connections is raised to it.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from datasette import Response

from store.browse.databases import is_store
from store.browse.page_reads import read_for_page
from store.browse.query_limits import MAX_STORED, MAX_VALUE, limit_connection, raise_limits

TOO_BIG = "string or blob too big"

longest_values = """
select max(
    (select coalesce(max(length(cast(text as blob)) + length(cast(note as blob))), 0) from highlights),
    (select coalesce(max(length(cast(text as blob))), 0) from notes),
    (select coalesce(max(length(cast(text as blob))), 0) from versions),
    (select coalesce(max(length(cast(text as blob))), 0) from tweets),
    (select coalesce(max(length(cast(coalesce(summary, '') || coalesce(note, '') || properties as blob))), 0)
        from documents),
    (select coalesce(max(length(cast(description as blob))), 0) from resources)
)
"""

_connections: WeakKeyDictionary[Any, list[Any]] = WeakKeyDictionary()
_raised: WeakKeyDictionary[Any, tuple[int, int]] = WeakKeyDictionary()
"""Database → the file's time when it was measured, and its longest value."""


def limit_new_connection(database: Any, connection: Any) -> None:
    """Limit a connection that Datasette made to a store."""
    _connections.setdefault(database, []).append(connection)
    limit_connection(connection)
    longest = _raised.get(database, (0, 0))[1]
    if longest:
        raise_limits(connection, longest)


async def answer_long_value(datasette: Any, request: Any, exception: Exception) -> Any | None:
    """Answer a request that failed because of a long value: again with a higher limit, or with the reason."""
    if not isinstance(exception, sqlite3.DataError) or str(exception) != TOO_BIG:
        return None
    name = request.path.removeprefix(str(datasette.urls.path("/"))).split("/")[0].split(".")[0]
    database = datasette.databases.get(name)
    if database is None or not is_store(database) or {"sql", "_where"} & set(request.args):
        return None
    if await raise_limit(database):
        query = f"?{request.query_string}" if request.query_string else ""
        return Response.redirect(f"{request.path}{query}")
    message = f"A text here is longer than {MAX_STORED // 1_000_000} MB; its page in the library shows it.\n"
    return Response.text(message, status=400)


async def raise_limit(database: Any) -> bool:
    """Raise the limit of the database's connections to its longest value; False if that changes nothing."""
    changed = Path(database.path).stat().st_mtime_ns
    known = _raised.get(database, (0, 0))
    if known[0] == changed:
        return False
    longest = await read_for_page(database, lambda db: int(db.execute(longest_values).fetchone()[0]))
    _raised[database] = (changed, longest if longest > MAX_VALUE - 100_000 else 0)
    if longest <= known[1]:
        return False
    for connection in _connections.get(database, []):
        raise_limits(connection, longest)
    return True
