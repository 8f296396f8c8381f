"""What `ingest` makes of one file: its pages, their highlights, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from record_types.links import Link

Category = Literal["tweets", "articles", "books", "podcasts", "supplementals", "other"]
NoteKind = Literal["note", "block", "mark"]


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a document or a tweet."""

    name: str
    """As the page gives it, without brackets; the handle without `@` where there is no other name."""
    handle: str | None = None
    """The handle without `@`, in the page's own case; None for people who are not from Twitter/X."""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that stands in a highlight's text."""

    url: str
    alt: str = ""
    copy: str | None = None
    """Of a stored one: its local copy, below the store's folder; None where there is none."""


@dataclass(frozen=True, slots=True)
class FoundLink:
    """One place in a text where a link stands."""

    link: Link
    label: str | None = None
    """What the text calls it: `(Advanced) https://…` or `[Advanced](https://…)`; None where it does not."""


@dataclass(frozen=True, slots=True)
class Note:
    """Words beside a highlight or a document that are not the author's."""

    text: str
    kind: NoteKind = "note"
    """`note` from Readwise's **Note**, `block` the reader's own block, `mark` Readwise's own `Thread`."""
    line: int = 0
    """1-based line in the file."""


@dataclass(frozen=True, slots=True)
class Tweet:
    """What a view link tells of the tweet behind it."""

    id: int
    """The status id; it orders and dates the tweet."""
    handle: str | None
    url: str
    created_at: datetime
    """In UTC, from the id."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """One passage that the reader marked, as its page gave it."""

    uid: str
    """The same wherever the highlight stands: `tweet:<id>`, `readwise:<ULID>` … (DESIGN.md, Identity)."""
    text: str
    """Markdown, without the view link; whitespace inside as in the page; never empty."""
    line: int
    """1-based line of its first line in the file."""
    position: int
    """0-based order on the page."""
    view_url: str | None = None
    location: str | None = None
    """As on the page: a Kindle location or page number, or `h:mm:ss`."""
    location_kind: str | None = None
    """`location`, `page` or `time`; None without a location."""
    taken_at: datetime | None = None
    """When it was marked, in UTC; None where the page has no date of its own."""
    synced_on: str | None = None
    """The day (`2022-11-19`) or minute (`2023-02-25T17:56`, the reader's own zone) of its section's sync."""
    tweet: Tweet | None = None
    notes: tuple[Note, ...] = ()
    tags: tuple[str, ...] = ()
    links: tuple[FoundLink, ...] = ()
    """In the order of the text; the same link may stand twice."""
    pictures: tuple[Picture, ...] = ()
    incomplete: bool = False
    """The text looks cut (FORMAT.md 3.2)."""
    text_key: str | None = None
    """A hash of the text's letters and digits: the same for one passage from any source."""


@dataclass(frozen=True, slots=True)
class Document:
    """A thread, article, book or podcast that highlights were taken from."""

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
    """Keys that have no column, and the raw value of those whose column says less than the page does."""
    thread_id: int | None = None
    """The status id that the document's url names, where it names one."""
    title_key: str | None = None
    """`author:title`, spelled alike in every source, also in those that know neither URL nor category."""


@dataclass(frozen=True, slots=True)
class Section:
    """One of Readwise's sync headers."""

    line: int
    heading: str
    synced_on: str | None = None


@dataclass(frozen=True, slots=True)
class BlockProperty:
    """State that the notes' program keeps with a block (`id::`, `collapsed::`, `card-…::`)."""

    line: int
    """1-based line where the block begins."""
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something on a page that could not be read as it should."""

    kind: str
    """`unreadable`, `cut-text`, `unknown-date`, `stray-text` …"""
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One document as one file shows it."""

    document: Document
    highlights: tuple[Highlight, ...] = ()
    notes: tuple[Note, ...] = ()
    """The reader's own blocks that belong to the document rather than to a highlight."""
    sections: tuple[Section, ...] = ()
    line: int = 1
    block_properties: tuple[BlockProperty, ...] = ()


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Which file, and the cheap signs that it changed."""

    root: str
    """Absolute folder that the user named (or the file's own folder)."""
    path: str
    """Below `root`, with `/`."""
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file, read."""

    stamp: FileStamp
    sha256: str
    dialect: str | None = None
    """None where the file is not a highlight page."""
    encoding: str = "utf-8"
    """`utf-8`, or `utf-8, repaired` where the whole file was decoded once too often."""
    pages: tuple[Page, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    page: str = ""
    """The page's name, where `aliases` are known."""
    aliases: tuple[str, ...] = ()
    """Other names of a page of the reader's own; of highlight pages they are not asked."""
    read_as: str = ""
    """Which settings of its folder the reading went by (`ingest.graph.ReadSettings.describe`)."""
