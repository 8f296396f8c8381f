"""The snapshot of a page that is gone, nearest to the day of the tweet (LINKS.md, Gone).

`GET https://web.archive.org/web/<YYYYmmddHHMMSS>/<url>` answers with a redirect to the nearest snapshot, with
the snapshot itself where the second fits, or with 404. Nothing is followed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from requests.cookies import RequestsCookieJar

from ingest.links.client import Client
from ingest.links.failures import AskError
from ingest.links.hops import BadURLError, read_location
from record_types.links import DueLink, Resolution

ARCHIVE_HOST = "web.archive.org"
ARCHIVE_GAP = 1.0
_TWITTER_EPOCH_MS = 1288834974657
_FIRST_SNOWFLAKE = 29700859247
"""Status ids below are plain counts and tell no time."""
_SNAPSHOT = re.compile(r"https?://web\.archive\.org/web/[0-9]{4,14}[a-z_]{0,4}/.+", re.DOTALL)


def may_have_snapshot(found: Resolution) -> bool:
    """Whether `found` is a page just confirmed gone."""
    return found.fetch == "gone" and found.resource is not None and found.final_url is not None


def add_snapshot(found: Resolution, link: DueLink, client: Client, seconds: float) -> Resolution:
    """`found` with its resource `archived` where the archive has a snapshot, else unchanged."""
    if found.resource is None or found.final_url is None:
        return found
    at = find_tweet_time(link.own_tweet_ids) or found.checked_at or datetime.now(UTC)
    snapshot = ask_snapshot(client, found.final_url, at, seconds)
    if snapshot is None:
        return found
    resource = replace(found.resource, status="archived", archive_url=snapshot)
    return replace(found, fetch="archived", resource=resource)


def ask_snapshot(client: Client, url: str, at: datetime, seconds: float) -> str | None:
    """The address of the snapshot of `url` nearest to `at`; None for none, or where the archive is down."""
    asked = f"https://{ARCHIVE_HOST}/web/{at.astimezone(UTC):%Y%m%d%H%M%S}/{url}"
    try:
        answer = client.ask(asked, RequestsCookieJar(), seconds)
        found = asked if answer.status == 200 else read_location(answer.locations, asked)
    except (AskError, BadURLError):
        return None
    return found if found and _SNAPSHOT.fullmatch(found) else None


def find_tweet_time(ids: frozenset[int]) -> datetime | None:
    """When the first of these tweets was written, None where no id tells."""
    first = min((status_id for status_id in ids if status_id >= _FIRST_SNOWFLAKE), default=None)
    if first is None:
        return None
    return datetime.fromtimestamp(((first >> 22) + _TWITTER_EPOCH_MS) / 1000, UTC)
