"""The pace to a host adapts to what it allows; in simulated time."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import pytest

from ingest.web.rate_limit import FIRST, LEAST, AdaptivePace, HostQueues, RateLimit

LATENCY = 0.1


class Run(NamedTuple):
    """When requests were answered, and which were refused."""

    good: list[float]
    refused: list[float]

    def count_per_second(self, start: float, end: float) -> float:
        return sum(start < at <= end for at in self.good) / (end - start)

    @property
    def share_refused(self) -> float:
        return len(self.refused) / (len(self.good) + len(self.refused))


def simulate(
    is_allowed: Callable[[float], bool],
    pace: AdaptivePace,
    *,
    seconds: float = 120,
    latency: float = LATENCY,
    in_flight: int = 8,
) -> Run:
    queues: HostQueues[int] = HostQueues(RateLimit(2, 0.2), {"t.co": RateLimit(in_flight, 0.02, pace)})
    for item in range(20_000):
        queues.add("t.co", item)
    run, now = Run([], []), 0.0
    flying: list[tuple[float, float, bool]] = []
    while now < seconds:
        while queues.take(now):
            allowed = is_allowed(now)
            (run.good if allowed else run.refused).append(now)
            heapq.heappush(flying, (now + latency, now, allowed))
        times = [at for at in (queues.next_at(), flying[0][0] if flying else None) if at is not None]
        if not times:
            break
        now = max(now, min(times))
        while flying and flying[0][0] <= now:
            _, began, allowed = heapq.heappop(flying)
            queues.release("t.co", failed=not allowed, clean=allowed, began=began, now=now)
    return run


def slide(limit: int, *, counts_refused: bool = False) -> Callable[[float], bool]:
    """Allows `limit` requests in any second."""
    recent: deque[float] = deque()

    def is_allowed(now: float) -> bool:
        while recent and recent[0] <= now - 1:
            recent.popleft()
        allowed = len(recent) < limit
        if allowed or counts_refused:
            recent.append(now)
        return allowed

    return is_allowed


def fill(limit: int, size: int) -> Callable[[float], bool]:
    """A bucket of `size` tokens, `limit` a second."""
    state = [float(size), 0.0]

    def is_allowed(now: float) -> bool:
        state[:] = [min(size, state[0] + (now - state[1]) * limit), now]
        allowed = state[0] >= 1
        state[0] -= allowed
        return allowed

    return is_allowed


SERVERS: dict[str, Callable[[int], Callable[[float], bool]]] = {
    "any second": slide,
    "any second, refused ones counted": lambda limit: slide(limit, counts_refused=True),
    "a bucket": lambda limit: fill(limit, limit),
}


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("latency", [0.02, 0.1, 0.2])
def test_a_pace_of_thirty_a_second_is_found_within_twenty_seconds_and_used(
    server: str, latency: float
) -> None:
    run = simulate(SERVERS[server](30), AdaptivePace(50), latency=latency)
    assert max(run.count_per_second(at, at + 1) for at in range(19)) >= 25
    assert run.count_per_second(20, 120) >= 0.7 * 30
    assert run.share_refused < 0.02


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("limit", [2, 3, 10])
def test_a_lower_limit_is_used_as_well(server: str, limit: int) -> None:
    run = simulate(SERVERS[server](limit), AdaptivePace(50))
    assert run.count_per_second(0, 120) >= 0.7 * limit
    assert run.share_refused < 0.06


def test_a_host_that_never_refuses_is_asked_up_to_the_bound() -> None:
    run = simulate(lambda now: True, AdaptivePace(10))
    assert run.count_per_second(0, 2) <= FIRST + 1
    assert 9 <= run.count_per_second(60, 120) <= 10.1


def test_a_host_that_allows_more_again_is_asked_more_again() -> None:
    few, many = slide(3), slide(30)
    run = simulate(lambda now: (few if now < 60 else many)(now), AdaptivePace(50), seconds=180)
    assert run.count_per_second(150, 180) >= 0.7 * 30


def test_a_host_that_refuses_everything_is_skipped_after_five_refusals_apart() -> None:
    run = simulate(lambda now: False, AdaptivePace(50), seconds=600)
    assert len(run.refused) <= 8
    assert run.refused[-1] - run.refused[0] > 8


def test_the_pace_begins_where_the_last_run_ended() -> None:
    pace = AdaptivePace(50)
    simulate(slide(30), pace)
    again = simulate(slide(30), AdaptivePace(50, pace.per_second, pace.limit), seconds=20)
    assert again.count_per_second(0, 20) >= 0.7 * 30
    assert again.share_refused < 0.02


def test_one_overload_halves_the_pace_once() -> None:
    pace = AdaptivePace(50, 20)
    assert not pace.is_new
    assert pace.slow_down(began=1.0, now=1.2)
    assert not pace.slow_down(began=1.1, now=1.25)
    assert (pace.per_second, pace.is_new) == (10, True)
    assert pace.slow_down(began=1.3, now=1.4)
    assert pace.per_second == 5


def test_slow_answers_do_not_raise_the_pace() -> None:
    assert simulate(lambda now: True, pace := AdaptivePace(50), latency=1.5, in_flight=64).good
    assert (pace.per_second, pace.is_new) == (FIRST, True)


def test_a_pace_that_the_number_in_flight_limits_is_not_raised() -> None:
    simulate(lambda now: True, pace := AdaptivePace(50), latency=0.9, in_flight=4)
    assert pace.per_second <= 6


def test_no_pace_is_below_the_least_or_above_the_bound() -> None:
    assert AdaptivePace(50, 0.001).per_second == LEAST
    assert AdaptivePace(6, 40).per_second == 6
