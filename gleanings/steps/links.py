"""Expand links: find out where the pending ones lead, and what is there."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from functools import partial
from importlib.metadata import version
from typing import TypeVar

from gleanings.config import Config
from gleanings.options import utc_now
from gleanings.steps.outcome import Alert, Outcome, State, fail
from gleanings.steps.tweets import clean_tweets
from gleanings.terminal import Progress, format_pending, no_progress
from ingest.links.classify import is_shortener
from ingest.links.expand import expand_links as resolve_links
from ingest.links.page_head import read_head
from ingest.links.resolve import TCO
from ingest.links.resource import make_resource
from ingest.web.guard import split_connect_to
from ingest.web.proxy import Proxies, read_proxies
from ingest.web.rate_limit import AdaptivePace
from ingest.web.session import PROJECT_URL, FetchSettings
from record_types.links import DueLink, Fetch, RequestLimits, Resolution, Resource
from store.resolutions import HostPace, read_host_pace, save_host_pace, save_resolutions
from store.runs import Counts, Status, finish_run, start_run

BATCH_LINKS = 100
"""Links stored at a time: a kill loses at most this many."""
BATCH_SECONDS = 2.0
"""A kill loses at most the answers of this period."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsOutcome(Outcome):
    """The result of asking the web for links or pictures."""

    results: Counter[str]
    """The results of those that were requested: `resolved`, `gone`, `failed`, `not asked` …"""


def expand_links(
    db: sqlite3.Connection,
    due: Sequence[DueLink],
    config: Config,
    *,
    stop: threading.Event,
    max_seconds: float | None = None,
    progress: Progress = no_progress,
) -> RequestsOutcome:
    """Request the links in `due` and store the answers; no request starts after `max_seconds`.

    A failed link is not an alert, since the store knows when to try it again. The state is `later` if
    nothing at all could be requested.
    """

    def resolve(advance: Callable[[int], None]) -> Counter[str]:
        settings = make_settings(config.links, max_seconds=max_seconds)
        return run_expansion(db, due, settings, stop=stop, advance=advance)

    outcome = log_requests(db, "link", len(due), resolve, stop, progress, config.links.proxy)
    clean_tweets(db)
    return outcome


PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")


def describe_ignored_proxy(setting: str, environment: Mapping[str, str] = os.environ) -> str:
    """What to say about a proxy set in the environment, unless the `setting` is to use it."""
    if setting:
        return ""
    names = [name for name, value in environment.items() if name.lower() in PROXY_VARIABLES and value]
    return f"${names[0]} is ignored: no proxy is used, so that every address can be checked" if names else ""


def name_network(proxy: str) -> str:
    """What may be down if nothing answers, by the setting `proxy`."""
    return "network or the proxy" if proxy else "network"


def log_requests(
    db: sqlite3.Connection,
    noun: str,
    due: int,
    request: Callable[[Callable[[int], None]], Counter[str]],
    stop: threading.Event,
    progress: Progress,
    proxy: str = "",
) -> RequestsOutcome:
    """Call `request` as a run of `expand` and describe what it returns: the number of each kind of result.

    It gets a function to call with the number of results that have arrived. `proxy` is that of `[links]`.
    """
    if not due:
        return RequestsOutcome("ok", format_pending(0, noun), results=Counter())
    run_id = start_run(db, "expand", now=utc_now())
    with progress(due) as advance:
        results = request(advance)
    failed = results["failed"] + results["not asked"]
    status: Status = "interrupted" if stop.is_set() else "partial" if failed else "ok"
    counts = Counts(changed=results.total() - failed, skipped=failed)
    finish_run(db, run_id, counts, status, now=utc_now())
    parts = [f"{count:,} {result}" for result, count in sorted(results.items())]
    if results.total() < due:
        parts.append(f"{due - results.total():,} left for the next run")
    line = f"{format_pending(due, noun)}: " + ", ".join(parts)
    state: State = "interrupted" if stop.is_set() else "ok"
    alerts: tuple[Alert, ...] = ()
    if state == "ok" and results["not asked"] == results.total() > 0:
        ignored = describe_ignored_proxy(proxy)
        hint = f". {ignored}" if ignored else ""
        why = f"is the {name_network(proxy)} down? No failure is recorded{hint}"
        failure = fail(f"no {noun} could be requested: {why}", state="later")
        line, state, alerts = failure.line, failure.state, failure.alerts
    return RequestsOutcome(state, line, Counts(changed=counts.changed), alerts, results=results)


