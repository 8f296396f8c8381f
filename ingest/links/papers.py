"""Rules for the sites of scientific papers: which URLs are the same paper (`sites` has the other rules)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ingest.links.address import Address, Rule

# Ids since 2007 are `2101.01234`; earlier ones name the archive: `math.GT/0309136`.
_ARXIV = re.compile(
    r"/(?:abs|pdf|html|format|ps)/((?:[0-9]{4}\.[0-9]{4,5})|(?:[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7}))(?:v[0-9]+)?(?:\.pdf)?/?$"
)
_ARXIV_DOI = re.compile(r"/10\.48550/arxiv\.([0-9]{4}\.[0-9]{4,5})(?:v[0-9]+)?/?$", re.IGNORECASE)
_DOI = re.compile(r"/(?:doi:)?(10\.[0-9.]{4,12}(?:/|%2F).+)$", re.IGNORECASE)
_PUBLISHER_DOI = re.compile(
    r"/doi/(?:abs|full|pdf|epdf|pdfdirect|pdfplus|epub|fullHtml|reader)/(10\.[0-9.]{4,12}/.+)$"
)
_PREPRINT = re.compile(
    r"(/content/10\.[0-9]+/[0-9.]+?)(?:v[0-9]+)?(?:\.(?:full|abstract|full-text|full\.pdf))?/?$"
)
_ACL = re.compile(r"(/[A-Za-z0-9.-]+?)(?:v[0-9]+)?\.pdf$")


def _clean_arxiv(address: Address) -> Address:
    match = _ARXIV.match(address.path)
    if not match:
        return address
    return replace(address, scheme="https", host="arxiv.org", path=f"/abs/{match[1]}", params=(), fragment="")


def _clean_doi(address: Address) -> Address:
    if match := _ARXIV_DOI.match(address.path):
        return replace(
            address, scheme="https", host="arxiv.org", path=f"/abs/{match[1]}", params=(), fragment=""
        )
    match = _DOI.match(address.path)
    path = f"/{match[1]}" if match else address.path
    return replace(address, scheme="https", host="doi.org", path=path)


def _key_doi(address: Address) -> Address:
    return replace(address, path=address.path.lower().replace("%2f", "/"))


def _key_publisher(address: Address) -> Address:
    match = _PUBLISHER_DOI.match(address.path)
    return replace(address, path=f"/doi/{match[1]}" if match else address.path)


def _clean_openreview(address: Address) -> Address:
    paper = dict(reversed(address.params)).get("id")
    if paper is None or address.path not in ("/forum", "/pdf"):
        return address
    return replace(address, path="/forum", params=(("id", paper),))


def _key_preprint(address: Address) -> Address:
    match = _PREPRINT.match(address.path)
    return replace(address, path=match[1]) if match else address


def _key_acl(address: Address) -> Address:
    return replace(address, path=_ACL.sub(r"\1", address.path))


def _clean_ncbi(address: Address) -> Address:
    if match := re.match(r"/pubmed/([0-9]+)/?$", address.path):
        return replace(address, scheme="https", host="pubmed.ncbi.nlm.nih.gov", path=f"/{match[1]}/")
    if match := re.match(r"(?:/pmc)?/articles/(PMC[0-9]+)(?:/.*)?$", address.path):
        return replace(address, scheme="https", host="pmc.ncbi.nlm.nih.gov", path=f"/articles/{match[1]}/")
    return address


_PUBLISHERS = (
    "dl.acm.org",
    "tandfonline.com",
    "journals.sagepub.com",
    "onlinelibrary.wiley.com",
    "pnas.org",
    "science.org",
    "pubs.acs.org",
    "journals.uchicago.edu",
)

PAPER_RULES: Mapping[str, Rule] = {
    **dict.fromkeys(("arxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org"), _clean_arxiv),
    **dict.fromkeys(("doi.org", "dx.doi.org"), _clean_doi),
    "openreview.net": _clean_openreview,
    "ncbi.nlm.nih.gov": _clean_ncbi,
}

PAPER_KEY_RULES: Mapping[str, Rule] = {
    "doi.org": _key_doi,
    **dict.fromkeys(_PUBLISHERS, _key_publisher),
    **dict.fromkeys(("biorxiv.org", "medrxiv.org"), _key_preprint),
    "aclanthology.org": _key_acl,
}
