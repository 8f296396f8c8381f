"""When to import while a graph is being edited: after a quiet moment, never for our own writes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePath

SUFFIXES = (".md", ".markdown", ".org", ".csv", ".txt")


@dataclass(slots=True)
class Waiting:
    """What has changed since the last run, and when; times as `time.monotonic` gives them."""

    quiet: float
    """Seconds without a change after which it is time."""
    longest: float
    """Seconds after the first change when it is time whatever comes."""
    first: float | None = None
    last: float | None = None
    again: float | None = None
    """When to look again although nothing changed."""

    def note(self, now: float) -> None:
        """Something changed."""
        self.first = now if self.first is None else self.first
        self.last = now

    def is_time(self, now: float) -> bool:
        """Whether to run now."""
        if self.again is not None and now >= self.again:
            return True
        if self.first is None or self.last is None:
            return False
        return now - self.last >= self.quiet or now - self.first >= self.longest

    def clear(self, again: float | None = None) -> None:
        """A run began: what it does not see will come as a change."""
        self.first = self.last = None
        self.again = again


def is_of_interest(paths: Iterable[str], ours: Collection[str]) -> bool:
    """Whether one of the changed paths may be a page: neither hidden, nor Logseq's own, nor our own note."""
    return any(_is_page(path) and path not in ours for path in paths)


def _is_page(path: str) -> bool:
    pure = PurePath(path)
    if not pure.name.lower().endswith(SUFFIXES):
        return False
    hidden = any(part.startswith(".") for part in pure.parts[1:])
    return not hidden and not ("logseq" in pure.parts and {"bak", "version-files"} & set(pure.parts))
