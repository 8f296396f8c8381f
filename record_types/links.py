"""Links, their resources, and pictures: as found in a text, to be requested, and as an attempt left them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Expansion = Literal["pending", "resolved", "media", "self", "tweet", "unsafe", "gone", "loop", "invalid"]
"""Whether the link's destination is known (docs/links.md, States)."""

Fetch = Literal["pending", "skipped", "ok", "blocked", "gone", "dns", "tls", "timeout", "error", "archived"]
"""The result of fetching the resource itself."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a link leads to: one resource, however many links lead there."""

    uid: str
    """The key for comparison (`ingest.links.key`)."""
    url: str
    """Canonical and clickable."""
    kind: str
    """`article`, `paper`, `pdf`, `video`, `repository`, `book`, `course`, `tweet`, `media` …"""
    site: str
    """The host without `www.`."""
    status: Fetch = "pending"
    title: str | None = None
    author: str | None = None
    published_on: str | None = None
    """ISO 8601 day, month or year, as precise as the page states it."""
    description: str | None = None
    uid_version: int = 1
    """Version of the rules that `uid` follows (`ingest.links.key.KEY_VERSION`)."""
    archive_url: str | None = None
    """Its snapshot in a web archive, if one was looked up and found."""


@dataclass(frozen=True, slots=True)
class Link:
    """A URL as found in a text, with what the URL alone reveals."""

    uid: str
    """The key for comparison: `t.co/<id>` without scheme, query or fragment; otherwise the URL itself."""
    url: str
    """As found, without user name and password."""
    host: str
    short: bool
    status: Expansion
    """`pending` for a short link; otherwise as the URL itself shows."""
    final_url: str | None = None
    resource: Resource | None = None


@dataclass(frozen=True, slots=True)
class DueLink:
    """A link that `expand` should resolve now."""

    id: int
    url: str
    host: str
    attempts: int = 0
    """Attempts so far without a final result."""
    own_tweet_ids: frozenset[int] = frozenset()
    """Status ids of the tweets that contain it; a link that leads to one of them has status `self`."""
    error: str | None = None
    """The error of the last attempt (`timeout`, `dns`, `http 404` …); None before the first."""
    fetch_only: bool = False
    """The destination is known; only the resource's page is still to be fetched."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One request of a redirect chain and its response."""

    url: str
    status: int | None = None
    """HTTP status; None for a hop that was derived from the URL (a wrapper, a wall) or that failed."""
    via: str = ""
    """How the next hop was found: `location`, `refresh`, `meta`, `js`, `wrapper`, `wall`."""
    downgrade: bool = False
    """The next hop goes from https to http."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The result of one attempt to resolve a link: everything that the store keeps of it."""

    link_id: int
    status: Expansion
    fetch: Fetch
    final_url: str | None = None
    """The final address; the last one known if the attempt did not finish."""
    resource: Resource | None = None
    hops: tuple[Hop, ...] = ()
    http_status: int | None = None
    attempts: int = 0
    """Including this one if it counts (docs/links.md, Retries); 0 if there is nothing left to try."""
    checked_at: datetime | None = None
    """In UTC; None if nothing was learned (`error` gives the reason) and the row stays unchanged."""
    due_at: datetime | None = None
    """When to try again, in UTC; None means never."""
    error: str | None = None
    """Short and stable: `timeout`, `dns`, `tls`, `refused: private address`, `http 500` …"""
    underway: bool = False
    """An early report: the destination is known, and its page is still to be fetched in this run."""


@dataclass(frozen=True, slots=True)
class MappedLink:
    """One row of the map from short to final URLs (`gleanings links export`, `links import`)."""

    url: str
    final_url: str | None
    status: Expansion
    title: str | None = None
    checked_at: str | None = None
    """ISO 8601 in UTC."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Limits of requests to the web, which `[links]` of the configuration may change; times in seconds."""

    workers: int = 48
    """Requests in flight, over all hosts."""
    per_host: int = 2
    """Requests in flight to one host."""
    host_gap: float = 0.2
    """Between the starts of two requests to one host."""
    tco_in_flight: int = 8
    tco_gap: float = 0.02
    """The shortest time between two requests to t.co, whose pace adapts; 0 turns the pace off."""
    connect_timeout: float = 5.0
    read_timeout: float = 10.0
    total_timeout: float = 20.0
    """For all requests of one redirect chain, not counting the time it waits for its turn."""
    max_hops: int = 10
    wayback: bool = False
    """Look up pages confirmed gone at web.archive.org."""
    heal_tweets: bool = False
    """Request the full texts of cut tweets (`ingest/links/tweet_lookup.py`)."""
    proxy: str = ""
    """`environment`: use the proxies set in the environment (`ingest/web/proxy.py`)."""
    connect_to: Mapping[str, str] = field(default_factory=dict)
    """`host:port` → `host:port`, like curl's --connect-to; exempt from the guard."""


# --- pictures


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
