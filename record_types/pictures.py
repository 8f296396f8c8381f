"""Pictures of highlights: those still to download, the result of an attempt, and the local copies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from record_types.links import Fetch


@dataclass(frozen=True, slots=True)
class DuePicture:
    """A picture that `expand` should download now."""

    id: int
    url: str
    """As found, http or https."""
    attempts: int = 0
    """Attempts so far without a final result."""
    error: str | None = None
    """The error of the last attempt; None before the first."""


@dataclass(frozen=True, slots=True)
class PictureCopy:
    """A downloaded picture, kept in a file named after its hash."""

    path: str
    """Relative to the store's folder, with `/`."""
    sha256: str
    content_type: str
    """Detected from the bytes, not taken from the server."""
    size: int
    """In bytes."""


@dataclass(frozen=True, slots=True)
class PictureTry:
    """The result of one attempt to download a picture: everything that the store keeps of it."""

    picture_id: int
    status: Fetch
    """`ok` with a copy; `skipped` if it is never wanted (an SVG, a picture too large)."""
    copy: PictureCopy | None = None
    http_status: int | None = None
    attempts: int = 0
    """Including this one if it counts (docs/links.md, Retries); 0 if there is nothing left to try."""
    checked_at: datetime | None = None
    """In UTC; None if nothing was learned (`error` gives the reason) and the row stays unchanged."""
    due_at: datetime | None = None
    """When to try again, in UTC; None means never."""
    error: str | None = None
    """Short and stable: `timeout`, `http 404`, `not a picture`, `refused: too large` …"""
