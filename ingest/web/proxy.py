"""The proxies set in the environment: which of them a request goes through, and what is checked first.

A proxy looks names up itself, so nobody here vets the address that it connects to. What can still be checked
is: the host is not a private address or the name of a local network, and if this machine knows the name as
well, all its addresses are public (docs/links.md, Safety).
"""

from __future__ import annotations

import queue
import socket
import threading
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from ingest.web.guard import Address, PrivateAddressError, find_addresses, is_local, is_public
from record_types.errors import InputError

LOOKUP_SECONDS = 2.0
"""For a name that only the proxy may know: some networks drop such lookups without an answer."""
_CONNECT_SECONDS = 3.0
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that the user named."""

    url: Url
    """Scheme, host and port only."""
    headers: Mapping[str, str] = field(repr=False)
    """Its password, if it has one; sent to nobody else."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """Which proxy is used for which URL."""

    by_scheme: Mapping[str, Proxy] = field(default_factory=dict)
    bypassed: str = ""
    """`$NO_PROXY`: hosts and domains that are requested without a proxy, separated by commas; `*` is all."""

    def find(self, scheme: str, host: str, port: int) -> Proxy | None:
        """The proxy for a URL; None if it is requested directly."""
        name = f".{host.strip('[]').rstrip('.').lower()}"
        ends = [each.strip().lower().removeprefix("*.").lstrip(".") for each in self.bypassed.split(",")]
        if any(end == "*" or f"{name}:{port}".endswith((f".{end}", f".{end}:{port}")) for end in ends if end):
            return None
        return self.by_scheme.get(scheme)

    def has_way_out(self) -> bool:
        """Whether one of them can be reached; a connection is made and closed."""
        return any(_is_listening(proxy.url) for proxy in self.by_scheme.values())


def read_proxies(environment: Mapping[str, str]) -> Proxies:
    """The proxies of `$HTTP_PROXY`, `$HTTPS_PROXY`, `$ALL_PROXY` and `$NO_PROXY`; lower case takes
    precedence.

    Raises InputError, which names the variable but not its value, for anything but an HTTP proxy.
    """
    found = {scheme: _read_variable(environment, scheme) for scheme in PORTS}
    return Proxies(
        {scheme: proxy for scheme, proxy in found.items() if proxy},
        environment.get("no_proxy", environment.get("NO_PROXY", "")),
    )


class LocalNames:
    """Looks names up on this machine, until that turns out to take too long."""

    def __init__(self, seconds: float = LOOKUP_SECONDS) -> None:
        self._seconds = seconds
        self._is_prompt = True

    def vet(self, host: str, port: int) -> None:
        """Raise `PrivateAddressError` for a host known here to be one that no proxy may be sent to."""
        if is_local(host) or not all(is_public(address[0]) for _, address in self._find(host, port)):
            raise PrivateAddressError(f"{host} has a private address")

    def _find(self, host: str, port: int) -> list[Address]:
        """The addresses of `host`; empty if this machine knows none, or not in time."""
        if not self._is_prompt:
            return []
        found: queue.SimpleQueue[list[Address]] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                found.put(find_addresses(host.strip("[]"), port))
            except OSError:
                found.put([])

        threading.Thread(target=look_up, name="gleanings-lookup", daemon=True).start()
        try:
            return found.get(timeout=self._seconds)
        except queue.Empty:
            self._is_prompt = False
            return []


def _read_variable(environment: Mapping[str, str], scheme: str) -> Proxy | None:
    for name in (f"{scheme}_proxy", "all_proxy"):
        name = name if name in environment else name.upper()
        if environment.get(name, "").strip():
            return _parse_proxy(environment[name].strip(), name)
    return None


def _parse_proxy(text: str, name: str) -> Proxy:
    try:
        url = parse_url(text if "://" in text else f"http://{text}")
    except LocationParseError:
        url = Url()
    if url.scheme not in PORTS or not url.host:
        raise InputError(f"${name}: not the URL of an HTTP proxy (http://host:port)") from None
    headers = {}
    if url.auth:
        password = b64encode(unquote(url.auth).encode()).decode()
        headers["Proxy-Authorization"] = f"Basic {password}"
    return Proxy(Url(url.scheme, host=url.host, port=url.port or PORTS[url.scheme]), headers)


def _is_listening(url: Url) -> bool:
    try:
        with socket.create_connection(((url.host or "").strip("[]"), url.port or 0), _CONNECT_SECONDS):
            return True
    except OSError:
        return False
