"""`docs/schema.md` names every table, view and column, and its queries run."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.connection import open_memory
from tests.gleanings.running import ROOT, run

PAGE = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^\d+\. ([^\n]+)\n\n```sql\n(.+?)```", PAGE, re.MULTILINE | re.DOTALL)

objects = """
select name from sqlite_master
where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' and name <> '_sqlite_migrations'
    and name not in (select name from pragma_table_list where type = 'shadow')
"""


def read_page_columns() -> dict[str, list[str]]:
    sections = re.split(r"^### `(\w+)`$", PAGE, flags=re.MULTILINE)
    return {
        name: re.findall(r"^\| `(\w+)` \|", text.split("\n## ")[0], re.MULTILINE)
        for name, text in zip(sections[1::2], sections[2::2], strict=True)
    }


def read_schema_columns(db: sqlite3.Connection) -> dict[str, list[str]]:
    names = [name for (name,) in db.execute(objects).fetchall()]
    return {
        name: [column for (column,) in db.execute("select name from pragma_table_info(?)", (name,))]
        for name in names
    }


def test_every_table_view_and_column_is_described_and_no_other() -> None:
    assert read_page_columns() == read_schema_columns(open_memory())


def test_the_page_has_twenty_queries() -> None:
    assert len(QUERIES) == PAGE.count("```sql") == 20


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The example graph, imported, its links resolved, and exported."""
    folder: Path = tmp_path_factory.mktemp("library")
    for command in (
        ("import", ROOT / "example" / "graph"),
        ("links", "import", ROOT / "example" / "links.csv"),
        ("export", "notes"),
    ):
        assert run(*command, cwd=folder).code == 0
    db = sqlite3.connect(folder / "gleanings.db")
    yield db
    db.close()


WITHOUT_ROWS = {
    "Links that are still unresolved, by host",
    "Dead links, with a snapshot where there is one",
    "How a link was redirected",
    "Problems, with file and line",
}
"""Queries for which the example has no rows."""


@pytest.mark.parametrize(("title", "query"), QUERIES, ids=[title for title, _ in QUERIES])
def test_a_query_of_the_page_runs_over_the_example(
    library: sqlite3.Connection, title: str, query: str
) -> None:
    assert bool(library.execute(query).fetchall()) == (title not in WITHOUT_ROWS)
