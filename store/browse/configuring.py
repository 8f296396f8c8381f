"""Telling Datasette 1.0 what `get_metadata` and `canned_queries` tell 0.65: once, at startup.

1.0 has neither hook. Descriptions go to its internal database through `set_*_metadata`, queries through
`add_query`, and a table's configuration into `datasette.config`, which is not documented: each is asked for
before it is used. What the reader's own configuration says is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store.browse.descriptions import DATABASE, TABLES, make_tables
from store.browse.queries import QUERIES
from store.browse.recognition import find_stores


def is_first_generation(datasette: Any) -> bool:
    """Whether this Datasette still asks plugins for metadata (before 1.0)."""
    return hasattr(datasette, "metadata")


def configure_facets(datasette: Any, settings: Mapping[str, Any]) -> None:
    """Suggest no facets where every database is a store: it takes over a second at a million rows.

    `settings` are the plugin's: `suggest_facets: true` keeps the suggestions.
    """
    others = set(datasette.databases) - set(find_stores(datasette)) - {"_internal", "_memory"}
    known = getattr(datasette, "_settings", None)
    if isinstance(known, dict) and not others and not settings.get("suggest_facets"):
        known["suggest_facets"] = False


async def configure_store(datasette: Any, name: str) -> None:
    """Descriptions, table configuration and queries of the store `name`, for Datasette 1.0."""
    config = getattr(datasette, "config", None)
    if isinstance(config, dict):
        own = config.setdefault("databases", {}).setdefault(name, {})
        merge_tables(own.setdefault("tables", {}), make_tables())
    said = await datasette.get_database_metadata(name)
    for key, value in DATABASE.items():
        if key not in said:
            await datasette.set_database_metadata(name, key, value)
    for table, (description, columns) in TABLES.items():
        if "description" not in await datasette.get_resource_metadata(name, table):
            await datasette.set_resource_metadata(name, table, "description", description)
        for column, words in columns.items():
            if "description" not in await datasette.get_column_metadata(name, table, column):
                await datasette.set_column_metadata(name, table, column, "description", words)
    for query in QUERIES:
        if await datasette.get_query(name, query.name) is None:
            await datasette.add_query(
                name,
                query.name,
                query.sql,
                title=query.title,
                description=query.description,
                is_trusted=True,
            )


def merge_tables(own: dict[str, Any], ours: dict[str, dict[str, Any]]) -> None:
    """Put `ours` under the reader's `own` configuration of tables, in place."""
    drop_sorts(ours, own)
    for table, settings in ours.items():
        said = own.setdefault(table, {})
        for key, value in settings.items():
            said.setdefault(key, value)


def drop_sorts(ours: dict[str, dict[str, Any]], own: Mapping[str, Mapping[str, Any]]) -> None:
    """Take our sort from the tables that the reader sorts: `sort` and `sort_desc` exclude each other."""
    for table, settings in own.items():
        if table in ours and ("sort" in settings or "sort_desc" in settings):
            ours[table].pop("sort", None)
            ours[table].pop("sort_desc", None)
