"""Decide which links of a highlight offer something to read.

A link is `offered` where a post or a list line offers it: it is a line or paragraph of its own, or it
follows a lead-in (`Paper:`, `👇`) or a label (`(Advanced) https://…`). It is `inline` in the middle of a
sentence; several people who share it make up for that. Footnotes, timestamps, profiles, forms and the
navigation of an encyclopedia are `never` recommended. An unresolved link at the end of a tweet is mostly its
picture or a quoted tweet, so it needs a lead-in, a label or a list line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from export.lead_ins import find_lead_in
from export.resource_names import MARKER, REACH, SENTENCES, URL, WORD, drop_handles, name_lead
from export.thread_marks import is_closer
from record_types.library import ReadDocument, ReadHighlight, ReadLink

Role = Literal["offered", "inline", "never"]

MAX_BRIEF = 5
"""Words of a lead-in that says what the link is: `Try the beta now at:`."""

_FOOTNOTE = re.compile(
    r"[\W\d]{0,8}|\W*(?:note|ref|fn|footnote|citation needed|edit|source\?)\W*\d*\W*|\W*[a-z]\W*", re.I
)
_TIME = re.compile(r"\W*(?:\d{1,2}:)?\d{1,2}:\d{2}\W*")
_FOOTNOTE_PART = re.compile(
    r"(?:cite[_-]?(?:note|ref)|fn|fnref|footnote|ref|sdfootnote|_ftn|_edn)[\W_]?\w*", re.I
)
_FORM = frozenset(
    [
        "signup",
        "sign-up",
        "signin",
        "sign-in",
        "login",
        "log-in",
        "logout",
        "register",
        "subscribe",
        "unsubscribe",
        "join",
        "share",
        "sharer",
        "intent",
        "edit",
        "checkout",
        "cart",
        "upgrade",
        "donate",
        "account",
        "accounts",
        "preferences",
        "settings",
        "invite",
        "waitlist",
        "giveaway",
        "privacy",
        "terms",
        "cookies",
        "sponsor",
    ]
)
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

_LEADS = re.compile(r"(?:[:：→⇒»👇👉➡⬇🔗]|--?>|=>|\bat|\bhere)[\ufe0f🏻🏼🏽🏾🏿\s(\[\"“]*\Z")
_CUE = re.compile(
    r"\b(?:article|paper|book|video|talk|lecture|podcast|episode|interview|essay|guide|tutorial|course|blog|repo"
    r"|repository|study|documentation|docs|slides|website|read|watch|listen|source|link|preprint)s?\b",
    re.I,
)
_ASKS = re.compile(
    r"\b(?:re-?tweet|RTs?|tweets?|threads?|follow(?:ing)? (?:me|us|@)|subscribe|newsletter|sign up"
    r"|join (?:us|the|my|our)|discord|telegram|waitlist|giveaway|hiring|apply|dms?|discount|coupon|promo"
    r"|use code|% off)\b",
    re.I,
)
_ENDS = (".", "!", "…", "?", "”", '"')
_LIST_LINE = re.compile(r"^\s*(?:[-*+•◦▪‣●✅☑️➡️👉→▶️📌🔗📚📖🎥📄]|\(?\d{1,3}[.)]\s).*https?://", re.M)
_POINTS = re.compile(
    r"\b(?:here|this|these|check|see|read|watch|listen|more|full|available|my|our|the)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Offer:
    """How a highlight presents one of its links."""

    role: Role
    lead: str = ""
    """The words that introduce it, with its label: `Calculus (Advanced)`; empty if there are none."""
    is_labelled: bool = False
    """Whether its label is one (`(Advanced) https://…`) rather than the words of a sentence."""


def read_offers(highlight: ReadHighlight, document: ReadDocument) -> list[Offer]:
    """How a highlight presents each of its links, in their order."""
    if not highlight.links:
        return []
    text, position = highlight.text, 0
    closes = is_closer(text)
    offers = []
    for link in highlight.links:
        at = text.find(link.url, position)
        if at < 0:
            offers.append(Offer("inline"))
            continue
        position = at + len(link.url)
        if closes or is_never(link, document.url):
            offers.append(Offer("never"))
        else:
            offers.append(_read_offer(text, at, link, highlight))
    return offers


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


def _read_offer(text: str, at: int, link: ReadLink, highlight: ReadHighlight) -> Offer:
    start = max(text.rfind("\n", max(0, at - REACH), at) + 1, at - REACH)
    found = text.find("\n", at, at + len(link.url) + REACH)
    end = found if found >= 0 else min(len(text), at + len(link.url) + REACH)
    is_markdown = text[max(0, at - 2) : at] == "]("
    opened = text.rfind("[", start, at) if is_markdown else at
    before = text[start:opened] if opened >= 0 else text[start:at]
    after = text[at + len(link.url) : end].removeprefix(")")
    marker = MARKER.match(before)
    said = drop_handles(URL.sub(" ", before[marker.end() if marker else 0 :]))
    above = _line_above(text, start)
    label = link.label if not is_markdown else None
    lead = name_lead(text, said, above, label)
    if _ASKS.search((said if WORD.search(said) else above)[-120:]):
        return Offer("never" if link.status == "pending" else "inline", lead)
    follows = bool(WORD.search(URL.sub(" ", after)))
    alone = not WORD.search(said) and (not follows or marker is not None)
    if is_markdown:
        return Offer("offered" if alone else "inline", lead)
    is_last = not WORD.search(URL.sub(" ", text[at + len(link.url) :][:REACH]))
    if link.status == "pending" and link.short:
        offered = _is_offered_unseen(
            text, said, above, label, follows=follows, is_last=is_last, is_listed=marker is not None
        )
    else:
        listed = marker is not None and not follows
        offered = alone or listed or bool(label or _LEADS.search(said) or find_lead_in(said))
        offered = offered or (is_last and highlight.tweet_id is not None)
    return Offer("offered" if offered else "inline", lead, label is not None)


def _is_offered_unseen(
    text: str, said: str, above: str, label: str | None, *, follows: bool, is_last: bool, is_listed: bool
) -> bool:
    """Whether a post offers a link that nobody has resolved yet.

    The last link of a tweet is mostly its picture or a quoted tweet, also behind a colon: so it needs a word
    such as `paper`, a label or a short lead-in.
    """
    is_short = len(said) <= 100
    several = len(URL.findall(text[:4000])) > 1
    if label and len(label.split()) <= 3 and not label.isupper() and is_short:
        return several or find_lead_in(said) is not None
    if is_short and not follows and find_lead_in(said) is not None:
        return True
    if not WORD.search(said):
        is_introduced = find_lead_in(above) is not None or _introduces(above, is_last=is_last)
        return not follows and is_introduced
    sentence = SENTENCES.split(said.strip())[-1]
    if _LEADS.search(said):
        is_brief = len(WORD.findall(sentence)) <= MAX_BRIEF
        return not is_last or is_brief or bool(_CUE.search(sentence[-100:]))
    if not is_last and not follows and len(said) <= 80 and said.strip()[-1:] not in _ENDS:
        return True  # `The Science of Storytelling by @author https://t.co/…`, then a quotation
    if is_listed and is_short and not follows:
        return len(_LIST_LINE.findall(text[:4000])) > 1 and said.strip()[-1:] not in _ENDS
    return is_last and bool(_CUE.search(sentence[-60:])) and bool(_POINTS.search(sentence))


def _line_above(text: str, start: int) -> str:
    """The line before the one that begins at `start`, without links; empty if there is none."""
    lines = text[max(0, start - REACH) : start].rstrip().rsplit("\n", 1)
    return URL.sub(" ", lines[-1]).strip() if lines else ""


def _introduces(line: str, *, is_last: bool) -> bool:
    """Whether a line introduces the link below it: `Here is the paper:`, `2. Blueprint by R. Plomin`."""
    if not WORD.search(line):
        return False
    sentence = SENTENCES.split(line)[-1]
    has_cue = bool(_CUE.search(sentence[-100:]) and _POINTS.search(sentence))
    if is_last:
        return has_cue or (_LEADS.search(line) is not None and len(WORD.findall(sentence)) <= MAX_BRIEF)
    is_title = len(line) <= 60 and line[-1] not in _ENDS[:3] and MARKER.match(line) is not None
    return has_cue or is_title or bool(_LEADS.search(line))


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
