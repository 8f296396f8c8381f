"""A chain of redirects, followed one request at a time (docs/links.md).

Links and pictures both follow one. URLs are parsed by the WHATWG standard (ada-url), as browsers do: spaces,
UTF-8 and `//host/p` mean the same here, a host written as 0x7f.1 or 2130706433 becomes the address it stands
for, and an internationalised name becomes ASCII.
"""

from __future__ import annotations

import re
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy

import ada_url
from requests.cookies import RequestsCookieJar

from ingest.web.response import HttpResponse
from ingest.web.session import FetchError, GuardedSession
from record_types.links import Fetch, Hop

MAX_URL = 8 * 1024
PRIVATE = "refused: private address"
LOOP_ERRORS = ("loop", "too many hops")
_AUTHORITY = re.compile(r"https?://(\[[^\]]*\]|[^/?#]*)")
_BLOCKED = frozenset({401, 402, 403, 407, 429, 451, 999})  # 999 is LinkedIn's
_FAILED: dict[str, Fetch] = {"dns": "dns", "tls": "tls", "timeout": "timeout"}


def make_cookie_jar() -> RequestsCookieJar:
    """An empty jar; a cookie without a `Domain` goes back to the very host that set it, as in browsers.

    By default `http.cookiejar` would send it to the host's subdomains as well.
    """
    return RequestsCookieJar(DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain))


class BadURLError(Exception):
    """A URL that cannot be followed; `kind` is `bad url`, `url too long` or `refused: scheme`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


@dataclass(slots=True, kw_only=True)
class RedirectChain:
    """How far a chain was followed."""

    url: str = ""
    """To request next, or requested last."""
    hops: list[Hop] = field(default_factory=list)
    cookies: RequestsCookieJar = field(default_factory=make_cookie_jar)
    """Not shared between chains: some sites redirect to themselves until their cookie comes back."""
    spent: float = 0.0
    """Seconds spent on requests so far."""
    seen: set[Hashable] = field(default_factory=set)
    """URLs so far, each with the cookies it was requested with."""

    @property
    def host(self) -> str:
        """The host of `url`."""
        return find_host(self.url)

    def request(self, session: GuardedSession, total_timeout: float) -> HttpResponse:
        """Request `url` within what is left of `total_timeout`; records a hop only if that fails."""
        began = time.monotonic()
        try:
            return session.get(self.url, self.cookies, total_timeout - self.spent)
        except FetchError:
            self.hops.append(Hop(self.url))
            raise
        finally:
            self.spent += time.monotonic() - began

    def move_to(self, url: str, max_hops: int) -> str | None:
        """Make `url` the next to request; one of `LOOP_ERRORS` if the chain must not go on."""
        if self.hops and self.hops[-1].url.startswith("https:") and url.startswith("http:"):
            self.hops[-1] = replace(self.hops[-1], downgrade=True)
        cookies = frozenset((c.domain, c.path, c.name, c.value) for c in self.cookies)
        mark = (drop_fragment(url), cookies)
        if mark in self.seen:
            return "loop"
        if len(self.hops) >= max_hops:
            return "too many hops"
        self.seen.add(mark)
        self.url = url
        return None


def read_url(text: str, base: str | None = None) -> str:
    """`text` as an absolute http(s) URL without user name and password; raises `BadURLError`.

    With `base` it may be relative, and inherits the base's fragment unless it has one.
    """
    if len(text) > MAX_URL:
        raise BadURLError("url too long")
    try:
        url = ada_url.URL(text, base=base)
    except (ValueError, UnicodeError) as error:
        raise BadURLError("bad url") from error
    if url.protocol not in ("http:", "https:"):
        raise BadURLError("refused: scheme")
    url.username = url.password = ""
    if base is not None and not url.hash:
        url.hash = ada_url.URL(base).hash
    found = str(url.href)
    if len(found) > MAX_URL:
        raise BadURLError("url too long")
    return found


def read_location(values: Sequence[str], base: str) -> str | None:
    """The target of a redirect from `base`: its first `Location`; None without one; raises `BadURLError`.

    Only the first counts: requests would join two as `/a, /b`.
    """
    value = next((value.strip() for value in values if value.strip()), None)
    return None if value is None else read_url(repair_header(value), base)


def repair_header(value: str) -> str:
    """Decode a header that http.client read as Latin-1 as UTF-8; unchanged if it is not UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def drop_fragment(url: str) -> str:
    """`url` as the server sees it."""
    return url.partition("#")[0]


def find_host(url: str) -> str:
    """The host, without port, of a URL that `read_url` returned."""
    authority = _AUTHORITY.match(url)
    host = authority[1] if authority else ""
    return host if host.endswith("]") else host.partition(":")[0]


def list_requested(hops: Sequence[Hop]) -> list[tuple[str, bool]]:
    """The hosts that were sent a request, and whether each answered."""
    return [
        (find_host(hop.url), hop.status is not None) for hop in hops if hop.via not in ("wrapper", "wall")
    ]


def judge_response(response: HttpResponse) -> tuple[Fetch, str | None]:
    """What the last response of a chain counts as, and the error to store."""
    status = response.status
    if response.challenged:
        return "blocked", "challenge"
    if 200 <= status < 300:
        return "ok", None
    if status == 503 and response.retry_after:
        return "error", "http 503, wait"
    return "blocked" if status in _BLOCKED else "error", f"http {status}"


def judge_failure(kind: str) -> Fetch:
    """What a request without a response counts as, by its `FetchError.kind`."""
    return _FAILED.get(kind, "error")
