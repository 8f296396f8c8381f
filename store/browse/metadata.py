"""Descriptions, settings and canned queries of a store's tables, for Datasette 0.65 and 1.0.

Column headings are the columns' names: Datasette has no hook for them, a template of our own (`_table.html`)
would apply to every database and differs between both versions, and filters and SQL need the names anyway. So
columns that end in `_id` have descriptions, which Datasette shows above the table and in the heading's menu.

Datasette 0.65 asks for them with the hooks `get_metadata` and `canned_queries`. 1.0 has neither: at startup,
descriptions go to its internal database with `set_*_metadata`, queries with `add_query`, and table settings
into `datasette.config`, which is not documented, so each is looked for before it is used. The reader's own
configuration takes precedence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from store.browse.databases import find_others
from store.browse.queries import QUERIES

DATABASE = {
    "description": "Highlights from your reading, their documents, and the resources they link to.",
    "source": "gleanings",
}

TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "highlights": (
        "Passages you marked; each tweet of a thread is one highlight.",
        {
            "text": "Markdown as on the page, without the view link",
            "note": "your notes on it",
            "document_id": "the document that it is from",
            "author_id": "the author: of a tweet, who wrote it; otherwise the document's",
            "position": "reading order within the document, from 0",
            "year": "the year it was marked",
            "taken_at": "when it was marked; for a tweet, when it was posted (UTC)",
            "synced_on": "when Readwise synced it, in your time zone",
            "incomplete": "1: cut off by an old version of the Readwise plugin",
            "gone_at": "when it disappeared from the last file that contained it",
            "uid": "its identity, the same in every file and source",
        },
    ),
    "documents": (
        "Threads, articles, books and podcasts.",
        {
            "author_id": "the author",
            "full_title": "the title before Readwise shortened it",
            "properties": "JSON: page properties that have no column",
            "thread_id": "the status id of the thread's first tweet",
        },
    ),
    "authors": ("Authors of documents and tweets.", {"handle": "on Twitter/X, without @"}),
    "tweets": (
        "Highlights that are tweets. A thread is in order of status ids.",
        {
            "id": "the status id; too large for a JavaScript number, so JSON has it as text",
            "text": "cleaned, with links expanded",
            "thread_id": "the thread's first status id; empty: not part of a thread",
            "created_at": "when it was posted, from the status id (UTC)",
        },
    ),
    "resources": (
        "Where links lead: articles, papers, videos, repositories, books …",
        {
            "url": "the canonical URL, without tracking parameters",
            "status": "the result of fetching its title and description",
            "archive_url": "a snapshot, if the resource is gone",
        },
    ),
    "links": (
        "Links as found in highlights, and where they lead.",
        {
            "url": "as found, never changed",
            "short": "1: from a link shortener",
            "status": "the result of expanding the link",
            "hops": "JSON: every URL in the redirect chain",
            "due_at": "when to try again; empty: never tried if pending, otherwise final",
        },
    ),
    "notes": (
        "Your notes on highlights and documents.",
        {"kind": "note: written in Readwise; block: your own block on the page; text: the document's text"},
    ),
    "tags": ("Your tags.", {}),
    "topics": ("What highlights are about.", {}),
    "highlight_topics": ("The topics of each highlight, and why.", {}),
    "highlight_tags": ("Tags of highlights.", {}),
    "document_tags": ("Tags of documents.", {}),
    "highlight_links": (
        "The links of each highlight.",
        {"label": "the label beside the link, such as Advanced"},
    ),
    "media": ("Pictures in highlights.", {"path": "the local copy, relative to the store's folder"}),
    "files": (
        "Files that were imported.",
        {
            "encoding": "`utf-8, repaired`: the encoding was damaged and has been repaired",
            "read_as": "the graph's formats of file names and dates; the file is read again when they change",
        },
    ),
    "problems": ("What could not be read, with file and line.", {}),
    "runs": ("Commands that were run, and their results.", {}),
    "versions": ("Earlier texts of highlights that changed.", {"text": "the earlier text"}),
    "reading_list": ("Resources that highlights recommend, and how often each was shared.", {}),
    "threads": ("Twitter threads.", {}),
    "dead_links": ("Links that no longer work, with a snapshot where there is one.", {}),
    "cut_highlights": ("Highlights that an old version of the Readwise plugin cut off.", {}),
    "whats_new": ("The newest highlights.", {}),
}
"""Table or view → (description, column → description)."""

SETTINGS: dict[str, dict[str, Any]] = {
    "highlights": {
        "label_column": "text",
        "sort_desc": "taken_at",
        "facets": [{"kept": "category"}, {"kept": "year"}, {"kept": "author_id"}, {"tag": "tag"}],
        "size": 50,
    },
    "documents": {"label_column": "title", "sort": "title"},
    "authors": {"label_column": "name"},
    "tweets": {"label_column": "text", "sort_desc": "id"},
    "resources": {"label_column": "title", "facets": [{"kept": "kind"}, {"kept": "status"}]},
    "links": {"label_column": "url", "facets": [{"kept": "status"}]},
    "notes": {"label_column": "text"},
    "tags": {"label_column": "name"},
    "topics": {"label_column": "name", "sort": "name"},
    "media": {"label_column": "url"},
    "files": {"label_column": "path"},
    "problems": {"label_column": "message", "facets": [{"kept": "kind"}]},
    "runs": {"label_column": "command", "sort_desc": "id"},
    "versions": {"label_column": "text", "sort_desc": "id"},
}
"""How Datasette shows each table, unless the reader's own configuration overrides it."""

