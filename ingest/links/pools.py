"""The connections that are kept for the hosts asked last, for all threads of a client.

urllib3's own manager closes what falls out of it, and makes what comes in, under the lock that every request
has to take: with a new host for each link, sixty threads wait for one that closes a socket. Here a thread of
its own closes, for who closes gives the interpreter away and has to queue for it again.
"""

from __future__ import annotations

import queue
import ssl
import threading
from urllib.parse import urlsplit

from urllib3.connectionpool import HTTPConnectionPool

from ingest.links.connection import Gate, make_pool_classes

_PORTS = {"http": 80, "https": 443}


class Pools:
    """At most so many hosts' connections, and of each host at most so many that idle."""

    def __init__(self, gate: Gate, context: ssl.SSLContext | None, *, hosts: int, per_host: int) -> None:
        """`context` holds the certificates; None only where nothing is asked over TLS."""
        self._classes = make_pool_classes(gate)
        self._context = context
        self._hosts = hosts
        self._per_host = per_host
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, int], HTTPConnectionPool] = {}
        self._dropped: queue.SimpleQueue[HTTPConnectionPool | None] = queue.SimpleQueue()
        self._closer: threading.Thread | None = None

    def find(self, url: str) -> HTTPConnectionPool:
        """The connections to the host of `url`, which has a scheme and a host; ValueError for a bad port.

        What has not been used for longest may fall out: its idle connections are closed.
        """
        parts = urlsplit(url)
        key = (parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])
        with self._lock:
            pool = self._kept.pop(key, None)
            if pool is not None:
                self._kept[key] = pool  # the youngest now
        return pool or self._keep(key)

    def close(self) -> None:
        """Close what idles; what is in use is closed when it is given back."""
        with self._lock:
            dropped, self._kept = self._kept, {}
            closer, self._closer = self._closer, None
        dropped.clear()
        if closer is not None:
            self._dropped.put(None)
            closer.join()

    def _keep(self, key: tuple[str, str, int]) -> HTTPConnectionPool:
        made = self._make(*key)
        with self._lock:
            pool = self._kept.setdefault(key, made)  # another thread may have been quicker
            if len(self._kept) > self._hosts:
                self._drop(self._kept.pop(next(iter(self._kept))))
        return pool

    def _drop(self, pool: HTTPConnectionPool) -> None:
        self._dropped.put(pool)
        if self._closer is None:
            self._closer = threading.Thread(target=self._close_dropped, name="gleanings-closer", daemon=True)
            self._closer.start()

    def _close_dropped(self) -> None:
        """Let go of each: urllib3 closes a pool's idle connections with the last reference to it."""
        while self._dropped.get() is not None:
            pass

    def _make(self, scheme: str, host: str, port: int) -> HTTPConnectionPool:
        make = self._classes[scheme]
        if scheme == "http":
            return make(host, port, maxsize=self._per_host)
        return make(host, port, maxsize=self._per_host, ssl_context=self._context, cert_reqs="CERT_REQUIRED")
