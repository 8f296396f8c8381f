"""Pictures of highlights: which are to be fetched, what a try came to, and the copies that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from record_types.links import Fetch


@dataclass(frozen=True, slots=True)
class DuePicture:
    """A picture that `expand` should fetch now."""

    id: int
    url: str
    """As found, http or https."""
    attempts: int = 0
    """Tries so far that ended in nothing final."""
    error: str | None = None
    """The last try's error, None before the first."""


@dataclass(frozen=True, slots=True)
class PictureCopy:
    """The bytes of a picture, kept in a file that is named after them."""

    path: str
    """Below the folder of the store, with `/`."""
    sha256: str
    content_type: str
    """As the bytes say, whatever the server called them."""
    size: int
    """In bytes."""


@dataclass(frozen=True, slots=True)
class PictureTry:
    """What one try at a picture came to; everything that the store keeps of it."""

    picture_id: int
    status: Fetch
    """`ok` with a copy; `skipped` for what is never wanted (an SVG, a picture too large)."""
    copy: PictureCopy | None = None
    http_status: int | None = None
    attempts: int = 0
    """Counting this one where it is counted (LINKS.md, retry table); 0 once nothing is left to try."""
    checked_at: datetime | None = None
    """In UTC; None where nothing was learned (`error` says why): the picture's row is to stay as it is."""
    due_at: datetime | None = None
    """When to try again, in UTC; None for never."""
    error: str | None = None
    """Short and stable: `timeout`, `http 404`, `not a picture`, `refused: too large` …"""
