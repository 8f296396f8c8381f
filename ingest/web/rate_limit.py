"""Queues of work by host: each host is asked at its own rate (docs/links.md).

A rate limiter that sleeps inside a worker starves every other host (27.9 s against 2.0 s for the same links).
So workers never wait for a host: the queues hand out only what may be requested now. Not thread-safe.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MAX_FAILURES = 5
"""Blocks and timeouts in a row after which a host is skipped for the rest of the run."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often one host may be asked."""

    in_flight: int
    """Requests at the same time."""
    gap: float
    """Seconds between the starts of two requests."""
    pace: AdaptivePace | None = None
    """Decides the gap, if there is one."""


@dataclass(slots=True)
class HostQueue(Generic[T]):
    """What waits for one host."""

    limit: RateLimit
    waiting: deque[T] = field(default_factory=deque)
    in_flight: int = 0
    allowed_at: float = 0.0
    """When the next request may start."""
    is_listed: bool = False
    """The heap contains this host."""
    failures: int = 0
    """Blocks and timeouts in a row."""
    is_skipped: bool = False

    @property
    def gap(self) -> float:
        """Seconds between the starts of two requests, at present."""
        return self.limit.gap if self.limit.pace is None else self.limit.pace.gap


class HostQueues(Generic[T]):
    """All hosts' queues, as a heap of (next allowed time, host); times are `time.monotonic` seconds."""

    def __init__(self, limit: RateLimit, special: Mapping[str, RateLimit]) -> None:
        """`limit` applies to every host that is not in `special`."""
        self._limit = limit
        self._special = special
        self._queues: dict[str, HostQueue[T]] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._order = 0
        self.in_flight = 0
        self.waiting = 0

    def add(self, host: str, item: T, *, first: bool = False) -> bool:
        """Queue `item`, ahead of its host's others if `first`; False if the host is skipped."""
        queue = self._find_queue(host)
        if queue.is_skipped:
            return False
        if first:
            queue.waiting.appendleft(item)
        else:
            queue.waiting.append(item)
        self.waiting += 1
        self._list(host, queue)
        return True

    def take(self, now: float) -> tuple[str, T] | None:
        """The next item that may be requested at `now`, with its host; None if there is none yet."""
        while self._heap and self._heap[0][0] <= now:
            host = heapq.heappop(self._heap)[2]
            queue = self._queues[host]
            queue.is_listed = False
            if not queue.waiting or queue.allowed_at > now:  # emptied or paused since it was listed
                self._list(host, queue)
                continue
            queue.in_flight += 1
            queue.allowed_at = max(queue.allowed_at, now + queue.gap)
            self.in_flight += 1
            self.waiting -= 1
            item = queue.waiting.popleft()
            self._list(host, queue)
            return host, item
        return None

    def next_at(self) -> float | None:
        """When `take` will return something; None if a request must end first."""
        return self._heap[0][0] if self._heap else None

    def release(
        self, host: str, *, failed: bool, clean: bool = True, began: float = 0.0, now: float = 0.0
    ) -> list[T]:
        """End a request to `host`; returns what waited for it if the host is now skipped, else nothing.

        It `failed` if the host blocked or timed out; `clean` is False if it did not answer at all.
        """
        queue = self._queues[host]
        pace = queue.limit.pace
        if failed and pace is not None:
            failed = pace.slow_down(began, now)  # what one overload refuses counts once
            if failed:
                queue.allowed_at = max(queue.allowed_at, now + min(2.0**queue.failures, MAX_BREATHER))
            queue.failures += failed
        else:
            queue.failures = queue.failures + 1 if failed else 0
            # A pace that the number in flight already limits is not raised.
            if clean and pace is not None and queue.in_flight < queue.limit.in_flight:
                pace.speed_up(now - began)
        queue.in_flight -= 1
        self.in_flight -= 1
        if queue.failures >= MAX_FAILURES:
            return self.skip(host)
        self._list(host, queue)
        return []

    def pause(self, host: str, until: float) -> None:
        """Request nothing from `host` before `until`."""
        queue = self._find_queue(host)
        queue.allowed_at = max(queue.allowed_at, until)

    def skip(self, host: str) -> list[T]:
        """Request nothing more from `host`; returns what waited for it."""
        queue = self._find_queue(host)
        queue.is_skipped = True
        return self._empty([queue])

    def clear(self) -> list[T]:
        """Remove and return everything that waits."""
        return self._empty(self._queues.values())

    def _empty(self, queues: Collection[HostQueue[T]]) -> list[T]:
        removed = [item for queue in queues for item in queue.waiting]
        for queue in queues:
            queue.waiting.clear()
        self.waiting -= len(removed)
        return removed

    def _find_queue(self, host: str) -> HostQueue[T]:
        queue = self._queues.get(host)
        if queue is None:
            queue = self._queues[host] = HostQueue(self._special.get(host, self._limit))
        return queue

    def _list(self, host: str, queue: HostQueue[T]) -> None:
        if queue.waiting and not queue.is_listed and queue.in_flight < queue.limit.in_flight:
            self._order += 1
            heapq.heappush(self._heap, (queue.allowed_at, self._order, host))
            queue.is_listed = True


FIRST = 4.0
"""Requests a second at the beginning, to a host that was never asked."""
LEAST = 0.5
MAX_LATENCY = 1.0
"""Seconds; a slower answer does not raise the pace."""
MAX_BREATHER = 5.0
"""Seconds without a request after a refusal, at most; one second after the first."""
_STEP = 0.15
"""Added by each answer while no limit is known: the pace doubles in five seconds."""
_RETURN, _PROBE = 0.08, 0.005
"""Added in a second, as a share of the limit: below nine tenths of it, and above."""
_NEAR, _PASSED = 0.9, 1.1


@dataclass(slots=True)
class AdaptivePace:
    """How often one host is asked, at most `most` times a second (docs/links.md, Pace).

    Additive increase, multiplicative decrease: each quick, clean answer adds a little to the pace; a refusal
    (429, a timeout, a wall) halves it. The pace of the last refusal counts as the host's limit: the pace
    comes back to nine tenths of it within seconds, and from there on it goes up so slowly that refusals stay
    rare. Once it has passed the limit without a refusal, the limit no longer applies.
    """

    most: float
    per_second: float = FIRST
    limit: float | None = None
    """The pace at the last refusal; None if there was none, or if it was passed since."""
    is_new: bool = False
    """The host has answered since the pace was stored."""
    _slowed_at: float = -math.inf

    def __post_init__(self) -> None:
        self.per_second = min(max(self.per_second, LEAST), self.most)

    @property
    def gap(self) -> float:
        """Seconds between the starts of two requests."""
        return 1 / self.per_second

    def speed_up(self, latency: float) -> None:
        """Count a clean answer that took `latency` seconds."""
        self.is_new = True
        if latency <= MAX_LATENCY:
            self.per_second = min(self.per_second + self._find_step(), self.most)
            if self.limit is not None and self.per_second > _PASSED * self.limit:
                self.limit = None

    def slow_down(self, began: float, now: float) -> bool:
        """Halve the pace for a refusal of a request that `began` then.

        False, and no change, if the request had begun before the pace was last halved: one overload refuses
        everything in flight.
        """
        if began <= self._slowed_at:
            return False
        self.is_new = True
        self.limit, self._slowed_at = self.per_second, now
        self.per_second = max(self.per_second / 2, LEAST)
        return True

    def _find_step(self) -> float:
        if self.limit is None:
            return _STEP
        share = _RETURN if self.per_second < _NEAR * self.limit else _PROBE
        return min(share * self.limit / self.per_second, _STEP)
