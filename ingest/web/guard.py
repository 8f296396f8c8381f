"""The guard: connections only to addresses that the whole internet can reach (docs/links.md, Safety).

Sources: IANA's special-purpose registries for IPv4 and IPv6; `ipaddress.is_global` of Python 3.11 accepts
several of these networks. IPv6 is allowed only inside 2000::/3, the one block assigned to the internet.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping

from record_types.errors import InputError

HostPort = tuple[str, int]
ConnectTo = Mapping[HostPort, HostPort]
Address = tuple[socket.AddressFamily, tuple[str, int]]

_REFUSED_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; some clouds serve metadata here
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent: public, but reachable only from its machines
        "169.254.0.0/16",  # link-local, and cloud metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
_INTERNET_6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4: embeds an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


class PrivateAddressError(Exception):
    """A host with an address outside the public internet; no connection was made."""


def is_public(address: str) -> bool:
    """Whether `address` (an IP address as text) is on the public internet; False if in doubt.

    An address with an IPv6 zone (`%eth0`) is never public, nor is an IPv6 address that embeds an IPv4 one.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in network for network in _REFUSED_4)
    if found.scope_id is not None or found not in _INTERNET_6:
        return False
    return not any(found in network for network in _REFUSED_6)


def is_address(host: str) -> bool:
    """Whether a URL's host is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa")
"""Suffixes of names that do not exist on the public internet (RFC 6761, 6762, 8375; ICANN reserves
`internal`)."""


def is_local(host: str) -> bool:
    """Whether a URL's host is known to be private without a lookup.

    That is: a private address, a name without a dot, or a name under a domain that is local everywhere.
    """
    name = host.strip("[]").rstrip(".").lower()
    if is_address(name):
        return not is_public(name)
    return "." not in name or name.endswith(tuple(f".{end}" for end in _LOCAL_NAMES))


def vet(host: str, port: int, connect_to: ConnectTo) -> list[Address]:
    """The addresses to connect to for `host`, in the resolver's order; never empty.

    One private address among public ones rejects them all: a resolver that mixes them is broken or hostile.
    A host and port in `connect_to` is replaced and not vetted. Raises `PrivateAddressError`, or
    `socket.gaierror` if the name has no address.
    """
    target = connect_to.get(name_target(host, port))
    addresses = find_addresses(*(target or (host.strip("[]"), port)))
    if target is None and not all(is_public(address[0]) for _, address in addresses):
        raise PrivateAddressError(f"{host} has a private address")
    return addresses


def name_target(host: str, port: int) -> HostPort:
    """A URL's host and port as `connect_to` names them."""
    return host.strip("[]").rstrip(".").lower(), port


def find_addresses(host: str, port: int) -> list[Address]:
    """All stream addresses of `host`, each once; raises `socket.gaierror` if there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label that cannot be looked up
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from error
    addresses = dict.fromkeys((family, (str(at[0]), int(at[1]))) for family, _, _, _, at in found)
    if not addresses:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    return list(addresses)


def read_connect_to(pairs: Mapping[str, str]) -> dict[HostPort, HostPort]:
    """Parse `host:port` → `host:port`; raises `InputError`."""
    return {_read_host_port(asked): _read_host_port(target) for asked, target in pairs.items()}


def split_connect_to(text: str) -> dict[str, str]:
    """Split `$GLEANINGS_CONNECT_TO` (`host:port=host:port,…`) for `read_connect_to`; raises `InputError`."""
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        asked, equals, target = part.partition("=")
        if not equals:
            raise InputError(f"GLEANINGS_CONNECT_TO: {part!r} is not host:port=host:port")
        pairs[asked.strip()] = target.strip()
    return pairs


def _read_host_port(text: str) -> HostPort:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise InputError(f"connect_to: {text!r} is not host:port")
    return host.strip("[]").lower(), int(port)
