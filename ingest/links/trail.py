"""One link on its way: where it stands, what it has asked, and where it ends (LINKS.md, hop by hop).

A trail does one request a step, so that a scheduler can put other links' requests in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

from requests.cookies import RequestsCookieJar

from ingest.links.classify import classify_url, find_unsafe_target
from ingest.links.client import REDIRECTS, Answer, Client
from ingest.links.failures import AskError
from ingest.links.guard import is_address
from ingest.links.hops import BadURLError, drop_fragment, find_host, read_location, read_url
from ingest.links.refresh import find_refresh
from ingest.links.settings import ExpandSettings
from ingest.links.walls import find_walled, find_warned, find_wrapped, is_wall
from record_types.links import DueLink, Expansion, Fetch, Hop

TCO = "t.co"
_BLOCKED = frozenset({401, 402, 403, 407, 429, 451, 999})
FETCHES: dict[str, Fetch] = {"dns": "dns", "tls": "tls", "timeout": "timeout"}
"""What a request without an answer counts as, by its `AskError.kind`; `error` for any other."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a trail stopped."""

    status: Expansion
    fetch: Fetch
    url: str | None = None
    """Where the link leads; the best known so far where that is not certain."""
    error: str | None = None
    answer: Answer | None = None
    """The last answer; None where nobody was asked or nobody answered."""


@dataclass(slots=True)
class Trail:
    """A link being followed."""

    link: DueLink
    url: str = ""
    """To ask next, or asked last."""
    first_url: str = ""
    """The link's own, cleaned."""
    hops: list[Hop] = field(default_factory=list)
    cookies: RequestsCookieJar = field(default_factory=RequestsCookieJar)
    seen: set[Hashable] = field(default_factory=set)
    spent: float = 0.0
    """Seconds in requests so far."""
    ending: Ending | None = None
    tco_redirected: bool | None = None
    """What t.co did when asked; None while it was not asked."""

    @property
    def host(self) -> str:
        """Whom the next request goes to."""
        return find_host(self.url)

    @property
    def best_url(self) -> str | None:
        """What is known of where it leads, None where that is no more than the link itself."""
        return self.url if self.link.fetch_only or self.url != self.first_url else None


def start_trail(link: DueLink, settings: ExpandSettings) -> Trail:
    """A trail at its first request, or at its end where the URL itself tells it."""
    trail = Trail(link)
    _go_on(trail, lambda: read_url(link.url.strip()), settings)
    trail.first_url = trail.hops[0].url if trail.hops else trail.url
    return trail


def step(trail: Trail, client: Client, settings: ExpandSettings, is_shortener: Callable[[str], bool]) -> None:
    """Ask what the trail stands before, and go on to the next request or to the end."""
    host = trail.host
    short = needs_answer(host, is_shortener)
    began = time.monotonic()
    try:
        answer = client.ask(trail.url, trail.cookies, settings.total_timeout - trail.spent)
    except AskError as trouble:
        trail.hops.append(Hop(trail.url))
        trail.ending = _end_unanswered(trail, trouble.kind, short)
    else:
        _digest(trail, answer, settings, short)
    trail.spent += time.monotonic() - began
    if host == TCO:
        trail.tco_redirected = bool(trail.hops[-1].via)
    if trail.ending is None and trail.spent >= settings.total_timeout:
        trail.ending = _end_unanswered(trail, "timeout", needs_answer(trail.host, is_shortener))


def needs_answer(host: str, is_shortener: Callable[[str], bool]) -> bool:
    """Whether a link that stands at `host` leads somewhere else still."""
    return host == TCO or is_shortener(host)


def _digest(trail: Trail, answer: Answer, settings: ExpandSettings, short: bool) -> None:
    """Follow what `answer` says, or end."""
    url = trail.url
    if answer.status in REDIRECTS and any(value.strip() for value in answer.locations):
        trail.hops.append(Hop(url, answer.status, "location"))
        _go_on(trail, lambda: read_location(answer.locations, url) or url, settings)
        return
    found = find_refresh(answer, url, trusts_scripts=short) if 200 <= answer.status < 300 else None
    trail.hops.append(Hop(url, answer.status, found[1] if found else ""))
    if found:
        target = found[0]
        _go_on(trail, lambda: target, settings)
    else:
        trail.ending = _end_answered(trail, answer, short)


