"""The step from links that are due to links that are known: asked by `ingest`, stored a batch at a time."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from gleanings.config import LinksConfig
from gleanings.options import utc_now
from gleanings.steps.network import keep_answers
from ingest.links.classify import is_shortener
from ingest.links.expand import expand_links
from ingest.links.page_head import read_head
from ingest.links.resolve import TCO
from ingest.links.resource import make_resource
from ingest.web.guard import split_connect_to
from ingest.web.pace import AdaptivePace
from ingest.web.session import FetchSettings
from record_types.links import DueLink, Fetch, Resolution, Resource
from store.host_paces import HostPace, read_host_pace, save_host_pace
from store.resolutions import save_resolutions

BATCH_LINKS = 100
"""What a kill can lose: so many links."""


def make_settings(
    config: LinksConfig,
    *,
    max_seconds: float | None,
    version: str,
    environment: Mapping[str, str] = os.environ,
) -> FetchSettings:
    """The resolver's settings from the configuration; `$GLEANINGS_CONNECT_TO` adds to `connect_to`."""
    connect_to = {**config.connect_to, **split_connect_to(environment.get("GLEANINGS_CONNECT_TO", ""))}
    return FetchSettings(
        user_agent=f"gleanings/{version} (+https://pypi.org/project/gleanings/)",
        workers=config.workers,
        per_host=config.per_host,
        host_gap=config.host_gap,
        tco_in_flight=config.tco_in_flight,
        tco_gap=config.tco_gap,
        connect_timeout=config.connect_timeout,
        read_timeout=config.read_timeout,
        total_timeout=config.total_timeout,
        max_hops=config.max_hops,
        max_seconds=max_seconds,
        connect_to=connect_to,
        wayback=config.wayback,
    )


def describe_landed(url: str, content_type: str | None, body: bytes, fetch: Fetch) -> Resource:
    """The resource behind a page that was read; a soft wall is `blocked`, whatever its status said."""
    is_html = body and (content_type is None or "html" in content_type.lower())
    head = read_head(body, content_type, url) if is_html and fetch == "ok" else None
    if head and head.is_wall:
        return make_resource(url, None, "blocked", content_type)
    return make_resource(url, head, fetch, content_type)


def run_expansion(
    db: sqlite3.Connection,
    due: Sequence[DueLink],
    settings: FetchSettings,
    *,
    stop: threading.Event,
    advance: Callable[[int], None] = lambda _: None,
) -> Counter[str]:
    """Ask for every link of `due` and store the answers; how many came to what."""
    outcomes: Counter[str] = Counter()

    pace = read_pace(db, settings)

    def note(resolution: Resolution) -> None:
        if not resolution.underway:
            outcomes[name_outcome(resolution)] += 1
            advance(1)

    resolutions = expand_links(
        due, settings, describe=describe_landed, is_shortener=is_shortener, stop=stop, tco_pace=pace
    )
    try:
        keep_answers(resolutions, partial(save_resolutions, db), note, batch=BATCH_LINKS)
    finally:
        if pace is not None and pace.is_new:
            save_host_pace(db, TCO, HostPace(pace.per_second, pace.limit), now=utc_now())
    return outcomes


def read_pace(db: sqlite3.Connection, settings: FetchSettings) -> AdaptivePace | None:
    """The pace to begin asking t.co with: the one that the last run learned; None if none is wanted."""
    if not settings.tco_gap:
        return None
    most, known = 1 / settings.tco_gap, read_host_pace(db, TCO)
    return AdaptivePace(most, known.per_second, known.refused_at) if known else AdaptivePace(most)


def name_outcome(resolution: Resolution) -> str:
    """`not asked` (nothing was learned), `failed` (to be tried again), or the state of the expansion."""
    if resolution.checked_at is None:
        return "not asked"
    if resolution.status == "pending":
        return "failed"
    return resolution.status