def save_in_batches(
    answers: Generator[Answer, None, None],
    save: Callable[[list[Answer]], None],
    name: Callable[[Answer], str | None],
    *,
    batch: int,
    advance: Callable[[int], None] = lambda _: None,
) -> Counter[str]:
    """Save answers as they arrive, `batch` of them or two seconds' worth at a time; count them by name.

    An answer without a name is an early report: it is saved, and counted when the final one comes. If an
    exception ends the loop, the answers so far are saved and the generator is closed.
    """
    results: Counter[str] = Counter()
    unsaved: list[Answer] = []
    last_save = time.monotonic()
    try:
        with closing(answers):
            for answer in answers:
                unsaved.append(answer)
                if (result := name(answer)) is not None:
                    results[result] += 1
                    advance(1)
                if len(unsaved) >= batch or time.monotonic() - last_save > BATCH_SECONDS:
                    save(unsaved)
                    unsaved, last_save = [], time.monotonic()
    finally:
        save(unsaved)
    return results


def make_settings(
    config: RequestLimits, *, max_seconds: float | None, environment: Mapping[str, str] = os.environ
) -> FetchSettings:
    """The resolver's settings; `$GLEANINGS_CONNECT_TO` adds to `connect_to`."""
    proxies = read_proxies(environment) if config.proxy else Proxies()
    connect_to = {**config.connect_to, **split_connect_to(environment.get("GLEANINGS_CONNECT_TO", ""))}
    limits = {each.name: getattr(config, each.name) for each in fields(config)}
    return FetchSettings(
        **limits | {"connect_to": connect_to},
        user_agent=f"gleanings/{version('gleanings')} (+{PROJECT_URL})",
        max_seconds=max_seconds,
        proxies=proxies,
    )


def describe_landed(url: str, content_type: str | None, body: bytes, fetch: Fetch) -> Resource:
    """The resource behind a fetched page; a login or consent page is `blocked`, even with status 200."""
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
    """Request the links and store the answers; return the number of each kind of result."""
    pace = read_pace(db, settings)
    resolutions = resolve_links(
        due, settings, describe=describe_landed, is_shortener=is_shortener, stop=stop, tco_pace=pace
    )
    try:
        save = partial(save_resolutions, db)
        return save_in_batches(resolutions, save, name_result, batch=BATCH_LINKS, advance=advance)
    finally:
        if pace is not None and pace.is_new:
            save_host_pace(db, TCO, HostPace(pace.per_second, pace.limit), now=utc_now())


def read_pace(db: sqlite3.Connection, settings: FetchSettings) -> AdaptivePace | None:
    """The pace that the last run learned for t.co, to start with; None if `tco_gap` sets no limit."""
    if not settings.tco_gap:
        return None
    most, known = 1 / settings.tco_gap, read_host_pace(db, TCO)
    return AdaptivePace(most, known.per_second, known.refused_at) if known else AdaptivePace(most)


def name_result(resolution: Resolution) -> str | None:
    """`not asked` (nothing was learned), `failed` (to be tried again), or the link's new status.

    None for an early report, whose page is still to be fetched.
    """
    if resolution.underway:
        return None
    if resolution.checked_at is None:
        return "not asked"
    if resolution.status == "pending":
        return "failed"
    return resolution.status
