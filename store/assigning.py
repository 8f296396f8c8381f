"""Which row holds which highlight or document, so that one that changes its name keeps its row: pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

_Value = TypeVar("_Value")
Sources = Mapping[str, Iterable[int]]
"""The rows (ids) that may become a name's row, by name."""


@dataclass(slots=True)
class Assigned:
    """The rows of names, as far as there are any."""

    ids: dict[str, int]
    renamed: dict[int, str] = field(default_factory=dict)
    """Rows that are called otherwise until now."""
    merged: dict[int, str] = field(default_factory=dict)
    """Rows that hold nothing any more, by the name that took all of it."""

    def take_free(self, sources: Sources) -> None:
        """Give each name that has no row the first of its `sources` that no other name has."""
        if not sources:
            return
        taken = set(self.ids.values())
        for name in sorted(sources.keys() - self.ids.keys()):
            row = min((row for row in sources[name] if row not in taken), default=None)
            if row is not None:
                self.ids[name] = row
                self.renamed[row] = name
                taken.add(row)

    def merge_left(self, sources: Sources) -> None:
        """Note which of the rows are left without a name: what they held is in another row now."""
        if not sources:
            return
        taken = set(self.ids.values())
        for name in sorted(sources):
            for row in sources[name]:
                if row not in taken:
                    self.merged.setdefault(row, name)


def assign_rows(names: Iterable[str], rows: Mapping[str, int], stood: Sources) -> Assigned:
    """The row of each name: the one that is called so (`rows`), else one where what it holds `stood`."""
    assigned = Assigned({name: rows[name] for name in names if name in rows} if rows else {})
    assigned.take_free(stood)
    return assigned


def match_once(
    left: Iterable[tuple[Hashable, int]], came: Iterable[tuple[Hashable, str]]
) -> dict[str, list[int]]:
    """The rows that left, by the name that came instead: those whose key stands once on either side."""
    rows = _find_single(left)
    return {name: [rows[key]] for key, name in _find_single(came).items() if key in rows}


def _find_single(pairs: Iterable[tuple[Hashable, _Value]]) -> dict[Hashable, _Value]:
    found: dict[Hashable, set[_Value]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return {key: values.pop() for key, values in found.items() if len(values) == 1}
