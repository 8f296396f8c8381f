"""Resolve one link: from a response to the next request, and from the end of its chain to a `Resolution`.

Everything here is decided from what the servers answered; `step` alone sends a request, through the session
it is given. One request at a time, so that other links' requests can come between (docs/links.md, Resolving).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.links.classify import (
    classify_url,
    find_unsafe_target,
    find_walled,
    find_warned,
    find_wrapped,
    is_wall,
    serves_pages,
)
from ingest.links.refresh import find_refresh
from ingest.web.guard import is_address
from ingest.web.redirect_chain import (
    PRIVATE,
    BadURLError,
    RedirectChain,
    judge_failure,
    judge_response,
    read_location,
    read_url,
)
from ingest.web.response import HttpResponse
from ingest.web.retry import plan_try
from ingest.web.session import FetchError, FetchSettings, GuardedSession
from record_types.links import DueLink, Expansion, Fetch, Hop, Resolution, Resource

Describe = Callable[[str, str | None, bytes, Fetch], Resource]
"""(landed URL, content type, body, fetch) → the resource; `blocked` instead of `ok` for a soft wall."""

TCO = "t.co"
_DESCRIBED: frozenset[Expansion] = frozenset({"resolved", "tweet"})
_RETRIED: frozenset[Expansion] = frozenset({"pending", "resolved"})
_SKIPPED_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a chain ended."""

    status: Expansion
    fetch: Fetch
    url: str | None = None
    """Where the link leads, or the best known so far."""
    error: str | None = None
    response: HttpResponse | None = None
    """The last response; None if nothing was requested or nobody answered."""


@dataclass(slots=True)
class LinkChain(RedirectChain):
    """A link that is being followed."""

    link: DueLink
    first_url: str = ""
    """The link's own URL, cleaned."""
    ending: Ending | None = None
    tco_redirected: bool | None = None
    """Whether t.co redirected; None if it was not asked."""

    @property
    def best_url(self) -> str | None:
        """The best known target; None if nothing beyond the link itself is known."""
        return self.url if self.link.fetch_only or self.url != self.first_url else None


def start_chain(link: DueLink, settings: FetchSettings) -> LinkChain:
    """A chain before its first request, or at its end if the URL alone tells where it leads."""
    chain = LinkChain(link)
    _move_on(chain, lambda: read_url(link.url.strip()), settings)
    chain.first_url = chain.hops[0].url if chain.hops else chain.url
    return chain


def step(
    chain: LinkChain, session: GuardedSession, settings: FetchSettings, is_shortener: Callable[[str], bool]
) -> None:
    """Make the chain's next request, and move on to the one after it or to the end."""
    host = chain.host
    short = leads_on(host, is_shortener)
    try:
        response = chain.request(session, settings.total_timeout)
    except FetchError as failure:
        chain.ending = _end_unanswered(chain, failure.kind, short)
    else:
        follow(chain, response, settings, short)
    if host == TCO:
        chain.tco_redirected = bool(chain.hops[-1].via)
    if chain.ending is None and chain.spent >= settings.total_timeout:
        chain.ending = _end_unanswered(chain, "timeout", leads_on(chain.host, is_shortener))


def leads_on(host: str, is_shortener: Callable[[str], bool]) -> bool:
    """Whether a link at `host` must still lead somewhere else."""
    return host == TCO or is_shortener(host)


def follow(chain: LinkChain, response: HttpResponse, settings: FetchSettings, short: bool) -> None:
    """Move to where `response` leads, or end; `short` if it is a shortener's."""
    url = chain.url
    if response.is_redirect:
        chain.hops.append(Hop(url, response.status, "location"))
        _move_on(chain, lambda: read_location(response.locations, url) or url, settings)
        return
    found = find_refresh(response, url, trusts_scripts=short) if 200 <= response.status < 300 else None
    chain.hops.append(Hop(url, response.status, found[1] if found else ""))
    if found:
        target = found[0]
        _move_on(chain, lambda: target, settings)
    else:
        chain.ending = _end_answered(chain, response, short)


def make_resolution(
    chain: LinkChain, *, describe: Describe, now: datetime, random: Callable[[], float]
) -> Resolution:
    """The record of a chain that has ended, with its next try."""
    ending = _keep_resolved(chain)
    resource = _describe(ending, describe)
    if resource is not None and ending.fetch == "ok" and resource.status == "blocked":
        ending = replace(ending, fetch="blocked", error="wall")
    response = ending.response
    found = Resolution(
        link_id=chain.link.id,
        status=ending.status,
        fetch=ending.fetch,
        final_url=ending.url,
        resource=resource,
        hops=tuple(chain.hops),
        http_status=response.status if response else None,
        checked_at=now,
        error=ending.error,
    )
    if ending.error is None or ending.status not in _RETRIED:
        return found
    return _plan_next(chain, found, ending.error, now, random)


def skip_rest(chain: LinkChain, reason: str, *, known: bool, describe: Describe, now: datetime) -> Resolution:
    """The record of a chain that is not followed to its end in this run; no try is counted.

    The target is kept if it is `known`. Otherwise nothing was learned, and `checked_at` is None.
    """
    link, url = chain.link, chain.best_url
    if not known or url is None or link.fetch_only:
        return discard_try(chain, reason)
    return Resolution(
        link_id=link.id,
        status="resolved",
        fetch="pending",
        final_url=url,
        resource=describe(url, None, b"", "pending"),
        hops=tuple(chain.hops),
        attempts=link.attempts,
        checked_at=now,
        due_at=now + _SKIPPED_WAIT,
        error=link.error,
    )


