"""Stop in time: a signal or the end of a step's time budget first asks, then cuts off.

A step checks its `Stop` between two files, batches or notes. A step that does not end on its own is cut off:
the running SQLite statement is interrupted and `Cut` is raised in the main thread. Every open transaction is
then rolled back, as after a kill.
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
"""Seconds that a step has to end after a signal; the whole program must end within five."""
OVERRUN = 60.0
"""Seconds by which a step may exceed its budget before it is cut off."""


class Cut(KeyboardInterrupt):
    """A step did not end in time."""


class Stop:
    """Whether to stop: call it to find out."""

    def __init__(self, *, grace: float = GRACE, overrun: float = OVERRUN) -> None:
        self.signalled = threading.Event()
        """Set by SIGTERM and Ctrl-C: finish and save what is in progress, start nothing new."""
        self._grace = grace
        self._overrun = overrun
        self._deadline: float | None = None
        self._timers: list[threading.Timer] = []
        self._db: sqlite3.Connection | None = None
        self._may_cut = False
        self._signals = 0

    def __call__(self) -> bool:
        return self.signalled.is_set() or self.is_over_budget()

    def is_over_budget(self) -> bool:
        """Whether the step has used up its time."""
        return self._deadline is not None and time.monotonic() >= self._deadline

    @contextmanager
    def limit(self, seconds: float, db: sqlite3.Connection | None) -> Iterator[None]:
        """Around one step: its time budget, and the connection to interrupt if it is cut off."""
        self._deadline, self._db, self._may_cut = time.monotonic() + seconds, db, True
        self._start_timer(seconds + self._overrun)
        if self.signalled.is_set():
            self._start_timer(self._grace)
        try:
            yield
        finally:
            self._may_cut = False
            self._deadline, self._db = None, None
            while self._timers:
                self._timers.pop().cancel()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Inside, SIGTERM and Ctrl-C set `signalled`; a second signal ends at once. Main thread only.

        The signals reach a separate thread through a pipe, because the main thread may be inside SQLite.
        """
        handlers = {signal.SIGINT: self._count, signal.SIGTERM: self._count, signal.SIGALRM: self._raise}
        previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        wakeup_before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        listener = threading.Thread(target=self._listen, args=(reading,), daemon=True)
        listener.start()
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup_before)
            os.close(writing)
            listener.join()
            os.close(reading)
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _listen(self, reading: int) -> None:
        """In the listener's thread: the bytes in the pipe are signal numbers."""
        while numbers := os.read(reading, 64):
            if {signal.SIGINT, signal.SIGTERM} & set(numbers) and not self.signalled.is_set():
                self.signalled.set()
                if self._may_cut:
                    self._start_timer(self._grace)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        """In the main thread, when it is back from SQLite. The listener handles the first signal."""
        self._signals += 1
        if self._signals > 1:
            raise Cut

    def _start_timer(self, seconds: float) -> None:
        timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._cut)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _cut(self) -> None:
        """In the timer's thread: wake the main thread, wherever it is."""
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
    """For a command that cannot be asked to stop: always False."""
    return False
