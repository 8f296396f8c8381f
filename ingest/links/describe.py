"""A link's record, from its URL alone: nobody is asked (LINKS.md)."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.links.address import parse_address
from ingest.links.classify import classify_url, find_unsafe_target
from ingest.links.key import clean_address, clean_url, cut_userinfo
from ingest.links.resource import make_resource
from ingest.links.shorteners import is_shortener
from record_types.links import Link

_PLAIN_TCO = re.compile(r"https?://t\.co/([A-Za-z0-9]{8,10})")
_TCO_ID = re.compile(r"/([A-Za-z0-9]{8,10})/?$")


@lru_cache(maxsize=4096)
def describe_link(url: str) -> Link:
    """What `url` tells by itself.

    `pending` where it is a short link, `invalid` where it is no web address, otherwise what `classify_url`
    says or `resolved`. A short link that names its target (`youtu.be/<id>`) is resolved too.
    """
    plain = _PLAIN_TCO.fullmatch(url)
    if plain:  # nearly all of them: nothing to take apart
        return _describe_tco(url, plain[1])
    found = cut_userinfo(url)
    address = parse_address(found)
    if address is None:
        return Link(uid=found, url=found, host="", short=False, status="invalid")
    if address.host == "t.co":
        match = _TCO_ID.match(address.path)
        return _describe_tco(found, match[1] if match else None)
    status = classify_url(found)
    if status == "unsafe":
        return Link(found, found, address.host, False, status, final_url=find_unsafe_target(found))
    if status in ("media", "self"):
        return Link(found, found, address.host, False, status, final_url=clean_url(found))
    short = is_shortener(address.host)
    if short and not _names_target(found):
        return Link(found, found, address.host, short, "pending")
    return Link(
        found, found, address.host, short, status or "resolved", clean_url(found), make_resource(found)
    )


def _describe_tco(found: str, id_: str | None) -> Link:
    if id_ is None:
        return Link(uid=found, url=found, host="t.co", short=True, status="invalid")
    return Link(uid=f"t.co/{id_}", url=found, host="t.co", short=True, status="pending")


def _names_target(url: str) -> bool:
    clean = clean_address(url)
    return clean is not None and not is_shortener(clean.host)
