"""Ending in time: a signal, or the end of a step's budget, asks first and cuts off later.

A step looks at its `Stop` between two files, batches or notes. One that does not come to its end by itself is
cut off: a statement that SQLite is at is interrupted and `Cut` is raised where the program is. Every
transaction around it is rolled back then, as after a kill.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GRACE = 2.5
"""Seconds that a step has to end after a signal; all must be over within five."""
LATENESS = 60.0
"""Seconds that a step may be late after its budget before it is cut off."""


class Cut(KeyboardInterrupt):
    """A step did not end in time by itself."""


class Stop:
    """Whether a step is to end; call it to know."""

    def __init__(self, *, grace: float = GRACE, lateness: float = LATENESS) -> None:
        self.signalled = threading.Event()
        """Set by SIGTERM and Ctrl-C: nothing more is begun."""
        self._grace = grace
        self._lateness = lateness
        self._until: float | None = None
        self._timers: list[threading.Timer] = []
        self._db: sqlite3.Connection | None = None
        self._may_cut = False
        self._heard = 0

    def __call__(self) -> bool:
        return self.signalled.is_set() or self.is_late()

    def is_late(self) -> bool:
        """Whether the budget of the step is spent."""
        return self._until is not None and time.monotonic() >= self._until

    @contextmanager
    def watching(self, seconds: float, db: sqlite3.Connection | None) -> Iterator[None]:
        """Around one step: its budget, and the connection whose statement is interrupted with it."""
        self._until, self._db, self._may_cut = time.monotonic() + seconds, db, True
        self._begin_timer(seconds + self._lateness)
        if self.signalled.is_set():
            self._begin_timer(self._grace)
        try:
            yield
        finally:
            self._may_cut = False
            self._until, self._db = None, None
            while self._timers:
                self._timers.pop().cancel()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C ask for the end meanwhile; the second one does not wait. For the main thread.

        They are heard through a pipe by a thread of their own: the main thread may be inside SQLite.
        """
        handlers = {signal.SIGINT: self._hurry, signal.SIGTERM: self._hurry, signal.SIGALRM: self._raise}
        previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        listener = threading.Thread(target=self._listen, args=(reading,), daemon=True)
        listener.start()
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            os.close(writing)
            listener.join()
            os.close(reading)
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _listen(self, reading: int) -> None:
        """In the listener's thread: what comes through the pipe are the numbers of signals."""
        while numbers := os.read(reading, 64):
            if {signal.SIGINT, signal.SIGTERM} & set(numbers) and not self.signalled.is_set():
                self.signalled.set()
                if self._may_cut:
                    self._begin_timer(self._grace)

    def _hurry(self, _number: int, _frame: FrameType | None) -> None:
        """In the main thread, as soon as it is there: the first signal is the listener's."""
        self._heard += 1
        if self._heard > 1:
            raise Cut

    def _begin_timer(self, seconds: float) -> None:
        timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._cut)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _cut(self) -> None:
        """In the timer's thread: wake the main thread wherever it is."""
        if not self._may_cut:
            return
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):  # closed meanwhile
                self._db.interrupt()

    def _raise(self, _number: int, _frame: FrameType | None) -> None:
        if self._may_cut:
            self._may_cut = False
            raise Cut


def never() -> bool:
    """The stop of a command that nobody asks to end: False."""
    return False
