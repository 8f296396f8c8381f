"""Does time grow with size and no faster? In processor time, and tried again: machines are busy."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

TRIES = 4
SLACK = 2.5
"""Times the fair share; what is quadratic takes the square of the sizes' ratio."""


def assert_linear(work: Callable[[int], object], small: int, large: int) -> None:
    """`work(large)` takes about large / small times as long as `work(small)`."""
    times: list[tuple[float, float]] = []
    for _ in range(TRIES):
        times.append((_measure(work, small), _measure(work, large)))
        if times[-1][1] < SLACK * large / small * times[-1][0] + 0.1:
            return
    raise AssertionError(f"{small} → {large} took {times}")


def _measure(work: Callable[[int], object], size: int) -> float:
    start = process_time()
    work(size)
    return process_time() - start
