"""The page itself behind an AMP cache or an AMP rendering.

Source: the caches' URL forms, https://developers.google.com/amp/cache/overview#amp-cache-url-format
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.links.address import Address, parse_address

# Only after a segment with two hyphens, as articles have: `/packages/amp` is a page of its own.
_ARTICLE = re.compile(r"(/[^/-]*-[^/-]*-[^/]*)(?:/+amp)+/*$")
_CACHE_KIND = re.compile(r"/[a-z]{1,3}/")
_LONGEST = 8192


def unwrap_amp(address: Address) -> Address:
    """The address that `address` is an AMP copy of; itself where it is none."""
    inner = _unwrap_cache(address)
    while inner is not None:  # each is shorter than the one it stood in
        address, inner = inner, _unwrap_cache(inner)
    if "/amp" in address.path and len(address.path) <= _LONGEST:
        return replace(address, path=_ARTICLE.sub(r"\1", address.path))
    return address


def _unwrap_cache(address: Address) -> Address | None:
    if len(address.path) > _LONGEST:
        return None
    if address.site.startswith("google.") and address.path.startswith("/amp/"):
        target = address.path[len("/amp/") :]
    elif address.host.endswith(".cdn.ampproject.org") and (match := _CACHE_KIND.match(address.path)):
        target = address.path[match.end() :]
    else:
        return None
    scheme, rest = ("https", target[2:]) if target.startswith("s/") else ("http", target)
    if "." not in rest.partition("/")[0]:
        return None
    inner = parse_address(f"{scheme}://{rest}")
    return replace(inner, params=address.params, fragment=address.fragment) if inner else None
