"""Readwise's API over HTTP: request a page of an export, politely, until it arrives (docs/formats.md).

    GET /api/v2/export/?updatedAfter=ISO&pageCursor=…&includeDeleted=true&ids=1,2   Authorization: Token …

240 requests a minute are allowed; the `Retry-After` of a 429 says how long to wait. The session is that of
the links: certificates are verified, addresses vetted, answers bounded in size and time. The token goes to
the configured origin only, so a redirect elsewhere is an error.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from urllib.parse import urlencode

import requests
from requests.cookies import RequestsCookieJar

from ingest.readwise.api_answer import ApiAnswer, parse_answer
from ingest.readwise.api_origin import ApiOrigin, Secret
from ingest.web.guard import ConnectTo
from ingest.web.proxy import Proxies
from ingest.web.redirect_chain import PRIVATE
from ingest.web.response import BodyReader, HttpResponse
from ingest.web.retry import read_retry_after
from ingest.web.session import FetchError, FetchSettings, GuardedSession
from record_types.errors import BusyError, InputError, UnreadableError

_CHUNK = 1 << 16
_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_RETRIED = frozenset({408, 425, 429})
_PERMANENT = frozenset({"tls", PRIVATE, "bad url"})
"""Failures that another try does not fix."""
_UNREACHED = frozenset({"dns", "connect", "proxy"})
# Seconds between two checks whether the session is closed, so that its thread ends with it.
_TICK = 0.25


class StalePageError(BusyError):
    """The server rejects the request: a page cursor of an earlier run may be too old."""


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """What one request may take, in seconds and bytes."""

    tries: int = 7
    tries_unreached: int = 3
    """If no connection can be made at all: the network is down."""
    first_wait: float = 1.0
    """Doubled after each try."""
    most_wait: float = 300.0
    """For all waits of one request together; if the server asks for more, a later run tries again."""
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float = 180.0
    max_bytes: int = 128 << 20
    """The size of one answer, decompressed."""
    grace: float = 2.0
    """How long a request in flight may still take once the run is stopped."""


def _read_answer(response: requests.Response, size: int) -> bytes:
    """Read the whole body, but stop once it is longer than `size`.

    Raises urllib3's errors if the body breaks off, because half an answer is of no use.
    """
    pieces, length = [], 0
    while length <= size and (piece := response.raw.read1(_CHUNK, decode_content=True)):
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)


JSON = BodyReader("application/json", _read_answer)


@dataclass(slots=True)
class ApiConnection:
    """The guarded session with the token; close it when done."""

    token: Secret
    origin: ApiOrigin
    user_agent: str
    stop: threading.Event = field(default_factory=threading.Event)
    """Once it is set, the request in flight gets `grace`."""
    connect_to: ConnectTo = field(default_factory=dict)
    proxies: Proxies = field(default_factory=Proxies)
    limits: ApiLimits = ApiLimits()
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    """Used only if the server does not send its own time."""
    _session: GuardedSession | None = None
    _closed: bool = False

    def get(self, url: str) -> HttpResponse:
        """The response to one GET; raises FetchError, or BusyError if it is too long."""
        session = self._session = self._session or self._open()
        response = session.get(url, RequestsCookieJar(), self.limits.total_timeout)
        if len(response.body) > self.limits.max_bytes:
            raise BusyError(f"{self.origin.host}: an answer of more than {self.limits.max_bytes:,} bytes")
        return response

    def read_wait(self, response: HttpResponse) -> float | None:
        """The seconds to wait that `response` asks for, by the server's own clock if it sends one."""
        return read_retry_after(response.retry_after, _read_date(response.date) or self.clock())

    def close(self) -> None:
        """End the request in flight and close the connection."""
        self._closed = True
        if self._session is not None:
            self._session.close()

    def _open(self) -> GuardedSession:
        settings = FetchSettings(
            user_agent=self.user_agent,
            connect_timeout=self.limits.connect_timeout,
            read_timeout=self.limits.read_timeout,
            max_body=self.limits.max_bytes,
            proxies=self.proxies,
        )
        session = GuardedSession(
            settings,
            JSON,
            headers={"Authorization": f"Token {self.token.reveal()}"},
            exempt={**self.origin.exempt, **self.connect_to},
            uses_tls=self.origin.is_secure,
            resends=False,  # `ApiClient` waits before each new try
        )
        threading.Thread(
            target=self._abort_when_stopped, args=(session,), name="gleanings-stop", daemon=True
        ).start()
        return session

    def _abort_when_stopped(self, session: GuardedSession) -> None:
        """Keep a silent server from delaying the end of a stopped run."""
        while not self.stop.wait(_TICK):
            if self._closed:
                return
        time.sleep(self.limits.grace)
        session.abort()


