"""An empty store, in a real file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.connection import close_store, open_store


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_store(tmp_path / "gleanings.db", create=True)
    yield connection
    assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    assert connection.execute("pragma foreign_key_check").fetchall() == []
    for index in ("highlights_fts", "resources_fts", "documents_fts"):
        connection.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
    close_store(connection)
