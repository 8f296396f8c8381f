"""Whether this machine has a way out to the web at all."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from ingest.links.guard import ConnectTo, RefusedError, vet

WITNESSES = ("t.co", "example.com")
"""Names that are always there, short-lived in any cache, of two owners: a network may block the first."""
_PORT = 443


def has_way_out(connect_to: ConnectTo, names: Iterable[str] = WITNESSES) -> bool:
    """Whether one of `names` has a public address, and this machine a route to it.

    Sends nothing but the questions for the names. A hotel's network that gives every name an address of its
    own until one has paid is no way out. A name in `connect_to` is where that says.
    """
    return any(_has_route(name, connect_to) for name in names)


def _has_route(name: str, connect_to: ConnectTo) -> bool:
    try:
        addresses = vet(name, _PORT, connect_to)
    except (OSError, RefusedError):  # socket.gaierror is an OSError
        return False
    return any(_is_routed(family, at) for family, at in addresses)


def _is_routed(family: socket.AddressFamily, at: tuple[str, int]) -> bool:
    """Whether the system knows a way to `at`: to connect a datagram socket looks it up, and sends nothing."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect(at)
    except OSError:  # ENETUNREACH, EHOSTUNREACH, or a family that this machine does not have
        return False
    return True
