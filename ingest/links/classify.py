"""Classify a URL without any request: whose it is, and where it says it leads (docs/links.md, Classifying).

Source: the forms that t.co redirects to, measured on one large real graph.

- A tweet's own media, the tweet itself, another tweet: the link is resolved.
- A wrapper only counts the click, so its target is followed.
- A wall asks the reader to sign in or to consent, so the link leads to its target, and nothing is requested.
- A warning's target is stored and never requested.

The list of shorteners is deliberately small: it decides which links are pending, whether a refusal leaves
them pending, and whether a page's script is trusted, but never where a link leads. (Two published lists of
1,400 share 333 hosts.)
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from record_types.links import Expansion

TWITTER_HOSTS = frozenset(
    {
        "twitter.com",
        "www.twitter.com",
        "mobile.twitter.com",
        "m.twitter.com",
        "x.com",
        "www.x.com",
        "mobile.x.com",
    }
)

_HOSTS_OF_TWEETS = re.compile(
    r"(?:(?:www|mobile|m)\.)?(?:twitter|x|xcancel|nitter|twstalker|twiiit)\.com"
    r"|(?:[a-z]{1,6}\.)?(?:vxtwitter|fxtwitter|fixvx|fixupx|twittpr)\.com"  # `d.` shows only the media
    r"|(?:[a-z0-9-]+\.)*nitter(?:\.[a-z0-9-]+){1,3}"
)
"""Twitter's hosts and the mirrors that show the same tweet under the same path."""

# `/#!/` is how Twitter wrote addresses until 2012; `/i/` and `/i/web/` name no author.
_STATUS = re.compile(
    r"/(?:#!/)?(?:i/web|i|@?[A-Za-z0-9_]{1,30})/status(?:es)?/([0-9]{1,19})(?![0-9])(/(?:photo|video)/[0-9]+)?"
)


def find_status_id(url: str) -> int | None:
    """The status id in a Twitter/X URL; None for any other URL."""
    match = _match_status(url)
    return int(match[1]) if match else None


def classify_url(url: str, own_tweet_ids: frozenset[int] = frozenset()) -> Expansion | None:
    """The expansion that `url` shows without a request; None if it shows none.

    `media` for a tweet's picture or video, `self` for one of `own_tweet_ids`, `tweet` for any other status,
    `unsafe` for Twitter's warning page (see `find_unsafe_target`).
    """
    if find_unsafe_target(url) is not None:
        return "unsafe"
    match = _match_status(url)
    if match is None:
        return None
    if match[2]:
        return "media"
    return "self" if int(match[1]) in own_tweet_ids else "tweet"


def find_unsafe_target(url: str) -> str | None:
    """The URL that Twitter's warning page warns about, never to be requested; None for any other URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.hostname not in TWITTER_HOSTS or parts.path.rstrip("/") != "/safety/unsafe_link_warning":
        return None
    return parse_qs(parts.query).get("unsafe_link", [url])[0]


def _match_status(url: str) -> re.Match[str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _HOSTS_OF_TWEETS.fullmatch(parts.hostname or ""):
        return None
    return _STATUS.match(parts.path if not parts.fragment.startswith("!/") else "/#" + parts.fragment)


@dataclass(frozen=True, slots=True)
class _Form:
    """A site's form of such a URL: host, path, and the query keys that may contain the target."""

    host: re.Pattern[str]
    path: re.Pattern[str]
    keys: tuple[str, ...]


def _make_form(host: str, path: str, *keys: str) -> _Form:
    return _Form(re.compile(host), re.compile(path), keys)


