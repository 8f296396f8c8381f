"""A URL in parts, parsed by the WHATWG standard, and the edits that rules make to it.

Source: https://url.spec.whatwg.org/ (by ada-url). Percent-escapes of RFC 2396's unreserved characters are
decoded, because servers treat both forms alike; `%2F`, `%2B` and `+` differ in meaning and stay. The tables
of rules are in `sites` and `papers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import ada_url

Params = tuple[tuple[str, str | None], ...]

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()")
# Under two-letter country codes these are not names that one owner registered: `bbc.co.uk`.
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "go", "ne", "net", "nom", "or", "org"})
# Below these, each host belongs to somebody else, so it is a site of its own.
_SHARED_DOMAINS = frozenset(
    {
        "blogspot.com",
        "github.io",
        "gitlab.io",
        "herokuapp.com",
        "netlify.app",
        "notion.site",
        "pages.dev",
        "substack.com",
        "tumblr.com",
        "vercel.app",
        "web.app",
        "wordpress.com",
    }
)


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https URL without user name and password."""

    scheme: str
    """`http` or `https`."""
    host: str
    """Lower-case ASCII, without a final dot; an IPv6 address in its brackets."""
    port: str
    """Empty for the scheme's default."""
    path: str
    """Begins with `/`."""
    params: Params
    """Names and values, still escaped; the value is None for a name without `=`."""
    fragment: str

    @property
    def site(self) -> str:
        """The host without `www.`"""
        return cut_www(self.host)


@lru_cache(maxsize=512)
def parse_address(url: str) -> Address | None:
    """The parts of `url`; None unless it is an http or https URL with a host."""
    try:
        parsed = ada_url.URL(url)
    except ValueError:  # also a lone surrogate's UnicodeEncodeError
        return None
    if parsed.protocol not in ("http:", "https:"):
        return None
    host = parsed.hostname.rstrip(".")
    if not host:
        return None
    return Address(
        scheme=parsed.protocol[:-1],
        host=host,
        port=parsed.port,
        path=decode_unreserved(parsed.pathname) or "/",
        params=split_query(parsed.search[1:]),
        fragment=parsed.hash[1:],
    )


def format_address(address: Address, *, fragment: bool = True) -> str:
    """The URL of `address`."""
    port = f":{address.port}" if address.port else ""
    query = f"?{join_query(address.params)}" if address.params else ""
    anchor = f"#{address.fragment}" if fragment and address.fragment else ""
    return f"{address.scheme}://{address.host}{port}{address.path}{query}{anchor}"


def split_query(query: str) -> Params:
    """The parameters in order, without empty ones."""
    params: list[tuple[str, str | None]] = []
    for piece in decode_unreserved(query).split("&"):
        name, equals, value = piece.partition("=")
        if piece:
            params.append((name, value if equals else None))
    return tuple(params)


def join_query(params: Params) -> str:
    """The inverse of `split_query`."""
    return "&".join(name if value is None else f"{name}={value}" for name, value in params)


def decode_unreserved(text: str) -> str:
    """`text` with needless percent-escapes decoded and the others in upper case."""
    if "%" not in text:
        return text
    return _ESCAPE.sub(_decode_escape, text)


def cut_www(host: str) -> str:
    """`host` without `www.`, unless the rest has no dot."""
    return host[4:] if host.startswith("www.") and "." in host[4:] else host


def find_registrable(host: str) -> str:
    """The registrable domain of `host` (`b.example.co.uk` -> `example.co.uk`).

    By a rule of thumb instead of the public suffix list; good enough to check a page's claims about itself.
    """
    labels = host.rstrip(".").split(".")
    if len(labels) < 3 or host.startswith("[") or labels[-1].isdigit():
        return host.rstrip(".")
    tail = ".".join(labels[-2:])
    two_parts = tail in _SHARED_DOMAINS or (len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL)
    return ".".join(labels[-3:]) if two_parts else tail


def _decode_escape(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()


Rule = Callable[[Address], Address]


def find_rule(rules: Mapping[str, Rule], address: Address) -> Rule | None:
    """The rule for the site of `address`: that of its host, or of `.domain` for hosts below a domain."""
    if address.port:
        return None
    below = address.site.partition(".")[2]
    lower = below.partition(".")[2]  # en.m.wikipedia.org
    return rules.get(address.site) or rules.get("." + below) or rules.get("." + lower)


def without(address: Address, *names: str) -> Address:
    """`address` without the parameters `names`, given in lower case."""
    return replace(address, params=tuple(pair for pair in address.params if pair[0].lower() not in names))


def drop(*names: str) -> Rule:
    """A rule for a site: drop these meaningless parameters."""
    return lambda address: without(address, *names)


def move(host: str, *names: str) -> Rule:
    """A rule for a site's other hosts (mobile, AMP, old): move to `host`, without the parameters `names`."""
    return lambda address: replace(without(address, *names), host=host, scheme="https", port="")
