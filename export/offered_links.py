"""Decide which links of a highlight offer something to read.

A link is `offered` where a post or a list line offers it: it is a line or paragraph of its own, or it
follows a lead-in (`Paper:`, `👇`) or a label (`(Advanced) https://…`). It is `inline` in the middle of a
sentence; several people who share it make up for that. Footnotes, timestamps, profiles, forms and the
navigation of an encyclopedia are `never` recommended (`export.page_furniture`). An unresolved link at the end
of a tweet is mostly its picture or a quoted tweet, so it needs a lead-in, a label or a list line.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from export.lead_ins import find_lead_in
from export.page_furniture import is_never
from export.resource_names import MARKER, REACH, SENTENCES, URL, WORD, drop_handles, name_lead
from export.thread_marks import is_closer
from record_types.library import ReadDocument, ReadHighlight, ReadLink

Role = Literal["offered", "inline", "never"]

MAX_BRIEF = 5
"""Words of a lead-in that says what the link is: `Try the beta now at:`."""

_LEADS = re.compile(r"(?:[:：→⇒»👇👉➡⬇🔗]|--?>|=>|\bat|\bhere)[\ufe0f🏻🏼🏽🏾🏿\s(\[\"“]*\Z")
_CUE = re.compile(
    r"\b(?:article|paper|book|video|talk|lecture|podcast|episode|interview|essay|guide|tutorial|course|blog|repo"
    r"|repository|study|documentation|docs|github|slides|website|read|watch|listen|source|link|preprint|thesis"
    r"|demo|notebook|dataset|template|playlist|deck)s?\b",
    re.I,
)
_ASKS = re.compile(
    r"🧵|\b(?:re-?tweet|RTs?|tweets?|threads?|unroll(?:ed)?|follow(?:ing)? (?:me|us|@)|subscribe"
    r"|newsletter|join (?:us|the|my|our)|discord|telegram|waitlist|giveaway"
    r"|(?:re|are|is|now) hiring|apply|dms?|discount|coupon|promo|pre-?sale|pre-?order"
    r"|(?:beta|early|public) access|sign(?:ing)?[- ]?up|use code|% off|linkedin|instagram|tiktok"
    r"|change-?log|release notes|all (?:of )?(?:our|the) updates|collect (?:this|it)"
    r"|support (?:us|our|my|me)|CC[- ]BY)\b|\(modified\)",
    re.I,
)
_ENDS = (".", "!", "…", "?", "”", '"')
_LIST_LINE = re.compile(r"^\s*(?:[-*+•◦▪‣●✅☑️➡️👉→▶️📌🔗📚📖🎥📄]|\(?\d{1,3}[.)]\s).*https?://", re.M)
_POINTS = re.compile(
    r"\b(?:here|this|these|check|see|read|watch|listen|more|full|available|my|our|online)\b", re.I
)
_HERE = re.compile(
    r"🔗|\b(?:view|find|read|see|wrote|get|copy|download|try|dive|more|is|are|available)\b[^.!?]{0,40}\bhere\b"
    r"|\blinks? to (?:the|my|our|this)\b",
    re.I,
)
"""Says that the link leads to it: `You can find them here`, `🔗:`."""
_WORKS = (
    r"(?:article|paper|preprint|study|report|survey|thesis|book|essay|guide|post|video|talk|lecture|course)"
)
_PRAISES = re.compile(
    r"\bmust[- ](?:read|watch|listen)\b|\bso here (?:it is|they are|you go)\b"
    r"|\b(?:great|excellent|brilliant|fantastic|wonderful|amazing|superb|outstanding) "
    rf"(?:write[- ]?up|{_WORKS}|interview|tutorial|website|site|tool)\b"
    rf"|\bthis (?:[\w-]+ ){{0,2}}{_WORKS}\b|\b(?:I|we)(?:['’]ve| have)? (?:just )?published\b"
    r"|\brecommend(?:ed)? (?:checking out |reading |watching )?(?:this|these|his|her|their)\b",
    re.I,
)
"""Says that a post is about what its link leads to."""
_STUDIES = re.compile(rf"\b(?:an?|new|our|my|recent) (?:[\w-]+ ){{0,2}}{_WORKS}\b", re.I)
"""Says so in a post that also has a picture, to which its link might lead otherwise."""
_MARK_LINE = re.compile(r"\s*[(\[]?\d{1,3}\s?/\s?(?:\d{1,3}|n|x|fin|end)?[)\]]?\s*\Z", re.I)
"""A line that only counts the posts of a thread."""
_ASIDES = re.compile(r"[#@]\w+")
MOST_ALIKE = 3
"""Unresolved links with the same lead-in; more of them cannot be distinguished."""
_FOUND = re.compile(
    r"\b(?:review|study|studies|paper|trial|survey|meta-analysis) (?:found|finds?|shows?|showed)\b", re.I
)
_PAIR = re.compile(r"^(?!https?:)[^\n]{2,70}\n+https?://\S+$", re.M)
"""A line and, below it, the link that it names."""
_GLUED = re.compile(r":\s*https?://")
"""After an address that swallowed the words that followed it: `…/repoSite: https://…`."""
_BY_AUTHOR = re.compile(r"\w by (?:@\w|[A-Z])")
_ATTACHED = re.compile(r"\b(?:here (?:are|is)|here['’]s)\b", re.I)
_BY = re.compile(r"\s*(?:by|from|von|de|par)\s", re.I)
_AFTER_LINK = re.compile(r"https?://\S+[\s\d/()]*\Z")
_ARROWS = tuple("→⇒»👉➡")
_ENTRY = re.compile(r"\s*\(?\d{1,3}[.)/]\s+[A-Z][^.!?:…\n]{1,30}\s*\Z")
_PICTURE = re.compile(r"!\[[^\]\n]*\]\(\S*\)")
_NUMBERED = re.compile(r"\s*(?:#\d|\d{1,3}[.)]\s)")


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
    alike = Counter(
        offer.lead for offer, link in zip(offers, highlight.links, strict=True) if link.status == "pending"
    )
    return [
        replace(each, role="inline") if each.role == "offered" and alike[each.lead] > MOST_ALIKE else each
        for each in offers
    ]


def _read_offer(text: str, at: int, link: ReadLink, highlight: ReadHighlight) -> Offer:
    start = max(text.rfind("\n", max(0, at - REACH), at) + 1, at - REACH)
    found = text.find("\n", at, at + len(link.url) + REACH)
    end = found if found >= 0 else min(len(text), at + len(link.url) + REACH)
    is_markdown = text[max(0, at - 2) : at] == "]("
    opened = text.rfind("[", start, at) if is_markdown else at
    before = text[start:opened] if opened >= 0 else text[start:at]
    after = text[at + len(link.url) : end].removeprefix(")")
    before = drop_handles(before)
    marker = MARKER.match(before)
    parts = URL.split(before[marker.end() if marker else 0 :])
    intro = drop_handles(parts[-1] if WORD.search(parts[-1]) else " ".join(parts))
    above = _line_above(text, start)
    label = link.label if not is_markdown else None
    is_paired = 0 < len(above) <= 70 and above[-1] not in _ENDS and len(_PAIR.findall(text[:4000])) > 1
    lead = name_lead(text, intro, above, label, is_paired=is_paired)
    if _ASKS.search((intro if WORD.search(intro) else above)[-120:]):
        return Offer("never" if link.status == "pending" else "inline", lead)
    follows = bool(WORD.search(_ASIDES.sub(" ", URL.sub(" ", after))))
    alone = not WORD.search(intro) and (not follows or marker is not None)
    if is_markdown:
        return Offer("offered" if alone and "/wiki/" not in link.url else "inline", lead)
    if _GLUED.match(after):
        return Offer("inline", lead)
    rest = text[at + len(link.url) :][:REACH]
    ends = not WORD.search(_ASIDES.sub(" ", URL.sub(" ", rest)))
    if link.status == "pending" and link.short:
        offered = (label is not None or not _follows_link(text, at)) and _is_offered_unseen(
            text,
            intro + "🔗" * ("🔗" in before),
            above,
            label,
            after,
            follows=follows,
            is_last=ends and "http" not in _PICTURE.sub("", rest),
            is_listed=marker is not None,
            is_paired=is_paired,
        )
    else:
        listed = marker is not None and not follows
        offered = alone or listed or bool(label or _LEADS.search(intro) or find_lead_in(intro))
        offered = offered or (ends and highlight.tweet_id is not None)
    return Offer("offered" if offered else "inline", lead, label is not None)


def _is_offered_unseen(
    text: str,
    intro: str,
    above: str,
    label: str | None,
    after: str,
    *,
    follows: bool,
    is_last: bool,
    is_listed: bool,
    is_paired: bool,
) -> bool:
    """Whether a post offers a link that nobody has resolved yet.

    The last link of a tweet is mostly its picture or a quoted tweet, even after a colon: so it needs a word
    such as `paper`, a label or a short lead-in.
    """
    is_short = len(intro) <= 100
    has_picture = not is_last or _PICTURE.search(text) is not None
    is_praised = is_last and (
        _PRAISES.search(text[:REACH]) is not None
        or (has_picture and _STUDIES.search(text[:REACH]) is not None)
    )
    several = len(URL.findall(text[:4000])) > 1
    if label and len(label.split()) <= 3 and not label.isupper() and is_short:
        return several or find_lead_in(intro) is not None
    if is_short and not follows and find_lead_in(intro) is not None:
        return True
    if _HERE.search(intro[-60:]) and not _ATTACHED.search(intro[-60:]) and not follows:
        return True
    if not WORD.search(intro):
        if is_listed and _BY.match(after):
            return True
        is_pointed_at = has_picture and intro.strip()[-1:] in _ARROWS
        is_introduced = find_lead_in(above) is not None or _introduces(above, is_last=is_last)
        return not follows and (
            is_pointed_at or is_introduced or is_praised or _is_entry(text) or (is_paired and not is_last)
        )
    sentence = SENTENCES.split(intro.strip())[-1]
    if _LEADS.search(intro):
        return not is_last or _is_brief(sentence) or bool(_CUE.search(sentence[-100:]))
    has_more = not is_last and WORD.search(URL.sub(" ", text[text.rfind(intro) + len(intro) :]))
    if has_more and not follows and len(intro) <= 80 and intro.strip()[-1:] not in _ENDS:
        return True  # `The Science of Storytelling by @author https://t.co/…`, then a quotation
    if is_listed and is_short and not follows:
        is_list = len(_LIST_LINE.findall(text[:4000])) > 1 or text.lstrip().startswith("#")
        return is_list and intro.strip()[-1:] not in _ENDS
    if is_praised and not follows:
        return True
    return is_last and bool(_CUE.search(sentence[-60:])) and bool(_POINTS.search(sentence))


def _line_above(text: str, start: int) -> str:
    """The line before the one that begins at `start`, without links and handles; empty if there is none.

    In a list of links it is the line above the list; lines that only number posts are skipped.
    """
    lines = text[max(0, start - REACH) : start].rstrip().split("\n")
    while len(lines) > 1 and (
        not lines[-1].strip()
        or _MARK_LINE.match(lines[-1])
        or ("http" in lines[-1] and not WORD.search(URL.sub(" ", lines[-1])))
    ):
        lines.pop()
    return drop_handles(URL.sub(" ", lines[-1])).strip()


def _introduces(line: str, *, is_last: bool) -> bool:
    """Whether a line introduces the link below it: `Here is the paper:`, `2. Blueprint by R. Plomin`."""
    if not WORD.search(line):
        return False
    if line[-1] in ":：" and _FOUND.search(line):
        return True
    sentence = SENTENCES.split(line)[-1]
    has_cue = bool(_CUE.search(sentence[-100:]) and _POINTS.search(sentence)) or (
        _HERE.search(sentence) is not None and not _ATTACHED.search(sentence)
    )
    if is_last:
        is_entry = len(line) <= 90 and _NUMBERED.match(line) is not None
        is_entry = is_entry and (line[-1] not in _ENDS or line.startswith("#"))
        return has_cue or is_entry or (_LEADS.search(line) is not None and _is_brief(sentence))
    is_title = len(line) <= 60 and line[-1] not in _ENDS[:3]
    is_title = is_title and bool(MARKER.match(line) or _BY_AUTHOR.search(line))
    return has_cue or is_title or bool(_LEADS.search(line))


def _is_brief(sentence: str) -> bool:
    """Whether a lead-in says in a few words what the link is; `Here are different ways:` introduces a
    picture."""
    return len(WORD.findall(sentence)) <= MAX_BRIEF and not _ATTACHED.search(sentence)


def _is_entry(text: str) -> bool:
    """Whether a text is an entry of a list of things: a numbered name, a description, its link."""
    name, _, rest = text.partition("\n")
    return _ENTRY.match(name) is not None and len(URL.findall(rest[:2000])) == 1 and "\n\nhttp" in rest


def _follows_link(text: str, at: int) -> bool:
    """Whether only another link and a mark come before a link on its line, which is then the link of a
    picture."""
    before = text[max(0, at - 60) : at].rpartition("\n")[2]
    return _AFTER_LINK.search(before) is not None