def _go_on(trail: Trail, read: Callable[[], str], settings: ExpandSettings) -> None:
    """Move to the URL that `read` gives, past everything that needs no request."""
    try:
        url = read()
        while (wrapped := find_wrapped(url)) and len(trail.hops) < settings.max_hops:
            trail.hops.append(Hop(url, via="wrapper"))
            trail.url = url
            url = read_url(wrapped)
    except BadURLError as error:
        trail.ending = Ending("invalid", "skipped", trail.best_url, error.kind)
        return
    _flag_downgrade(trail, url)
    mark = (drop_fragment(url), frozenset((c.domain, c.path, c.name, c.value) for c in trail.cookies))
    if mark in trail.seen or len(trail.hops) >= settings.max_hops:
        reason = "loop" if mark in trail.seen else "too many hops"
        trail.ending = Ending("loop", "error", trail.best_url, reason)
        return
    trail.seen.add(mark)
    trail.url = url
    trail.ending = _end_unasked(trail, url)


def _flag_downgrade(trail: Trail, url: str) -> None:
    if trail.hops and trail.hops[-1].url.startswith("https:") and url.startswith("http:"):
        trail.hops[-1] = replace(trail.hops[-1], downgrade=True)


def _end_unasked(trail: Trail, url: str) -> Ending | None:
    """The end that `url` itself tells, None where it must be asked."""
    warned = find_unsafe_target(url) or find_warned(url)
    if warned is not None:
        return Ending("unsafe", "skipped", _read_or_none(warned))
    expansion = classify_url(url, trail.link.own_tweet_ids)
    if expansion is not None:
        return Ending(expansion, "skipped", url)
    if is_wall(url):
        trail.hops.append(Hop(url, via="wall"))
        behind = _read_or_none(find_walled(url) or "")
        asked = [hop.url for hop in trail.hops if hop.status is not None]
        return Ending("resolved", "blocked", behind or (asked[-1] if asked else url), "wall")
    return None


def _end_unanswered(trail: Trail, kind: str, short: bool) -> Ending:
    """The end of a request that failed.

    Where the link leads is known unless a shortener, or the link's own first host, still had to tell.
    """
    if kind == "refused: private address":  # in no note: a click would reach into the reader's own network
        # a name may have another address tomorrow (a hotel's wifi gives every name its own), a number has not
        return Ending("invalid" if is_address(trail.host) else "pending", "skipped", None, kind)
    if kind == "bad url":
        return Ending("invalid", "skipped", trail.best_url, kind)
    known = trail.link.fetch_only or (trail.best_url is not None and not short)
    return Ending("resolved" if known else "pending", FETCHES.get(kind, "error"), trail.best_url, kind)


def _end_answered(trail: Trail, answer: Answer, short: bool) -> Ending:
    """The end at an answer that leads no further."""
    fetch, error = judge_answer(answer)
    if trail.host == TCO:
        fetch, error = ("error", "no redirect") if error is None else (fetch, error)
        error += " at t.co" if error in ("http 404", "http 410") else ""
    if error is not None and short and not trail.link.fetch_only:
        return Ending("pending", fetch, trail.best_url, error, answer)
    return Ending("resolved", fetch, trail.url, error, answer)


def judge_answer(answer: Answer) -> tuple[Fetch, str | None]:
    """How a last answer counts, and the error that is kept for it."""
    status = answer.status
    if answer.challenged:
        return "blocked", "challenge"
    if 200 <= status < 300:
        return "ok", None
    if status == 503 and answer.retry_after:
        return "error", "http 503, wait"
    return "blocked" if status in _BLOCKED else "error", f"http {status}"


def _read_or_none(url: str) -> str | None:
    try:
        return read_url(url)
    except BadURLError:
        return None
