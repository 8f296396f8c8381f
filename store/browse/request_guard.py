"""The guard for Datasette's own pages of a store: which requests may run SQL, and how many at a time.

Any website that is open in a browser can send requests to this machine. It cannot read the answers, but it
could keep the machine busy, so a request from another site may not run SQL or ask for data.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Send], Awaitable[None]]

MAX_RUNNING = 2
"""Requests that may run queries at a time. Datasette has three threads for them."""

MAX_WAITING = 40
"""Requests that may wait for one of those; further ones are refused."""

MAX_WAIT_S = 10.0
MAX_ANSWER_S = 20.0
"""Until the answer begins: each query of a page has its own time limit, but a page may ask for any number."""

_SQL_ARGUMENTS = {"sql", "_where", "_shape", "_format", "_stream", "_nl", "_json", "_trace"}

OTHER_SITE = b"Refused: another website sent this request. Open the library in its own tab.\n"
BUSY = b"The library is busy with other queries. Try again in a few seconds.\n"


class RequestGuard:
    """Refuse requests from other sites, and queue the rest."""

    def __init__(self) -> None:
        self._running = asyncio.Semaphore(MAX_RUNNING)
        self._waiting = 0

    async def run(self, app: App, scope: Any, receive: Any, send: Send) -> None:
        """Pass the request to `app` when it is its turn; answer 503 if that takes too long."""
        if self._waiting >= MAX_WAITING:
            await refuse(send, 503, BUSY)
            return
        self._waiting += 1
        try:
            await asyncio.wait_for(self._running.acquire(), MAX_WAIT_S)
        except TimeoutError:
            await refuse(send, 503, BUSY)
            return
        finally:
            self._waiting -= 1
        try:
            await _answer_in_time(app, scope, receive, send)
        finally:
            self._running.release()


async def _answer_in_time(app: App, scope: Any, receive: Any, send: Send) -> None:
    """Cancel the request if its answer has not begun after MAX_ANSWER_S."""
    begun = False
    try:
        async with asyncio.timeout(MAX_ANSWER_S) as deadline:

            async def begin(message: Message) -> None:
                nonlocal begun
                begun = True
                deadline.reschedule(None)
                await send(message)

            await app(scope, receive, begin)
    except TimeoutError:
        if begun:
            raise
        await refuse(send, 503, BUSY)


async def refuse(send: Send, status: int, body: bytes) -> None:
    """Answer with a line of text."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def comes_from_elsewhere(scope: Any) -> bool:
    """True if a browser says that a page of another site sent the request.

    `curl` and scripts send neither header. A page on another port of this machine is another site too.
    """
    headers = {name.lower(): value.decode("latin-1").lower() for name, value in scope["headers"]}
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get(b"origin")
    return origin is not None and urlsplit(origin).netloc != headers.get(b"host")


def asks_for_data(scope: Any) -> bool:
    """True unless the request is one for a page that a link on another site may lead to."""
    arguments = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    if any(name in _SQL_ARGUMENTS for name, _ in arguments):
        return True
    modes = [value for name, value in scope["headers"] if name.lower() == b"sec-fetch-mode"]
    is_followed_link = scope["method"] in ("GET", "HEAD") and all(mode == b"navigate" for mode in modes)
    return not is_followed_link or re.search(r"\.[a-z]+$", scope["path"]) is not None
