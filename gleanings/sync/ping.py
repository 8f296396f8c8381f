"""Tell a monitoring service that a sync began and how it ended (https://healthchecks.io/docs/http_api/).

Whoever knows the URL can call it, so it is neither printed nor logged. An error with it never fails the sync.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Literal

from gleanings.config import SyncConfig

TIMEOUT = (3.0, 4.0)
"""Seconds to connect, and to wait for the response."""

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
            answer = requests.get(url, timeout=TIMEOUT, headers={"User-Agent": "gleanings"}, stream=True)
            answer.close()
        except requests.RequestException as error:
            self.failures.append(type(error).__name__)
        else:
            if not answer.ok:
                self.failures.append(f"HTTP {answer.status_code}")
