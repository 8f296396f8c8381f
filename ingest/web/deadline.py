"""Deadlines for whole requests, whatever the server does (docs/links.md).

The `timeout=` of a socket bounds each read, not the request: a server that sends one byte now and then holds
a worker for ever. One thread keeps a heap of deadlines and shuts down the sockets of each request that is
past its own; the worker's read then ends at once.
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


class Deadline:
    """When one request must have ended (`time.monotonic`), and the sockets it uses."""

    def __init__(self, at: float) -> None:
        self.at = at
        self.expired = False
        self.reused = False
        """The request was sent over a connection kept from an earlier one."""
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self._done = False

    @property
    def remaining(self) -> float:
        """Seconds left; 0.0 once the deadline is past."""
        return max(0.0, self.at - time.monotonic())

    @property
    def is_past(self) -> bool:
        """Whether the time is up, or the request was ended early."""
        return self.expired or self.remaining <= 0

    @property
    def has_socket(self) -> bool:
        """Whether a socket of this request is known."""
        return bool(self._handles)

    def track(self, sock: socket.socket) -> None:
        """Have `sock` shut down at the deadline.

        Keeps a duplicate handle, because TLS detaches the socket that it wraps and http.client closes early.
        """
        handle = socket.socket(fileno=os.dup(sock.fileno()))
        with self._lock:
            self._handles.append(handle)
            if self.expired:
                _shut_down(handle)

    def expire(self) -> None:
        """Shut down every socket: a read from one returns the end of the stream."""
        with self._lock:
            if not self._done:
                self.expired = True
                for handle in self._handles:
                    _shut_down(handle)

    def end(self) -> None:
        """Release the sockets; a kept connection stays open."""
        with self._lock:
            self._done = True
            self.expired = self.expired or time.monotonic() >= self.at
            for handle in self._handles:
                handle.close()
            self._handles.clear()


class DeadlineTimer:
    """The thread that ends overdue requests; it starts with the first deadline."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Deadline]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._local = threading.local()
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def current(self) -> Deadline | None:
        """The deadline of the request that the calling thread is making."""
        found: Deadline | None = getattr(self._local, "deadline", None)
        return found

    @contextlib.contextmanager
    def start(self, seconds: float) -> Iterator[Deadline]:
        """A deadline for the requests made in the block."""
        deadline = Deadline(time.monotonic() + seconds)
        with self._changed:
            if self._closed:
                deadline.expired = True
            heapq.heappush(self._heap, (deadline.at, next(self._order), deadline))
            self._start_thread()
            if self._heap[0][2] is deadline:
                self._changed.notify()
        self._local.deadline = deadline
        try:
            yield deadline
        finally:
            self._local.deadline = None
            deadline.end()

    def close(self) -> None:
        """End every request at once, then the thread."""
        with self._changed:
            self._closed = True
            for _, _, deadline in self._heap:
                deadline.expire()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _start_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="gleanings-deadlines", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                while self._heap and self._heap[0][0] <= time.monotonic():
                    heapq.heappop(self._heap)[2].expire()
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                self._changed.wait(wait if wait is None or wait > 0 else 0)


def _shut_down(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # already shut down by the other side, or not connected yet
        handle.shutdown(socket.SHUT_RDWR)
