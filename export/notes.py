"""The neutral tree of a note, which each flavour renders in its own way.

A block's `key` (the highlight's uid) stays the same from one export to the next, so that a note that
its owner edited can be merged block by block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

NoteKind = Literal["topic", "author", "document", "reading-list", "index"]
BlockKind = Literal["heading", "text", "item", "passage", "remark", "tags"]


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words; nothing in them is markup."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Foreign Markdown, cleaned; what would change the note's own structure is escaped when rendered."""

    text: str


@dataclass(frozen=True, slots=True)
class WebLink:
    """A link to the web; the label alone where the address is not http or https."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class NoteLink:
    """A link to another note of this export."""

    uid: str
    label: str


@dataclass(frozen=True, slots=True)
class Tag:
    """One of the reader's tags."""

    name: str


@dataclass(frozen=True, slots=True)
class Address:
    """An address by itself; nothing where it is not http or https."""

    url: str


Part = Words | Passage | WebLink | NoteLink | Tag | Address


@dataclass(frozen=True, slots=True)
class Many:
    """Several things of one kind, such as a highlight's tags."""

    each: tuple[tuple[Part, ...], ...]


Fields = Mapping[str, tuple[Part, ...] | Many]
"""What a template is told of a block, by name."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block: a heading with what belongs under it, a list item, a highlight, a remark of the reader's."""

    parts: tuple[Part, ...]
    kind: BlockKind = "text"
    key: str | None = None
    """The highlight's or resource's uid; None for a block that the note itself needs."""
    children: tuple[Block, ...] = ()
    citation: tuple[Part, ...] = ()
    """Of a passage: where it stands."""
    piece: str = ""
    """Which template writes it (`export.pieces`); empty where none does."""
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Property:
    """One fact about the whole note."""

    key: str
    parts: tuple[Part, ...]
    kind: Literal["text", "date", "number"] = "text"


@dataclass(frozen=True, slots=True)
class Note:
    """One note before it has a flavour."""

    uid: str
    """`topic:<slug>`, `author:<name>`, `document:<uid>`, `reading-list` or `index`."""
    kind: NoteKind
    title: str
    blocks: tuple[Block, ...] = ()
    properties: tuple[Property, ...] = ()
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    folder: str = ""
    """Of a document: its category."""
    author: str | None = None
    day: str | None = None
    """`author` and `day` tell two notes of one title apart."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a note goes in one flavour."""

    path: str
    """Below the export folder, with `/`."""
    name: str
    """What links call it: the page's name in Logseq, the path without `.md` in Obsidian."""
