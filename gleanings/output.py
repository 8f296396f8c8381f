"""Output that the commands share: numbers in words, JSON, warnings, progress bars."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gleanings.terminal import echo, echo_text, escape_json

if TYPE_CHECKING:
    from store.runs import Counts

Progress = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Total number of steps → a context that yields a function to advance by some steps."""


def count_as(number: int, noun: str) -> str:
    """`1 link`, `1,234 links`; for nouns whose plural only adds an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def format_pending(number: int, noun: str) -> str:
    """`1 pending link`, `2 pending links`, `no pending links`."""
    return count_as(number, f"pending {noun}") if number else f"no pending {noun}s"


def format_counts(counts: Counts) -> str:
    """`+ 12 added  ~ 1 changed  = 340 unchanged  - 0 removed  ! 2 skipped`"""
    parts = [
        f"+ {counts.added:,} added",
        f"~ {counts.changed:,} changed",
        f"= {counts.unchanged:,} unchanged",
        f"- {counts.removed:,} removed",
    ]
    if counts.skipped:
        parts.append(f"! {counts.skipped:,} skipped")
    return "  ".join(parts)


def counts_as_dict(counts: Counts) -> dict[str, int]:
    """The counts under the names that `--json` and the table `runs` use."""
    return asdict(counts)


def print_json(value: Any) -> None:
    """Print one JSON object on stdout."""
    echo_text(escape_json(json.dumps(value, ensure_ascii=False, indent=2)))


def warn(message: str) -> None:
    """Print one line on stderr."""
    echo(message, err=True)


@contextmanager
def progress_bar(label: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr if that is a terminal; yields a function that advances it."""
    if quiet or total < 200 or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # slow to load
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda steps: progress.advance(task, steps)


def make_progress(label: str, *, quiet: bool) -> Progress:
    """Progress bars with this label."""
    return lambda total: progress_bar(label, total, quiet=quiet)


def no_progress(total: int) -> AbstractContextManager[Callable[[int], None]]:
    """No progress bar."""
    return progress_bar("", total, quiet=True)
