"""The connection to Readwise's API: that of the links, with the token.

Certificates are always verified, addresses vetted, answers bounded in size and time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from ingest.links.client import SharedAdapter, make_ssl_context
from ingest.links.connection import Gate
from ingest.links.guard import ConnectTo
from ingest.links.reaper import Reaper
from ingest.links.retry import read_retry_after
from ingest.readwise.api_place import ApiPlace
from record_types.errors import BusyError
from record_types.secrets import Secret

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """What one request may spend; seconds and bytes."""

    tries: int = 7
    tries_unreached: int = 3
    """Where not even a connection can be had: the network is down."""
    first_wait: float = 1.0
    """Doubled after each try."""
    most_wait: float = 300.0
    """For all waits of one request; a server that asks for more is asked again by a later run."""
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float = 180.0
    max_bytes: int = 128 << 20
    """Of one answer, decompressed."""
    grace: float = 2.0
    """What is in flight when the run is to stop may take so long."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said to one request."""

    status: int
    body: bytes = b""
    location: str = ""
    """Where a redirect leads, as it stands there."""
    retry_after: float | None = None
    """Seconds to wait."""


@dataclass(slots=True)
class ApiConnection:
    """Sends one request at a time; close it when done."""

    token: Secret
    place: ApiPlace
    user_agent: str
    stop: threading.Event = field(default_factory=threading.Event)
    """Once it is set, what is in flight gets `grace`."""
    connect_to: ConnectTo = field(default_factory=dict)
    limits: ApiLimits = ApiLimits()
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    """Asked only where the server does not tell its own time."""
    _reaper: Reaper = field(default_factory=Reaper)
    _adapter: SharedAdapter | None = None
    _closed: bool = False

    def get(self, url: str) -> Reply:
        """What the server says to one GET; raises one of `ASK_ERRORS`, or BusyError for one too long."""
        headers = {
            "Authorization": f"Token {self.token.reveal()}",
            "User-Agent": self.user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }
        request = requests.PreparedRequest()
        request.prepare(method="GET", url=url, headers=headers)
        limits = (self.limits.connect_timeout, self.limits.read_timeout)
        adapter = self._adapter = self._adapter or self._open()
        with (
            self._reaper.watch(self.limits.total_timeout) as watch,
            closing(adapter.send(request, timeout=limits, stream=True)) as response,
        ):
            reply = self._read(response)
            if watch.expired:
                raise TimeoutError  # a shut socket may look like the regular end of an answer
        return reply

    def close(self) -> None:
        """End what is in flight and drop the connection."""
        self._closed = True
        self._reaper.close()
        if self._adapter is not None:
            self._adapter.close()

    def _read(self, response: requests.Response) -> Reply:
        pieces, size = [], 0
        for piece in response.raw.stream(_CHUNK, decode_content=True):
            size += len(piece)
            if size > self.limits.max_bytes:
                raise BusyError(f"{self.place.host}: an answer of more than {self.limits.max_bytes:,} bytes")
            pieces.append(piece)
        headers = response.headers
        now = _read_date(headers.get("Date")) or self.clock()  # the server's own, whatever this one's says
        return Reply(
            response.status_code,
            b"".join(pieces),
            headers.get("Location", ""),
            read_retry_after(headers.get("Retry-After"), now),
        )

    def _open(self) -> SharedAdapter:
        gate = Gate({**self.place.exempt, **self.connect_to}, self._reaper)
        context = make_ssl_context() if self.place.is_secure else None
        adapter = SharedAdapter(gate, context, hosts=1, per_host=1)
        threading.Thread(target=self._end_when_stopped, name="gleanings-stop", daemon=True).start()
        return adapter

    def _end_when_stopped(self) -> None:
        """A server that says nothing does not keep a run that is to end."""
        while not self.stop.wait(0.25):
            if self._closed:
                return
        time.sleep(self.limits.grace)
        self._reaper.close()


def _read_date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime((value or "")[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
