"""One HTTP response: its status, the headers that matter here, and a body of bounded size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import DecodeError, ProtocolError

REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
MAX_DRAINED = 4096
"""A redirect's body is read, so that its connection can be kept, if its `Content-Length` is at most this."""

# Encodings that decompress in bounded steps; gzip inside gzip does not.
_DECODABLE = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_CHUNK = 16384


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A server's response to one request."""

    status: int
    locations: tuple[str, ...] = ()
    """Every `Location` of a redirect, decoded as Latin-1 by http.client."""
    refresh: str | None = None
    content_type: str | None = None
    retry_after: str | None = None
    date: str | None = None
    challenged: bool = False
    """Cloudflare demands a browser (`cf-mitigated: challenge`)."""
    length: int | None = None
    """The `Content-Length`, if there is one."""
    body: bytes = b""
    """The decompressed body of a 2xx response, as far as the session's `BodyReader` reads it."""

    @property
    def is_redirect(self) -> bool:
        """Whether the status is a redirect's and a `Location` is given."""
        return any(value.strip() for value in self.locations)


@dataclass(frozen=True, slots=True)
class BodyReader:
    """What a session accepts, and how it reads the body of a 2xx response."""

    accept: str
    """The `Accept` header."""
    read: Callable[[requests.Response, int], bytes | None]
    """(response, size) → the beginning of the body; None if the body is of no interest and was not read."""
    encodings: str = "gzip, deflate"
    """The `Accept-Encoding` header."""


def read_response(response: requests.Response, reader: BodyReader, max_body: int) -> HttpResponse:
    """Read what is needed of `response`, so that its connection can be reused where that is cheap."""
    headers, status = response.raw.headers, response.status_code
    length, body = read_length(headers), None
    encoding = headers.get("content-encoding", "").strip().lower()
    if 200 <= status < 300 and encoding in _DECODABLE:
        body = reader.read(response, max_body)
    if body is None and length is not None and length <= MAX_DRAINED:
        read_body(response, MAX_DRAINED, decoded=False)
    return HttpResponse(
        status=status,
        locations=tuple(headers.getlist("location")) if status in REDIRECTS else (),
        refresh=headers.get("refresh"),
        content_type=headers.get("content-type"),
        retry_after=headers.get("retry-after"),
        date=headers.get("date"),
        challenged=headers.get("cf-mitigated", "").strip().lower() == "challenge",
        length=length,
        body=body or b"",
    )


def read_length(headers: Any) -> int | None:
    """The `Content-Length`, capped at 10^9; None if it is missing or not a number."""
    text = headers.get("content-length", "").strip()
    return min(int(text[:10]), 10**9) if text.isascii() and text.isdigit() else None


def read_body(response: requests.Response, size: int, *, decoded: bool = True) -> bytes:
    """Read the first `size` bytes of the body, or what arrives before it breaks off.

    Decompresses in steps, so that a small bomb never becomes a large string. Raises urllib3's errors only
    if nothing arrives at all.
    """
    pieces: list[bytes] = []
    left = size
    try:
        while left > 0 and (piece := response.raw.read1(min(_CHUNK, left), decode_content=decoded)):
            pieces.append(piece[:left])
            left -= len(piece)
    except (ProtocolError, DecodeError):
        if not pieces:
            raise
    return b"".join(pieces)


def read_page(response: requests.Response, size: int) -> bytes | None:
    """Read the beginning of a page; None unless the content type is text."""
    return read_body(response, size) if _is_text(response.raw.headers.get("content-type")) else None


def _is_text(content_type: str | None) -> bool:
    kind = (content_type or "").partition(";")[0].strip().lower()
    return not kind or kind.startswith("text/") or kind.endswith(("html", "xml", "json"))


PAGES = BodyReader("text/html,application/xhtml+xml,*/*;q=0.8", read_page)
