"""The sources: which exports of other programs are read, and a cheap check whether a file may be one.

A source of text is a dialect like Readwise's own (`ingest/source.py`); a database is one that reads bytes.
Zip files are read member by member (`archive`).
"""

from __future__ import annotations

from typing import Protocol

from ingest.sources import (
    apple_books,
    apple_books_database,
    fieldtheory,
    hypothesis_export,
    kindle_notebook,
    kobo,
    koreader,
    koreader_lua,
    omnivore,
    saved_pages,
    snipd,
    web_clipper,
    x_archive,
    x_exporter,
)
from ingest.sources.foreign_sqlite import HEADER
from ingest.text import Data, Parsed, Text

TEXTS = (
    x_archive,
    x_exporter,
    fieldtheory,
    kindle_notebook,
    apple_books,
    koreader,
    koreader_lua,
    hypothesis_export,
    omnivore,
    web_clipper,
    snipd,
    *saved_pages.SOURCES,
)
"""Sources of text; no text is detected by two of them."""

SUFFIXES = (".json", ".jsonl", ".ndjson", ".js", ".html", ".htm", ".lua", ".sqlite", ".zip")
"""Suffixes of sources that no page has. In a folder, such a file is read only if it looks like a source."""

MAX_BYTES = 256 << 20
"""Largest export; its text may take four times as much memory."""

# A zip file with members, and one without any.
ZIP = (b"PK\3\4", b"PK\5\6")


class DataSource(Protocol):
    """A source that is not text."""

    @property
    def NAME(self) -> str:  # noqa: N802  (a module's constant)
        """The name that `files.dialect` in the store holds."""

    def detect(self, data: Data, /) -> bool:
        """Whether the bytes are of this source; accepts any bytes."""

    def parse(self, data: Data, /) -> Parsed:
        """Return the pages of bytes that were detected. Raises UnreadableError."""


DATABASES: tuple[DataSource, ...] = (kobo, apple_books_database)


def parse_database(data: Data) -> tuple[str | None, Parsed]:
    """Return the source's name and the pages of a SQLite database; (None, no pages) if it is not a source."""
    source = next((source for source in DATABASES if source.detect(data)), None)
    return (source.NAME, source.parse(data)) if source else (None, Parsed())


def looks_like_source(path: str, head: bytes) -> bool:
    """Whether a file that begins with `head` looks like a source that is not a zip file."""
    if head.startswith(HEADER):
        return any(sign in path for sign in ("KoboReader", "AEAnnotation"))
    suffix = "." + path.rpartition(".")[2].lower()
    text = Text(head.decode("utf-8-sig", "ignore"), suffix=suffix)
    return any(
        suffix in source.SUFFIXES and any(sign in text.text for sign in source.SIGNS) and source.detect(text)
        for source in TEXTS
    )
