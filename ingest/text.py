"""The input and output of a dialect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from record_types.pages import Page, Problem

NOTE_SUFFIXES = (".md", ".markdown")
MARKDOWN_SUFFIXES = (*NOTE_SUFFIXES, ".txt")
PAGE_SUFFIXES = (*MARKDOWN_SUFFIXES, ".org", ".csv")
"""Suffixes of files that an import reads in a folder whatever they contain."""
HEAD = 64_000
"""Bytes, or letters, in which a source is recognised; the rest of a large file need not be searched."""

Beside = Callable[[str], bytes | None]
"""Reads a file near the one that is parsed, by a name or pattern relative to its folder; None without one.

Some exports spread one record over several files. A reader never passes on a path that a file contains.
"""


def nothing_beside(_name: str) -> bytes | None:
    """There is no file nearby."""
    return None


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one file, for a dialect's `detect` and `parse`."""

    text: str
    """Decoded, without a byte order mark; line endings as in the file."""
    name: str = ""
    """The page's name, derived from the file's name (`ingest.graph.name_page`)."""
    suffix: str = ".md"
    """The file's suffix in lower case."""
    day_formats: tuple[str, ...] = ()
    """The graph's own date format, tried before the known ones."""
    beside: Beside = nothing_beside

    @property
    def head(self) -> str:
        """Its beginning, from the first word on."""
        return self.text[:HEAD].lstrip()


@dataclass(frozen=True, slots=True)
class Data:
    """The bytes of one file that is not text, for the readers of databases."""

    data: bytes
    name: str = ""
    """The file's name."""
    beside: Beside = nothing_beside


@dataclass(frozen=True, slots=True)
class Parsed:
    """The pages that a dialect found in a text."""

    pages: tuple[Page, ...] = ()
    problems: tuple[Problem, ...] = ()
