"""A password for the library, as an actor of Datasette: `Authorization: Basic` for browsers, or `Bearer`."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from typing import Any
from weakref import WeakKeyDictionary

from datasette import Response

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
