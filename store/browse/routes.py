"""The routes `/<database>/-/<page>` and `/<database>/-/<page>/<id>`, and what answers them."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from datasette import NotFound, Response

from record_types.errors import GleaningsError
from store.browse import citations, reading_list
from store.browse.access import ensure_visible
from store.browse.cells import picture_copies
from store.browse.databases import find_picture_copy, find_store_folder, is_store
from store.browse.home_page import VISIT_COOKIE, read_visit
from store.browse.library_pages import PAGES
from store.browse.page_reads import read_for_page
from store.browse.page_templates import ENVIRONMENT, render_highlight
from store.browse.page_texts import (
    FORMATS,
    PageText,
    list_formats,
    read_page_text,
    write_feed,
    write_json,
    write_markdown,
)
from store.browse.reading_links import FIRST_PLACES, find_reading_page
from store.browse.safe_html import Picture
from store.migrations import SCHEMA_VERSION

STYLES = {
    name: resources.files("store").joinpath(f"browse/{name}.css").read_text(encoding="utf-8")
    for name in ("style", "datasette")
}
"""The style sheets of the library's pages and of Datasette's own."""

ITEM_PAGES = "thread|document|topic|resource|author|tag"
PLAIN = "home|search|reading|plots|health|documents|authors|topics|tags|resources|highlights"
ROWS = "|".join(FIRST_PLACES)
"""Kinds of rows whose address leads to the page that shows them."""

ENDING = rf"(?:\.(?P<format>{'|'.join((*FORMATS, *citations.FORMATS))}))?"
"""The end of an address that asks for a format other than a page."""

ARGUMENTS = ("q", "page", "kind", "site", "status", "sort", "show", "category", "author", "on")
"""The names that the address of a page may contain."""


def list_routes() -> list[tuple[str, Any]]:
    """The routes, as pairs of pattern and handler."""
    return [
        (r"^/-/gleanings/(?P<name>style|datasette)\.css$", serve_style),
        (rf"^/(?P<database>[^/]+)/-/(?P<page>{PLAIN}){ENDING}$", serve_page),
        (
            rf"^/(?P<database>[^/]+)/-/(?P<page>{ITEM_PAGES})/(?P<id>[^/.]+){ENDING}$",
            serve_page,
        ),
        (rf"^/(?P<database>[^/]+)/-/(?P<page>{ITEM_PAGES}|highlight)/?$", redirect_to_list),
        (rf"^/(?P<database>[^/]+)/-/(?P<kind>{ROWS})/(?P<id>[^/]+)$", redirect_to_page),
        (r"^/(?P<database>[^/]+)/-/tick$", serve_tick),
        (r"^/(?P<database>[^/]+)/-/picture/(?P<id>[^/]+)$", serve_picture),
    ]


_OURS = re.compile(rf"/-/(?:(?:{PLAIN}){ENDING}|(?:{ITEM_PAGES}|{ROWS}|picture)/[^/]+)")


def is_library_page(path: str) -> bool:
    """True if a path below a database is one of the library's pages, not one of Datasette's own."""
    return _OURS.fullmatch(path) is not None


async def serve_style(request: Any) -> Response:
    """Serve a style sheet; its address changes with its content, so it may be cached for a year."""
    headers = {"cache-control": "public, max-age=31536000", "x-content-type-options": "nosniff"}
    style = STYLES[request.url_vars["name"]]
    return Response(style, content_type="text/css; charset=utf-8", headers=headers)


def find_style(datasette: Any, name: str) -> str:
    """The address of a style sheet."""
    version = hashlib.sha256(STYLES[name].encode()).hexdigest()[:10]
    return f"{datasette.urls.path(f'/-/gleanings/{name}.css')}?v={version}"


async def redirect_to_list(request: Any, datasette: Any) -> Response:
    """Redirect an item's address without an id to the list of these items."""
    database = await find_database(request, datasette)
    page = request.url_vars["page"].replace("thread", "document")
    return Response.redirect(f"{datasette.urls.database(database.name)}/-/{page}s")


