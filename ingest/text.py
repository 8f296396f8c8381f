"""The input and output of a dialect."""

from __future__ import annotations

from dataclasses import dataclass

from record_types.pages import Page, Problem

MARKDOWN_SUFFIXES = (".md", ".markdown", ".txt")


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one file, for a dialect's `detect` and `parse`."""

    text: str
    """Decoded, without a byte order mark; line ends as in the file."""
    name: str = ""
    """The page's name, derived from the file's name (`ingest.graph.name_page`)."""
    suffix: str = ".md"
    """The file's suffix in lower case."""
    day_formats: tuple[str, ...] = ()
    """The graph's own date format, tried before the known ones."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The pages that a dialect found in a text."""

    pages: tuple[Page, ...] = ()
    problems: tuple[Problem, ...] = ()
