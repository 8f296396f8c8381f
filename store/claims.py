"""What one file says of a highlight or a document: the facts that merged rows are made of.

A highlight may stand in several files, and they need not agree (a cut text, a note here and not there).
Each appearance keeps what its file says, and the row in `highlights` is a function of all of them, so that
neither the order of imports nor the removal of one file changes what comes out.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from record_types.pages import Author, Highlight, Page


class Place(NamedTuple):
    """Where something stands: enough to order claims the same way on every run."""

    document_uid: str
    path: str
    """Absolute; the final tie-break."""
    line: int
    position: int


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
    blocks: tuple[tuple[str, str], ...]
    """(kind, text) of the notes that belong to the document"""


class HighlightSaid(NamedTuple):
    """One file's claim on a highlight."""

    uid: str
    """What the file calls it; once its document is known, by that document's name."""
    document_uid: str
    """What the file calls its document."""
    file_id: int
    place: Place
    claim: HighlightClaim
    pair: int | None = None
    """Of its title and text (`store/identities.py`)."""
    row_id: int | None = None
    """The row that it was a part of until now; None where the batch says it."""


class DocumentSaid(NamedTuple):
    """One file's claim on a document."""

    uid: str
    """What the file calls it."""
    file_id: int
    place: Place
    claim: DocumentClaim
    title: int | None = None
    """Of its author and title (`store/identities.py`)."""


def make_highlight_claim(highlight: Highlight) -> HighlightClaim:
    """What `highlight` says, in the form that the store keeps."""
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


def make_document_claim(page: Page) -> DocumentClaim:
    """What `page` says of its document."""
    document = page.document
    return DocumentClaim(
        document.title,
        document.full_title,
        document.category,
        _author_claim(document.author),
        document.url,
        document.summary,
        document.note,
        document.thread_id,
        document.tags,
        document.properties,
        tuple((note.kind, note.text) for note in page.notes),
    )


def _author_claim(author: Author | None) -> tuple[str, str | None, str | None] | None:
    return (author.name, author.handle, author.url) if author else None


def format_claim(claim: HighlightClaim | DocumentClaim) -> str:
    """`claim` as the JSON that stands in `said`."""
    return json.dumps(claim, ensure_ascii=False, separators=(",", ":"))


def parse_highlight_claim(said: str) -> HighlightClaim:
    """The claim that `format_claim` wrote."""
    text, view_url, location, location_kind, taken_at, synced_on, incomplete, *rest = json.loads(said)
    tweet, notes, tags, links, pictures = rest
    return HighlightClaim(
        text,
        view_url,
        location,
        location_kind,
        taken_at,
        synced_on,
        bool(incomplete),
        TweetClaim(*tweet) if tweet else None,
        tuple((kind, words) for kind, words in notes),
        tuple(tags),
        tuple((uid, label) for uid, label in links),
        tuple((url, alt) for url, alt in pictures),
    )


def parse_document_claim(said: str) -> DocumentClaim:
    """The claim that `format_claim` wrote."""
    title, full_title, category, author, url, summary, note, thread_id, tags, properties, blocks = json.loads(
        said
    )
    return DocumentClaim(
        title,
        full_title,
        category,
        tuple(author) if author else None,
        url,
        summary,
        note,
        thread_id,
        tuple(tags),
        tuple((key, value) for key, value in properties),
        tuple((kind, text) for kind, text in blocks),
    )
