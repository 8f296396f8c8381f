"""The hooks that Datasette calls, those of 0.65 and of 1.0; each ignores the hooks it does not know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl

from store.browse.access import ask_for_password, find_actor, make_reader
from store.browse.cells import add_link, find_picture_urls, may_contain_pictures, render_value
from store.browse.databases import find_others, find_stores, is_store, read_settings
from store.browse.facets import KeptFacet, TagFacet
from store.browse.long_values import answer_long_value, limit_new_connection
from store.browse.metadata import (
    configure_store,
    drop_overridden_sorts,
    is_before_1_0,
    make_metadata,
    turn_off_facet_suggestions,
)
from store.browse.middleware import wrap_app
from store.browse.queries import make_queries
from store.browse.query_limits import limit_connection, limit_heap
from store.browse.reading_links import link_row
from store.browse.routes import find_picture_copies, find_style, list_routes

LIBRARY_PAGES = ("home", "documents", "authors", "topics", "tags", "resources", "reading", "plots", "health")


@hookimpl(specname="startup")
def start(datasette: Any) -> Callable[[], Awaitable[None]]:
    """Configure the stores at startup, where this Datasette has no hook that asks for it."""

    async def configure() -> None:
        if not find_others(datasette):
            limit_heap()
        turn_off_facet_suggestions(datasette, datasette.plugin_config("gleanings") or {})
        if not is_before_1_0(datasette):
            for name in find_stores(datasette):
                await configure_store(datasette, name)

    return configure


@hookimpl(optionalhook=True)
def get_metadata(datasette: Any) -> dict[str, Any]:
    """Describe each store, for Datasette 0.65; the reader's own metadata takes precedence."""
    own = (getattr(datasette, "_metadata_local", None) or {}).get("databases") or {}
    stores = {name: make_metadata() for name in find_stores(datasette)}
    for name, metadata in stores.items():
        drop_overridden_sorts(metadata["tables"], (own.get(name) or {}).get("tables") or {})
    return {"databases": stores}


@hookimpl(optionalhook=True)
def canned_queries(datasette: Any, database: str) -> dict[str, dict[str, str]]:
    """Offer the canned queries of each store, for Datasette 0.65."""
    own = datasette.metadata("queries", database=database, fallback=False) or {}
    if not is_store(datasette.databases[database]):
        return {}
    return {name: query for name, query in make_queries().items() if name not in own}


@hookimpl
def prepare_connection(conn: Any, database: str, datasette: Any) -> None:
    """Limit the resources that queries of a store, and of the database in memory beside it, may use."""
    if database in datasette.databases and is_store(datasette.databases[database]):
        limit_new_connection(datasette.databases[database], conn)
    elif database == "_memory":
        limit_connection(conn)


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """Answer again when a stored text was longer than the limit for values."""
    return lambda: answer_long_value(datasette, request, exception)


@hookimpl
def actor_from_request(datasette: Any, request: Any) -> Any:
    """The reader who knows the password, where one is required."""
    return lambda: find_actor(datasette, request)


@hookimpl
def forbidden(datasette: Any, request: Any, message: str) -> Any:
    """Ask for the password, where one is required."""
    return ask_for_password(datasette)


@hookimpl
def register_facet_classes() -> list[type]:
    """Register facets that do not read every row."""
    return [KeptFacet, TagFacet]


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Register the pages."""
    return list_routes()


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Wrap the application in the store's middleware."""
    return lambda app: wrap_app(app, datasette)


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any) -> Any:
    """Render the cells of stores; one of each row leads to its page in the library."""
    if not is_store(datasette.databases[database]):
        return None
    link = link_row(row, column, table, str(datasette.urls.database(database)))
    if not isinstance(value, (str, int)):
        return link
    remote = isinstance(value, str) and bool(read_settings(datasette).get("remote_pictures"))
    if not isinstance(value, str) or not may_contain_pictures(value, column, table):
        return add_link(link, render_value(value, column, table, row, remote=remote), value)

    async def render() -> Any:
        pictures = await find_picture_copies(datasette, database, find_picture_urls(value))
        content = render_value(value, column, table, row, remote=remote, pictures=pictures)
        return add_link(link, content, value)

    return render


@hookimpl
def extra_css_urls(database: str | None, datasette: Any) -> list[str]:
    """Style Datasette's own pages of stores, and its other pages where every database is a store."""
    ours = not find_others(datasette) if database is None else database in find_stores(datasette)
    return [find_style(datasette, "datasette")] if ours else []


@hookimpl(optionalhook=True)
def register_mcp_tools(datasette: Any, mcp: Any) -> None:
    """Offer the agents' tools where the plugin datasette-mcp is installed."""
    from store.agents.server import add_tools  # needs the MCP SDK, which datasette-mcp installs

    add_tools(mcp, make_reader(datasette))


@hookimpl
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """Add the stores' home pages to Datasette's menu."""
    return [
        {"href": datasette.urls.database(name) + "/-/home", "label": f"Library: {name}"}
        for name in find_stores(datasette)
    ]


@hookimpl
def database_actions(datasette: Any, database: str) -> list[dict[str, str]]:
    """Add the pages to the database's own menu."""
    if not is_store(datasette.databases[database]):
        return []
    root = datasette.urls.database(database) + "/-/"
    return [{"href": root + page, "label": page.capitalize()} for page in LIBRARY_PAGES]
