"""The links of highlights: shown in their text with titles, and collected as resources that people shared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from export.offered_links import Offer, read_offers
from export.resource_names import name_resource
from markdown_text.inline_links import escape_label, is_web, make_destination, shorten_url
from record_types.library import ReadDocument, ReadHighlight, ReadLink

NOT_RESOLVED = " ⏳"
LEGEND = "⏳ marks a link that is not yet resolved."
"""The last line of a note that has such a link."""
GONE = " *(no longer there)*"
UNSAFE = " *(unsafe link)*"
LINK_MARKERS = {"pending": NOT_RESOLVED, "gone": GONE, "loop": GONE, "unsafe": UNSAFE}
"""What follows a link that leads nowhere (yet), by its expansion; once per link and text."""

EXPANSION_STATES = {"gone": "gone", "loop": "gone", "unsafe": "unsafe", "pending": "not yet resolved"}
FETCH_STATES = {
    "gone": "gone",
    "blocked": "behind a wall",
    "archived": "archived",
    "dns": "host not found",
}

# A picture, a Markdown link, a bare URL: each begins with a character of its own, which `re` can skip to.
_TOKEN = re.compile(
    r"!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*+\]\([^()\s]*+(?:\([^()\s]*\)[^()\s]*)*+\)"
    r"|\[(?P<label>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*+)\]\((?P<to>[^()\s]*+(?:\([^()\s]*\)[^()\s]*)*+)\)"
    r"|https?://",
    re.DOTALL,
)
_STATUS = re.compile(r"https?://[^/]+/([A-Za-z0-9_]{1,30})/status(?:es)?/([0-9]+)")
# A character that continues a URL; an escaped `<` or quotation mark does not.
_URL_CHARACTER = re.compile(
    r"(?!https?://|&(?:amp;)*+(?:lt|gt|quot|apos|nbsp|#39|#x27);)[A-Za-z0-9/?#&=%_~-]"
)
LOST = ("gone", "loop", "unsafe")
"""Expansions after which nobody should open a link."""
_SHOWN = ("resolved", "tweet", "media", "self")
_SPACE_BEFORE = ("!", "\\")


@dataclass(frozen=True, slots=True)
class Sharing:
    """One place where a resource was shared."""

    highlight: ReadHighlight
    document: ReadDocument
    offer: Offer
    """How the highlight presents the link."""

    @property
    def sharer(self) -> str | None:
        """Who shared it: the tweet's author, else the document's."""
        author = self.highlight.author or self.document.author
        return None if author is None else f"@{author.handle}" if author.handle else author.name


@dataclass(frozen=True, slots=True)
class SharedResource:
    """A resource and all the places where it was shared, in reading order."""

    key: str
    link: ReadLink
    """The one with a title, if any has one."""
    sharings: tuple[Sharing, ...]
    labels: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name to show, never the words of a sentence that contains the link."""
        lead = next((each.offer.lead for each in self.sharings if each.offer.lead), "")
        return name_resource(self.link, lead, " ".join(self.sharings[0].document.full_title.split()))

    @property
    def people(self) -> int:
        """How many people shared it."""
        return len({each.sharer for each in self.sharings})

    @property
    def is_recommended(self) -> bool:
        """Whether a post or a list line offers it, or several people share it."""
        return any(each.offer.role == "offered" for each in self.sharings) or self.people > 1

    @property
    def state(self) -> str | None:
        """What is wrong with it, in words; None if nothing is."""
        return EXPANSION_STATES.get(self.link.status) or FETCH_STATES.get(self.link.fetch or "")


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    kind: Literal["words", "link", "picture", "own"] = "words"
    """`own` is a link to the tweet itself or to its picture, which is dropped at the end of a text."""


def show_links(text: str, links: Sequence[ReadLink], own_tweet_id: int | None = None) -> str:
    """Write each known link in a text as `[title](address)`, followed by its label.

    A link to the tweet itself or to its own picture is dropped at the end of the text; a link that
    leads nowhere (yet) is unchanged, followed by a marker.
    """
    if not links:
        return text
    pieces = _split(text, links, own_tweet_id)
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
    """Whether a link leads to the tweet that contains it, or to that tweet's picture."""
    status = _STATUS.match(link.final_url or "")
    if own_tweet_id is None or status is None:
        return link.status in ("self", "media")
    return link.status in ("self", "media", "tweet") and int(status[2]) == own_tweet_id


def name_link(link: ReadLink) -> str:
    """The name to show for a link: its title, its label, or where it leads."""
    if link.title:
        return link.title
    status = _STATUS.match(link.final_url or "") if link.status in ("tweet", "media", "self") else None
    if status is not None:
        noun = "quoted tweet" if link.status == "tweet" else "picture"
        return noun if status[1] == "i" else f"{noun} by @{status[1]}"
    return link.label or shorten_url(find_address(link))


def find_address(link: ReadLink) -> str:
    """The best address known for a link."""
    return link.resource_url or link.final_url or link.url


