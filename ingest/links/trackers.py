"""Which query parameters say how a reader came to a page rather than which page it is.

Only names that mean nothing else anywhere are dropped on every site. `ref source id p q t s` and their
like name the page itself somewhere, so they are dropped only where a site's own rule says so (`sites`).
"""

from __future__ import annotations

from ingest.links.address import Params

_NAMES = frozenset(
    {
        "_branch_match_id",
        "_branch_referrer",
        "_ga",
        "_gl",
        "_openstat",
        "dclid",
        "epik",
        "fb_action_ids",
        "fb_action_types",
        "fb_ref",
        "fb_source",
        "fbclid",
        "gbraid",
        "gclid",
        "gclsrc",
        "gs_lcrp",
        "igsh",
        "igshid",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "ml_subscriber",
        "ml_subscriber_hash",
        "msclkid",
        "oly_anon_id",
        "oly_enc_id",
        "rb_clickid",
        "ref_src",
        "ref_url",
        "rw_tt_thread",
        "s_cid",
        "spm",
        "srsltid",
        "ttclid",
        "twclid",
        "vero_conv",
        "vero_id",
        "wbraid",
        "wickedid",
        "yclid",
        "ysclid",
        "__hsfp",
        "__hssc",
        "__hstc",
        "__s",
        "__twitter_impression",
    }
)
_PREFIXES = ("utm_", "_hs", "pk_", "mtm_", "hsa_", "piwik_")
_AMP = frozenset({("amp", None), ("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp")})


def is_tracker(name: str) -> bool:
    """Whether a parameter of this name tells nothing about the page, on any site."""
    name = name.lower()
    return name in _NAMES or name.startswith(_PREFIXES)


def drop_trackers(params: Params) -> Params:
    """`params` without trackers and without the marks of an AMP rendering, in their order."""
    return tuple(
        (name, value)
        for name, value in params
        if not is_tracker(name) and (name.lower(), value and value.lower()) not in _AMP
    )
