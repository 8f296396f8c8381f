"""A file's claim on a highlight or a document: that file's version of it.

Files need not agree on a highlight (one has a cut text, another lacks a note). Every appearance keeps its
file's claim, and the row in `highlights` or `documents` is a function of all of them, so that neither the
order of imports nor the removal of a file changes the result.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Generic, NamedTuple, TypeVar

from record_types.links import Link
from record_types.pages import BlockProperty, Highlight, Page, Section, SourceFile
from store.identities import hash_pair, hash_title

ClaimT = TypeVar("ClaimT")


class TweetClaim(NamedTuple):
    """The tweet that a view link names."""

    id: int
    handle: str | None
    url: str
    created_at: str


class HighlightClaim(NamedTuple):
    """One highlight as one file shows it."""

    text: str
    view_url: str | None
    location: str | None
    location_kind: str | None
    taken_at: str | None
    synced_on: str | None
    incomplete: bool
    tweet: TweetClaim | None
    notes: tuple[tuple[str, str], ...]
    """(kind, text)"""
    tags: tuple[str, ...]
    links: tuple[tuple[str, str | None], ...]
    """(uid of the link, label)"""
    pictures: tuple[tuple[str, str], ...]
    """(url, alt)"""


class DocumentClaim(NamedTuple):
    """One document as one file shows it."""

    title: str
    full_title: str
    category: str
    author: tuple[str, str | None, str | None] | None
    """(name, handle, url)"""
    url: str | None
    summary: str | None
    note: str | None
    thread_id: int | None
    tags: tuple[str, ...]
    properties: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]
    """(kind, text) of the notes that belong to the document itself."""


class Sourced(NamedTuple, Generic[ClaimT]):
    """A claim with its source: where a file makes it, and which names the file has for its subject."""

    uid: str
    """The file's own name for it."""
    document_uid: str
    """The file's own name for its document; of a document, its uid."""
    line: int
    page_line: int
    """Where its page begins in the file; of a document, its line."""
    position: int
    match: int | None
    """Hash of author and title (documents) or of author, title and text (highlights): see `identities`."""
    claim: ClaimT
    file_id: int
    path: str
    """Absolute; the final tie-break."""
    row_id: int | None = None
    """The row that the store has it under; None for a claim of the batch."""
    packed: bytes | None = None
    """The claim as the store keeps it; None if it is not packed yet."""
    document: str = ""
    """The name of its document, which others may share; until that is known, the file's own name for it."""


SourcedHighlight = Sourced[HighlightClaim]
SourcedDocument = Sourced[DocumentClaim]


class FileClaims(NamedTuple):
    """All that one file claims: what a batch takes of it, and a worker process sends.

    Named tuples are pickled twice as fast as the frozen records of the pages, and read back three times as
    fast; the claims have no `file_id` yet (0).
    """

    source: SourceFile
    """Without its pages."""
    documents: tuple[SourcedDocument, ...]
    highlights: tuple[SourcedHighlight, ...]
    links: tuple[Link, ...]
    sections: tuple[Section, ...]
    block_properties: tuple[BlockProperty, ...]


def claim_file(file: SourceFile, *, packed: bool = False) -> FileClaims:
    """The claims of a file's pages; `packed` ones take more memory, and the store less time."""
    path = f"{file.stamp.root}/{file.stamp.path}"
    pages = file.pages
    return FileClaims(
        replace(file, pages=()) if pages else file,
        tuple([_source_document(page, path, packed=packed) for page in pages]),
        tuple([each for page in pages for each in _source_highlights(page, path, packed=packed)]),
        tuple([found.link for page in pages for each in page.highlights for found in each.links]),
        tuple([section for page in pages for section in page.sections]),
        tuple([each for page in pages for each in page.block_properties]),
    )


def _source_document(page: Page, path: str, *, packed: bool) -> SourcedDocument:
    """The claim that `page` makes on its document."""
    document, author = page.document, page.document.author
    claim = DocumentClaim(
        document.title,
        document.full_title,
        document.category,
        (author.name, author.handle, author.url) if author else None,
        document.url,
        document.summary,
        document.note,
        document.thread_id,
        document.tags,
        document.properties,
        tuple((note.kind, note.text) for note in page.notes),
    )
    title = hash_title(document.uid, document.title_key)
    names = (document.uid, document.uid)
    return Sourced(
        *names, page.line, page.line, 0, title, claim, 0, path, packed=pack_claim(claim) if packed else None
    )