def collect_resources(documents: Iterable[ReadDocument]) -> list[SharedResource]:
    """Collect each resource that the documents' highlights recommend, in the order of the first sharing.

    Excluded are links to tweets, to pictures, an unresolved link directly before a picture, and links that
    nobody offers (`export.offered_links`).
    """
    found: dict[str, tuple[ReadLink, dict[str, Sharing], list[str]]] = {}
    for document in documents:
        for link, sharing in _list_sharings(document):
            _add(found, link, sharing)
    collected = [
        SharedResource(key, link, tuple(sharings.values()), tuple(labels))
        for key, (link, sharings, labels) in found.items()
    ]
    return [each for each in collected if each.is_recommended]


def digest_sharings(document: ReadDocument) -> str:
    """A hash of all that `collect_resources` and what shows its result read from a document."""
    shared = [
        (link, each.offer, each.sharer, each.highlight.uid, each.highlight.taken_at, each.highlight.synced_on)
        for link, each in _list_sharings(document)
    ]
    parts = repr((document.uid, document.title, document.full_title, shared))
    return blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest() if shared else ""


def _list_sharings(document: ReadDocument) -> Iterator[tuple[ReadLink, Sharing]]:
    for highlight in document.highlights:
        for link, offer in zip(highlight.links, read_offers(highlight, document), strict=True):
            is_offered = link.status == "pending" and offer.role == "offered"
            if offer.role == "never" or link.status in LOST:
                continue
            if is_resource(highlight, link) or (is_offered and leads_elsewhere(link, highlight.tweet_id)):
                yield link, Sharing(highlight, document, offer)


def is_resource(highlight: ReadHighlight, link: ReadLink) -> bool:
    """Whether a link of a highlight leads to something to read, as far as is known."""
    if link.status == "tweet" or link.kind == "tweet" or not leads_elsewhere(link, highlight.tweet_id):
        return False
    # An unresolved link directly before a picture is nearly always the link of that picture.
    return link.status != "pending" or not _read_before_picture(highlight.text).endswith(link.url)


@lru_cache(maxsize=8)  # a highlight may have thousands of links
def _read_before_picture(text: str) -> str:
    """The text before the first picture; empty if there is none."""
    return text[: text.find("![")].rstrip() if "![" in text else ""


def sort_resources(resources: Iterable[SharedResource]) -> list[SharedResource]:
    """Sort resources: the most often shared first, then by title."""
    return sorted(resources, key=lambda each: (-len(each.sharings), each.title.casefold(), each.key))


def _split(text: str, links: Sequence[ReadLink], own_tweet_id: int | None) -> list[_Piece]:
    known = _index_links(links)
    pieces: list[_Piece] = []
    marked: set[str] = set()
    start = position = 0
    while token := _TOKEN.search(text, position):
        is_picture = token[0][0] == "!"
        found = None if is_picture else _find_link(text, token, known)
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


@dataclass(frozen=True, slots=True)
class _Known:
    """The links of a highlight by URL, so that finding one takes the same time however many there are."""

    bare: Mapping[str, ReadLink]
    labelled: Mapping[str, ReadLink]
    lengths: Sequence[int]
    """The different lengths of the URLs in `bare`, the longest first."""


def _index_links(links: Sequence[ReadLink]) -> _Known:
    bare = {link.url: link for link in reversed(links)}
    labelled = {link.url: link for link in reversed(links) if link.short and link.status in _SHOWN}
    return _Known(bare, labelled, sorted({len(url) for url in bare}, reverse=True))


def _find_link(text: str, token: re.Match[str], known: _Known) -> ReadLink | None:
    """The longest link that the text has at the token."""
    if token["to"] is not None:
        return known.labelled.get(token["to"])
    start = token.start()
    for length in known.lengths:
        url = text[start : start + length]
        if url in known.bare and not _URL_CHARACTER.match(text, start + length):
            return known.bare[url]
    return None


def _show_bare(
    link: ReadLink, before: str, after: str, marked: set[str], own_tweet_id: int | None
) -> tuple[_Piece, str]:
    """The link as shown, and the words before it without the label, which moves after the title."""
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
    """A Markdown link of the page with its own words (the title if it has none) and the clean address."""
    label = token["label"]
    if label.strip() == link.url or not label.strip():
        label = escape_label(name_link(link))
    return _Piece(f"[{label}]({make_destination(find_address(link))})", "link")


def _mark(link: ReadLink, after: str, marked: set[str]) -> str:
    """The marker that follows a link; `marked` collects the URLs that have theirs."""
    marker = LINK_MARKERS.get(link.status, "")
    if not link.short or link.url in marked or not marker:
        return ""
    marked.add(link.url)
    if after.startswith(marker):
        return ""
    return marker if not after or after[0].isspace() else marker + " "


def _add(
    found: dict[str, tuple[ReadLink, dict[str, Sharing], list[str]]], link: ReadLink, sharing: Sharing
) -> None:
    key = link.resource_uid or find_address(link)
    best, sharings, labels = found.setdefault(key, (link, {}, []))
    if link.title and not best.title:
        found[key] = (link, sharings, labels)
    known = sharings.setdefault(sharing.highlight.uid, sharing)
    if sharing.offer.role == "offered" and known.offer.role != "offered":
        sharings[sharing.highlight.uid] = sharing
    if sharing.offer.is_labelled and link.label and link.label not in labels:
        labels.append(link.label)
