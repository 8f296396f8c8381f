"""Readwise's API over HTTP: one page asked for, politely and until it comes (FORMAT 6).

    GET /api/v2/export/?updatedAfter=ISO&pageCursor=…&includeDeleted=true&ids=1,2   Authorization: Token …
    GET /api/v2/auth/  → 204

240 requests a minute are allowed; a 429 says in `Retry-After` how long to wait. The token goes to the
configured place only: a redirect elsewhere is an error.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlencode, urljoin

from ingest.links.failures import ASK_ERRORS, name_failure
from ingest.readwise.api_answer import ApiAnswer, parse_answer
from ingest.readwise.api_connection import ApiConnection, ApiLimits, Reply
from ingest.readwise.api_place import ApiPlace
from record_types.errors import BusyError, InputError, UnreadableError

Answer = TypeVar("Answer")

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3
_NOT_NOW = frozenset({408, 425, 429})
_AT_ONCE = frozenset({"tls", "refused: private address", "bad url"})
"""Trouble that a second try does not mend."""
_UNREACHED = frozenset({"dns", "connect"})


class StalePageError(BusyError):
    """The server takes the request for none: a page cursor of an earlier run may be too old."""


@dataclass(slots=True)
class _Failure:
    """Why there is no answer yet."""

    words: str
    wait: float | None = None
    """Seconds that the server asks for."""
    tries: int | None = None


@dataclass(slots=True)
class ApiClient:
    """Asks Readwise; close it when done. `sleep` and `random` (in [0, 1)) come from outside."""

    connection: ApiConnection
    random: Callable[[], float]
    sleep: Callable[[float], object]

    @property
    def place(self) -> ApiPlace:
        """Where the API is."""
        return self.connection.place

    @property
    def limits(self) -> ApiLimits:
        """What one request may spend."""
        return self.connection.limits

    @property
    def stop(self) -> threading.Event:
        """Once it is set, nothing is asked any more."""
        return self.connection.stop

    def export(
        self, *, updated_after: str | None = None, page_cursor: str | None = None, ids: Sequence[int] = ()
    ) -> ApiAnswer:
        """A page of what changed after `updated_after` (None: of everything), or of the whole books `ids`.

        Raises InputError where the token is refused, StalePageError where the request is, BusyError where
        nothing comes within the limits.
        """
        params = {"includeDeleted": "true"}
        if updated_after:
            params["updatedAfter"] = updated_after
        if page_cursor:
            params["pageCursor"] = page_cursor
        if ids:
            params["ids"] = ",".join(map(str, ids))
        return self._ask(f"/api/v2/export/?{urlencode(params)}", parse_answer)

    def check_token(self) -> None:
        """Nothing where the token is taken; raises as `export` does."""
        self._ask("/api/v2/auth/", lambda _: None)

    def close(self) -> None:
        """End what is in flight and drop the connection."""
        self.connection.close()

    def __enter__(self) -> ApiClient:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, path: str, parse: Callable[[bytes], Answer]) -> Answer:
        waited, tries = 0.0, 0
        while True:
            found = self._try(path, parse)
            if not isinstance(found, _Failure):
                return found
            tries += 1
            wait = found.wait or self.limits.first_wait * 2 ** (tries - 1)
            wait *= 1 + 0.25 * self.random()
            waited += wait
            if self.stop.is_set() or tries >= (found.tries or self.limits.tries):
                raise BusyError(f"{self.place.host}: {found.words}: try again later")
            if waited > self.limits.most_wait:
                raise BusyError(f"{self.place.host}: {found.words}, wait {wait:.0f} s: try again later")
            self.sleep(wait)
            if self.stop.is_set():
                raise BusyError(f"{self.place.host}: stopped while waiting: {found.words}")

    def _try(self, path: str, parse: Callable[[bytes], Answer]) -> Answer | _Failure:
        """The answer, or why it is to be tried again; raises for what no further try mends."""
        try:
            reply = self._follow(self.place.url + path)
        except ASK_ERRORS as error:
            kind = name_failure(error)
            if kind in _AT_ONCE:
                raise BusyError(f"{self.place.host} cannot be asked ({kind}): try again later") from None
            words = "no answer, is the network down?" if kind in _UNREACHED else f"no whole answer ({kind})"
            return _Failure(words, tries=self.limits.tries_unreached if kind in _UNREACHED else None)
        if reply.status in (401, 403):
            raise InputError(f"{self.place.host}: the token is refused: get a new one")
        if reply.status in _NOT_NOW or reply.status >= 500:
            return _Failure(f"the answer is http {reply.status}", reply.retry_after)
        if not 200 <= reply.status < 300:
            raise StalePageError(f"{self.place.host}: the request is refused (http {reply.status})")
        try:
            return parse(reply.body)
        except UnreadableError as error:  # a captive portal, or a proxy's page
            return _Failure(str(error))

    def _follow(self, url: str) -> Reply:
        for _ in range(_MAX_REDIRECTS + 1):
            reply = self.connection.get(url)
            if reply.status not in _REDIRECTS:
                return reply
            url = urljoin(url, reply.location)
            if not self.place.holds(url):
                raise BusyError(f"{self.place.host} sends elsewhere, where the token does not go")
        raise BusyError(f"{self.place.host} sends in circles: try again later")
