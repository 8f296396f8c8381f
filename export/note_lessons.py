"""What the reader's edits of a topic's note say about its members: taken out, put in, tagged.

A block is known by its text or its citation, as in a merge (`export.block_matching`), never by its place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from export.block_matching import Wanted, cover, match_blocks
from export.note_places import Flavour
from export.page_edits import MarkdownPage, OutlinePage
from export.page_units import split_lines

_URL = re.compile(r"https?://[^\s()<>\[\]]+")
_TAG = re.compile(r"(?<![\w/&#\\.=?])#(?:\[\[([^\[\]\n]+)\]\]|([^\W\d_][\w/-]*\w))")
_STOPS = ".,;:!?*_~'\"’”»"
"""Punctuation that may follow a URL in a sentence."""
_NUMBER = re.compile(r"~[0-9]+\Z")


@dataclass(frozen=True, slots=True)
class Lessons:
    """What one page teaches, by uids of highlights."""

    kept: frozenset[str] = frozenset()
    """Highlights that we wrote and that are still there."""
    removed: frozenset[str] = frozenset()
    """Highlights that we wrote and that are no longer there."""
    added: frozenset[str] = frozenset()
    """Highlights that the page cites and that we did not write."""
    tags: frozenset[tuple[str, str]] = frozenset()
    """Tags that the reader added to a highlight's block."""


def read_lessons(
    text: str, base: Mapping[str, str], flavour: Flavour, citations: Mapping[str, str]
) -> Lessons:
    """Compare a page with the blocks `base` that were written to it last, by key.

    `citations` are the uids of all highlights by the URL of their citation. A page without any block of ours
    teaches nothing: the reader cleared or replaced it.
    """
    lines = split_lines(text.removeprefix("\ufeff"))
    page = OutlinePage(lines) if flavour == "logseq" else MarkdownPage(lines)
    uids = set(citations.values())
    blocks = {key: written for key, written in base.items() if not key.startswith("property:")}
    urls = {uid: url for url, uid in citations.items()}
    wanted = {
        key: Wanted(page.split(written), urls.get(_NUMBER.sub("", key))) for key, written in blocks.items()
    }
    found = match_blocks(wanted, page.pieces)
    if not found:
        return Lessons()
    passages = {key: uid for key in blocks if (uid := _NUMBER.sub("", key)) in uids}
    kept = {uid for key, uid in passages.items() if key in found}
    ours = cover(found.values())
    cited = set(_find_cited((page.pieces[at] for at in range(len(page.pieces)) if at not in ours), citations))
    tags = set()
    for key, place in found.items():
        uid = _NUMBER.sub("", key.partition("/tags")[0])
        if not place.whole and uid in uids:
            now = _list_tags("\n".join(page.pieces[place.first : place.last + 1]))
            tags |= {(uid, tag) for tag in now - _list_tags(blocks[key])}
    return Lessons(
        frozenset(kept | (cited & set(passages.values()))),
        frozenset(set(passages.values()) - kept - cited),
        frozenset(cited - set(passages.values())),
        frozenset(tags),
    )


def _find_cited(pieces: Iterable[str], citations: Mapping[str, str]) -> Collection[str]:
    return {
        citations[form]
        for piece in pieces
        for url in _URL.findall(piece)
        for form in (url, url.rstrip(_STOPS))
        if form in citations
    }


def _list_tags(text: str) -> set[str]:
    return {(match[1] or match[2]).strip() for match in _TAG.finditer(_URL.sub(" ", text))}
