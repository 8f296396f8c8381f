"""Rules by site: which URLs are the same page. Each is found by its host.

A site rule turns an address without trackers into the form that the site itself would link to; it must be
idempotent and lead to a page that opens. A key rule then does what only a key may do: change letter case,
drop a title in the path that the site ignores. Increase `key.KEY_VERSION` with every change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from ingest.links.address import Address, Rule, drop, move, without
from ingest.links.papers import PAPER_KEY_RULES, PAPER_RULES

_VIDEO_PATH = re.compile(r"/(?:shorts|embed|live|v|e)/([A-Za-z0-9_-]{11})/?$")
_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]+$")
_ASIN_PATH = re.compile(
    r"(?:/dp|/gp/product|/gp/aw/d|/exec/obidos/(?:ASIN|asin|tg/detail/-)|/o/ASIN)/([A-Za-z0-9]{10})(?![A-Za-z0-9])"
)
_TWEET = re.compile(r"/(?:i/web|i|[A-Za-z0-9_]{1,30})/status(?:es)?/([0-9]{1,19})/?$")
_PROFILE = re.compile(r"/[A-Za-z0-9_]{1,15}/?$")
_MEDIUM_POST = re.compile(r"/(?:[^/]+/)*(?:[^/]*-)?([0-9a-f]{11,12})/?$")
_SUBSTACK_READER = re.compile(r"/pub/([a-z0-9-]+)(/p/[^/]+)/?$")
_REDDIT_POST = re.compile(r"/(?:(?:r|user)/[^/]+/)?comments/([a-z0-9]+)(?:/[^/]*(/[a-z0-9]+)?)?/?$")
_GOOGLE_DOC = re.compile(
    r"/(document|spreadsheets|presentation|forms|file)/(?:u/[0-9]+/)?(d/(?:e/)?[A-Za-z0-9_-]{8,})(?:/[a-z]*)?/?$"
)
_QUESTION = re.compile(r"/(?:q|questions)/([0-9]+)(?:/[^/]*)?/?$")
_BOOK_ID = re.compile(r"(?:/[a-z]{2}(?:-[a-z]{2})?)?(/book/show/[0-9]+)[^/]*/?$")
_SPOTIFY_LOCALE = re.compile(r"(?:/intl-[a-z]{2,5})+(?=/)")
_YOUTUBE_START = re.compile(r"^(?!t=).*$", re.DOTALL)
_AMAZON_REF = re.compile(r"(?:/ref=[^/]*)+/?$")
_HASH_BANG = re.compile(r"!/[A-Za-z0-9_]+(?:/[A-Za-z0-9_]+)*/?$")
_WIKI_TITLE = re.compile(r"[A-Za-z0-9%][A-Za-z0-9%_.,()'!*~:+-]*$")


def _clean_youtube(address: Address) -> Address:
    params = dict(reversed(address.params))
    match = _VIDEO_PATH.match(address.path)
    video = match[1] if match else None
    if address.path.rstrip("/") == "/watch":
        video = params.get("v")
    elif address.site == "youtu.be":
        video = address.path.strip("/")
    if video and _VIDEO_ID.match(video):
        start = params.get("t") or params.get("start") or params.get("time_continue")
        fragment = f"t={start}" if start else _YOUTUBE_START.sub("", address.fragment)
        return replace(_to_youtube(address), path="/watch", params=(("v", video),), fragment=fragment)
    return _to_youtube(address) if address.site in ("youtube.com", "m.youtube.com") else address


def _clean_amazon(address: Address) -> Address:
    host = "www." + address.host[address.host.index("amazon.") :]
    if match := _ASIN_PATH.search(address.path):
        path = f"/dp/{match[1].upper()}"
        return replace(address, scheme="https", host=host, path=path, params=(), fragment="")
    path = _AMAZON_REF.sub("", address.path) or "/"
    return without(replace(address, host=host, path=path), *_AMAZON_NOISE)


def _clean_twitter(address: Address) -> Address:
    host = "x.com" if address.host.endswith("x.com") else "twitter.com"
    if _HASH_BANG.match(address.fragment):
        address = replace(address, path=address.fragment[1:], fragment="")
    return move(host, "s", "t", "cxt", "src", "ref", "lang")(address)


def _key_twitter(address: Address) -> Address:
    address = replace(address, host="x.com")
    if match := _TWEET.match(address.path):
        return replace(address, path=f"/i/status/{int(match[1])}", params=(), fragment="")
    return replace(address, path=address.path.lower()) if _PROFILE.match(address.path) else address


def _clean_repository(address: Address) -> Address:
    owner, name, rest = _split_repository(address.path)
    while name.endswith(".git") and name != ".git":
        name = name[: -len(".git")]
    params = tuple(pair for pair in address.params if pair != ("tab", "readme-ov-file"))
    return replace(
        address, scheme="https", path=f"/{owner}/{name}{rest}" if name else address.path, params=params
    )


def _key_github(address: Address) -> Address:
    owner, name, rest = _split_repository(address.path)
    return replace(address, path=f"/{owner.lower()}/{name.lower()}{rest}")


def _split_repository(path: str) -> tuple[str, str, str]:
    owner, _, behind = path[1:].partition("/")
    name, slash, rest = behind.partition("/")
    return owner, name, slash + rest


def _clean_wiki(address: Address) -> Address:
    host = address.host.removeprefix("m.").replace(".m.", ".", 1)
    address = replace(without(address, "wprov", "useskin", "mobileaction", "useformat"), host=host)
    title = dict(address.params).get("title") or ""
    if (
        address.path in ("/w/index.php", "/index.php")
        and len(address.params) == 1
        and _WIKI_TITLE.match(title)
    ):
        address = replace(address, path="/wiki/" + title.replace("+", "_"), params=())
    path = address.path.replace("%20", "_") if address.path.startswith("/wiki/") else address.path
    return replace(address, scheme="https", path=path)


def _key_medium(address: Address) -> Address:
    match = _MEDIUM_POST.match(address.path)
    return (
        replace(address, host="medium.com", path=f"/p/{match[1]}", params=(), fragment="")
        if match
        else address
    )


def _clean_substack(address: Address) -> Address:
    match = _SUBSTACK_READER.match(address.path) if address.host == "open.substack.com" else None
    if match:
        address = replace(address, host=f"{match[1]}.substack.com", path=match[2])
    noise = ("r", "s", "showwelcome", "showwelcomeonshare", "triedredirect", "isfreemail", "publication_id")
    return without(address, *noise, "post_id", "triggershare", "justpublished", "token", "action")


def _clean_reddit(address: Address) -> Address:
    if address.site == "redd.it":
        post = address.path.strip("/")
        if not re.fullmatch(r"[a-z0-9]+", post):
            return address  # hosts like i.redd.it serve pictures
        address = replace(address, path=f"/comments/{post}")
    return move("www.reddit.com", "share_id", "st", "sh", "rdt", "ref", "ref_source")(address)


def _key_reddit(address: Address) -> Address:
    match = _REDDIT_POST.match(address.path)
    return replace(address, path=f"/comments/{match[1]}{match[2] or ''}", params=()) if match else address


def _key_google_docs(address: Address) -> Address:
    match = _GOOGLE_DOC.match(address.path)
    return replace(address, path=f"/{match[1]}/{match[2]}") if match else address


def _key_question(address: Address) -> Address:
    match = _QUESTION.match(address.path)
    return replace(address, path=f"/questions/{match[1]}", params=()) if match else address


def _key_goodreads(address: Address) -> Address:
    match = _BOOK_ID.match(address.path)
    return replace(address, path=match[1], params=()) if match else address


def _clean_spotify(address: Address) -> Address:
    path = _SPOTIFY_LOCALE.sub("", address.path)
    return without(replace(address, path=path), "si", "context", "nd", "dl_branch", "_branch")


_words = str.split
_to_youtube = move("www.youtube.com", "feature", "si", "ab_channel", "pp", "app")

_AMAZON_NOISE = _words("""
    tag ref ref_ pf_rd_p pf_rd_r pd_rd_i pd_rd_r pd_rd_w pd_rd_wg linkcode linkid camp creative creativeasin
    qid sr crid sprefix psc
