"""Connections through the guard, and the pool that keeps them (docs/links.md).

urllib3 asks `_new_conn` for a socket and does everything else itself, so the Host header, SNI and certificate
checks see the name that was requested, whichever vetted address the socket is connected to.
"""

from __future__ import annotations

import http.client
import io
import queue
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import urldefragauth
from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from ingest.web.deadline import DeadlineTimer
from ingest.web.guard import Address, ConnectTo, find_addresses, name_target, vet
from ingest.web.proxy import PORTS, LocalNames, Proxies, Proxy

MAX_HEAD_BYTES = 128 * 1024
MAX_HEAD_LINES = 300
"""http.client accepts 100 headers; a server may send a few `100 Continue` before them, but not thousands."""
MAX_ADDRESSES = 4


@dataclass(frozen=True, slots=True)
class ConnectionPolicy:
    """What applies to every connection of one session."""

    connect_to: ConnectTo
    deadlines: DeadlineTimer
    proxies: Proxies = field(default_factory=Proxies)
    names: LocalNames = field(default_factory=LocalNames)

    def find_proxy(self, scheme: str, host: str, port: int) -> Proxy | None:
        """The proxy for a URL; None for a direct connection, as to everything in `connect_to`."""
        if not self.proxies.by_scheme or name_target(host, port) in self.connect_to:
            return None
        return self.proxies.find(scheme, host, port)


class HeadReader:
    """A response's stream that gives no more bytes and lines than a head may have."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._lines = 0
        self._bytes = 0

    def readline(self, limit: int) -> bytes:
        """The next line for http.client; raises `HTTPException` once the head is too long."""
        line = self._stream.readline(limit)
        self._lines += 1
        self._bytes += len(line)
        if self._lines > MAX_HEAD_LINES or self._bytes > MAX_HEAD_BYTES:
            raise http.client.HTTPException("the head does not end")
        return line

    def close(self) -> None:
        """Close the stream; http.client does so after an invalid status line."""
        self._stream.close()


class HeadBoundResponse(http.client.HTTPResponse):
    """A response whose head is bounded as a whole, `100 Continue` included."""

    fp: Any

    def begin(self) -> None:
        stream = self.fp
        self.fp = HeadReader(stream)
        try:
            super().begin()
        finally:
            if isinstance(self.fp, HeadReader):
                self.fp = stream


class GuardedConnection(HTTPConnection):
    """Connects to vetted addresses only, and has its socket shut down at the request's deadline.

    The proxy that the user named may have any address.
    """

    policy: ClassVar[ConnectionPolicy]
    response_class = HeadBoundResponse

    def _new_conn(self) -> socket.socket:
        host = self._dns_host
        try:
            if self.proxy is None:
                addresses = vet(host, self.port, self.policy.connect_to)
            else:
                addresses = find_addresses(host.strip("[]"), self.port)
        except socket.gaierror as error:
            raise NameResolutionError(host, self, error) from error
        failure: OSError | None = None
        for address in addresses[:MAX_ADDRESSES]:
            try:
                return self._connect_socket(address)
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, "no address answered in time") from failure
        raise NewConnectionError(self, f"no address could be reached: {failure}") from failure

    def _connect_socket(self, address: Address) -> socket.socket:
        deadline = self.policy.deadlines.current
        seconds = self.timeout
        if deadline is not None:
            seconds = min(seconds or deadline.remaining, deadline.remaining)
            if seconds <= 0:
                raise TimeoutError
        family, at = address
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(seconds)
            sock.connect(at)
            if deadline is not None:
                deadline.track(sock)
        except BaseException:
            sock.close()
            raise
        return sock

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        """Send the request line; a connection kept from an earlier request gets this one's deadline."""
        deadline = self.policy.deadlines.current
        if deadline is not None and self.sock is not None and not deadline.has_socket:
            deadline.reused = True
            deadline.track(self.sock)
        super().putrequest(*args, **kwargs)


class GuardedTLSConnection(GuardedConnection, HTTPSConnection):
    """The same over TLS."""


