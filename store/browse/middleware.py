"""ASGI middleware around Datasette: guarded queries, exact ids in JSON, no type sniffing, `/` as home."""

from __future__ import annotations

import json
from typing import Any

from store.browse.cells import LARGEST_EXACT
from store.browse.databases import find_stores, is_store
from store.browse.request_guard import (
    OTHER_SITE,
    App,
    Message,
    RequestGuard,
    Send,
    asks_for_data,
    comes_from_elsewhere,
    refuse,
)
from store.browse.routes import is_library_page
from store.browse.safe_html import show_controls


def wrap_app(app: App, datasette: Any) -> App:
    """Wrap the application so that requests for stores are guarded, and responses rewritten."""
    guard = RequestGuard()

    async def wrapped(scope: Any, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        home = find_front_page(datasette)
        if home and scope["path"] == datasette.urls.path("/") and not scope.get("query_string"):
            await send({"type": "http.response.start", "status": 302, "headers": [(b"location", home)]})
            await send({"type": "http.response.body", "body": b""})
            return
        rest = find_path_in_store(datasette, scope["path"])
        if rest is None or is_library_page(rest):
            await app(scope, receive, send if rest is None else _rewrite_bodies(_forbid_sniffing(send)))
            return
        if not datasette.cors and comes_from_elsewhere(scope) and asks_for_data(scope):
            await refuse(send, 403, OTHER_SITE)
            return
        by_line = b"_nl=" in scope.get("query_string", b"")
        await guard.run(app, scope, receive, _rewrite_bodies(_forbid_sniffing(send), by_line=by_line))

    return wrapped


def find_front_page(datasette: Any) -> bytes | None:
    """The address that `/` redirects to: the store's home page if it is the only database, else None."""
    if (datasette.plugin_config("gleanings") or {}).get("front_page") is False:
        return None
    names = [name for name in datasette.databases if name not in ("_internal", "_memory")]
    if len(names) != 1 or not is_store(datasette.databases[names[0]]):
        return None
    return str(datasette.urls.database(names[0]) + "/-/home").encode("ascii", "ignore")


def find_path_in_store(datasette: Any, path: str) -> str | None:
    """The part of a path below a store, or below the database in memory; None for any other path."""
    for name in (*find_stores(datasette), "_memory"):
        root = str(datasette.urls.database(name)) if name in datasette.databases else None
        if root is not None and (path == root or path.startswith((f"{root}/", f"{root}."))):
            return path[len(root) :]
    return None


def _forbid_sniffing(send: Send) -> Send:
    """Wrap `send` to forbid content sniffing, so that a CSV file with HTML in it is never shown as a page."""

    async def add_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [each for each in message["headers"] if each[0].lower() != b"x-content-type-options"]
            message["headers"] = [*headers, (b"x-content-type-options", b"nosniff")]
        await send(message)

    return add_header


def _rewrite_bodies(send: Send, *, by_line: bool = False) -> Send:
    """Wrap `send` to collect JSON and HTML bodies and rewrite them when they are complete."""
    starts: list[Message] = []
    parts: list[bytes] = []

    async def collect(message: Message) -> None:
        is_start = message["type"] == "http.response.start"
        if is_start and (by_line or _has_type(message, b"application/json", b"text/html")):
            starts.append(message)
            return
        if not starts or message["type"] != "http.response.body":
            await send(message)
            return
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            start = starts.pop()
            body = b"".join(parts)
            if _has_type(start, b"text/html"):
                body = show_controls_in_page(body)
            else:
                body = (
                    b"\n".join(map(quote_large_integers, body.split(b"\n")))
                    if by_line
                    else quote_large_integers(body)
                )
            headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            start["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
            await send(start)
            await send({"type": "http.response.body", "body": body})

    return collect


def show_controls_in_page(body: bytes) -> bytes:
    """Spell out bidi controls in one of Datasette's pages, whose headings contain the text of rows."""
    if b"\xe2\x80" not in body and b"\xe2\x81" not in body:
        return body
    try:
        return show_controls(body.decode()).encode()
    except UnicodeDecodeError:
        return body


def _has_type(message: Message, *types: bytes) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(types) for name, value in message["headers"]
    )


def quote_large_integers(body: bytes) -> bytes:
    """Turn each integer beyond 2^53 in a JSON body into a string; return the same bytes if there is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    changed = _quote_large(value)
    return body if changed is value else json.dumps(changed).encode()


def _quote_large(value: Any) -> Any:
    """Return the same object if it contains no large integer."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) > LARGEST_EXACT else value
    if isinstance(value, list):
        items = [_quote_large(each) for each in value]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if isinstance(value, dict):
        pairs = {key: _quote_large(each) for key, each in value.items()}
        return pairs if any(pairs[key] is not value[key] for key in value) else value
    return value
