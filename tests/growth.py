"""Does time grow with size and no faster? In processor time, and tried again: machines are busy."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time

TRIES = 4
SLACK = 2.5
"""In multiples of the linear share; quadratic work takes the square of the sizes' ratio."""


def assert_linear(work: Callable[[int], object], small: int, large: int) -> None:
    """`work(large)` takes about large / small times as long as `work(small)`."""
    times: list[tuple[float, float]] = []
    for _ in range(TRIES):
        times.append((measure_time(lambda: work(small)), measure_time(lambda: work(large))))
        if times[-1][1] < SLACK * large / small * times[-1][0] + 0.1:
            return
    raise AssertionError(f"{small} → {large} took {times}")


def measure_time(work: Callable[[], object]) -> float:
    """Processor seconds of `work`."""
    times: dict[str, float] = {}
    with timed(times, "work"):
        work()
    return times["work"]


@contextmanager
def timed(times: dict[str, float], name: str) -> Iterator[None]:
    """Put the block's processor seconds into `times`; what earlier tests left in memory is not collected."""
    gc.disable()
    try:
        start = process_time()
        yield
        times[name] = process_time() - start
    finally:
        gc.enable()
