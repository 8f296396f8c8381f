"""The contents of one file: its pages, their highlights, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from record_types.links import Link

Category = Literal["tweets", "articles", "books", "podcasts", "supplementals", "other"]
NoteKind = Literal["note", "block", "mark", "text"]


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a document or a tweet."""

    name: str
    """As on the page, without brackets; the handle without `@` if there is no other name."""
    handle: str | None = None
    """The Twitter/X handle without `@`, in the page's case; None for all other authors."""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a highlight's text."""

    url: str
    alt: str = ""
    copy: str | None = None
    """Path of the local copy, relative to the store's folder; None if there is none."""


@dataclass(frozen=True, slots=True)
class FoundLink:
    """One occurrence of a link in a text."""

    link: Link
    label: str | None = None
    """Its name in the text: `(Advanced) https://…` or `[Advanced](https://…)`; None without one."""


@dataclass(frozen=True, slots=True)
class Note:
    """Words attached to a highlight or a document that are not its author's."""

    text: str
    kind: NoteKind = "note"
    """`note`: Readwise's **Note**; `block`: a block of the reader's own; `mark`: Readwise's own `Thread`;
    `text`: the document's full text."""
    line: int = 0
    """1-based line in the file."""


@dataclass(frozen=True, slots=True)
class Tweet:
    """What a view link reveals about its tweet."""

    id: int
    """The status id, which orders and dates the tweet."""
    handle: str | None
    url: str
    created_at: datetime
    """In UTC, from the id."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A passage that the reader marked, as its page contains it."""

    uid: str
    """The same wherever the highlight appears: `tweet:<id>`, `readwise:<ULID>` … (docs/architecture.md)."""
    text: str
    """Markdown without the view link; inner whitespace as on the page; never empty."""
    line: int
    """1-based number of its first line in the file."""
    position: int
    """0-based order on the page."""
    view_url: str | None = None
    location: str | None = None
    """As on the page: a Kindle location or page number, or `h:mm:ss`."""
    location_kind: str | None = None
    """`location`, `page` or `time`; None without a location."""
    taken_at: datetime | None = None
    """When it was marked, in UTC; None if the page gives no date for it."""
    synced_on: str | None = None
    """The day (`2022-11-19`) or minute (`2023-02-25T17:56`, reader's time zone) of its section's sync."""
    tweet: Tweet | None = None
    notes: tuple[Note, ...] = ()
    tags: tuple[str, ...] = ()
    links: tuple[FoundLink, ...] = ()
    """In text order; the same link may occur twice."""
    pictures: tuple[Picture, ...] = ()
    incomplete: bool = False
    """The end of the text is probably missing (docs/formats.md, Truncated tweets)."""
    text_key: str | None = None
    """A hash of the text's letters and digits: the same for a passage from every source."""


@dataclass(frozen=True, slots=True)
class Document:
    """A thread, article, book or podcast that contains the highlights."""

    uid: str
    title: str
    """Without Readwise's ` (highlights)`."""
    full_title: str
    category: Category
    author: Author | None = None
    url: str | None = None
    summary: str | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    """Keys without a column, and the raw value wherever the column holds less than the page says."""
    thread_id: int | None = None
    """The status id in the document's URL; None if it contains none."""
    title_key: str | None = None
    """`author:title`, spelled the same in every source, including those without URL or category."""


@dataclass(frozen=True, slots=True)
class Section:
    """One of Readwise's sync headers."""

    line: int
    heading: str
    synced_on: str | None = None


@dataclass(frozen=True, slots=True)
class BlockProperty:
    """State that Logseq or a template keeps with a block (`id::`, `collapsed::`, `card-…::`)."""

    line: int
    """1-based number of the block's first line."""
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something on a page that could not be read as expected."""

    kind: str
    """`unreadable`, `cut-text`, `unknown-date`, `stray-text` …"""
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One document, as one file presents it."""

    document: Document
    highlights: tuple[Highlight, ...] = ()
    notes: tuple[Note, ...] = ()
    """The reader's blocks that belong to the document rather than to a highlight."""
    sections: tuple[Section, ...] = ()
    line: int = 1
    block_properties: tuple[BlockProperty, ...] = ()


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file, with the two values that cheaply reveal a change."""

    root: str
    """Absolute path of the folder that the user named (or of the file's own folder)."""
    path: str
    """Relative to `root`, with `/`."""
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file after reading."""

    stamp: FileStamp
    sha256: str
    dialect: str | None = None
    """None if the file is not a highlight page."""
    encoding: str = "utf-8"
    """`utf-8`, `utf-16`, `utf-32`, or `utf-8, repaired` if the whole file was encoded twice."""
    pages: tuple[Page, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    page: str = ""
    """The page's name, if its `aliases` were read."""
    aliases: tuple[str, ...] = ()
    """Other names of a page of the reader's own; not read for highlight pages."""
    read_as: str = ""
    """The folder settings that it was read with (`ingest.graph.ReadSettings.describe`)."""
