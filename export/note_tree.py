"""The tree of a note: blocks without a flavour, as records build them, and blocks as one flavour shows them.

A block's `key` (the highlight's uid) stays the same from one export to the next, so that a note that the
user edited can be merged block by block. The key is not written to the file; `export.block_matching` finds
blocks again in an edited file.
"""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

NoteKind = Literal["topic", "author", "document", "highlight", "resource", "reading-list", "index"]
BlockKind = Literal["heading", "text", "item", "passage", "remark", "tags"]
RenderedKind = BlockKind | Literal["property", "title", "fact"]


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words without markup."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Foreign Markdown, cleaned; rendering escapes whatever would change the structure of the note."""

    text: str


@dataclass(frozen=True, slots=True)
class WebLink:
    """A link to the web; only the label if the address is not http or https."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class NoteLink:
    """A link to another note of this export, or to the reader's own page of a document."""

    uid: str
    label: str
    """If empty, the link leads to the highlight's own block, and is left out if there is none."""
    highlight: str = ""
    """The uid of the highlight that it leads to, where the page has a block of its own for it."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One of the reader's tags."""

    name: str


@dataclass(frozen=True, slots=True)
class Address:
    """A bare address; nothing if it is not http or https."""

    url: str


Part = Words | Passage | WebLink | NoteLink | Tag | Address


@dataclass(frozen=True, slots=True)
class Many:
    """A list, such as a highlight's tags."""

    each: tuple[tuple[Part, ...], ...]


Fields = Mapping[str, tuple[Part, ...] | Many]
"""The values of a block by the name that its template uses."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block: a heading with what belongs under it, a list item, a highlight, a remark of the user's."""

    parts: tuple[Part, ...] = ()
    """The content, if no template writes the block."""
    kind: BlockKind = "text"
    key: str | None = None
    """The highlight's or resource's uid; None for a block that the note itself adds."""
    children: tuple[Block, ...] = ()
    piece: str = ""
    """The template that writes the block (`export.templates.PIECES`); empty if none does."""
    fields: Fields = field(default_factory=dict)
    mark: str | None = None
    """A URL in the block that identifies it even when its words were edited."""
    box: Literal["", "open", "done"] = ""
    """Of an item: a box to tick, in Logseq a task."""


@dataclass(frozen=True, slots=True)
class Property:
    """One fact about the whole note."""

    key: str
    parts: tuple[Part, ...]
    """Its values; only a list may have several."""
    kind: Literal["text", "date", "number", "checkbox", "list"] = "text"


@dataclass(frozen=True, slots=True)
class Note:
    """One note before it has a flavour."""

    uid: str
    """`topic:<slug>`, `author:<name>`, `document:<uid>`, `resource:<uid>`, `reading-list` or `index`."""
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
    """`author` and `day` distinguish notes with the same title."""
    fill: Callable[[], Note] | None = field(default=None, compare=False, repr=False)
    """Makes the note with its contents, which would take much memory for all notes together; None if it has
    them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a note goes in one flavour."""

    path: str
    """Below the export folder, with `/`."""
    name: str
    """The name in links to it: the page's name in Logseq, the path without `.md` in Obsidian."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One block as a file shows it."""

    key: str
    """Unique in its note."""
    text: str
    """Its own lines, without indentation, children or a final newline."""
    kind: RenderedKind = "text"
    parent: str = ""
    """The key of its parent; empty at the top level."""
    depth: int = 0
    mark: str | None = None
    """A URL in its text that identifies it even when its words were edited."""


class PackedBlocks(Sequence[Rendered]):
    """Blocks that take a tenth of the memory until they are read: all notes of an export are held in
    memory."""

    __slots__ = ("_count", "_packed")

    def __init__(self, blocks: Sequence[Rendered]) -> None:
        self._count = len(blocks)
        fields = [(each.key, each.text, each.kind, each.parent, each.depth, each.mark) for each in blocks]
        self._packed = zlib.compress(marshal.dumps(fields), 1)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Rendered]:
        fields = marshal.loads(zlib.decompress(self._packed))  # noqa: S302 - our own
        return (Rendered(*each) for each in fields)

    @overload
    def __getitem__(self, at: int) -> Rendered: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Rendered]: ...
    def __getitem__(self, at: int | slice) -> Rendered | Sequence[Rendered]:
        return tuple(self)[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._packed)
