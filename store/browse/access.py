"""Access to the library: a password that makes a Datasette actor, and Datasette's own permissions.

The password comes as `Authorization: Basic` from browsers, or as `Bearer`.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from datasette import Forbidden, Response

from record_types.errors import InputError
from store.browse.databases import find_stores
from store.browse.page_reads import read_for_page

READER = {"id": "reader"}
"""The actor of everyone who knows the password; `allow` blocks and signed tokens may name it."""

WRONG_PASSWORD_S = 1.0
"""How long the answer to a wrong password takes."""

_passwords: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def require_password(datasette: Any, password: str) -> None:
    """Let everyone in who knows `password`. Datasette's `allow` block has to name READER."""
    _passwords[datasette] = password


async def find_actor(datasette: Any, request: Any) -> dict[str, str] | None:
    """READER if the request carries the password; None without one, and after a delay for a wrong one."""
    password = _passwords.get(datasette)
    given = read_password(request.headers.get("authorization") or "")
    if password is None or given is None:
        return None
    if hmac.compare_digest(given.encode(), password.encode()):
        return READER
    await asyncio.sleep(WRONG_PASSWORD_S)
    return None


def read_password(header: str) -> str | None:
    """The password in an `Authorization` header, whatever the user name; None without one."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None


def ask_for_password(datasette: Any) -> Any | None:
    """The answer to a request without the password; None where none is required."""
    if datasette not in _passwords:
        return None
    headers = {"www-authenticate": 'Basic realm="gleanings", charset="UTF-8"', "cache-control": "no-store"}
    return Response.text("This library needs a password.\n", status=401, headers=headers)


READ_TABLES = ("highlights", "documents", "notes", "links", "resources")
"""The pages require permission to view each of these."""


async def ensure_visible(datasette: Any, actor: Any, name: str) -> None:
    """Raise Datasette's Forbidden if the actor may not view the database or one of its tables."""
    if hasattr(datasette, "ensure_permissions"):
        for table in READ_TABLES:
            asked = [("view-table", (name, table)), ("view-database", name), "view-instance"]
            await datasette.ensure_permissions(actor, asked)
        return
    from datasette.resources import DatabaseResource, TableResource

    await datasette.ensure_permission(
        action="view-database", resource=DatabaseResource(database=name), actor=actor
    )
    for table in READ_TABLES:
        resource = TableResource(database=name, table=table)
        await datasette.ensure_permission(action="view-table", resource=resource, actor=actor)


def make_reader(datasette: Any) -> Callable[[Any, Callable[[sqlite3.Connection], Any]], Awaitable[Any]]:
    """A function that asks the first store that an agent may view."""

    async def read(context: Any, ask: Callable[[sqlite3.Connection], Any]) -> Any:
        scope = getattr(context.request_context.request, "scope", None)
        actor = scope.get("actor") if isinstance(scope, dict) else None
        for name in find_stores(datasette):
            try:
                await ensure_visible(datasette, actor, name)
            except Forbidden:
                continue
            return await read_for_page(datasette.databases[name], ask)
        raise InputError("There is no library that you may read.")

    return read
