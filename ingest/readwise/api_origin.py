"""The origin of the API: the only scheme, host and port that the token may be sent to."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.web.guard import ConnectTo
from record_types.errors import InputError

READWISE = "https://readwise.io"


@dataclass(frozen=True, slots=True)
class ApiOrigin:
    """Scheme, host and port, and perhaps a path in front of the API's own."""

    url: str
    """Without a final `/`."""

    @property
    def host(self) -> str:
        """For messages."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Whether it uses TLS."""
        return self.url.startswith("https:")

    @property
    def exempt(self) -> ConnectTo:
        """Exempt from the guard: a configured host may have a private address, readwise.io may not."""
        if self.url == READWISE:
            return {}
        at = _read_origin(self.url)[1:]
        return {at: at}

    def holds(self, url: str) -> bool:
        """Whether `url` has this scheme, host and port."""
        try:
            return _read_origin(url) == _read_origin(self.url)
        except ValueError:
            return False


def parse_origin(url: str) -> ApiOrigin:
    """Parse the configured `url`; raises InputError unless it is https, or http on this machine."""
    try:
        scheme, host, _ = _read_origin(url)
        parts = urlsplit(url)
    except ValueError:
        raise InputError(f"Readwise's url: {url!r} is not a URL") from None
    if not host or parts.query or parts.fragment or "@" in parts.netloc:
        raise InputError("Readwise's url is `https://host` or `https://host:port`, without a user or a query")
    if scheme != "https" and not (scheme == "http" and _is_loopback(host)):
        raise InputError(f"Readwise's url: {scheme}://{host} would expose the token: use https")
    return ApiOrigin(url.rstrip("/"))


def _read_origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return (
        parts.scheme,
        (parts.hostname or "").rstrip("."),
        parts.port or (443 if parts.scheme == "https" else 80),
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