async def redirect_to_page(request: Any, datasette: Any) -> Response:
    """Redirect a row to the page that shows it."""
    database = await find_database(request, datasette)
    kind, id_ = request.url_vars["kind"], request.url_vars["id"]
    wanted = int(id_) if is_id(id_) else 0
    page = await read_for_page(database, lambda db: find_reading_page(db, kind, wanted))
    root = f"{datasette.urls.database(database.name)}/-"
    if page is None:
        return render_page(datasette, database, "missing", {}, here=kind, status=404)
    return Response.redirect(f"{root}/{page}")


async def serve_page(request: Any, datasette: Any) -> Response:
    """Serve one page of one store."""
    database = await find_database(request, datasette)
    name = request.url_vars["page"]
    template, read = PAGES[name]
    arguments = {key: request.args.get(key, "") for key in ARGUMENTS}
    arguments["id"] = request.url_vars.get("id") or ""
    arguments["root"] = f"{datasette.urls.database(database.name)}/-"
    arguments["today"] = date.today().isoformat()
    visit = read_visit(request.cookies.get(VISIT_COOKIE, ""), int(time.time()))
    arguments["seen"] = str(visit.seen)
    arguments["format"] = format_ = request.url_vars.get("format") or ""

    def read_page(db: sqlite3.Connection) -> Any:
        context = _read(db, read, arguments)
        return read_page_text(db, name, context) if format_ in FORMATS and context is not None else context

    has_id = is_id(arguments["id"]) or name in PLAIN.split("|")
    try:
        context = await read_for_page(database, read_page) if has_id else None
    except (MemoryError, sqlite3.OperationalError) as error:
        if isinstance(error, sqlite3.OperationalError) and str(error) != "interrupted":
            raise
        return Response.text("This page took too much time or memory. Try again, or narrow it.", status=503)
    except OutdatedStoreError:
        message = "This store was made by an older version of gleanings. Run `gleanings status` to update it."
        return Response.text(message, status=409)
    if context is None:
        return render_page(datasette, database, "missing", {}, here=name, status=404)
    address = f"{datasette.urls.database(database.name)}/-/{name}" + ("/" + arguments["id"]) * bool(
        arguments["id"]
    )
    given = {key: arguments[key] for key in ARGUMENTS if arguments[key]}
    if format_ in citations.FORMATS:
        if name not in citations.CITED:
            raise NotFound("Only documents and resources can be cited")
        cited = citations.write_citation(context[name], format_)
        headers = make_headers(remote=False)
        return Response(cited, content_type=citations.FORMATS[format_], headers=headers)
    if format_:
        return render_text(request, datasette, database, context, format_, address, given)
    formats = list_formats(name, address, urlencode({key: given[key] for key in given if key != "page"}))
    ticks = None
    if name in ("reading", "resource"):
        may_tick = reading_list.may_tick(datasette, database, request)
        ticks = reading_list.make_form(datasette, request) if may_tick else None
        context = {**context, "ticks": ticks}
    page = render_page(datasette, database, template, context, here=name, formats=formats)
    if ticks and request.cookies.get(reading_list.COOKIE) != ticks["secret"]:
        page.set_cookie(
            reading_list.COOKIE, ticks["secret"], path=arguments["root"], httponly=True, samesite="strict"
        )
    if name == "home":
        value = f"{visit.seen}-{context['latest']}-{int(time.time())}"
        page.set_cookie(
            VISIT_COOKIE, value, max_age=400 * 86400, path=arguments["root"], httponly=True, samesite="strict"
        )
    return page


def render_text(
    request: Any,
    datasette: Any,
    database: Any,
    text: PageText,
    format_: str,
    address: str,
    given: dict[str, str],
) -> Response:
    """Render a page as Markdown, JSON or a feed; its addresses are absolute."""
    root = datasette.absolute_url(request, f"{datasette.urls.database(database.name)}/-")
    own = datasette.absolute_url(request, f"{address}.{format_}")
    later = f"{own}?{urlencode({**given, 'page': text.later})}" if text.later else None
    if format_ == "atom":
        body = write_feed(text, root, f"{own}?{urlencode(given)}" if given else own)
    else:
        body = (write_json if format_ == "json" else write_markdown)(text, root, later)
    return Response(body, content_type=FORMATS[format_], headers=make_headers(remote=False))