def discard_try(chain: LinkChain, reason: str) -> Resolution:
    """The record of a try from which nothing was learned: the link's row stays unchanged."""
    status: Expansion = "resolved" if chain.link.fetch_only else "pending"
    return Resolution(chain.link.id, status, "pending", attempts=chain.link.attempts, error=reason)


def _move_on(chain: LinkChain, read: Callable[[], str], settings: FetchSettings) -> None:
    """Move to the URL that `read` returns, through wrappers, which need no request."""
    try:
        url = read()
        while (wrapped := find_wrapped(url)) and len(chain.hops) < settings.max_hops:
            chain.hops.append(Hop(url, via="wrapper"))
            chain.url = url
            url = read_url(wrapped)
    except BadURLError as bad:
        chain.ending = Ending("invalid", "skipped", chain.best_url, bad.kind)
        return
    error = chain.move_to(url, settings.max_hops)
    chain.ending = Ending("loop", "error", chain.best_url, error) if error else _end_unasked(chain, url)


def _end_unasked(chain: LinkChain, url: str) -> Ending | None:
    """The end that `url` itself reveals; None if it must be requested."""
    warned = find_unsafe_target(url) or find_warned(url)
    if warned is not None:
        return Ending("unsafe", "skipped", _read_or_none(warned))
    expansion = classify_url(url, chain.link.own_tweet_ids)
    if expansion is not None:
        return Ending(expansion, "skipped", url)
    if is_wall(url):
        chain.hops.append(Hop(url, via="wall"))
        behind = _read_or_none(find_walled(url) or "")
        asked = [hop.url for hop in chain.hops if hop.status is not None]
        return Ending("resolved", "blocked", behind or (asked[-1] if asked else url), "wall")
    return None


def _end_unanswered(chain: LinkChain, kind: str, short: bool) -> Ending:
    """The end of a request that failed.

    The target is known unless a shortener, or the link's own first host, still had to name it.
    """
    if kind == PRIVATE:  # the URL is not kept: a click on it would reach into the reader's own network
        # A name may have another address tomorrow (hotel wifi gives every name its own); a number may not.
        return Ending("invalid" if is_address(chain.host) else "pending", "skipped", None, kind)
    if kind == "bad url":
        return Ending("invalid", "skipped", chain.best_url, kind)
    known = chain.link.fetch_only or (chain.best_url is not None and not short)
    return Ending("resolved" if known else "pending", judge_failure(kind), chain.best_url, kind)


def _end_answered(chain: LinkChain, response: HttpResponse, short: bool) -> Ending:
    """The end at a response that leads no further."""
    fetch, error = judge_response(response)
    if chain.host == TCO:
        fetch, error = ("error", "no redirect") if error is None else (fetch, error)
        error += " at t.co" if error in ("http 404", "http 410") else ""
    elif short and error is None and not serves_pages(chain.host):
        fetch, error = "error", "no redirect"  # its own page: a warning, an advertisement, the end of a link
    if error is not None and short and not chain.link.fetch_only:
        return Ending("pending", fetch, chain.best_url, error, response)
    return Ending("resolved", fetch, chain.url, error, response)


def _keep_resolved(chain: LinkChain) -> Ending:
    """The chain's ending; a link that was resolved stays resolved."""
    ending = chain.ending
    if ending is None:
        raise ValueError("the chain has not ended")
    if chain.link.fetch_only and ending.status in ("pending", "gone", "loop", "invalid"):
        return replace(ending, status="resolved", url=ending.url or chain.first_url or chain.link.url)
    return ending


def _describe(ending: Ending, describe: Describe) -> Resource | None:
    if ending.url is None or ending.status not in _DESCRIBED:
        return None
    response = ending.response if ending.fetch == "ok" else None
    content_type, body = (response.content_type, response.body) if response else (None, b"")
    return describe(ending.url, content_type, body, ending.fetch)


def _plan_next(
    chain: LinkChain, found: Resolution, error: str, now: datetime, random: Callable[[], float]
) -> Resolution:
    response, link = chain.ending.response if chain.ending else None, chain.link
    retry_after = response.retry_after if response else None
    plan, stored = plan_try(error, link.attempts, link.error, retry_after, now, random)
    found = replace(found, attempts=plan.attempts, due_at=plan.due_at, error=stored)
    return found if plan.due_at is not None else _give_up(found, plan.final)


def _give_up(found: Resolution, final: Fetch | None) -> Resolution:
    if found.error == PRIVATE:
        return found if found.status == "resolved" else replace(found, status="invalid")
    fetch = final or found.fetch
    resource = replace(found.resource, status=fetch) if found.resource else None
    # Never pending without a next try: a shortener that keeps silent is as gone as one that answers 404.
    status: Expansion = "gone" if found.status == "pending" else found.status
    return replace(found, status=status, fetch=fetch, resource=resource)


def _read_or_none(url: str) -> str | None:
    try:
        return read_url(url)
    except BadURLError:
        return None
