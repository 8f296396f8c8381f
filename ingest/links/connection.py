"""The connection that every request goes through: guard, deadline, and a bound on the response's head.

urllib3 asks `_new_conn` for a socket and does the rest itself: Host, SNI and certificate checks see the
name that was asked for, whatever address it was vetted to or sent to by `connect_to`.
"""

from __future__ import annotations

import http.client
import io
import socket
from dataclasses import dataclass
from typing import Any, ClassVar

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from ingest.links.guard import Address, ConnectTo, vet
from ingest.links.reaper import Reaper

MAX_HEAD_BYTES = 128 * 1024
MAX_HEAD_LINES = 300
"""http.client takes 100 headers; a server may send some `100 Continue` before them, not thousands."""
MAX_ADDRESSES = 4


@dataclass(frozen=True, slots=True)
class Gate:
    """What every connection of one client is made with."""

    connect_to: ConnectTo
    reaper: Reaper


class HeadReader:
    """A response's stream that refuses to give more than a head may have."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._lines = 0
        self._bytes = 0

    def readline(self, limit: int) -> bytes:
        """The next line, as http.client asks for it; `HTTPException` once the head is too long."""
        line = self._stream.readline(limit)
        self._lines += 1
        self._bytes += len(line)
        if self._lines > MAX_HEAD_LINES or self._bytes > MAX_HEAD_BYTES:
            raise http.client.HTTPException("the head does not end")
        return line

    def close(self) -> None:
        """Close the stream; http.client does so where the status line is none."""
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
    """Connects to vetted addresses only, and shows its socket to the reaper."""

    gate: ClassVar[Gate]
    response_class = HeadBoundResponse

    def _new_conn(self) -> socket.socket:
        host = self._dns_host
        try:
            addresses = vet(host, self.port, self.gate.connect_to)
        except socket.gaierror as error:
            raise NameResolutionError(host, self, error) from error
        trouble: OSError | None = None
        for address in addresses[:MAX_ADDRESSES]:
            try:
                return self._reach(address)
            except OSError as error:
                trouble = error
        if isinstance(trouble, TimeoutError):
            raise ConnectTimeoutError(self, "no address answered in time") from trouble
        raise NewConnectionError(self, f"no address could be reached: {trouble}") from trouble

    def _reach(self, address: Address) -> socket.socket:
        watch = self.gate.reaper.current
        seconds = self.timeout
        if watch is not None:
            seconds = min(seconds or watch.remaining, watch.remaining)
            if seconds <= 0:
                raise TimeoutError
        family, at = address
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(seconds)
            sock.connect(at)
            if watch is not None:
                watch.hold(sock)
        except BaseException:
            sock.close()
            raise
        return sock

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        """As urllib3's; a connection kept from an earlier request comes under this one's watch."""
        watch = self.gate.reaper.current
        if watch is not None and self.sock is not None and not watch.holds_any:
            watch.reused = True
            watch.hold(self.sock)
        super().putrequest(*args, **kwargs)


class GuardedTLSConnection(GuardedConnection, HTTPSConnection):
    """The same over TLS."""


def make_pool_classes(gate: Gate) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pool classes by scheme, with connections that go through `gate`."""
    plain = type("PlainConnection", (GuardedConnection,), {"gate": gate})
    secure = type("SecureConnection", (GuardedTLSConnection,), {"gate": gate})
    return {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
