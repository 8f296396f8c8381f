"""The dialects: detect which one a text is written in.

A dialect is a module with a `NAME`, a cheap `detect` and a pure `parse`. The first in `DIALECTS` that
recognises a text reads it, so the more specific ones come first. Notes that gleanings itself wrote are not
read, although they may lie next to their sources. They are recognised by their mark alone
(`markdown_text.note_marks`), since their reader may have edited, renamed or moved them.
"""

from __future__ import annotations

from typing import Protocol

from ingest import kindle
from ingest.readwise import cards, csv_export, flat, headings, logseq, obsidian, org, plugin, quoted, roam
from ingest.text import Parsed, Text
from markdown_text.note_marks import read_mark

_SUFFIXES = (".md", ".markdown")


class Dialect(Protocol):
    """One way in which pages of highlights are written: what a dialect's module contains."""

    @property
    def NAME(self) -> str:  # noqa: N802  (a module's constant)
        """The name that `files.dialect` in the store holds."""

    @property
    def SUFFIXES(self) -> tuple[str, ...]:  # noqa: N802
        """The suffixes of its files, in lower case."""

    @property
    def SIGNS(self) -> tuple[str, ...]:  # noqa: N802
        """Strings of which every page of the dialect contains at least one; empty if there are none."""

    def detect(self, text: Text, /) -> bool:
        """Whether a text with such a suffix and sign is a page of this dialect; accepts any text."""

    def parse(self, text: Text, /) -> Parsed:
        """Return the pages of a text that was detected. Raises UnreadableError with the line."""


DIALECTS: tuple[Dialect, ...] = (
    csv_export,
    kindle,
    org,
    roam,
    headings,
    obsidian,
    plugin,
    cards,
    flat,
    quoted,
    logseq,
)


def find_dialect(text: Text) -> Dialect | None:
    """Return the dialect of `text`; None if it is no page of highlights, or gleanings wrote it."""
    if is_exported(text):
        return None
    return next((dialect for dialect in DIALECTS if is_written_in(dialect, text)), None)


def is_written_in(dialect: Dialect, text: Text) -> bool:
    """Whether `text` is a page of `dialect`; suffix and signs rule out most texts before its `detect`."""
    if text.suffix not in dialect.SUFFIXES:
        return False
    page = text.text
    return (not dialect.SIGNS or any(sign in page for sign in dialect.SIGNS)) and dialect.detect(text)


def is_exported(text: Text) -> bool:
    """Whether a text is a note with the mark in its head; a highlight that merely mentions it is not."""
    return text.suffix in _SUFFIXES and read_mark(text.text) is not None
