"""The threads that process the host queues (docs/links.md).

Only one idle worker waits with a timeout, the others sleep until something changes: sixty threads that all
woke for one host's next slot would spend more time on waking than on requests. They are daemon threads,
because a name lookup cannot be interrupted: without a network the program would wait for it at exit.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from ingest.web.outage import NETWORK_DOWN
from ingest.web.rate_limit import HostQueues
from ingest.web.response import HttpResponse
from ingest.web.retry import find_outcome, read_retry_after
from ingest.web.session import FetchSettings
from record_types.links import Fetch

MAX_PAUSE = 60.0
"""Seconds that a run waits for one host; one that asks for a longer pause is skipped."""
DEFAULT_PAUSE = 5.0
"""Seconds for a host that asks for a pause without saying how long."""
HOST_SKIPPED = "host skipped"
OUT_OF_TIME = "out of time"
MAX_UNREAD = 32
"""Results not yet taken at which the workers pause: a kill would lose them."""
_TICK = 0.25
"""Seconds until a stop from outside, or a network that is down, is noticed, and for requests to end then."""
_JOIN = 5.0

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Done(Generic[T, R]):
    """The outcome of one request for an item: a result, the host to request next, or both."""

    result: R | None = None
    onward: tuple[str, T] | None = None
    failed: bool = False
    """The host blocked or timed out."""
    clean: bool = True
    """The host answered, without an error of its own."""
    pause: float = 0.0
    """Seconds for which the host asks not to be requested."""


class Job(Protocol[T, R]):
    """What a pool does with the items of its queues."""

    def work(self, item: T, /) -> Done[T, R]:
        """Make one request; called by many threads at once."""

    def drop(self, item: T, reason: str, /) -> R | None:
        """The result of an item not requested in this run, if it has one.

        The reason is `HOST_SKIPPED`, `OUT_OF_TIME` or `NETWORK_DOWN`.
        """

    def close(self) -> None:
        """End what is in flight: nobody wants the results any more."""


class WorkerPool(Generic[T, R]):
    """Workers over host queues, limited by the settings' `workers` and `max_seconds` (from now on)."""

    def __init__(
        self,
        queues: HostQueues[T],
        job: Job[T, R],
        settings: FetchSettings,
        stop: threading.Event | None,
        is_down: Callable[[], bool],
    ) -> None:
        """`is_down` tells that the network is down, so that further requests are pointless."""
        self._queues = queues
        self._job = job
        self._workers = settings.workers
        self._stop = stop or threading.Event()
        self._is_down = is_down
        seconds = settings.max_seconds
        self._until = None if seconds is None else time.monotonic() + seconds
        self._changed = threading.Condition()
        self._wakes_at: float | None = None
        self._is_halted = False
        self._underway: dict[int, T] = {}
        self._results: queue.SimpleQueue[R | None] = queue.SimpleQueue()
        self._error: BaseException | None = None

    def run(self) -> Generator[R, None, None]:
        """Yield results as they come, until nothing waits, `stop` is set, or the time is up.

        Requests in flight are finished first, except if the network is down: then they are ended, and they
        and all that waits are dropped. An error in `work` ends the run and is raised here.
        """
        count = min(self._workers, max(1, self._queues.waiting))
        threads = [
            threading.Thread(target=self._run_worker, name=f"gleanings-expand-{number}", daemon=True)
            for number in range(count)
        ]
        try:
            for thread in threads:
                thread.start()
            running, checked_at = count, time.monotonic()
            while running:
                if time.monotonic() - checked_at >= _TICK:
                    checked_at = time.monotonic()
                    if self._is_down():
                        yield from self._give_up(running)
                        return
                try:
                    result = self._results.get(timeout=_TICK)
                except queue.Empty:
                    continue
                if result is None:
                    running -= 1
                else:
                    yield result
        except (GeneratorExit, KeyboardInterrupt):
            self.halt()
            self._job.close()
            _join(threads)
            raise
        _join(threads)
        if self._error is not None:
            raise self._error

    def _give_up(self, running: int) -> Generator[R, None, None]:
        """End what is in flight, and drop it and all that waits."""
        with self._changed:
            items = self._queues.clear()
        self.halt()
        self._job.close()
        until = time.monotonic() + _TICK
        while running and (seconds := until - time.monotonic()) > 0:
            try:
                result = self._results.get(timeout=seconds)
            except queue.Empty:
                break
            if result is None:
                running -= 1
            else:
                yield result
        with self._changed:
            items += self._underway.values()  # their name lookups do not end
        for item in items:
            result = self._job.drop(item, NETWORK_DOWN)
            if result is not None:
                yield result

    def halt(self) -> None:
        """Have each worker end after its current request."""
        with self._changed:
            self._is_halted = True
            self._changed.notify_all()

    def _run_worker(self) -> None:
        me = threading.get_ident()
        try:
            while (taken := self._take()) is not None:
                host, item = taken
                self._underway[me] = item
                began = time.monotonic()
                done = self._job.work(item)
                del self._underway[me]
                self._finish(host, done, began)
                while self._results.qsize() >= MAX_UNREAD and not self._is_halted:
                    time.sleep(0.005)
        except BaseException as error:  # noqa: BLE001 - `run` raises it
            self._error = self._error or error
            self.halt()
        finally:
            self._results.put(None)

    def _take(self) -> tuple[str, T] | None:
        with self._changed:
            while True:
                if self._is_over():
                    self._put_dropped(self._queues.clear(), OUT_OF_TIME)
                    self._changed.notify_all()
                    return None
                taken = self._queues.take(time.monotonic())
                if taken is not None:
                    self._changed.notify()
                    return taken
                if not self._queues.waiting and not self._queues.in_flight:
                    self._changed.notify_all()
                    return None
                self._wait()

    def _finish(self, host: str, done: Done[T, R], began: float) -> None:
        now = time.monotonic()
        with self._changed:
            if done.onward is not None and not self._queues.add(*done.onward, first=True):
                self._put_dropped([done.onward[1]], HOST_SKIPPED)
            dropped = self._queues.release(host, failed=done.failed, clean=done.clean, began=began, now=now)
            if done.pause > MAX_PAUSE:
                dropped += self._queues.skip(host)
            elif done.pause:
                self._queues.pause(host, now + done.pause)
            self._put_dropped(dropped, HOST_SKIPPED)
            self._changed.notify()
        if done.result is not None:
            self._results.put(done.result)

    def _is_over(self) -> bool:
        is_late = self._until is not None and time.monotonic() >= self._until
        return is_late or self._is_halted or self._stop.is_set()

    def _put_dropped(self, items: Iterable[T], reason: str) -> None:
        for item in items:
            result = self._job.drop(item, reason)
            if result is not None:
                self._results.put(result)

    def _wait(self) -> None:
        """Sleep until something changes; only the worker that would wake first uses a timeout."""
        now, at = time.monotonic(), self._queues.next_at()
        wakes_at = now + _TICK if at is None else min(now + _TICK, max(now, at))
        if self._wakes_at is not None and self._wakes_at <= wakes_at:
            self._changed.wait()
            return
        self._wakes_at = wakes_at
        try:
            self._changed.wait(wakes_at - now)
        finally:
            if self._wakes_at == wakes_at:
                self._wakes_at = None


def _join(threads: Iterable[threading.Thread]) -> None:
    until = time.monotonic() + _JOIN
    for thread in threads:
        if thread.ident is not None:
            thread.join(max(0.0, until - time.monotonic()))


def judge_host(
    response: HttpResponse | None, error: str | None, fetch: Fetch, now: datetime
) -> tuple[bool, float]:
    """Whether the host of the last request blocked or timed out, and the pause it wants, in seconds."""
    if response is None:
        return error == "timeout", 0.0
    if error is None or find_outcome(error) != "throttled":
        return fetch == "blocked", 0.0
    seconds = read_retry_after(response.retry_after, now)
    return True, DEFAULT_PAUSE if seconds is None else seconds
