"""Readwise's API over HTTP: one page asked for, politely and until it comes (FORMAT 6).

    GET /api/v2/export/?updatedAfter=ISO&pageCursor=…&includeDeleted=true&ids=1,2   Authorization: Token …
    GET /api/v2/auth/  → 204

240 requests a minute are allowed; a 429 says in `Retry-After` how long to wait. The connection is that of the
links: certificates always verified, addresses vetted, bounded in size and time. The token goes to the
configured place only: a redirect elsewhere is an error.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlencode, urljoin

import requests

from gleanings.errors import BusyError, InputError, UnreadableError
from gleanings.records.secrets import Secret
from ingest.links.client import LinkSession, SharedAdapter, make_ssl_context
from ingest.links.connection import Gate
from ingest.links.failures import ASK_ERRORS, name_failure
from ingest.links.guard import ConnectTo
from ingest.links.reaper import Reaper
from ingest.links.retry import read_retry_after
from ingest.readwise.api_answer import ApiAnswer, parse_answer
from ingest.readwise.api_place import ApiPlace

Answer = TypeVar("Answer")

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3
_CHUNK = 1 << 16
_NOT_NOW = frozenset({408, 425, 429})
_AT_ONCE = frozenset({"tls", "refused: private address", "bad url"})
"""Trouble that a second try does not mend."""
_UNREACHED = frozenset({"dns", "connect"})


class StalePageError(BusyError):
    """The server takes the request for none: a page cursor of an earlier run may be too old."""


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """What one request may spend; seconds and bytes."""

    tries: int = 7
    tries_unreached: int = 3
    """Where not even a connection can be had: the network is down."""
    first_wait: float = 1.0
    """Doubled after each try."""
    most_wait: float = 300.0
    """For all waits of one request; a server that asks for more is asked again by a later run."""
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float = 180.0
    max_bytes: int = 128 << 20
    """Of one answer, decompressed."""
    grace: float = 2.0
    """What is in flight when the run is to stop may take so long."""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: bytes = b""
    location: str = ""
    retry_after: float | None = None


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

    token: Secret
    place: ApiPlace
    user_agent: str
    random: Callable[[], float]
    sleep: Callable[[float], object]
    stop: threading.Event = field(default_factory=threading.Event)
    """Once it is set, what is in flight gets `grace`, and nothing is asked any more."""
    connect_to: ConnectTo = field(default_factory=dict)
    limits: ApiLimits = ApiLimits()
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    asked: int = 0
    """Requests so far, redirects and tries included."""
    _reaper: Reaper = field(default_factory=Reaper)
    _session: requests.Session | None = None
    _closed: bool = False

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
        self._closed = True
        self._reaper.close()
        if self._session is not None:
            self._session.close()

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

    def _follow(self, url: str) -> _Reply:
        for _ in range(_MAX_REDIRECTS + 1):
            reply = self._get(url)
            if reply.status not in _REDIRECTS:
                return reply
            url = urljoin(url, reply.location)
            if not self.place.holds(url):
                raise BusyError(f"{self.place.host} sends elsewhere, where the token does not go")
        raise BusyError(f"{self.place.host} sends in circles: try again later")

    def _get(self, url: str) -> _Reply:
        self.asked += 1
        headers = {
            "Authorization": f"Token {self.token.reveal()}",
            "User-Agent": self.user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }
        request = requests.PreparedRequest()
        request.prepare(method="GET", url=url, headers=headers)
        limits = (self.limits.connect_timeout, self.limits.read_timeout)
        session = self._session = self._session or self._open()
        with (
            self._reaper.watch(self.limits.total_timeout) as watch,
            closing(
                session.send(
                    request, timeout=limits, stream=True, allow_redirects=False, verify=True, proxies={}
                )
            ) as response,
        ):
            reply = self._read(response)
            if watch.expired:
                raise TimeoutError  # a shut socket may look like the regular end of an answer
        return reply

    def _read(self, response: requests.Response) -> _Reply:
        pieces, size = [], 0
        for piece in response.raw.stream(_CHUNK, decode_content=True):
            size += len(piece)
            if size > self.limits.max_bytes:
                raise BusyError(f"{self.place.host}: an answer of more than {self.limits.max_bytes:,} bytes")
            pieces.append(piece)
        headers = response.headers
        now = _read_date(headers.get("Date")) or self.clock()  # the server's own, whatever this one's says
        return _Reply(
            response.status_code,
            b"".join(pieces),
            headers.get("Location", ""),
            read_retry_after(headers.get("Retry-After"), now),
        )

    def _open(self) -> requests.Session:
        gate = Gate({**self.place.exempt, **self.connect_to}, self._reaper)
        session = LinkSession()
        session.trust_env = False
        if self.place.is_secure:
            session.mount("https://", SharedAdapter(gate, make_ssl_context(), hosts=1, per_host=1))
        else:
            session.mount("http://", SharedAdapter(gate, None, hosts=1, per_host=1))
        threading.Thread(target=self._end_when_stopped, name="gleanings-stop", daemon=True).start()
        return session

    def _end_when_stopped(self) -> None:
        """A server that says nothing does not keep a run that is to end."""
        while not self.stop.wait(0.25):
            if self._closed:
                return
        time.sleep(self.limits.grace)
        self._reaper.close()


def _read_date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime((value or "")[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
