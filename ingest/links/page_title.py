"""A page's title as a reader would call it, and the titles of pages that stand before the page."""

from __future__ import annotations

import re

from markdown_text.escapes import decode_all_entities

_SEPARATOR = re.compile(r"\s+[|\-–—·•»:]\s+|\s*\|\s*")
_NOT_LETTERS = re.compile(r"[\W_]+")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
# Whole titles, in small letters; a site's name may follow behind a separator.
_WALLS = (
    r"just a moment",
    r"attention required!?",
    r"please wait",
    r"one more step",
    r"javascript is (?:not available|disabled|required)",
    r"(?:please )?enable (?:javascript|js|cookies)(?: and cookies)?(?: to continue)?",
    r"sign in(?: to (?:continue|your account|your .{1,30} account))?",
    r"sign in to [\w.]{1,30}",
    r"(?:log ?in|sign up|log in or sign up|sign up or log in|log in to continue)",
    r"log ?in to [\w.]{1,30}",
    r"linkedin(?: login.{0,30}|: log in or sign up)",
    r"(?:error:? )?access(?: to this (?:page|site) (?:has been|is))? denied",
    r"(?:error )?(?:401|403|429)(?: error)?",
    r"(?:401|403|429) ?[:-]? ?(?:forbidden|unauthorized|access denied|too many requests)",
    r"(?:forbidden|unauthorized|too many requests|request (?:blocked|rejected))",
    r"are you (?:a )?(?:robot|human|not a robot)",
    r"(?:bot|human) verification",
    r"robot check",
    r"security check(?:point)?(?: required)?",
    r"vercel security checkpoint",
    r"(?:verify(?:ing)?|confirm) (?:that )?you are (?:a )?human",
    r"checking your browser(?: before accessing .{1,60})?",
    r"ddos-guard",
    r"client challenge",
    r"pardon our interruption",
    r"before you continue(?: to [\w. ]{1,30})?",
    r"you have been blocked",
    r"captcha",
)
_WALL = re.compile(rf"(?:{'|'.join(_WALLS)})[\s.…!?]*(?:\s[|·•:–—-]\s.{{1,40}})?", re.IGNORECASE)
_LONGEST_WALL = 120


def tidy_text(text: str | None) -> str | None:
    """`text` on one line, entities that were escaped twice undone; None where nothing is left."""
    if not text:
        return None
    return " ".join(_UNSEEN.sub("", decode_all_entities(text)).split()) or None


def tidy_title(title: str | None, site: str | None, host: str) -> str | None:
    """`title` without the site's name in front or behind, where `site` or `host` confirm that it is that."""
    if title is None:
        return None
    names = {_squeeze(name) for name in (site or "", host, *_host_names(host))} - {""}
    cuts = list(_SEPARATOR.finditer(title))
    if not cuts:
        return title
    last, first = cuts[-1], cuts[0]
    if last.start() > 0 and _squeeze(title[last.end() :]) in names:
        return title[: last.start()].strip()
    if title[first.end() :] and _squeeze(title[: first.start()]) in names:
        return title[first.end() :].strip()
    return title


def is_wall_title(title: str, host: str) -> bool:
    """Whether a page with this title stands before the page that was asked for.

    Only whole titles count: an article may well be called "Access denied: a history of paywalls".
    """
    if len(title) > _LONGEST_WALL:
        return False
    return _WALL.fullmatch(title) is not None or (
        host in ("x.com", "twitter.com") and title in ("X", "Twitter")
    )


def _squeeze(name: str) -> str:
    return _NOT_LETTERS.sub("", name).lower().removeprefix("the")


def _host_names(host: str) -> list[str]:
    """What a host may be called: `nytimes.com` -> nytimes; `blog.example.co.uk` -> blog.example, example."""
    labels = host.split(".")[:-1]
    return [".".join(labels), *(label for label in labels if len(label) > 2)]
