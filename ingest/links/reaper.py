"""Deadlines that hold whatever a server does (LINKS.md, The HTTP client).

`timeout=` bounds each read, not the whole: a byte now and then holds a worker for ever. One thread keeps a
heap of deadlines and shuts the sockets of what is past its own; the worker's read then ends at once.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator


class Watch:
    """One request's deadline (`time.monotonic`) and the sockets that it uses."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.expired = False
        self.reused = False
        """The request went out on a connection kept from an earlier one."""
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self._done = False

    @property
    def remaining(self) -> float:
        """Seconds left, 0.0 once past the deadline."""
        return max(0.0, self.deadline - time.monotonic())

    @property
    def holds_any(self) -> bool:
        """Whether a socket of this request is known."""
        return bool(self._handles)

    def hold(self, sock: socket.socket) -> None:
        """Keep a handle of our own: TLS detaches the socket that it wraps, and http.client closes early."""
        handle = socket.socket(fileno=os.dup(sock.fileno()))
        with self._lock:
            self._handles.append(handle)
            if self.expired:
                _shut(handle)

    def expire(self) -> None:
        """Shut everything: what reads from it sees the end."""
        with self._lock:
            if not self._done:
                self.expired = True
                for handle in self._handles:
                    _shut(handle)

    def end(self) -> None:
        """Let go of the sockets; a kept connection lives on."""
        with self._lock:
            self._done = True
            self.expired = self.expired or time.monotonic() >= self.deadline
            for handle in self._handles:
                handle.close()
            self._handles.clear()


class Reaper:
    """The thread that ends overdue requests; it starts with the first watch."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Watch]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._local = threading.local()
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def current(self) -> Watch | None:
        """The watch of the request that this thread is making."""
        found: Watch | None = getattr(self._local, "watch", None)
        return found

    @contextlib.contextmanager
    def watch(self, seconds: float) -> Iterator[Watch]:
        """A watch over the requests made inside; read `expired` after it has ended."""
        watch = Watch(time.monotonic() + seconds)
        with self._changed:
            if self._closed:
                watch.expired = True
            heapq.heappush(self._heap, (watch.deadline, next(self._order), watch))
            self._start()
            if self._heap[0][2] is watch:
                self._changed.notify()
        self._local.watch = watch
        try:
            yield watch
        finally:
            self._local.watch = None
            watch.end()

    def close(self) -> None:
        """End every request at once, and the thread."""
        with self._changed:
            self._closed = True
            for _, _, watch in self._heap:
                watch.expire()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="gleanings-reaper", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                while self._heap and self._heap[0][0] <= time.monotonic():
                    heapq.heappop(self._heap)[2].expire()
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                self._changed.wait(wait if wait is None or wait > 0 else 0)


def _shut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # already shut by the other side, or not yet connected
        handle.shutdown(socket.SHUT_RDWR)