class ConnectionPools:
    """Connections kept for the hosts used last, shared by all threads of a session.

    urllib3's own manager closes what it evicts, and creates pools, under a lock that every request must take:
    with a new host for each link, sixty threads wait for the one that closes a socket. Here a thread of its
    own closes them, because whoever closes releases the interpreter lock and must queue for it again.
    """

    def __init__(
        self, policy: ConnectionPolicy, context: ssl.SSLContext | None, *, hosts: int, per_host: int
    ) -> None:
        """Keep pools for at most `hosts` hosts, each with at most `per_host` idle connections.

        `context` holds the certificates; None only if TLS is never used.
        """
        self._policy = policy
        self._classes = _make_pool_classes(policy)
        self._context = context
        self._hosts = hosts
        self._per_host = per_host
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, int], HTTPConnectionPool] = {}
        self._evicted: queue.SimpleQueue[HTTPConnectionPool | None] = queue.SimpleQueue()
        self._closer: threading.Thread | None = None

    def find(self, url: str) -> HTTPConnectionPool:
        """The pool for the host of `url`, which has a scheme and a host; ValueError for an invalid port.

        May evict the host that has not been used for longest; its idle connections are closed. Raises
        `PrivateAddressError` if a proxy would connect to such an address.
        """
        parts = urlsplit(url)
        key = (parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme])
        if self._policy.find_proxy(*key):
            self._policy.names.vet(*key[1:])
        with self._lock:
            pool = self._kept.pop(key, None)
            if pool is not None:
                self._kept[key] = pool  # now the one used last
        return pool or self._add(key)

    def close(self) -> None:
        """Close idle connections; one in use is closed when it is returned."""
        with self._lock:
            dropped, self._kept = self._kept, {}
            closer, self._closer = self._closer, None
        dropped.clear()
        if closer is not None:
            self._evicted.put(None)
            closer.join()

    def _add(self, key: tuple[str, str, int]) -> HTTPConnectionPool:
        made = self._make(*key)
        with self._lock:
            pool = self._kept.setdefault(key, made)  # another thread may have been faster
            if len(self._kept) > self._hosts:
                self._evict(self._kept.pop(next(iter(self._kept))))
        return pool

    def _evict(self, pool: HTTPConnectionPool) -> None:
        self._evicted.put(pool)
        if self._closer is None:
            self._closer = threading.Thread(target=self._close_evicted, name="gleanings-closer", daemon=True)
            self._closer.start()

    def _close_evicted(self) -> None:
        """Drop each pool: urllib3 closes its idle connections with the last reference to it."""
        while self._evicted.get() is not None:
            pass

    def _make(self, scheme: str, host: str, port: int) -> HTTPConnectionPool:
        more: dict[str, Any] = {}
        if proxy := self._policy.find_proxy(scheme, host, port):
            config = ProxyConfig(self._context, False, None, None)
            more = {"_proxy": proxy.url, "_proxy_headers": proxy.headers, "_proxy_config": config}
            if scheme == "http":  # the request goes to the proxy itself, for the whole URL
                scheme, host, port = proxy.url.scheme or "", proxy.url.host or "", proxy.url.port or 0
        if scheme == "https":
            more |= {"ssl_context": self._context, "cert_reqs": "CERT_REQUIRED"}
        return self._classes[scheme](host, port, maxsize=self._per_host, **more)


class PooledAdapter(HTTPAdapter):
    """requests' adapter over `ConnectionPools`; never retries."""

    def __init__(
        self, policy: ConnectionPolicy, context: ssl.SSLContext | None, *, hosts: int, per_host: int
    ) -> None:
        self._policy = policy
        self._pools = ConnectionPools(policy, context, hosts=hosts, per_host=per_host)
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *_: Any, **__: Any
    ) -> HTTPConnectionPool:
        return self._pools.find(request.url or "")

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        url = request.url or ""
        return urldefragauth(url) if self.is_forwarded(url) else request.path_url

    def is_forwarded(self, url: str) -> bool:
        """Whether a proxy gets a request for `url` itself, instead of for a tunnel to its host."""
        if not self._policy.proxies.by_scheme:
            return False
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        return parts.scheme == "http" and self._policy.find_proxy("http", host, port) is not None

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Do nothing: the pools' shared context holds the certificates and always verifies."""

    def close(self) -> None:
        self._pools.close()
        super().close()


def _make_pool_classes(policy: ConnectionPolicy) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pool classes by scheme, with connections that follow `policy`."""
    plain = type("PlainConnection", (GuardedConnection,), {"policy": policy})
    secure = type("SecureConnection", (GuardedTLSConnection,), {"policy": policy})
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
