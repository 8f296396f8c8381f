"""Reads for the library's pages, with threads and connections of their own.

Datasette runs every query in three threads, so a page would wait behind the queries of others. It would also
fail on a text that is longer than those queries may return.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

Result = TypeVar("Result")

MAX_SECONDS = 10.0
"""For one page; a search for common words in a million highlights takes a fifth of a second."""

_OPERATIONS = 10_000
"""Steps of SQLite's virtual machine between two checks of the clock."""

_threads = ThreadPoolExecutor(max_workers=3, thread_name_prefix="gleanings-page")
_own = threading.local()


async def read_for_page(database: Any, read: Callable[[sqlite3.Connection], Result]) -> Result:
    """Run `read` with a connection to Datasette's `database`; raises OperationalError after MAX_SECONDS."""

    def run() -> Result:
        connection = _connect(database)
        deadline = time.monotonic() + MAX_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _OPERATIONS)
        try:
            return read(connection)
        finally:
            connection.set_progress_handler(None, 0)

    return await asyncio.get_running_loop().run_in_executor(_threads, run)


def _connect(database: Any) -> sqlite3.Connection:
    """This thread's connection to the database."""
    if not hasattr(_own, "connections"):
        _own.connections = WeakKeyDictionary()
    found: sqlite3.Connection | None = _own.connections.get(database)
    if found is None:
        found = database.connect()
        found.text_factory = lambda raw: str(raw, "utf-8", "replace")
        _own.connections[database] = found
    return found
