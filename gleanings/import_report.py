"""What an import did."""

from __future__ import annotations

from dataclasses import dataclass, field

from record_types.pages import Problem
from store.runs import Counts


@dataclass(slots=True)
class ImportReport:
    """What an import did."""

    counts: Counts = field(default_factory=Counts)
    files_read: int = 0
    files_unchanged: int = 0
    files_gone: int = 0
    files_seen: int = 0
    """Of those that were to be read."""
    files_unsettled: int = 0
    is_cut_short: bool = False
    not_highlights: int = 0
    repaired: int = 0
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    """Path as the user knows it, and what was wrong."""
