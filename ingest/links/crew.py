"""The threads that work a schedule off (LINKS.md, The HTTP client).

Only one idle worker keeps the clock, the others sleep until something changes: sixty threads that all
woke for the next slot of one host would spend more on waking than on asking.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ingest.links.schedule import Schedule
from ingest.links.settings import ExpandSettings

MAX_REST = 60.0
"""Seconds that a run waits for one host; one that wants longer peace is left alone."""
HOST_LEFT = "host left alone"
OUT_OF_TIME = "out of time"
MOST_WAITING = 32
"""Results that may wait to be taken before the workers pause."""
_TICK = 0.25
"""Seconds after which a stop from outside is seen."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Done(Generic[T, R]):
    """What became of an item: a result, or the host that it has to ask next."""

    result: R | None = None
    onward: tuple[str, T] | None = None
    trouble: bool = False
    """The host blocked or did not answer in time."""
    rest: float = 0.0
    """Seconds for which the host wants to be left in peace."""


class Job(Protocol[T, R]):
    """What a crew does with the items of its schedule."""

    def work(self, item: T, /) -> Done[T, R]:
        """One request; called in many threads at once."""

    def drop(self, item: T, reason: str, /) -> R | None:
        """The result of an item that is not asked in this run (`HOST_LEFT`, `OUT_OF_TIME`), None for none."""

    def close(self) -> None:
        """End what is in flight: nobody wants the results any more."""


class Crew(Generic[T, R]):
    """Workers over a schedule, within the settings' `workers` and `max_seconds`, which run from now on."""

    def __init__(
        self,
        schedule: Schedule[T],
        job: Job[T, R],
        settings: ExpandSettings,
        stop: threading.Event | None,
    ) -> None:
        self._schedule = schedule
        self._job = job
        self._workers = settings.workers
        self._stop = stop or threading.Event()
        seconds = settings.max_seconds
        self._until = None if seconds is None else time.monotonic() + seconds
        self._changed = threading.Condition()
        self._clock: float | None = None
        self._is_halted = False
        self._results: queue.SimpleQueue[R | None] = queue.SimpleQueue()

    def run(self) -> Generator[R, None, None]:
        """The results as they come; ends when nothing waits, on `stop`, and past the time.

        What is being asked is finished first. An error in `work` ends the run and is raised here.
        """
        count = min(self._workers, max(1, self._schedule.waiting))
        with ThreadPoolExecutor(count, thread_name_prefix="gleanings-expand") as pool:
            try:
                futures = [pool.submit(self._run_worker) for _ in range(count)]
                at_work = count
                while at_work:
                    result = self._results.get()
                    if result is None:
                        at_work -= 1
                    else:
                        yield result
                for future in futures:
                    future.result()
            except (GeneratorExit, KeyboardInterrupt):
                self.halt()
                self._job.close()
                raise

    def halt(self) -> None:
        """Let the workers end after what they are at."""
        with self._changed:
            self._is_halted = True
            self._changed.notify_all()

    def _run_worker(self) -> None:
        is_well = False
        try:
            while (taken := self._take()) is not None:
                host, item = taken
                self._finish(host, self._job.work(item))
                self._let_catch_up()
            is_well = True
        finally:
            if not is_well:
                self.halt()
            self._results.put(None)

    def _let_catch_up(self) -> None:
        """Ask no more while results wait to be taken: a kill would lose them."""
        while self._results.qsize() >= MOST_WAITING and not self._is_halted:
            time.sleep(0.005)

    def _take(self) -> tuple[str, T] | None:
        with self._changed:
            while True:
                if self._is_over():
                    self._put_dropped(self._schedule.clear(), OUT_OF_TIME)
                    self._changed.notify_all()
                    return None
                taken = self._schedule.take(time.monotonic())
                if taken is not None:
                    self._changed.notify()
                    return taken
                if not self._schedule.waiting and not self._schedule.in_flight:
                    self._changed.notify_all()
                    return None
                self._wait()

    def _finish(self, host: str, done: Done[T, R]) -> None:
        with self._changed:
            if done.onward is not None and not self._schedule.add(*done.onward, first=True):
                self._put_dropped([done.onward[1]], HOST_LEFT)
            left = self._schedule.release(host, trouble=done.trouble)
            if done.rest > MAX_REST:
                left += self._schedule.leave(host)
            elif done.rest:
                self._schedule.rest(host, time.monotonic() + done.rest)
            self._put_dropped(left, HOST_LEFT)
            self._changed.notify()
        if done.result is not None:
            self._results.put(done.result)

    def _is_over(self) -> bool:
        past = self._until is not None and time.monotonic() >= self._until
        return past or self._is_halted or self._stop.is_set()

    def _put_dropped(self, items: Iterable[T], reason: str) -> None:
        for item in items:
            result = self._job.drop(item, reason)
            if result is not None:
                self._results.put(result)

    def _wait(self) -> None:
        """Sleep until something changes; who would wake first keeps the clock for all."""
        now, at = time.monotonic(), self._schedule.next_at()
        wakes_at = now + _TICK if at is None else min(now + _TICK, max(now, at))
        if self._clock is not None and self._clock <= wakes_at:
            self._changed.wait()
            return
        self._clock = wakes_at
        try:
            self._changed.wait(wakes_at - now)
        finally:
            if self._clock == wakes_at:
                self._clock = None
