"""What an agent asks is answered with a connection that cannot write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gleanings.commands.mcp import ask_store


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "a #1?.db"  # signs that mean something in a URI
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table t (a)")
    return path


def test_a_question_is_answered_from_the_store(store: Path) -> None:
    assert ask_store(store, lambda db: {"rows": db.execute("select * from t").fetchall()}) == {"rows": []}


@pytest.mark.parametrize("statement", ["insert into t values (1)", "create temp table u (a)"])
def test_a_question_cannot_write(store: Path, statement: str) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        ask_store(store, lambda db: {"rows": db.execute(statement).fetchall()})


def test_a_question_creates_no_store(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        ask_store(tmp_path / "none.db", lambda _: {})
    assert list(tmp_path.iterdir()) == []
