"""Links: as found in a text, as resolved, and the resource behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Expansion = Literal["pending", "resolved", "media", "self", "tweet", "unsafe", "gone", "loop", "invalid"]
"""Is it known where a link leads? (LINKS.md, Two states.)"""

Fetch = Literal["pending", "skipped", "ok", "blocked", "gone", "dns", "tls", "timeout", "error", "archived"]
"""What came of asking for the resource itself."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a link leads to: one however many links lead there."""

    uid: str
    """The key to compare by (`ingest.links.key`)."""
    url: str
    """Canonical and clickable."""
    kind: str
    """`article`, `paper`, `pdf`, `video`, `repository`, `book`, `course`, `tweet`, `media` …"""
    site: str
    """The host without `www.`"""
    status: Fetch = "pending"
    title: str | None = None
    author: str | None = None
    published_on: str | None = None
    """ISO 8601 day, month or year, as precise as the page is."""
    description: str | None = None
    uid_version: int = 1
    """Of the rules that made `uid` (`ingest.links.key.KEY_VERSION`)."""
    archive_url: str | None = None
    """Its snapshot in a web archive, where it was asked for one."""


@dataclass(frozen=True, slots=True)
class Link:
    """A URL as it stands in a text, with what can be known of it without asking."""

    uid: str
    """The key to compare by: `t.co/<id>` whatever scheme, query or fragment; otherwise the URL itself."""
    url: str
    """As found, without user name and password."""
    host: str
    short: bool
    status: Expansion
    """`pending` for a short link; otherwise what the URL itself tells."""
    final_url: str | None = None
    resource: Resource | None = None


@dataclass(frozen=True, slots=True)
class DueLink:
    """A link that `expand` should ask about now."""

    id: int
    url: str
    host: str
    attempts: int = 0
    """Tries so far that ended in nothing final."""
    own_tweet_ids: frozenset[int] = frozenset()
    """Status ids of the tweets that it stands in: a link to one of them leads to itself."""
    error: str | None = None
    """The last try's error kind (`timeout`, `dns`, `http 404` …), None before the first."""
    fetch_only: bool = False
    """The expansion is known; only the resource's page is wanted."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way and what came back."""

    url: str
    status: int | None = None
    """HTTP status; None for a hop that was read off the URL (a wrapper, a wall) or that failed."""
    via: str = ""
    """How the next hop was known: `location`, `refresh`, `meta`, `js`, `wrapper`, `wall`."""
    downgrade: bool = False
    """The next hop left https for http."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one try at a link came to; everything that the store keeps of it."""

    link_id: int
    status: Expansion
    fetch: Fetch
    final_url: str | None = None
    """As landed; the best known so far where the try did not end."""
    resource: Resource | None = None
    hops: tuple[Hop, ...] = ()
    http_status: int | None = None
    attempts: int = 0
    """Counting this one where it is counted (LINKS.md, retry table); 0 once nothing is left to try."""
    checked_at: datetime | None = None
    """In UTC; None where nothing was learned (`error` says why): the link's row is to stay as it is."""
    due_at: datetime | None = None
    """When to try again, in UTC; None for never."""
    error: str | None = None
    """Short and stable: `timeout`, `dns`, `tls`, `refused: private address`, `http 500` …"""
    underway: bool = False
    """Told early: where it leads is known, and the page there is still to be asked in this run."""


@dataclass(frozen=True, slots=True)
class MappedLink:
    """One row of the map: short → final (`gleanings links export`, `links import`)."""

    url: str
    final_url: str | None
    status: Expansion
    title: str | None = None
    checked_at: str | None = None
    """ISO 8601 in UTC."""
