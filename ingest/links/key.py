"""The clean form of a URL, and the key that decides whether two URLs are one resource (docs/links.md).

Both are computed from the URL alone, so every key can be rebuilt offline when the rules change
(`KEY_VERSION`). A URL that is not http or https is its own key.

Trackers are query parameters that tell how a reader came to a page, not which page it is. Only names that
mean nothing else anywhere are dropped on every site. `ref source id p q t s` and the like identify the page
on some sites, so only the rule of a site drops them (`sites`). AMP copies become the page itself; for the
URLs of the caches see https://developers.google.com/amp/cache/overview#amp-cache-url-format.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from ingest.links.address import (
    Address,
    Params,
    cut_www,
    find_rule,
    format_address,
    join_query,
    parse_address,
)
from ingest.links.sites import KEY_RULES, SITE_RULES

KEY_VERSION = 1
"""Increase it whenever a rule here, in `sites` or in `papers` changes a key."""

_USERINFO = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:[/\\]{2,})[^/\\?#]*@")


@lru_cache(maxsize=4096)
def resource_key(url: str) -> str:
    """The key to compare resources by: the same for every URL of one page, without scheme and trackers."""
    address = clean_address(url)
    if address is None:
        return cut_userinfo(url)
    rule = find_rule(KEY_RULES, address)
    return _format_key(rule(address) if rule else address)


@lru_cache(maxsize=4096)
def clean_url(url: str) -> str:
    """The URL to click on: without user name, password and trackers, on the site's main host.

    The fragment (`#section`) stays. A URL that cannot be parsed only loses its user name and password.
    """
    address = clean_address(url)
    return cut_userinfo(url) if address is None else format_address(address)


@lru_cache(maxsize=512)
def clean_address(url: str) -> Address | None:
    """The parts of `clean_url`; None unless `url` is an http or https URL."""
    address = parse_address(url)
    if address is None:
        bare = cut_userinfo(url)  # `http://@\\0` is not a URL, but is one without its user name
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
    """`url` without `user:password@` and surrounding spaces, otherwise unchanged."""
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


# Only after a segment with two hyphens, as in the paths of articles: `/packages/amp` is a page of its own.
_AMP_ARTICLE = re.compile(r"(/[^/-]*-[^/-]*-[^/]*)(?:/+amp)+/*$")
_AMP_CACHE_KIND = re.compile(r"/[a-z]{1,3}/")
_LONGEST_PATH = 8192


def unwrap_amp(address: Address) -> Address:
    """The address of which `address` is an AMP copy; unchanged if it is not one."""
    inner = _unwrap_cache(address)
    while inner is not None:  # ends, because each is shorter than the one that contained it
        address, inner = inner, _unwrap_cache(inner)
    if "/amp" in address.path and len(address.path) <= _LONGEST_PATH:
        return replace(address, path=_AMP_ARTICLE.sub(r"\1", address.path))
    return address


def _unwrap_cache(address: Address) -> Address | None:
    if len(address.path) > _LONGEST_PATH:
        return None
    if address.site.startswith("google.") and address.path.startswith("/amp/"):
        target = address.path[len("/amp/") :]
    elif address.host.endswith(".cdn.ampproject.org") and (match := _AMP_CACHE_KIND.match(address.path)):
        target = address.path[match.end() :]
    else:
        return None
    scheme, rest = ("https", target[2:]) if target.startswith("s/") else ("http", target)
    if "." not in rest.partition("/")[0]:
        return None
    inner = parse_address(f"{scheme}://{rest}")
    return replace(inner, params=address.params, fragment=address.fragment) if inner else None


_words = str.split
_TRACKERS = frozenset(
    _words("""
        _branch_match_id _branch_referrer _ga _gl _openstat dclid epik fb_action_ids fb_action_types fb_ref
        fb_source fbclid gbraid gclid gclsrc gs_lcrp igsh igshid mc_cid mc_eid mkt_tok ml_subscriber
        ml_subscriber_hash msclkid oly_anon_id oly_enc_id rb_clickid ref_src ref_url rw_tt_thread s_cid spm
        srsltid ttclid twclid vero_conv vero_id wbraid wickedid yclid ysclid __hsfp __hssc __hstc __s
        __twitter_impression
    """)
)
# Google Analytics, HubSpot, and Matomo with its earlier name Piwik.
_TRACKER_PREFIXES = ("utm_", "_hs", "pk_", "mtm_", "hsa_", "piwik_")
_AMP_MARKS = frozenset({("amp", None), ("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp")})


def is_tracker(name: str) -> bool:
    """Whether a parameter of this name says nothing about the page, on any site."""
    name = name.lower()
    return name in _TRACKERS or name.startswith(_TRACKER_PREFIXES)


def drop_trackers(params: Params) -> Params:
    """`params` in order, without trackers and the marks of an AMP rendering."""
    return tuple(
        (name, value)
        for name, value in params
        if not is_tracker(name) and (name.lower(), value and value.lower()) not in _AMP_MARKS
    )
