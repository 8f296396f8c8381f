"""Which dialect a text is written in, and its pages.

A dialect is a module with a `NAME`, a `detect` that costs little and a pure `parse`. The first in
`DIALECTS` that knows a text reads it, so the more particular ones stand first.
"""

from __future__ import annotations

from typing import Protocol

from ingest import kindle
from ingest.exported import is_exported
from ingest.readwise import cards, csv_export, default, flat, obsidian, org, plugin, quoted, roam
from ingest.text import Parsed, Text


class Dialect(Protocol):
    """One way in which pages of highlights are written."""

    @property
    def NAME(self) -> str:  # noqa: N802  (a module's constant)
        """As `files.dialect` in the store names it."""

    def detect(self, text: Text, /) -> bool:
        """True where the text is a page of this dialect; any text may come."""

    def parse(self, text: Text, /) -> Parsed:
        """The pages of a text that `detect` said yes to. Raises UnreadableError with the line."""


DIALECTS: tuple[Dialect, ...] = (
    csv_export,
    kindle,
    org,
    roam,
    obsidian,
    plugin,
    cards,
    flat,
    quoted,
    default,
)


def find_dialect(text: Text) -> Dialect | None:
    """The dialect of `text`; None where it is no page of highlights, or a note of gleanings' own."""
    if is_exported(text):
        return None
    return next((dialect for dialect in DIALECTS if dialect.detect(text)), None)
