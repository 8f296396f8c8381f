"""The guarded session: HTTP requests to untrusted servers, bounded in time and size (docs/links.md).

Links, pictures and Readwise's API all go through it. One adapter with one `SSLContext` serves all threads,
because requests by itself loads the CA bundle again for every new connection (28 ms and 11 MB each).
"""

from __future__ import annotations

import http.client
import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from ingest.web.connection import ConnectionPolicy, PooledAdapter
from ingest.web.deadline import Deadline, DeadlineTimer
from ingest.web.guard import ConnectTo, PrivateAddressError, read_connect_to
from ingest.web.outage import NetworkWatch, has_way_out
from ingest.web.proxy import Proxies
from ingest.web.response import PAGES, BodyReader, HttpResponse, read_response
from record_types.errors import InputError
from record_types.links import RequestLimits

PROJECT_URL = "https://pypi.org/project/gleanings/"
MIN_POOLED_HOSTS = 64


@dataclass(frozen=True, slots=True)
class FetchSettings(RequestLimits):
    """The limits of one run, with those that no configuration changes; sizes in bytes."""

    user_agent: str = f"gleanings (+{PROJECT_URL})"
    """Honest, and without "Mozilla": t.co then answers with a plain redirect."""
    max_body: int = 512 * 1024
    """The size of a page, decompressed."""
    max_seconds: float | None = None
    """No request starts after this; None means no limit."""
    proxies: Proxies = field(default_factory=Proxies)
    """Empty unless `proxy` is set."""


FETCH_ERRORS = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    PrivateAddressError,
    OSError,
    ValueError,  # requests and urllib3 raise it bare for URLs they cannot handle
)
"""Everything that a request to an untrusted server can raise."""

# In the order in which they are tried: the first match names the failure.
_KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (PrivateAddressError, "refused: private address"),
    (urllib3.exceptions.ProxyError, "proxy"),  # whatever went wrong between here and the proxy
    ((requests.exceptions.SSLError, urllib3.exceptions.SSLError, ssl.SSLError), "tls"),
    (urllib3.exceptions.NameResolutionError, "dns"),
    # Before the timeouts, because urllib3's NewConnectionError is one of them.
    (urllib3.exceptions.NewConnectionError, "connect"),
    ((requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), "timeout"),
    (ConnectionError, "reset"),  # before http.client's: RemoteDisconnected is both
    ((http.client.HTTPException, urllib3.exceptions.DecodeError), "bad response"),
    (urllib3.exceptions.ProtocolError, "reset"),
    ((urllib3.exceptions.LocationValueError, requests.exceptions.InvalidURL), "bad url"),
    (OSError, "reset"),
    (ValueError, "bad url"),
)


