"""Work in batches: save network answers as they arrive, pause the garbage collector meanwhile."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

Answer = TypeVar("Answer")

BATCH_SECONDS = 2.0
"""A kill loses at most the answers of this period."""


@contextmanager
def paused_gc() -> Iterator[None]:
    """Turn off the cyclic garbage collector: records form no cycles, and it takes a fifth of an import."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def save_in_batches(
    answers: Generator[Answer, None, None],
    save: Callable[[list[Answer]], None],
    name: Callable[[Answer], str | None],
    *,
    batch: int,
    advance: Callable[[int], None] = lambda _: None,
) -> Counter[str]:
    """Save answers as they arrive, `batch` of them or two seconds' worth at a time; count them by name.

    An answer without a name is an early report: it is saved, and counted when the final one comes. If an
    exception ends the loop, the answers so far are saved and the generator is closed.
    """
    results: Counter[str] = Counter()
    unsaved: list[Answer] = []
    last_save = time.monotonic()
    try:
        with closing(answers):
            for answer in answers:
                unsaved.append(answer)
                if (result := name(answer)) is not None:
                    results[result] += 1
                    advance(1)
                if len(unsaved) >= batch or time.monotonic() - last_save > BATCH_SECONDS:
                    save(unsaved)
                    unsaved, last_save = [], time.monotonic()
    finally:
        save(unsaved)
    return results