_GOOGLE = r"(?:www\.)?google\.(?:com?\.)?[a-z]{2,3}"
_WRAPPERS = (
    _make_form(_GOOGLE, r"/url", "q", "url"),
    _make_form(r"(?:l|lm)\.(?:facebook|messenger)\.com", r"/l\.php", "u"),
    _make_form(r"l\.instagram\.com", r"/?", "u"),
    _make_form(r"l\.wl\.co", r"/l", "u"),
    _make_form(r"(?:[a-z]{2,3}\.)?linkedin\.com", r"/(?:redir(?:/.*)?|safety/go/?)", "url"),
    _make_form(r"(?:[a-z0-9-]+\.)*safelinks\.protection\.outlook\.com", r"/.*", "url"),
    _make_form(r"outlook\.office(?:365)?\.com", r"/mail/safelink\.html", "url"),
    _make_form(r"out\.reddit\.com", r"/.*", "url"),
    _make_form(r"(?:html\.|lite\.)?duckduckgo\.com", r"/l/?", "uddg"),
    _make_form(r"slack-redir\.net", r"/link", "url"),
    _make_form(r"t\.umblr\.com|(?:www\.)?tumblr\.com", r"/redirect", "z"),
    _make_form(r"(?:m\.|away\.)?vk\.com", r"/away(?:\.php)?", "to"),
    _make_form(r"go\.bsky\.app", r"/redirect", "u"),
    _make_form(r"medium\.com", r"/r/", "url"),
    _make_form(r"link\.(?:zhihu\.com|juejin\.cn|csdn\.net)", r"/?", "target"),
    _make_form(r"(?:www\.)?douban\.com", r"/link2/?", "url"),
    _make_form(r"(?:www\.)?jianshu\.com", r"/go-wild", "url"),
    _make_form(r"(?:exit|gate)\.sc", r"/?", "url"),
    _make_form(r"(?:www\.)?facebook\.com", r"/flx/warn/?", "u"),
    _make_form(r"(?:news|plus)\.url\.google\.com", r"/url", "q", "url"),
    _make_form(r"translate\.google(?:\.com?)?(?:\.[a-z]{2,3})?", r"/(?:translate|website)", "u"),
    _make_form(r"(?:twitter|x)\.com", r"/i/redirect", "url"),
    _make_form(r"(?:www\.)?pinterest\.[a-z.]{2,6}", r"/offsite/?", "url"),
    _make_form(r"(?:www\.)?quora\.com", r"/_/redirect", "url"),
    _make_form(r"t\.me", r"/iv", "url"),
    _make_form(r"(?:www\.)?evernote\.com", r"/OutboundRedirect\.action", "dest"),
    _make_form(r"linkprotect\.cudasvc\.com", r"/url", "a"),
    _make_form(r"clicktime\.symantec\.com", r"/.*", "u"),
    _make_form(r"scanmail\.trustwave\.com", r"/?", "u"),
    _make_form(r"go\.(?:redirectingat|skimresources)\.com", r"/?", "url"),
    _make_form(r"redirect\.viglink\.com", r"/?", "u"),
    _make_form(r"(?:www\.)?awin1\.com", r"/cread\.php", "ued", "p"),
    _make_form(r"click\.linksynergy\.com", r"/deeplink", "murl"),
    _make_form(r"statics\.teams\.cdn\.office\.net", r"/.*safelinks\.html", "url"),
    _make_form(r"urldefense\.(?:proofpoint\.)?com", r"/v1/url", "u"),
    _make_form(r"l\.threads\.(?:net|com)", r"/?", "u"),
    _make_form(r"getpocket\.com", r"/redirect", "url"),
    _make_form(r"steamcommunity\.com", r"/linkfilter/?", "u", "url"),
    _make_form(r"(?:www\.|m\.)?youtube\.com", r"/redirect", "q"),
)
# Pages that ask the reader to log in or to consent, and name the page behind them.
_WALLS = (
    _make_form(
        r"(?:[a-z0-9-]+\.)*medium\.com", r"/m/(?:global-identity(?:-2)?|signin)", "redirectUrl", "redirect"
    ),
    _make_form(r"(?:[a-z]{2,3}\.)?linkedin\.com", r"/authwall", "sessionRedirect"),
    _make_form(r"consent\.(?:youtube|google)\.[a-z.]+", r"/.*", "continue"),
    _make_form(r"myaccount\.nytimes\.com", r"/.*", "redirect_uri", "URI"),
)
_WARNINGS = (_make_form(r"bit(?:ly\.com|\.ly)", r"/a/warning", "url"),)
_DEREFERRERS = re.compile(
    r"(?:(?:www\.)?(?:href\.li|anon\.to|dereferer\.(?:me|org)|nullrefer\.com)/?"
    r"|(?:www\.)?deviantart\.com/users/outgoing)",
    re.IGNORECASE,
)
"""Addresses whose whole query is the target."""