def _source_highlights(page: Page, path: str, *, packed: bool) -> Iterator[SourcedHighlight]:
    """The claims that `page` makes on its highlights."""
    document = page.document.uid
    title = hash_title(document, page.document.title_key)
    for each in page.highlights:
        pair = hash_pair(title, each.text_key)
        claim = _make_highlight_claim(each)
        place = (each.line, page.line, each.position)
        pack = pack_claim(claim) if packed else None
        yield Sourced(each.uid, document, *place, pair, claim, 0, path, None, pack, document)


def _make_highlight_claim(highlight: Highlight) -> HighlightClaim:
    tweet = highlight.tweet
    created_at = tweet.created_at.isoformat(timespec="seconds").replace("+00:00", "Z") if tweet else None
    taken_at = highlight.taken_at
    return HighlightClaim(
        highlight.text,
        highlight.view_url,
        highlight.location,
        highlight.location_kind,
        taken_at.isoformat(timespec="seconds").replace("+00:00", "Z") if taken_at else created_at,
        highlight.synced_on,
        highlight.incomplete,
        TweetClaim(tweet.id, tweet.handle, tweet.url, created_at or "") if tweet else None,
        tuple([(note.kind, note.text) for note in highlight.notes]),
        highlight.tags,
        tuple([(found.link.uid, found.label) for found in highlight.links]),
        tuple([(picture.url, picture.alt) for picture in highlight.pictures]),
    )


DICTIONARY = (
    b" people think because through should between without other would their there which what about when"
    b" more than have from this that with your will into they them make just like some time only first most"
    b" know want need every work being really better things does something world good these also how who can"
    b" are you for not it's don't was but one all out the and ing ation ment ness able ers ed of the in the"
    b' to the to be is a for the and the that you ","page","location","time",null,null,"note","block","mark"'
    b',"favorite","2022-11-2023-02-05","2021-T:00Z","https://read.readwise.io/read/01g"'
    b',"https://twitter.com/status/",0,[1"],[],[],[["https://pbs.twimg.com/media/.jpg",""]]'
    b',[["t.co/",null]],[],[]]'
)
"""Frequent strings of claims, for zlib to refer to. Stored claims need these very bytes: never change them.

Claims are short: with these they take 12 % less.
"""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_compressor = zlib.compressobj(wbits=-12, memLevel=4, zdict=DICTIONARY)
"""Copied for each claim. A small window, since its memory is copied with it."""


def pack_claim(claim: HighlightClaim | DocumentClaim) -> bytes:
    """`claim` as the column `claim` holds it: a JSON array of its fields, deflated.

    Plain JSON would make the store of 3,900 highlights a third larger; this makes it a seventh larger.
    """
    compressor = _compressor.copy()
    return compressor.compress(_encode(claim).encode()) + compressor.flush()


def unpack_claim(packed: bytes) -> Any:
    """The fields of a claim, as JSON has them."""
    return json.loads(zlib.decompressobj(wbits=-12, zdict=DICTIONARY).decompress(packed))


def try_unpack(packed: bytes) -> Any:
    """The fields of a claim; None for one that was damaged on the disk."""
    try:
        return unpack_claim(packed)
    except (zlib.error, ValueError):
        return None


def parse_highlight_claim(fields: list[Any]) -> HighlightClaim:
    """The claim from its fields as JSON has them."""
    claim = HighlightClaim._make(_freeze(fields))
    return claim._replace(tweet=TweetClaim(*claim.tweet)) if claim.tweet else claim


def parse_document_claim(fields: list[Any]) -> DocumentClaim:
    """The claim from its fields as JSON has them."""
    return DocumentClaim._make(_freeze(fields))


def _freeze(value: Any) -> Any:
    """`value` with tuples in place of its lists."""
    return tuple(map(_freeze, value)) if isinstance(value, list) else value