def render_page(
    datasette: Any, database: Any, template: str, context: Mapping[str, Any], *, here: str, status: int = 200,
    formats: Sequence[tuple[str, str, str]] = (),
) -> Response:  # fmt: skip
    """Render a page of the library from its template."""
    remote = bool((datasette.plugin_config("gleanings") or {}).get("remote_pictures"))
    root = str(datasette.urls.database(database.name))
    html = ENVIRONMENT.get_template(f"{template}.html").render(
        root=root + "/-",
        tables=root,
        style=find_style(datasette, "style"),
        here=here,
        formats=formats,
        passage=partial(render_highlight, root=root, folder=find_store_folder(database), remote=remote),
        **context,
    )
    return Response.html(html, status=status, headers=make_headers(remote=remote))


def is_id(text: str) -> bool:
    """True if `text` is a number that fits SQLite's integers."""
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) < 2**63


class OutdatedStoreError(Exception):
    """The store's schema is older than the one that the pages read."""


def _read(db: sqlite3.Connection, read: Any, arguments: dict[str, str]) -> Any:
    if db.execute("pragma user_version").fetchone()[0] < SCHEMA_VERSION:
        raise OutdatedStoreError
    return read(db, arguments)


def make_headers(*, remote: bool) -> dict[str, str]:
    """Make headers that allow no script, nothing from other origins, and no framing."""
    pictures = "'self' https:" if remote else "'self'"
    return {
        "content-security-policy": f"default-src 'none'; style-src 'self'; img-src {pictures}; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "referrer-policy": "same-origin",  # with `no-referrer` a form's Origin would be "null"
        "x-content-type-options": "nosniff",
    }


async def find_database(request: Any, datasette: Any) -> Any:
    """Find the store that the address names; raise NotFound or Forbidden otherwise."""
    from datasette.utils import tilde_decode

    try:
        database = datasette.get_database(route=tilde_decode(request.url_vars["database"]))
    except KeyError:
        raise NotFound("There is no such database") from None
    if not is_store(database):
        raise NotFound("This database is not a gleanings store")
    await ensure_visible(datasette, request.actor, database.name)
    return database


async def serve_tick(request: Any, datasette: Any) -> Response:
    """Mark a resource as read or unread, and redirect back to the page with the box."""
    database = await find_database(request, datasette)
    try:
        status, answer = await reading_list.tick(datasette, database, request)
    except GleaningsError as error:
        status, answer = 503, f"Nothing was changed: {error}"
    headers = make_headers(remote=False)
    if status != 303:
        return Response.text(f"{answer}\n", status=status, headers=headers)
    address = f"{datasette.urls.database(database.name)}/-/{answer}"
    return Response("", status=status, headers={**headers, "location": address})


async def serve_picture(request: Any, datasette: Any) -> Response:
    """Serve the local copy of a picture."""
    database = await find_database(request, datasette)
    sql = "select path, content_type from media where id = ?"
    id_ = request.url_vars["id"]
    wanted = int(id_) if is_id(id_) else 0
    row = await read_for_page(database, lambda db: db.execute(sql, [wanted]).fetchone())
    path = find_picture_copy(find_store_folder(database), row[0], row[1]) if row else None
    if row is None or path is None:
        return Response.text("There is no local copy of this picture\n", status=404)
    headers = {"cache-control": "private, max-age=86400", **make_headers(remote=False)}
    return Response(path.read_bytes(), content_type=row[1], headers=headers)


async def find_picture_copies(datasette: Any, name: str, urls: Sequence[str]) -> dict[str, Picture]:
    """Find the local copies of the pictures at these URLs, by URL."""
    database = datasette.databases[name]
    rows = await database.execute(picture_copies, {"urls": json.dumps(urls)})
    root, folder = datasette.urls.database(name), find_store_folder(database)
    return {
        row["url"]: Picture(f"{root}/-/picture/{row['id']}")
        for row in rows.rows
        if find_picture_copy(folder, row["path"], row["content_type"])
    }