# `u=a1` precedes the target in base64.
_BING = re.compile(r"https?://(?:www\.)?bing\.com/ck/a\?(?:[^#]*&)?u=a1(?P<code>[\w-]+)", re.ASCII)
_DISQUS = re.compile(r"https?://(?:www\.)?disq\.us/(?:url)?\?(?:[^#]*&)?url=(?P<url>[^&#]+)")
_DISQUS_MARK = re.compile(r":[\w-]{10,40}\Z", re.ASCII)
"""What Disqus appends to a target, to prove that it wrapped it."""

# These have the target in their path, not among their parameters.
_IN_PATH = re.compile(
    r"https?://(?:r\.search\.yahoo\.com/(?:[^?#]*/)?RU=(?P<yahoo>https?%3[aA][^/?#]+)"
    r"|(?:secure-web\.cisco\.com|outgoing\.prod\.webservices\.mozgcp\.net)/[^?#]*?(?P<url>https?(?:%3[aA]|:)[^#]+))"
)

# Version 3 replaces characters of the target with `*` and lists them in base64 after `__;`.
_DEFENSE = re.compile(
    r"https?://urldefense\.(?:(?:proofpoint\.)?com|us)/v3/__(?P<url>.+?)__;(?P<signs>[\w-]*)(?:=*)!", re.ASCII
)
_DEFENSE_2 = re.compile(r"https?://urldefense\.(?:proofpoint\.)?com/v2/url\?(?:[^#]*&)?u=(?P<url>[^&#]+)")
_STARS = re.compile(r"\*(?:\*(.))?")
_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""In Proofpoint's links, `**` and one of these stand for a run of characters; the letter gives its length,
counted from two."""

_AMP_CACHE = re.compile(r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org|" + _GOOGLE)
# `s/` before the host stands for https.
_AMP_PATH = re.compile(r"/(?:amp|[acv])/(s/)?([^/]+\.[^/]+/.*)", re.DOTALL)


def find_wrapped(url: str) -> str | None:
    """The target of a wrapper; None for any other URL."""
    return _find_target(url, _WRAPPERS) or _find_amp_target(url) or _find_whole_target(url)


def is_wall(url: str) -> bool:
    """Whether `url` is a page that asks to sign in or to consent before it shows anything."""
    return _match(url, _WALLS) is not None


def find_walled(url: str) -> str | None:
    """The target behind a wall; None for any other URL, and for a wall that does not name it."""
    return _find_target(url, _WALLS)


def find_warned(url: str) -> str | None:
    """The URL that a shortener warns about; None for any other URL."""
    return _find_target(url, _WARNINGS)


def _match(url: str, forms: tuple[_Form, ...]) -> _Form | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    return next(
        (form for form in forms if form.host.fullmatch(host) and form.path.fullmatch(parts.path)), None
    )


def _find_target(url: str, forms: tuple[_Form, ...]) -> str | None:
    form = _match(url, forms)
    if form is None:
        return None
    query = parse_qs(urlsplit(url).query)
    targets = (query[key][0] for key in form.keys if key in query)
    return next((target for target in targets if target.startswith(("http://", "https://"))), None)


def _find_amp_target(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    match = _AMP_PATH.fullmatch(parts.path) if _AMP_CACHE.fullmatch(host) else None
    if match is None or (host.endswith("ampproject.org") == match[0].startswith("/amp/")):
        return None  # the cache has /c/, /v/ and /a/; google.com has /amp/ and its own /a/ and /c/
    query = f"?{parts.query}" if parts.query else ""
    return f"{'https' if match[1] else 'http'}://{match[2]}{query}"


def _find_whole_target(url: str) -> str | None:
    """The target that is the rest of the URL: after a dereferrer, or in Proofpoint's links."""
    place, _, query = url.partition("://")[2].partition("?")
    if query and _DEREFERRERS.fullmatch(place):
        return _keep_web(query if "://" in query[:9] else unquote(query))
    if bing := _BING.match(url):
        return _keep_web(_decode(bing["code"]))
    if disqus := _DISQUS.match(url):
        return _keep_web(_DISQUS_MARK.sub("", unquote(disqus["url"])))
    if inside := _IN_PATH.match(url):
        return _keep_web(unquote(inside["yahoo"] or inside["url"]))
    if second := _DEFENSE_2.match(url):
        return _keep_web(unquote(second["url"].replace("-", "%").replace("_", "/")))
    third = _DEFENSE.match(url)
    if third is None:
        return None
    signs = _decode(third["signs"])
    if third["signs"] and not signs:
        return None
    used = 0

    def fill(star: re.Match[str]) -> str:
        nonlocal used
        start = used
        used += 1 if star[1] is None else _RUNS.find(star[1]) + 2
        return signs[start:used]

    # Mail programs join the slashes of the address inside the path.
    target = re.sub(r"\A(https?:)/(?=[^/])", r"\1//", third["url"])
    return _keep_web(_STARS.sub(fill, target))


