"""The Wayback Machine's snapshot of a page that is gone, nearest to the day of the tweet (docs/links.md).

`GET https://web.archive.org/web/<YYYYmmddHHMMSS>/<url>` answers with a redirect to the nearest snapshot, with
the snapshot itself if the second matches, or with 404. No redirect is followed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from requests.cookies import RequestsCookieJar

from ingest.identity import date_tweet
from ingest.web.redirect_chain import BadURLError, read_location
from ingest.web.session import FetchError, GuardedSession
from record_types.links import DueLink, Resolution

ARCHIVE_HOST = "web.archive.org"
ARCHIVE_GAP = 1.0
_FIRST_SNOWFLAKE = 29700859247
"""Status ids below this are plain counters and contain no time."""
_SNAPSHOT = re.compile(r"https?://web\.archive\.org/web/[0-9]{4,14}[a-z_]{0,4}/.+", re.DOTALL)


def may_have_snapshot(found: Resolution) -> bool:
    """Whether `found` is a page that was just confirmed gone."""
    return found.fetch == "gone" and found.resource is not None and found.final_url is not None


def add_snapshot(found: Resolution, link: DueLink, session: GuardedSession, seconds: float) -> Resolution:
    """`found` with its resource `archived` if the archive has a snapshot, else unchanged."""
    if found.resource is None or found.final_url is None:
        return found
    at = find_tweet_time(link.own_tweet_ids) or found.checked_at or datetime.now(UTC)
    snapshot = find_snapshot(session, found.final_url, at, seconds)
    if snapshot is None:
        return found
    resource = replace(found.resource, status="archived", archive_url=snapshot)
    return replace(found, fetch="archived", resource=resource)


def find_snapshot(session: GuardedSession, url: str, at: datetime, seconds: float) -> str | None:
    """The URL of the snapshot of `url` nearest to `at`; None if there is none, or the archive is down."""
    asked = f"https://{ARCHIVE_HOST}/web/{at.astimezone(UTC):%Y%m%d%H%M%S}/{url}"
    try:
        response = session.get(asked, RequestsCookieJar(), seconds)
        found = asked if response.status == 200 else read_location(response.locations, asked)
    except (FetchError, BadURLError):
        return None
    return found if found and _SNAPSHOT.fullmatch(found) else None


def find_tweet_time(ids: frozenset[int]) -> datetime | None:
    """When the first of these tweets was written; None if no id contains a time."""
    first = min((status_id for status_id in ids if status_id >= _FIRST_SNOWFLAKE), default=None)
    return None if first is None else date_tweet(first)