@dataclass(slots=True)
class _Failure:
    """Why there is no answer yet."""

    message: str
    wait: float | None = None
    """Seconds that the server asks for."""
    tries: int | None = None
    """How many are allowed; None for `ApiLimits.tries`."""


@dataclass(slots=True)
class ApiClient:
    """Readwise's API; close it when done. `random` returns [0, 1)."""

    connection: ApiConnection
    random: Callable[[], float]
    sleep: Callable[[float], object]

    def export(
        self, *, updated_after: str | None = None, page_cursor: str | None = None, ids: Sequence[int] = ()
    ) -> ApiAnswer:
        """A page of what changed after `updated_after` (None: of everything), or of the whole books `ids`.

        Raises InputError if the token is rejected, StalePageError if the request is, and BusyError if no
        answer comes within the limits.
        """
        params = {"includeDeleted": "true"}
        if updated_after:
            params["updatedAfter"] = updated_after
        if page_cursor:
            params["pageCursor"] = page_cursor
        if ids:
            params["ids"] = ",".join(map(str, ids))
        return self._request(f"/api/v2/export/?{urlencode(params)}")

    def close(self) -> None:
        """End the request in flight and close the connection."""
        self.connection.close()

    def __enter__(self) -> ApiClient:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def _request(self, path: str) -> ApiAnswer:
        host, limits, stop = self.connection.origin.host, self.connection.limits, self.connection.stop
        waited, tries = 0.0, 0
        while True:
            found = self._try(path)
            if not isinstance(found, _Failure):
                return found
            tries += 1
            wait = found.wait or limits.first_wait * 2 ** (tries - 1)
            wait *= 1 + 0.25 * self.random()
            waited += wait
            if stop.is_set() or tries >= (found.tries or limits.tries):
                raise BusyError(f"{host}: {found.message}; try again later")
            if waited > limits.most_wait:
                raise BusyError(f"{host}: {found.message}; it asks to wait {wait:.0f} s, so try again later")
            self.sleep(wait)
            if stop.is_set():
                raise BusyError(f"{host}: stopped while waiting: {found.message}")

    def _try(self, path: str) -> ApiAnswer | _Failure:
        """The answer, or why to try again; raises if another try would not help."""
        origin, limits = self.connection.origin, self.connection.limits
        try:
            response = self._follow(origin.url + path)
        except FetchError as error:
            if error.kind in _PERMANENT:
                raise BusyError(f"{origin.host} cannot be reached ({error.kind}): try again later") from None
            if error.kind in _UNREACHED:
                network = "network or the proxy" if error.kind == "proxy" else "network"
                return _Failure(f"no answer (is the {network} down?)", tries=limits.tries_unreached)
            return _Failure(f"no complete answer ({error.kind})")
        if response.status in (401, 403):
            raise InputError(f"{origin.host}: the token is refused: get a new one")
        if response.status in _RETRIED or response.status >= 500:
            return _Failure(f"the answer is http {response.status}", self.connection.read_wait(response))
        if not 200 <= response.status < 300:
            raise StalePageError(f"{origin.host}: the request is refused (http {response.status})")
        try:
            return parse_answer(response.body)
        except UnreadableError as error:  # a captive portal, or a proxy's page
            return _Failure(str(error))

    def _follow(self, url: str) -> HttpResponse:
        origin = self.connection.origin
        for _ in range(_MAX_REDIRECTS + 1):
            response = self.connection.get(url)
            if response.status not in _REDIRECTS:
                return response
            onward = origin.follow(response.locations[0] if response.locations else "", url)
            if onward is None:
                raise BusyError(f"{origin.host} redirects elsewhere, where the token does not go")
            url = onward
        raise BusyError(f"{origin.host} redirects in circles: try again later")


def _read_date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime((value or "")[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
