"""View links: `text ([View Tweet](https://…))` → the text, the link, the place (FORMAT: VIEW).

At most one stands in a highlight, at the end of its text. What the reader wrote behind one is kept apart.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_PLACE = r"(?P<kind>Location|Page|Time)[ \u00a0](?P<place>[^\[\]\s()]{1,40})"
_LABEL = rf"(?:View Tweet|View Highlight|{_PLACE})"
_AT_END = re.compile(rf"\(\[{_LABEL}\]\((?P<url>[^\n]*)\)\)")
_INSIDE = re.compile(rf"\(\[{_LABEL}\]\((?P<url>(?:[^()\s]|\([^()\s]*\))*)\)\)")
_BARE_PLACE = re.compile(
    r"\((?P<kind>Location|Page|Time)[ \u00a0](?P<place>[0-9ivxlcdm][0-9ivxlcdm:.,–-]{0,20})\)", re.I
)

# A reader's template may call the link anything: then its address tells.
_ANY_LABEL = re.compile(
    r"(?P<outer>\()?\[(?P<label>[^\[\]\n]{1,80})\]\((?P<url>https?://"
    r"(?:(?:read\.readwise\.io/|(?:www\.)?readwise\.io/(?:open|to_kindle)|share\.snipd\.com/snip/)[^\s()]*"
    r"|(?:(?:www|mobile)\.)?(?:twitter|x)\.com/\w{1,30}/status/[0-9]+[^\s()]*))\)(?(outer)\))"
)
# A label that begins so is Readwise's, wherever it leads: `([View Article](https://…))`.
_VIEW_OF_ANY = re.compile(r"\(\[(?P<label>View[ \u00a0][^\[\]\n]{1,60})\]\((?P<url>https?://[^\s]*)\)\)")
_VIEW_LABELS = frozenset({"View Tweet", "View Highlight"})
_MARKS = ("([View ", "([Location", "([Page", "([Time")


class View(NamedTuple):
    """A view link taken out of a highlight."""

    url: str | None
    """Unescaped; None for a bare `(Location 12)`."""
    kind: str | None
    """`location`, `page` or `time`; None for `View Tweet` and `View Highlight`."""
    place: str | None
    """The number or time in its label."""
    label: str | None = None
    """Where it is the template's own."""


def split_view(text: str) -> tuple[str, View | None, str]:
    """The text before the view link, the link, and what stands behind it; `(text, None, "")` without one."""
    if text.endswith(")"):
        start = text.rfind("([")
        if start >= 0 and text.endswith("))"):  # nearly all of them: no pattern needed
            label, bracket, url = text[start + 2 : -2].partition("](")
            if bracket and label in _VIEW_LABELS and "\n" not in url:
                return text[:start].rstrip(), View(url.replace("\\-", "-").strip() or None, None, None), ""
        match = _AT_END.fullmatch(text, start) if start >= 0 else None
        match = match or _match_other_end(text)
        if match:
            return text[: match.start()].rstrip(), _make_view(match), ""
    if "([" in text:
        match = _find_inside(text)
        if match:
            return text[: match.start()].rstrip(), _make_view(match), text[match.end() :].strip()
    return text, None, ""


def _match_other_end(text: str) -> re.Match[str] | None:
    """The rarer forms: no address, an address with `([` in it, a label of the reader's own."""
    bare = _BARE_PLACE.fullmatch(text, text.rfind("("))
    if bare:
        return bare
    start = max(map(text.rfind, _MARKS))
    if start >= 0:
        match = _AT_END.fullmatch(text, start)
        if match:
            return match
    start = text.rfind("](")
    start = text.rfind("[", 0, start) if start > 0 else -1
    if start < 0:
        return None
    if start and text[start - 1] == "(":
        return _ANY_LABEL.fullmatch(text, start - 1) or _VIEW_OF_ANY.fullmatch(text, start - 1)
    match = _ANY_LABEL.fullmatch(text, start)
    # a tweet may end in a link to another tweet: without the outer brackets that is text
    return match if match and "/status/" not in match["url"] else None


def _find_inside(text: str) -> re.Match[str] | None:
    """The last view link in `text`, however much follows it."""
    start = max(map(text.rfind, _MARKS))
    return _INSIDE.match(text, start) if start >= 0 else None


def _make_view(match: re.Match[str]) -> View:
    groups = match.groupdict()
    url, kind, label = groups.get("url"), groups.get("kind"), groups.get("label")
    return View(
        (url or "").replace("\\-", "-").strip() or None,
        kind and kind.lower(),
        groups.get("place"),
        None if label in _VIEW_LABELS else label,
    )
