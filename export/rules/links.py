"""Links in a text: shown with the title of what they lead to, or marked as not yet known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_text.inline_links import escape_label, is_web, make_destination, shorten_url
from record_types.library import ReadLink

NOT_RESOLVED = " *(not yet resolved)*"
NO_LONGER_THERE = " *(no longer there)*"
UNSAFE = " *(unsafe link)*"
MARKERS = {"pending": NOT_RESOLVED, "gone": NO_LONGER_THERE, "loop": NO_LONGER_THERE, "unsafe": UNSAFE}
"""What stands behind a link that leads nowhere (yet), by its expansion; once per link and text."""

# A picture, a Markdown link, a bare URL: each with a first letter of its own, to which `re` skips.
_TOKEN = re.compile(
    r"!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*+\]\([^()\s]*+(?:\([^()\s]*\)[^()\s]*)*+\)"
    r"|\[(?P<label>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*+)\]\((?P<to>[^()\s]*+(?:\([^()\s]*\)[^()\s]*)*+)\)"
    r"|https?://",
    re.DOTALL,
)
_STATUS = re.compile(r"https?://[^/]+/([A-Za-z0-9_]{1,30})/status(?:es)?/([0-9]+)")
# What would go on with an address; an escaped `<` or quotation mark does not.
_URL_CHARACTER = re.compile(
    r"(?!https?://|&(?:amp;)*+(?:lt|gt|quot|apos|nbsp|#39|#x27);)[A-Za-z0-9/?#&=%_~-]"
)
_SPACE_BEFORE = ("!", "\\")


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    kind: Literal["words", "link", "picture", "own"] = "words"
    """`own` is a link to the tweet itself or to its picture, which goes where it ends the text."""


def show_links(text: str, links: Sequence[ReadLink], own_tweet_id: int | None = None) -> str:
    """The text with each known link as `[title](address)`, and its label behind it.

    A link that ends the text and leads to the tweet itself or its own picture is dropped; one that
    leads nowhere yet stays as it is, with its marker.
    """
    if not links:
        return text
    pieces = _split(text, sorted(links, key=lambda link: -len(link.url)), own_tweet_id)
    last = len(pieces)
    while last and (pieces[last - 1].kind in ("picture", "own") or not pieces[last - 1].text.strip()):
        last -= 1
    ending = [piece.text for piece in pieces[last:] if piece.kind != "own"]
    return "".join([piece.text for piece in pieces[:last]] + ending)


def leads_elsewhere(link: ReadLink, own_tweet_id: int | None = None) -> bool:
    """Whether a link may lead to something to read: not to the tweet itself or to a picture."""
    return (
        link.status not in ("self", "media", "invalid")
        and link.kind != "media"
        and not is_own(link, own_tweet_id)
    )


def is_own(link: ReadLink, own_tweet_id: int | None) -> bool:
    """Whether a link leads to the tweet that it stands in, or to that tweet's picture."""
    status = _STATUS.match(link.final_url or "")
    if own_tweet_id is None or status is None:
        return link.status in ("self", "media")
    return link.status in ("self", "media", "tweet") and int(status[2]) == own_tweet_id


def name_link(link: ReadLink) -> str:
    """What to call a link: its title, label, or where it leads."""
    if link.title:
        return link.title
    status = _STATUS.match(link.final_url or "") if link.status in ("tweet", "media", "self") else None
    if status is not None:
        what = "quoted tweet" if link.status == "tweet" else "picture"
        return what if status[1] == "i" else f"{what} by @{status[1]}"
    return link.label or shorten_url(find_address(link))


def find_address(link: ReadLink) -> str:
    """The best address known for a link."""
    return link.resource_url or link.final_url or link.url


def _split(text: str, links: Sequence[ReadLink], own_tweet_id: int | None) -> list[_Piece]:
    pieces: list[_Piece] = []
    marked: set[str] = set()
    start = position = 0
    while token := _TOKEN.search(text, position):
        is_picture = token[0][0] == "!"
        found = None if is_picture else _find_link(text, token, links)
        if found is None and not is_picture:
            position = token.end()
            continue
        before, end = text[start : token.start()], token.end()
        if found is None:
            pieces += [_Piece(before), _Piece(token[0], "picture")]
        elif token["to"] is None:
            end = token.start() + len(found.url)
            shown, before = _show_bare(found, before, text[end : end + 30], marked, own_tweet_id)
            pieces += [_Piece(before), shown]
        else:
            pieces += [_Piece(before), _show_labelled(found, token)]
        start = position = end
    return [piece for piece in (*pieces, _Piece(text[start:])) if piece.text]


def _find_link(text: str, token: re.Match[str], links: Sequence[ReadLink]) -> ReadLink | None:
    if token["to"] is not None:
        known = [link for link in links if link.url == token["to"] and link.short and link.status in _SHOWN]
        return known[0] if known else None
    for link in links:
        end = token.start() + len(link.url)
        if text.startswith(link.url, token.start()) and not _URL_CHARACTER.match(text, end):
            return link
    return None


_SHOWN = ("resolved", "tweet", "media", "self")


def _show_bare(
    link: ReadLink, before: str, after: str, marked: set[str], own_tweet_id: int | None
) -> tuple[_Piece, str]:
    """The link as it is shown, and the words before it without the label that went behind it."""
    if link.status not in _SHOWN or not is_web(find_address(link)):
        return _Piece(link.url + _mark(link, after, marked), "link"), before
    kind: Literal["own", "link"] = "own" if is_own(link, own_tweet_id) else "link"
    name, label = name_link(link), ""
    words = before.rstrip()
    if link.label and words.endswith(f"({link.label})"):
        before = words[: -len(link.label) - 2]
        label = f" ({link.label})" if name != link.label else ""
    if before.endswith(_SPACE_BEFORE):
        before += " "
    return _Piece(f"[{escape_label(name)}]({make_destination(find_address(link))}){label}", kind), before


def _show_labelled(link: ReadLink, token: re.Match[str]) -> _Piece:
    """A Markdown link of the page: its own words, the clean address; the title where it has no words."""
    label = token["label"]
    if label.strip() == link.url or not label.strip():
        label = escape_label(name_link(link))
    return _Piece(f"[{label}]({make_destination(find_address(link))})", "link")


def _mark(link: ReadLink, after: str, marked: set[str]) -> str:
    marker = MARKERS.get(link.status, "")
    if not link.short or link.url in marked or not marker:
        return ""
    marked.add(link.url)
    if after.startswith(marker):
        return ""
    return marker if not after or after[0].isspace() else marker + " "
