"""The HTTP client: one request at a time, bounded in time and size, through the gate (LINKS.md).

One adapter with one SSLContext serves all threads: requests' own way loads the CA bundle again for every
new connection (28 ms and 11 MB each). Each link has its own cookies.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import DecodeError, ProtocolError

from ingest.links.connection import Gate
from ingest.links.failures import ASK_ERRORS, AskError, name_failure
from ingest.links.guard import read_connect_to
from ingest.links.pools import Pools
from ingest.links.reach import has_way_out
from ingest.links.reaper import Reaper, Watch
from ingest.links.settings import ExpandSettings
from record_types.errors import InputError

REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
_DECODED = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_CHUNK = 16384
_DRAIN = 4096
"""A redirect's body is read to its end only when it says that it is this short: the connection is kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to one request."""

    status: int
    locations: tuple[str, ...] = ()
    """Every `Location`, as http.client gives them: latin-1."""
    refresh: str | None = None
    content_type: str | None = None
    retry_after: str | None = None
    challenged: bool = False
    """Cloudflare asks for a browser (`cf-mitigated: challenge`)."""
    length: int | None = None
    """The `Content-Length`, where there is one."""
    body: bytes = b""
    """Of a 2xx answer, decompressed, what the client's `Reading` takes of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a client asks for, and what it reads of a 2xx answer that can be decompressed in bounded steps."""

    accept: str
    read: Callable[[requests.Response, int], bytes | None]
    """(response, size) → the beginning of its body; None for what nobody wants, and nothing is read of."""
    encodings: str = "gzip, deflate"


class SharedAdapter(HTTPAdapter):
    """requests' adapter over our own pools of connections, which all threads share; knows no proxies."""

    def __init__(self, gate: Gate, context: ssl.SSLContext | None, hosts: int, per_host: int) -> None:
        self._pools = Pools(gate, context, hosts=hosts, per_host=per_host)
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *_: Any, **__: Any
    ) -> HTTPConnectionPool:
        return self._pools.find(request.url or "")

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        return request.path_url

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing: the pools' shared context holds the certificates, and always checks them."""

    def close(self) -> None:
        self._pools.close()
        super().close()


