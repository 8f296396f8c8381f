"""The origin of the API, the only scheme, host and port that the token may be sent to; and the token."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import NoReturn

import ada_url

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
        return _read_origin(self.url)[1]

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

    def follow(self, location: str, base: str) -> str | None:
        """Where a redirect from `base` leads, as browsers read it; None unless that is this very origin.

        The token goes with the next request. So the URL that was checked is the one that is requested: two
        parsers that disagree about a backslash or an `@` would send it elsewhere.
        """
        try:
            url = str(ada_url.URL(location, base=base).href)
            return url if _read_origin(url) == _read_origin(self.url) else None
        except ValueError:
            return None


def parse_origin(url: str) -> ApiOrigin:
    """Parse the configured `url`; raises InputError unless it is https, or http on this machine."""
    if not _PLAIN.fullmatch(url):
        raise InputError("Readwise's url is `https://host` or `https://host:port`, without a user or a query")
    try:
        scheme, host, _ = _read_origin(url)
    except ValueError:
        raise InputError(f"Readwise's url: {url!r} is not a URL") from None
    if scheme != "https" and not (scheme == "http" and _is_loopback(host)):
        raise InputError(f"Readwise's url: {scheme}://{host} would expose the token: use https")
    return ApiOrigin(url.rstrip("/"))


_PLAIN = re.compile(r"[a-z]+://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?(?:/[A-Za-z0-9._~/-]*)?")
"""A host in ASCII (an international name as `xn--…`), perhaps a port and a path: all parsers agree on it."""


def _read_origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port by the WHATWG's standard; ValueError for an invalid URL and for one with a
    user."""
    parts = ada_url.URL(url)
    if parts.username or parts.password or not parts.hostname:
        raise ValueError("a user, or no host")
    scheme = str(parts.protocol).rstrip(":")
    return scheme, str(parts.hostname).strip("[]"), int(parts.port or (443 if scheme == "https" else 80))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# --- the token


class Secret:
    """A token; `print`, `repr`, tracebacks with local variables, JSON and pickle do not reveal it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the token, for the one request header that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be serialised")
