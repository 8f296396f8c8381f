"""The clean form of a URL, and the key that says whether two URLs are one resource.

Rules: LINKS.md, Resources. Both are pure: nobody is asked, so that every key can be built anew when the rules
change (`KEY_VERSION`). What is not an http or https URL is its own key.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from ingest.links.address import Address, cut_www, format_address, join_query, parse_address
from ingest.links.amp import unwrap_amp
from ingest.links.rules import find_rule
from ingest.links.sites import KEY_RULES, SITE_RULES
from ingest.links.trackers import drop_trackers, is_tracker

KEY_VERSION = 1
"""Raised whenever a rule here, in `sites` or in `trackers` changes a key."""

_USERINFO = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:[/\\]{2,})[^/\\?#]*@")


@lru_cache(maxsize=4096)
def resource_key(url: str) -> str:
    """What to compare resources by: the same for every form of one page, without scheme and trackers."""
    address = clean_address(url)
    if address is None:
        return cut_userinfo(url)
    rule = find_rule(KEY_RULES, address)
    return _format_key(rule(address) if rule else address)


@lru_cache(maxsize=4096)
def clean_url(url: str) -> str:
    """The URL to click on: without user name, password and trackers, on the site's main host.

    The place in the page (`#section`) stays. What cannot be parsed comes back without user name and password.
    """
    address = clean_address(url)
    return cut_userinfo(url) if address is None else format_address(address)


@lru_cache(maxsize=512)
def clean_address(url: str) -> Address | None:
    """The parts of `clean_url`; None where `url` is no http or https URL."""
    address = parse_address(url)
    if address is None:
        bare = cut_userinfo(url)  # `http://@\\0` is none, and is one without its user name
        address = parse_address(bare) if bare != url else None
    if address is None:
        return None
    address = unwrap_amp(address)
    address = replace(
        address, params=drop_trackers(address.params), fragment=_clean_fragment(address.fragment)
    )
    rule = find_rule(SITE_RULES, address)
    return rule(address) if rule else address


def cut_userinfo(url: str) -> str:
    """`url` without `user:password@` and blanks around it, otherwise untouched."""
    url = url.strip()
    return _USERINFO.sub(r"\1", url) if "@" in url else url


def _clean_fragment(fragment: str) -> str:
    name = fragment.partition("=")[0]
    return "" if is_tracker(name) or name == "xtor" else fragment


def _format_key(address: Address) -> str:
    port = f":{address.port}" if address.port else ""
    query = join_query(tuple(sorted(address.params, key=lambda param: param[0])))
    fragment = address.fragment.rstrip("/") if address.fragment.startswith(("/", "!")) else ""
    return "".join(
        (
            cut_www(address.host),
            port,
            address.path.rstrip("/"),
            f"?{query}" if query else "",
            f"#{fragment}" if fragment not in ("", "!") else "",
        )
    )
