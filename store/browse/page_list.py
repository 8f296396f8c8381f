"""The form of an index page: what its address may choose, one page of rows, and what its template needs."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import urlencode

from store.browse.highlight_rows import Row, fetch
from store.browse.item_pages import PAGE, Arguments, read_page_number


def choose(arguments: Arguments, **allowed: tuple[str, ...]) -> dict[str, str]:
    """The arguments that are allowed; `sort` falls back to its first value, others to none, `q` is free."""
    chosen = {"q": arguments.get("q", "").replace("\0", " ").strip()[:200]}
    for name, values in allowed.items():
        given = arguments.get(name, "")
        chosen[name] = given if given in values else values[0] if name == "sort" else ""
    return chosen


def read_rows(db: sqlite3.Connection, sql: str, arguments: Arguments, **parameters: Any) -> list[Row]:
    """Read one page of a list, and one row more."""
    return fetch(db, sql, **parameters, limit=PAGE + 1, offset=(read_page_number(arguments) - 1) * PAGE)


Select = tuple[str, str, dict[str, str]]
"""A choice: its argument, its label, and value → words."""


def make_list(
    title: str, lead: str, rows: list[Row], arguments: Arguments, chosen: dict[str, str], *,
    sorts: dict[str, str], unit: tuple[str, str], selects: list[Select] | None = None,
) -> Row:  # fmt: skip
    """What the template of an index page needs."""
    page = read_page_number(arguments)
    largest = max((row["count"] for row in rows), default=0)
    return {
        "title": title, "lead": lead, "rows": rows[:PAGE], "offset": (page - 1) * PAGE, "largest": largest,
        "chosen": chosen, "sorts": sorts, "unit": unit, "selects": selects or [], "rest": make_rest(chosen),
        "earlier": page - 1 if page > 1 else None, "later": page + 1 if len(rows) > PAGE else None,
    }  # fmt: skip


def make_rest(chosen: dict[str, str]) -> str:
    """The chosen arguments for the address of another page of the list, ending with `&`."""
    given = {name: value for name, value in chosen.items() if value}
    return urlencode(given) + "&" if given else ""
