"""Name what links lead to: by title, by the words of an address, or by the words that introduce the link."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from export.lead_ins import find_lead_in
from export.topic_names import is_stop_name
from markdown_text.inline_links import shorten_url
from record_types.library import ReadLink

MAX_NAME = 80
REACH = 400
"""Characters around a link that are looked at, so that a line of a thousand links takes linear time."""

URL = re.compile(r"!?\[[^\[\]\n]{0,300}\]\(https?://[^\s)]*\)|<?https?://[^\s>)\]]+>?")
MARKER = re.compile(
    r"^\s*(?:[-*+•◦▪‣●✅☑️➡️👉→▶️📌🔗📚📖🎥📄]|#?\(?\d{1,3}[.)/]|#\d{1,3}\b[\s–-]*|[a-z]\))\s*", re.I
)
_PARENS = re.compile(r"\(([^()\n]{1,40})\)\s*[:：→👉]?\s*<?\Z")
_HANDLES = re.compile(r"\s*(?:\.?@\w{1,30}\s+)+(?!by\b|['’]s\b)")
WORD = re.compile(r"[^\W\d_]{2,}")
_GENERIC = re.compile(
    r"(?:\W|\b(?:here|link|links|source|learn|more|details|info|read|watch|it|is|the|this|that|at|on|via|see|check|out|full"
    r"|also|and|paper|video|article|post|blog|website|try|now|go|to|from|for|find|available|s|you|can|url|below)\b)*",
    re.I,
)
_PART = re.compile(
    r"(?:links? to )?(?:the |full )*(?:demo|repo|code|github|arxiv|paper|pdf|slides|docs|video|talk|blog"
    r"|website|source|link|article|project page|model|notebook|colab)s?(?: link)?",
    re.I,
)
_JOINS = re.compile(r"\A(?:(?:and|or|but|also)\b[,\s]+)+", re.I)
SENTENCES = re.compile(r"(?<=[.!?。！？])\s+")
_SLUG_END = re.compile(r"\.(?:html?|php|aspx?|pdf|md)$", re.I)
_SLUG_ID = re.compile(r"(?:[-_](?:[0-9a-f]{8,}|\d{4,}))+$|^(?:\d{4,}[-_])+", re.I)


def name_resource(link: ReadLink, lead: str = "", place: str = "") -> str:
    """What to call a resource: its title, else the words of its address, else host and path.

    A link that is not resolved is named after the words that introduce it (`lead`), else after its place.
    """
    if link.title:
        return link.title
    if link.status == "pending" and link.short:
        if place and lead and is_stop_name(lead):  # `April` says nothing by itself
            return f"{place} ({lead})"
        return lead or (f"{place} (link)" if place else shorten_url(link.url))
    url = link.resource_url or link.final_url or link.url
    return humanize(url) or shorten_url(url)


@lru_cache(maxsize=4096)
def humanize(url: str) -> str:
    """The words of an address's last part: `/notes/how-tides-work-4f2a9c81.html` → `How tides work`.

    Empty if it has fewer than two words.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    segments = [unquote(each) for each in parts.path.split("/") if each]
    if host == "github.com" and len(segments) >= 2:
        return "/".join(segments[:2])
    for segment in reversed(segments[-2:]):
        plain = _SLUG_ID.sub("", _SLUG_END.sub("", segment))
        words = [each for each in re.split(r"[-_+\s]+", plain) if each]
        is_wiki = "/wiki/" in parts.path and segment == segments[-1]
        if sum(1 for each in words if WORD.fullmatch(each) and len(each) > 1) >= (1 if is_wiki else 2):
            name = " ".join(words)
            return name[:1].upper() + name[1:]
    return ""


def name_lead(text: str, intro: str, above: str, label: str | None, *, is_paired: bool = False) -> str:
    """The words that introduce a link: those before it, else the line above, else the first line.

    `is_paired`: whether the text is a list of names with a link below each.
    """
    intro = _PARENS.sub("", intro) if label else intro
    led = find_lead_in(intro) or (find_lead_in(text) if not WORD.search(intro) and not is_paired else None)
    if led is not None and not _PART.fullmatch(led.subject) and not _GENERIC.fullmatch(led.subject):
        return f"{led.subject} ({label})" if label else led.subject
    first = URL.split(text[:REACH].split("\n", 1)[0])[0]
    if MARKER.match(above) and WORD.search(intro):
        above = ""  # an item of its own
    part = label or ""
    for words in (intro, above, first):
        name = _tidy(words)
        if name and _PART.fullmatch(name):
            part = part or name  # `Repo` names the kind; the line above names the thing
        elif name and name != part:
            return f"{name} ({part})" if part else name
    return part


def drop_handles(words: str) -> str:
    match = _HANDLES.match(words)
    return words[match.end() :] if match else words


def _tidy(words: str) -> str:
    """The last sentence of the words, short enough for a name; empty if it says nothing."""
    words = re.sub(
        r"[*_`#\[\]]|(?<=\s)@\w+(?:\s+@\w+)+|\s+(?=['’]s\b)", "", MARKER.sub("", drop_handles(words))
    ).strip(' :：→👇👉➡⬇️🔗-–—>=("“”)')
    last = _JOINS.sub("", SENTENCES.split(words)[-1].strip(" :.,;-–—"), count=1)
    if " " not in last or _GENERIC.fullmatch(last):
        last = words.strip(" :.,;-–—")
    if not last or _GENERIC.fullmatch(last):
        return ""
    last += ")" * (last.count("(") > last.count(")"))
    return last if len(last) <= MAX_NAME else last[:MAX_NAME].rsplit(None, 1)[0] + "…"