def _decode(code: str) -> str:
    """Decode URL-safe base64; an empty text if it is not valid."""
    try:
        return urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode()
    except ValueError:
        return ""


def _keep_web(target: str) -> str | None:
    return target if target.startswith(("http://", "https://")) else None


_words = str.split
_SHORTENERS = frozenset(
    _words("""
a.co adf.ly aka.ms amzn.asia amzn.eu amzn.to apple.co b.link bbc.in bit.do bit.ly bitly.com bl.ink
buff.ly chng.it cli.re cnb.cx conta.cc cutt.ly db.tt dlvr.it econ.st eepurl.com fb.me fb.watch flip.it
g.co g.page geni.us git.io go.nature.com goo.gl ht.ly hubs.la hubs.li hubs.ly ift.tt is.gd j.mp kck.st
kutt.it l8r.it link.medium.com lnk.to lnkd.in lnks.gd loom.ly maps.app.goo.gl mzl.la n.pr nyti.ms
on.ft.com on.wsj.com ow.ly pca.st po.st protect-au.mimecast.com protect-de.mimecast.com
protect-eu.mimecast.com protect-us.mimecast.com pwc.to rb.gy rebrand.ly redd.it reut.rs s.id sbne.ws
shor.by shorturl.at smarturl.it snip.ly spoti.fi spr.ly surl.li t.cn t.co t.ly tcrn.ch ti.me tiny.cc
tinyurl.com trib.al u.nu url.de.m.mimecastprotect.com url.uk.m.mimecastprotect.com
url.us.m.mimecastprotect.com urlz.fr v.gd vm.tiktok.com vt.tiktok.com w.wiki wapo.st wp.me wrd.cm
youtu.be zcu.io zpr.io
    """)
)


_WITH_PAGES = frozenset(_words("fb.watch g.page pca.st vm.tiktok.com vt.tiktok.com youtu.be"))


def serves_pages(host: str) -> bool:
    """Whether a shortener shows a video or an episode itself, besides redirecting to them."""
    return host.lower().rstrip(".").removeprefix("www.") in _WITH_PAGES


def is_shortener(host: str) -> bool:
    """Whether `host` is known to serve only redirects."""
    host = host.lower().rstrip(".")
    return host.removeprefix("www.") in _SHORTENERS
