"""Answers from the network to rows: a batch at a time, so that a kill loses little."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

Answer = TypeVar("Answer")

BATCH_SECONDS = 2.0
"""What a kill can lose at most: what came in so long."""


def keep_answers(
    answers: Generator[Answer, None, None],
    save: Callable[[list[Answer]], None],
    note: Callable[[Answer], None],
    *,
    batch: int,
) -> None:
    """Save the answers as they come, `batch` or two seconds at a time, each noted before; whatever ends it,
    what came is saved and the requests in flight are ended."""
    unsaved: list[Answer] = []
    last = time.monotonic()
    try:
        with closing(answers):
            for answer in answers:
                unsaved.append(answer)
                note(answer)
                if len(unsaved) >= batch or time.monotonic() - last > BATCH_SECONDS:
                    save(unsaved)
                    unsaved, last = [], time.monotonic()
    finally:
        save(unsaved)