class Client:
    """Asks; safe to use from many threads. Close it when done."""

    def __init__(self, settings: ExpandSettings, reading: Reading | None = None) -> None:
        self._settings = settings
        self._reading = reading or PAGES
        self._reaper = Reaper()
        self._gate = Gate(read_connect_to(settings.connect_to), self._reaper)
        self._adapter = SharedAdapter(
            self._gate,
            make_ssl_context(),
            hosts=max(64, settings.workers),
            per_host=max(settings.per_host, settings.tco_in_flight),
        )
        prepared = requests.PreparedRequest()
        prepared.prepare_headers(
            {
                "User-Agent": settings.user_agent,
                "Accept": self._reading.accept,
                "Accept-Encoding": self._reading.encodings,
            }
        )
        self._headers = prepared.headers

    def ask(self, url: str, cookies: RequestsCookieJar, seconds: float) -> Answer:
        """The answer to one GET within `seconds`; cookies that it sets go into `cookies`.

        Raises `AskError`. A kept connection that the server had already closed is tried once more, afresh.
        """
        with self._reaper.watch(seconds) as watch:
            try:
                return self._get(url, cookies, watch)
            except ASK_ERRORS as error:
                kind = self._judge(error, watch)
                if not (watch.reused and kind == "reset"):
                    raise AskError(kind) from error
            try:
                return self._get(url, cookies, watch)
            except ASK_ERRORS as error:
                raise AskError(self._judge(error, watch)) from error

    def has_way_out(self) -> bool:
        """Whether this machine has a way to the web at all; sends no more than questions for names."""
        return has_way_out(self._gate.connect_to)

    def close(self) -> None:
        """End what is in flight and drop all connections."""
        self._reaper.close()
        self._adapter.close()

    def _judge(self, error: BaseException, watch: Watch) -> str:
        past = watch.expired or watch.remaining <= 0
        return "timeout" if past else name_failure(error)

    def _get(self, url: str, cookies: RequestsCookieJar, watch: Watch) -> Answer:
        limits = (
            min(self._settings.connect_timeout, watch.remaining) or 0.001,
            min(self._settings.read_timeout, watch.remaining) or 0.001,
        )
        request = self._prepare(url, cookies)
        # by the adapter, not a session: what that would add is empty, and costs a fifth of the request
        with closing(self._adapter.send(request, stream=True, timeout=limits)) as response:
            if "set-cookie" in response.raw.headers:
                extract_cookies_to_jar(cookies, request, response.raw)  # type: ignore[no-untyped-call]
            answer = self._read(response)
        if watch.expired or watch.remaining <= 0:
            raise TimeoutError  # a shut socket may look like the regular end of a page
        return answer

    def _prepare(self, url: str, cookies: RequestsCookieJar) -> requests.PreparedRequest:
        request = requests.PreparedRequest()
        request.method = "GET"
        request.prepare_url(url, None)
        request.headers = self._headers.copy()
        if cookies:
            request.prepare_cookies(cookies)
        return request

    def _read(self, response: requests.Response) -> Answer:
        headers, status = response.raw.headers, response.status_code
        length, body = read_length(headers), None
        if 200 <= status < 300 and _is_decodable(headers):
            body = self._reading.read(response, self._settings.max_body)
        if body is None and length is not None and length <= _DRAIN:
            read_body(response, _DRAIN, decoded=False)
        return Answer(
            status=status,
            locations=tuple(headers.getlist("location")) if status in REDIRECTS else (),
            refresh=headers.get("refresh"),
            content_type=headers.get("content-type"),
            retry_after=headers.get("retry-after"),
            challenged=headers.get("cf-mitigated", "").strip().lower() == "challenge",
            length=length,
            body=body or b"",
        )


def make_ssl_context() -> ssl.SSLContext:
    """A context that trusts `$REQUESTS_CA_BUNDLE` (or its kin), else requests' own bundle."""
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
    name = next((name for name in names if os.environ.get(name)), None)
    place = Path(os.environ[name] if name else DEFAULT_CA_BUNDLE_PATH)
    try:
        if place.is_dir():
            return ssl.create_default_context(capath=str(place))
        return ssl.create_default_context(cafile=str(place))
    except OSError as error:  # ssl.SSLError is one of them
        raise InputError(
            f"{name or 'requests'}: {place} is not a bundle of certificates ({error})"
        ) from error


def _is_text(content_type: str | None) -> bool:
    kind = (content_type or "").partition(";")[0].strip().lower()
    return not kind or kind.startswith("text/") or kind.endswith(("html", "xml", "json"))


def read_page(response: requests.Response, size: int) -> bytes | None:
    """The beginning of a page; None for what is no text."""
    return read_body(response, size) if _is_text(response.raw.headers.get("content-type")) else None


def read_length(headers: Any) -> int | None:
    """What `Content-Length` says, at most a thousand million; None where it says no number."""
    text = headers.get("content-length", "").strip()
    return min(int(text[:10]), 10**9) if text.isascii() and text.isdigit() else None


def _is_decodable(headers: Any) -> bool:
    """Whether the body comes in one encoding that decompresses in bounded steps; gzip in gzip does not."""
    return headers.get("content-encoding", "").strip().lower() in _DECODED


def read_body(response: requests.Response, size: int, *, decoded: bool = True) -> bytes:
    """The first `size` bytes of the body, decompressed step by step; what came of one that breaks off."""
    pieces: list[bytes] = []
    left = size
    try:
        while left > 0 and (piece := response.raw.read1(min(_CHUNK, left), decode_content=decoded)):
            pieces.append(piece[:left])
            left -= len(piece)
    except (ProtocolError, DecodeError):
        if not pieces:
            raise
    return b"".join(pieces)


PAGES = Reading("text/html,application/xhtml+xml,*/*;q=0.8", read_page)
