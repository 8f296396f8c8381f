"""Whose turn it is: hosts in the order in which they may be asked again (LINKS.md, The HTTP client).

A limiter that sleeps inside a worker starves every other host (27.9 s against 2.0 s for the same links), so
workers never wait for a host: the schedule gives them only what may be asked now. Not thread-safe.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MAX_TROUBLE = 5
"""Blocks and time-outs in a row after which a host is left alone for the run."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How one host may be asked."""

    in_flight: int
    gap: float
    """Seconds between the starts of two requests."""


@dataclass(slots=True)
class _Lane(Generic[T]):
    pace: Pace
    waiting: deque[T] = field(default_factory=deque)
    in_flight: int = 0
    allowed_at: float = 0.0
    is_queued: bool = False
    """Stands in the heap."""
    trouble: int = 0
    is_left: bool = False


class Schedule(Generic[T]):
    """What waits to be asked, by host; times are `time.monotonic` seconds."""

    def __init__(self, pace: Pace, special: Mapping[str, Pace]) -> None:
        self._pace = pace
        self._special = special
        self._lanes: dict[str, _Lane[T]] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._order = 0
        self.in_flight = 0
        self.waiting = 0

    def add(self, host: str, item: T, *, first: bool = False) -> bool:
        """Queue `item`, before its host's others if `first`; False where the host is left alone."""
        lane = self._find_lane(host)
        if lane.is_left:
            return False
        if first:
            lane.waiting.appendleft(item)
        else:
            lane.waiting.append(item)
        self.waiting += 1
        self._queue(host, lane)
        return True

    def take(self, now: float) -> tuple[str, T] | None:
        """The next item that may be asked at `now`, with its host; None if there is none yet."""
        while self._heap and self._heap[0][0] <= now:
            host = heapq.heappop(self._heap)[2]
            lane = self._lanes[host]
            lane.is_queued = False
            if not lane.waiting or lane.allowed_at > now:  # emptied or put to rest since it was queued
                self._queue(host, lane)
                continue
            lane.in_flight += 1
            lane.allowed_at = max(lane.allowed_at, now + lane.pace.gap)
            self.in_flight += 1
            self.waiting -= 1
            item = lane.waiting.popleft()
            self._queue(host, lane)
            return host, item
        return None

    def next_at(self) -> float | None:
        """When `take` will have something; None while that hangs on a release."""
        return self._heap[0][0] if self._heap else None

    def release(self, host: str, *, trouble: bool) -> list[T]:
        """End a request to `host`; what waited for it where this was one trouble too many, else nothing."""
        lane = self._lanes[host]
        lane.in_flight -= 1
        self.in_flight -= 1
        lane.trouble = lane.trouble + 1 if trouble else 0
        if lane.trouble >= MAX_TROUBLE:
            return self.leave(host)
        self._queue(host, lane)
        return []

    def rest(self, host: str, until: float) -> None:
        """Ask nothing of `host` before `until`."""
        lane = self._find_lane(host)
        lane.allowed_at = max(lane.allowed_at, until)

    def leave(self, host: str) -> list[T]:
        """Ask nothing more of `host`; what waited for it."""
        lane = self._find_lane(host)
        lane.is_left = True
        return self._empty([lane])

    def clear(self) -> list[T]:
        """Everything that still waits, taken out."""
        return self._empty(self._lanes.values())

    def _empty(self, lanes: Collection[_Lane[T]]) -> list[T]:
        left = [item for lane in lanes for item in lane.waiting]
        for lane in lanes:
            lane.waiting.clear()
        self.waiting -= len(left)
        return left

    def _find_lane(self, host: str) -> _Lane[T]:
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(self._special.get(host, self._pace))
        return lane

    def _queue(self, host: str, lane: _Lane[T]) -> None:
        if lane.waiting and not lane.is_queued and lane.in_flight < lane.pace.in_flight:
            self._order += 1
            heapq.heappush(self._heap, (lane.allowed_at, self._order, host))
            lane.is_queued = True
