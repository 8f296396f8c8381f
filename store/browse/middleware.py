"""What goes around Datasette's answers: exact ids in JSON, no guessed types; `/` leads to the only store."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from store.browse.cells import EXACT
from store.browse.databases import find_stores, is_ours
from store.browse.safe_html import show_controls

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Send], Awaitable[None]]


def wrap_app(app: App, datasette: Any) -> App:
    """The application, with its answers changed where they are of our stores."""

    async def wrapped(scope: Any, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        home = find_front_page(datasette)
        if home and scope["path"] == datasette.urls.path("/") and not scope.get("query_string"):
            await send({"type": "http.response.start", "status": 302, "headers": [(b"location", home)]})
            await send({"type": "http.response.body", "body": b""})
            return
        if _is_store_path(datasette, scope["path"]):
            by_line = b"_nl=" in scope.get("query_string", b"")
            send = _mend_bodies(_forbid_guessing(send), by_line=by_line)
        await app(scope, receive, send)

    return wrapped


def find_front_page(datasette: Any) -> bytes | None:
    """Where `/` leads: to the store, when it is the only database."""
    if (datasette.plugin_config("gleanings") or {}).get("front_page") is False:
        return None
    names = [name for name in datasette.databases if name not in ("_internal", "_memory")]
    if len(names) != 1 or not is_ours(datasette.databases[names[0]]):
        return None
    return str(datasette.urls.database(names[0]) + "/-/home").encode("ascii", "ignore")


def _is_store_path(datasette: Any, path: str) -> bool:
    return any(
        str(path).startswith(str(datasette.urls.database(name)) + end)
        for name in find_stores(datasette)
        for end in ("/", ".")
    )


def _forbid_guessing(send: Send) -> Send:
    """A `send` by which no answer is anything but what it says: CSV with tags in it is no page."""

    async def mark(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [each for each in message["headers"] if each[0].lower() != b"x-content-type-options"]
            message["headers"] = [*headers, (b"x-content-type-options", b"nosniff")]
        await send(message)

    return mark


def _mend_bodies(send: Send, *, by_line: bool) -> Send:
    """A `send` that holds JSON and pages until they are whole: ids exact, no marks that turn text."""
    held: list[Message] = []
    parts: list[bytes] = []

    async def hold(message: Message) -> None:
        if message["type"] == "http.response.start" and (by_line or _is_json(message) or _is_page(message)):
            held.append(message)
            return
        if not held or message["type"] != "http.response.body":
            await send(message)
            return
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            start = held.pop()
            body = b"".join(parts)
            if _is_page(start):
                body = spell_controls(body)
            else:
                body = b"\n".join(map(keep_digits, body.split(b"\n"))) if by_line else keep_digits(body)
            headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            start["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
            await send(start)
            await send({"type": "http.response.body", "body": body})

    return hold


def spell_controls(body: bytes) -> bytes:
    """A page of Datasette's, whose headings show a row's words as they are, with those marks spelled."""
    if b"\xe2\x80" not in body and b"\xe2\x81" not in body:
        return body
    try:
        return show_controls(body.decode()).encode()
    except UnicodeDecodeError:
        return body


def _is_page(message: Message) -> bool:
    return _has_type(message, b"text/html")


def _is_json(message: Message) -> bool:
    return _has_type(message, b"application/json")


def _has_type(message: Message, media_type: bytes) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(media_type) for name, value in message["headers"]
    )


def keep_digits(body: bytes) -> bytes:
    """A JSON body with each whole number beyond 2^53 as a string; the same bytes where there is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    changed = _quote_large(value)
    return body if changed is value else json.dumps(changed).encode()


def _quote_large(value: Any) -> Any:
    """The same object where nothing in it is too large."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) > EXACT else value
    if isinstance(value, list):
        items = [_quote_large(each) for each in value]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if isinstance(value, dict):
        pairs = {key: _quote_large(each) for key, each in value.items()}
        return pairs if any(pairs[key] is not value[key] for key in value) else value
    return value
