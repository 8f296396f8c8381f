"""What Datasette says of the tables and columns of a store, and how it shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store.browse.databases import find_stores
from store.browse.queries import QUERIES

DATABASE = {
    "description": "What was marked while reading: highlights, where they stand, what they link to, "
    "and what became of it.",
    "source": "gleanings",
}

TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "highlights": (
        "One passage that was marked; a tweet of a thread is one highlight.",
        {
            "text": "Markdown as on the page, without the view link",
            "note": "the reader's notes beside it",
            "position": "reading order within the document, from 0",
            "year": "in which it was marked",
            "taken_at": "when it was marked, or for a tweet when it was written (UTC)",
            "synced_on": "when Readwise brought it, in the reader's own time zone",
            "incomplete": "1: cut by an old version of the Readwise plugin",
            "gone_at": "stands in no file any more since",
            "uid": "what makes it the same highlight wherever it stands",
        },
    ),
    "documents": (
        "A thread, article, book or podcast.",
        {
            "full_title": "the title before Readwise shortened it",
            "properties": "JSON: properties of the page that have no column",
            "thread_id": "the status id of a thread's first tweet",
        },
    ),
    "authors": ("Who wrote what was marked.", {"handle": "on Twitter/X, without @"}),
    "tweets": (
        "The tweets among the highlights. A thread is ordered by status id.",
        {
            "id": "the status id, exact: it passes what JavaScript can count",
            "text": "cleaned, with its links expanded",
            "thread_id": "the thread's first status id; empty: not of a thread",
            "created_at": "from the status id (UTC)",
        },
    ),
    "resources": (
        "Where links lead: articles, papers, videos, repositories, books …",
        {
            "url": "canonical, without tracking parameters",
            "status": "how the fetch of its title and description ended",
            "archive_url": "the snapshot of a resource that is gone",
        },
    ),
    "links": (
        "Links as they were found, and where they lead.",
        {
            "url": "as found, never changed",
            "short": "1: of a link shortener",
            "status": "how the expansion ended",
            "hops": "JSON: every address on the way",
            "due_at": "when to ask again; empty and pending: never asked; else empty: never again",
        },
    ),
    "notes": (
        "What the reader wrote beside a highlight or document.",
        {"kind": "note: in Readwise; block: own"},
    ),
    "tags": ("The reader's tags.", {}),
    "topics": ("What highlights are about.", {}),
    "highlight_topics": ("Which highlight belongs to which topic, and why.", {}),
    "highlight_tags": ("Tags of highlights.", {}),
    "document_tags": ("Tags of documents.", {}),
    "highlight_links": ("Which highlight has which link.", {"label": "such as Advanced"}),
    "media": ("Pictures.", {"path": "of the local copy, below the store's folder"}),
    "files": (
        "The files that were read.",
        {
            "encoding": "`utf-8, repaired`: it had been damaged",
            "read_as": "how its graph writes names and days: another way, and it is read again",
        },
    ),
    "problems": ("What could not be read, with file and line.", {}),
    "runs": ("What was done when, and how it ended.", {}),
    "versions": ("What highlights said before they changed.", {"text": "what it said before"}),
    "reading_list": ("What links lead to, with who shared it how often.", {}),
    "threads": ("Threads of tweets.", {}),
    "dead_links": ("Links that lead nowhere any more, with a snapshot where there is one.", {}),
    "cut_highlights": ("Highlights that an old Readwise plugin cut.", {}),
    "whats_new": ("What came last.", {}),
}
"""Table or view → (what it holds, column → what it says)."""

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
"""How Datasette shows a table; whatever the reader's own configuration says goes before it."""

HIDDEN = (
    "_sqlite_migrations",
    "appearances",
    "block_properties",
    "count_marks",
    "count_steps",
    "document_appearances",
    "document_notes_fts",
    "document_notes_fts_config",
    "document_notes_fts_content",
    "document_notes_fts_data",
    "document_notes_fts_docsize",
    "document_notes_fts_idx",
    "documents_fts",
    "documents_fts_config",
    "documents_fts_data",
    "documents_fts_docsize",
    "documents_fts_idx",
    "facet_counts",
    "highlights_cjk",
    "highlights_cjk_config",
    "highlights_cjk_content",
    "highlights_cjk_data",
    "highlights_cjk_docsize",
    "highlights_cjk_idx",
    "highlight_media",
    "highlight_vectors",
    "sections",
    "shared_resources",
    "sqlite_stat1",
    "undo_files",
    "undo_marks",
    "sqlite_stat4",
    "topic_aliases",
    "written",
)
"""Bookkeeping."""


def make_tables() -> dict[str, dict[str, Any]]:
    """Table → its configuration; new at every call, since Datasette changes what it is given."""
    shown = {name: {**settings} for name, settings in SETTINGS.items()}
    return {**shown, **{name: {"hidden": True} for name in HIDDEN}}


def make_metadata() -> dict[str, Any]:
    """One database's metadata in the form of Datasette 0.65: descriptions and configuration together."""
    tables = make_tables()
    for name, (description, columns) in TABLES.items():
        tables.setdefault(name, {}).update(description=description, columns={**columns})
    return {**DATABASE, "tables": tables}


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