_TABLE = re.compile(r"^create (virtual )?table (\w+)", re.MULTILINE)
# The tables in which FTS5 keeps an index, besides the virtual one.
_SHADOWS = ("config", "content", "data", "docsize", "idx")
_SCHEMA = ("tables", "full_text", "counts", "changes")


def list_hidden() -> list[str]:
    """The internal tables, which Datasette lists separately: every table of the schema without a
    description."""
    hidden = ["_sqlite_migrations", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4"]
    hidden += ["_litestream_lock", "_litestream_seq"]  # of a replicated store (docs/many.md)
    for name in _SCHEMA:
        script = resources.files("store").joinpath(f"schema/{name}.sql").read_text(encoding="utf-8")
        for virtual, table in _TABLE.findall(script):
            if table not in TABLES:
                hidden += [table, *(f"{table}_{shadow}" for shadow in _SHADOWS if virtual)]
    return hidden


HIDDEN = tuple(list_hidden())


def make_tables() -> dict[str, dict[str, Any]]:
    """Table → its settings; a new dictionary each time, because Datasette modifies it."""
    shown = {name: {**settings} for name, settings in SETTINGS.items()}
    return {**shown, **{name: {"hidden": True} for name in HIDDEN}}


def make_metadata() -> dict[str, Any]:
    """A store's metadata for Datasette 0.65, which keeps descriptions and settings together."""
    tables = make_tables()
    for name, (description, columns) in TABLES.items():
        tables.setdefault(name, {}).update(description=description, columns={**columns})
    return {**DATABASE, "tables": tables}


def is_before_1_0(datasette: Any) -> bool:
    """True if this Datasette still asks plugins for metadata."""
    return hasattr(datasette, "metadata")


def turn_off_facet_suggestions(datasette: Any, settings: Mapping[str, Any]) -> None:
    """Turn off facet suggestions if every database is a store: they take over a second at a million rows.

    The plugin's setting `suggest_facets: true` keeps them.
    """
    known = getattr(datasette, "_settings", None)
    if isinstance(known, dict) and not find_others(datasette) and not settings.get("suggest_facets"):
        known["suggest_facets"] = False


async def configure_store(datasette: Any, name: str) -> None:
    """Give Datasette 1.0 the descriptions, table settings and canned queries of the store `name`."""
    config = getattr(datasette, "config", None)
    if isinstance(config, dict):
        own = config.setdefault("databases", {}).setdefault(name, {})
        merge_table_settings(own.setdefault("tables", {}), make_tables())
    known = await datasette.get_database_metadata(name)
    for key, value in DATABASE.items():
        if key not in known:
            await datasette.set_database_metadata(name, key, value)
    for table, (description, columns) in TABLES.items():
        if "description" not in await datasette.get_resource_metadata(name, table):
            await datasette.set_resource_metadata(name, table, "description", description)
        for column, text in columns.items():
            if "description" not in await datasette.get_column_metadata(name, table, column):
                await datasette.set_column_metadata(name, table, column, "description", text)
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


def merge_table_settings(own: dict[str, Any], ours: dict[str, dict[str, Any]]) -> None:
    """Add `ours` to the reader's `own` table settings where they have no value yet, in place."""
    drop_overridden_sorts(ours, own)
    for table, settings in ours.items():
        chosen = own.setdefault(table, {})
        for key, value in settings.items():
            chosen.setdefault(key, value)


def drop_overridden_sorts(ours: dict[str, dict[str, Any]], own: Mapping[str, Mapping[str, Any]]) -> None:
    """Remove our sort order where the reader sets one: `sort` and `sort_desc` exclude each other."""
    for table, settings in own.items():
        if table in ours and ("sort" in settings or "sort_desc" in settings):
            ours[table].pop("sort", None)
            ours[table].pop("sort_desc", None)