class FetchError(Exception):
    """A request without a response.

    `kind` is one of `timeout`, `dns`, `tls`, `connect`, `proxy`, `reset`, `bad response`, `bad url` and
    `refused: private address`.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class GuardedSession:
    """Sends GET requests from any number of threads; close it when done."""

    def __init__(
        self,
        settings: FetchSettings,
        reader: BodyReader = PAGES,
        *,
        headers: Mapping[str, str] | None = None,
        exempt: ConnectTo | None = None,
        uses_tls: bool = True,
        resends: bool = True,
    ) -> None:
        """`headers` are sent with every request. `exempt` adds to `settings.connect_to`.

        Without `uses_tls` no certificates are loaded, and https cannot be requested. With `resends`, a
        request over a kept connection that the server had already closed is sent once more over a new one.
        """
        self._settings = settings
        self._reader = reader
        self._resends = resends
        self._deadlines = DeadlineTimer()
        connect_to = {**(exempt or {}), **read_connect_to(settings.connect_to)}
        self._policy = ConnectionPolicy(connect_to, self._deadlines, settings.proxies)
        self._adapter = PooledAdapter(
            self._policy,
            make_ssl_context() if uses_tls else None,
            hosts=max(MIN_POOLED_HOSTS, settings.workers),
            per_host=max(settings.per_host, settings.tco_in_flight),
        )
        prepared = requests.PreparedRequest()
        prepared.prepare_headers(
            {
                "User-Agent": settings.user_agent,
                "Accept": reader.accept,
                "Accept-Encoding": reader.encodings,
                **(headers or {}),
            }
        )
        self._headers = prepared.headers
        self.watch = NetworkWatch(self.has_way_out)

    def get(self, url: str, cookies: RequestsCookieJar, seconds: float) -> HttpResponse:
        """The response to one GET within `seconds`; redirects are not followed.

        Cookies that the server sets go into `cookies`. Raises `FetchError`.
        """
        try:
            response = self._get(url, cookies, seconds)
        except FetchError as error:
            self.watch.note_failure(urlsplit(url).hostname or "", error.kind)
            raise
        self.watch.note_answer()
        return response

    def _get(self, url: str, cookies: RequestsCookieJar, seconds: float) -> HttpResponse:
        with self._deadlines.start(seconds) as deadline:
            try:
                return self._send(url, cookies, deadline)
            except FETCH_ERRORS as error:
                kind = _name_failure(error, deadline)
                if not (self._resends and deadline.reused and kind == "reset"):
                    raise FetchError(kind) from error
            try:
                return self._send(url, cookies, deadline)
            except FETCH_ERRORS as error:
                raise FetchError(_name_failure(error, deadline)) from error

    def has_way_out(self) -> bool:
        """Whether this machine can reach a proxy, or without one the web, to which nothing is sent."""
        if self._settings.proxies.by_scheme:
            return self._settings.proxies.has_way_out()
        return has_way_out(self._policy.connect_to)

    def abort(self) -> None:
        """End the requests in flight, and every later one at once; each is then a timeout."""
        self._deadlines.close()

    def close(self) -> None:
        """End the requests in flight and close all connections."""
        self.abort()
        self._adapter.close()

    def _send(self, url: str, cookies: RequestsCookieJar, deadline: Deadline) -> HttpResponse:
        timeouts = (
            min(self._settings.connect_timeout, deadline.remaining) or 0.001,
            min(self._settings.read_timeout, deadline.remaining) or 0.001,
        )
        request = self._prepare(url, cookies)
        # Through the adapter instead of a requests.Session: the session's part costs a fifth of the request.
        with closing(self._adapter.send(request, stream=True, timeout=timeouts)) as response:
            if response.status_code == 407 and self._adapter.is_forwarded(url):
                raise urllib3.exceptions.ProxyError("it wants a password", OSError())
            if "set-cookie" in response.raw.headers:
                extract_cookies_to_jar(cookies, request, response.raw)  # type: ignore[no-untyped-call]
            found = read_response(response, self._reader, self._settings.max_body)
        if deadline.is_past:
            raise TimeoutError  # a socket that was shut down can look like the regular end of a page
        return found

    def _prepare(self, url: str, cookies: RequestsCookieJar) -> requests.PreparedRequest:
        request = requests.PreparedRequest()
        request.method = "GET"
        request.prepare_url(url, None)
        request.headers = self._headers.copy()
        if cookies:
            request.prepare_cookies(cookies)
        return request


def make_ssl_context() -> ssl.SSLContext:
    """A context that trusts `$REQUESTS_CA_BUNDLE` (or its alternatives), by default requests' own bundle."""
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
    name = next((name for name in names if os.environ.get(name)), None)
    path = Path(os.environ[name] if name else DEFAULT_CA_BUNDLE_PATH)
    try:
        if path.is_dir():
            return ssl.create_default_context(capath=str(path))
        return ssl.create_default_context(cafile=str(path))
    except OSError as error:  # ssl.SSLError is one of them
        raise InputError(f"{name or 'requests'}: {path} is not a certificate bundle ({error})") from error


def name_failure(error: BaseException) -> str:
    """The `FetchError.kind` of `error`, found in it or in its causes."""
    causes = list(_list_causes(error))
    for types, name in _KINDS:
        if any(isinstance(cause, types) for cause in causes):
            return name
    return "reset"


def _name_failure(error: BaseException, deadline: Deadline) -> str:
    # Past the deadline the socket was shut down, and http.client may report anything.
    return "timeout" if deadline.is_past else name_failure(error)


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and its causes, which requests and urllib3 keep in `reason` or in `args`."""
    at: object = error
    for _ in range(8):
        if not isinstance(at, BaseException):
            return
        yield at
        inner = [*at.args, getattr(at, "reason", None)]
        at = next((cause for cause in reversed(inner) if isinstance(cause, BaseException)), None)
