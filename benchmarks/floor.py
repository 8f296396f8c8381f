"""The minimum cost of requests in Python: threads and sockets, without the work of a resolver.

What the loopback web, the machine and whatever else runs on it allow at the moment; a time means something
only when compared with it.
"""

from __future__ import annotations

import contextlib
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\nContent-Length: ([0-9]+)")
_LOCATION = re.compile(rb"\r\nLocation: ([^\r]+)")


class BareClient:
    """Requests one URL after the other and follows redirects; `ports` of loopback by scheme. For one
    thread."""

    def __init__(self, ports: dict[str, int], context: ssl.SSLContext, *, keeps: bool) -> None:
        self._ports = ports
        self._context = context
        self._keeps = keeps
        self._kept: socket.socket | None = None

    def follow(self, url: str) -> None:
        """Request `url` and what it leads to, and read all that comes; a new connection each, unless kept."""
        while url:
            sock = self._kept or self._connect(url)
            url = self._ask(sock, url)
            if self._keeps:
                self._kept = sock
            else:
                sock.close()

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()

    def _connect(self, url: str) -> socket.socket:
        parts = urlsplit(url)
        sock = socket.create_connection(("127.0.0.1", self._ports[parts.scheme]), timeout=30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if parts.scheme == "https":
            return self._context.wrap_socket(sock, server_hostname=parts.hostname)
        return sock

    def _ask(self, sock: socket.socket, url: str) -> str:
        parts = urlsplit(url)
        sock.sendall(b"GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (parts.path.encode(), parts.netloc.encode()))
        got = sock.recv(65536)
        while b"\r\n\r\n" not in got:
            got += sock.recv(65536)
        head, _, body = got.partition(b"\r\n\r\n")
        length, location = _LENGTH.search(head), _LOCATION.search(head)
        while length and len(body) < int(length[1]):
            body += sock.recv(65536)
        return location[1].decode() if location else ""


def time_floor(
    urls: Sequence[str], ports: dict[str, int], context: ssl.SSLContext, *, workers: int, keeps: bool
) -> float:
    """Seconds that bare clients take for `urls`, `workers` at a time."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for url in urls:
        waiting.put(url)

    def work() -> None:
        client = BareClient(ports, context, keeps=keeps)
        with contextlib.closing(client), contextlib.suppress(queue.Empty):
            while True:
                client.follow(waiting.get_nowait())

    threads = [threading.Thread(target=work) for _ in range(workers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began
