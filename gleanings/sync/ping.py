"""Tell a monitoring service that a sync began and how it ended (https://healthchecks.io/docs/http_api/).

Whoever knows the URL can call it, so it is neither printed nor logged. An error with it never fails the sync.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from gleanings.config import SyncConfig

if TYPE_CHECKING:
    import requests

TIMEOUT = (3.0, 4.0)
"""Seconds to connect, and to wait for the response."""

MAX_REDIRECTS = 3

Event = Literal["start", "success", "failure"]
SUFFIXES: Mapping[Event, str] = {"start": "/start", "success": "", "failure": "/fail"}


class Pinger:
    """Calls the URL in the background; does nothing without one."""

    def __init__(self, config: SyncConfig, environment: Mapping[str, str] = os.environ) -> None:
        self._url = (environment.get("GLEANINGS_PING") or config.ping).strip().rstrip("/")
        self._threads: list[threading.Thread] = []
        self.failures: list[str] = []
        """Names of errors, or HTTP status codes."""

    def send(self, event: Event) -> None:
        """Call the URL for this event without waiting, after the earlier calls."""
        if not self._url.startswith(("http://", "https://")):
            return
        before = self._threads[-1] if self._threads else None
        thread = threading.Thread(target=self._call, args=(self._url + SUFFIXES[event], before), daemon=True)
        thread.start()
        self._threads.append(thread)

    def wait(self, seconds: float) -> None:
        """Wait up to `seconds` for the calls to end."""
        if self._threads:
            self._threads[-1].join(seconds)

    def _call(self, url: str, before: threading.Thread | None) -> None:
        import requests  # in the background as well: it is slow to load

        if before is not None:
            before.join()
        try:
            with requests.Session() as session:
                session.trust_env = False  # no password from .netrc, no proxy
                names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
                session.verify = next((os.environ[name] for name in names if os.environ.get(name)), True)
                failure = _request(session, url)
        except (requests.RequestException, OSError) as error:  # OSError: no certificate bundle
            failure = type(error).__name__
        if failure:
            self.failures.append(failure)


def _request(session: requests.Session, url: str) -> str | None:
    """Call `url`; what went wrong, or None. Redirects are followed on the same host only."""
    for _ in range(MAX_REDIRECTS + 1):
        with session.get(
            url, timeout=TIMEOUT, headers={"User-Agent": "gleanings"}, stream=True, allow_redirects=False
        ) as answer:
            if not answer.is_redirect:
                return None if answer.ok else f"HTTP {answer.status_code}"
            onward = find_redirect(url, answer.headers["Location"])
        if onward is None:
            return "a redirect to another host, not followed"
        url = onward
    return "too many redirects"


def find_redirect(url: str, location: str) -> str | None:
    """Where a redirect from `url` leads, if that is the same scheme, host and port, or the host's https."""
    import ada_url

    try:
        here = ada_url.URL(url)
        there = ada_url.URL(location, base=url)
    except ValueError:
        return None
    if there.username or there.password or there.hostname != here.hostname:
        return None
    is_upgrade = (here.protocol, there.protocol, here.port, there.port) == ("http:", "https:", "", "")
    is_same = (here.protocol, here.port) == (there.protocol, there.port)
    return str(there.href) if is_same or is_upgrade else None
