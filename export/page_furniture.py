"""Recognise links that lead to nothing to read: footnotes, timestamps, profiles, forms, navigation."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from record_types.library import ReadLink

_FOOTNOTE = re.compile(
    r"[\W\d]{0,8}|\W*(?:note|ref|fn|footnote|citation needed|edit|source\?)\W*\d*\W*|\W*[a-z]\W*", re.I
)
_TIME = re.compile(r"\W*(?:\d{1,2}:)?\d{1,2}:\d{2}\W*")
_FOOTNOTE_PART = re.compile(
    r"(?:cite[_-]?(?:note|ref)|fn|fnref|footnote|ref|sdfootnote|_ftn|_edn)[\W_]?\w*", re.I
)
_FORM = frozenset(
    str.split("""
    signup sign-up signin sign-in login log-in logout register subscribe unsubscribe join share sharer
    intent edit checkout cart upgrade donate account accounts preferences settings invite waitlist
    giveaway privacy terms cookies sponsor
""")
)
"""Parts of the paths of forms and of a site's own pages."""
_PROFILE_HOSTS = {
    "twitter.com": 1, "x.com": 1, "instagram.com": 1, "facebook.com": 1, "tiktok.com": 1, "github.com": 1,
    "threads.net": 1, "bsky.app": 2, "t.me": 1, "patreon.com": 1, "ko-fi.com": 1, "gumroad.com": 0,
    "linktr.ee": 1, "medium.com": 1, "dev.to": 1, "producthunt.com": 1, "reddit.com": 2, "linkedin.com": 2,
    "discord.gg": 1, "discord.com": 2, "buymeacoffee.com": 1, "calendly.com": 2, "twitch.tv": 1,
}  # fmt: skip
"""Hosts by the number of path segments that a person's (or a company's) page has at most."""
_WIKI_PAGE = re.compile(r"/(?:wiki|w)/", re.I)
_WIKI_NAMESPACE = re.compile(
    r"/wiki/(?:help|special|file|image|category|template|talk|user|portal|wikipedia|[a-z]+_talk):", re.I
)
_SHARING = frozenset({"wa.me", "addtoany.com", "getpocket.com", "archive.is"})


def is_never(link: ReadLink, page: str | None = None) -> bool:
    """Whether a link leads to nothing to read, wherever it appears; `page` is the URL of its document."""
    label = link.label or ""
    if label and (_FOOTNOTE.fullmatch(label) or _TIME.fullmatch(label)):
        return True
    if link.status == "pending" and link.short:
        return False
    return _is_furniture(link.resource_url or link.final_url or link.url, page or "") or (
        link.final_url is not None and _is_furniture(link.final_url, page or "")
    )


@lru_cache(maxsize=4096)
def _is_furniture(url: str, page: str) -> bool:
    """Whether an address is a profile, a form, a footnote or an encyclopedia's own navigation."""
    try:
        parts = urlsplit(url)
        home = urlsplit(page)
    except ValueError:
        return True
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    segments = [each for each in parts.path.lower().split("/") if each]
    if _FOOTNOTE_PART.fullmatch(parts.fragment) or _FORM.intersection(segments) or host in _SHARING:
        return True
    if any(key == "action" and value in ("edit", "history") for key, value in parse_qsl(parts.query)):
        return True
    if _WIKI_NAMESPACE.search(parts.path) or (
        _WIKI_PAGE.search(parts.path) and parts.hostname == home.hostname
    ):
        return True
    if segments and segments[0].startswith("@") and len(segments) == 1:
        return True
    most = _PROFILE_HOSTS.get(host)
    if (
        most is not None
        and len(segments) <= most
        and not (host in ("reddit.com", "discord.com") and not segments)
    ):
        return True
    if host in ("youtube.com", "m.youtube.com"):
        return (bool(segments) and segments[0] in ("user", "channel", "c")) or bool(
            segments and segments[0][0] == "@"
        )
    return host in ("google.com", "duckduckgo.com", "bing.com") and "search" in segments