""")
_AMAZON = _words("ae ca cn co.jp co.uk com com.au com.br com.mx com.tr de es fr ie in it nl pl sa se sg")
_MEDIUM = _words("""
    medium.com .medium.com towardsdatascience.com betterprogramming.pub levelup.gitconnected.com itnext.io
    uxdesign.cc bettermarketing.pub betterhumans.pub codeburst.io blog.devgenius.io
""")
_WIKIS = _words("""
    .wikibooks.org .wikimedia.org .wikinews.org .wikipedia.org .wikiquote.org .wikisource.org .wikiversity.org
    .wikivoyage.org .wiktionary.org wikidata.org m.wikidata.org
""")
_YOUTUBE = _words("youtube.com m.youtube.com music.youtube.com youtube-nocookie.com youtu.be")
_TWITTER = _words("twitter.com mobile.twitter.com m.twitter.com x.com mobile.x.com")
_REDDIT = _words("reddit.com old.reddit.com new.reddit.com np.reddit.com m.reddit.com amp.reddit.com redd.it")
_FACEBOOK = ("__tn__", "__cft__[0]", "mibextid", "refid")
_NYTIMES = ("smid", "smtyp", "partner", "referringsource", "emc", "action")

SITE_RULES: Mapping[str, Rule] = {
    **PAPER_RULES,
    **dict.fromkeys(map("amazon.".join, product(("", "smile.", "m."), _AMAZON)), _clean_amazon),
    **dict.fromkeys(_MEDIUM, drop("source", "sk", "gi", "_referrer", "referrer")),
    **dict.fromkeys(_WIKIS, _clean_wiki),
    **dict.fromkeys(_YOUTUBE, _clean_youtube),
    **dict.fromkeys(_TWITTER, _clean_twitter),
    **dict.fromkeys(("github.com", "gitlab.com", "codeberg.org", "bitbucket.org"), _clean_repository),
    **dict.fromkeys(_REDDIT, _clean_reddit),
    ".substack.com": _clean_substack,
    "open.spotify.com": _clean_spotify,
    "docs.google.com": drop("usp", "ts", "ouid", "rtpof", "sd"),
    "drive.google.com": drop("usp", "ts", "ouid", "rtpof", "sd"),
    "podcasts.apple.com": drop("uo", "itsct", "itscg", "mt", "ct", "at", "l"),
    "linkedin.com": drop("trk", "trackingid", "lipi", "lici", "originalsubdomain", "midtoken", "rcm"),
    "facebook.com": drop(*_FACEBOOK),
    "m.facebook.com": move("www.facebook.com", *_FACEBOOK),
    "mbasic.facebook.com": move("www.facebook.com", *_FACEBOOK),
    "instagram.com": drop("hl", "utm"),
    "nytimes.com": drop(*_NYTIMES),
    "mobile.nytimes.com": move("www.nytimes.com", *_NYTIMES),
    "theguardian.com": drop("cmp", "cmp_tu"),
    "amp.theguardian.com": move("www.theguardian.com", "cmp", "cmp_tu"),
    "washingtonpost.com": drop("itid", "wpisrc", "wpmm"),
    "bloomberg.com": drop("sref", "srnd", "leadsource"),
    "wsj.com": drop("reflink", "mod"),
    "notion.so": drop("pvs"),
    ".notion.site": drop("pvs"),
    "goodreads.com": drop("from_search", "from_srp", "qid", "rank", "ac"),
    "imdb.com": drop("ref_"),
    "m.imdb.com": move("www.imdb.com", "ref_"),
    "tiktok.com": drop("is_from_webapp", "sender_device", "_r", "_t", "web_id", "lang"),
}

KEY_RULES: Mapping[str, Rule] = {
    **PAPER_KEY_RULES,
    **dict.fromkeys(_MEDIUM, _key_medium),
    **dict.fromkeys(("twitter.com", "x.com"), _key_twitter),
    "github.com": _key_github,
    "reddit.com": _key_reddit,
    "docs.google.com": _key_google_docs,
    "drive.google.com": _key_google_docs,
    "stackoverflow.com": _key_question,
    "goodreads.com": _key_goodreads,
    # A parameter that unlocks a paid page stays in the clean URL; only the key drops it.
    "nytimes.com": drop("unlocked_article_code"),
    "washingtonpost.com": drop("pwapi_token"),
    "bloomberg.com": drop("accesstoken"),
    "wsj.com": drop("st"),
}
