"""What goes into a dialect and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass

from record_types.pages import Page, Problem

MARKDOWN_SUFFIXES = (".md", ".markdown", ".txt")


@dataclass(frozen=True, slots=True)
class Text:
    """One file's text, as a dialect's `detect` and `parse` get it."""

    text: str
    """Decoded, without a byte order mark; line ends as in the file."""
    name: str = ""
    """The page's name as the file's name gives it (`ingest.graph.name_page`)."""
    suffix: str = ".md"
    """The file's suffix in lower case."""
    day_formats: tuple[str, ...] = ()
    """The graph's own date format, to be tried before the known ones."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a dialect made of a text."""

    pages: tuple[Page, ...] = ()
    problems: tuple[Problem, ...] = ()
