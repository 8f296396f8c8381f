"""What the reader's edits of a topic's note say about its members: taken out, put in, tagged.

A block is recognised by its text or its citation, as in a merge (`export.block_matching`), never by its
place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from export.block_matching import Wanted, cover, match_blocks
from export.note_places import Flavour
from export.page_edits import MarkdownPage, OutlinePage
from export.page_units import split_lines
from export.topic_names import fold_name

_URL = re.compile(r"https?://[^\s()<>\[\]]+")
_TAG = re.compile(r"(?<![\w/&#\\.=?])#(?:\[\[([^\[\]\n]+)\]\]|([^\W\d_][\w/-]*\w))")
_STOPS = ".,;:!?*_~'\"’”»"
"""Punctuation that may follow a URL in a sentence."""
_TARGET = re.compile(r"\]\((?:[^()\s]|\([^()\s]*\))*\)|\[\[[^\[\]|\n]*\|")
"""Where a link leads to, which each flavour writes in its own way."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
"""A word, or a character of Chinese or Japanese, which put no spaces between words."""
_MIN_LEFT = 1 / 3
"""The share of a block's pairs of words that a page must have for the block not to be gone."""
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

    def __sub__(self, other: Lessons) -> Lessons:
        """These lessons without those of another page, except for what was kept."""
        return Lessons(
            self.kept, self.removed - other.removed, self.added - other.added, self.tags - other.tags
        )


def read_lessons(
    text: str, base: Mapping[str, str], flavour: Flavour, citations: Mapping[str, str]
) -> Lessons:
    """Compare a page with the blocks `base` that were written to it last, by key.

    `citations` are the uids of all highlights by the URL of their citation. A page without a block of ours
    teaches nothing: the reader cleared or replaced it.

    A block that the reader edited stays as it is although its text changes in the store or the note is
    converted to another flavour. So a highlight was removed only if its words are gone.
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
    inside = cover(found.values())
    others = [piece for at, piece in enumerate(page.pieces) if at not in inside]
    cited = set(_find_cited(others, citations))
    left = _list_runs("\n".join(others), shortest=1)
    missing = {uid: key for key, uid in passages.items() if uid not in kept | cited}
    missing = {uid: key for uid, key in missing.items() if blocks[key] != "\0"}  # its text is not known
    removed = {uid for uid, key in missing.items() if not _is_left(blocks[key], left)}
    added = set()
    for key, place in found.items():
        uid = _NUMBER.sub("", key.partition("/tags")[0])
        if not place.whole and uid in uids and blocks[key] != "\0":
            known = {fold_name(tag) for tag in _list_tags(blocks[key])}
            now = _list_tags("\n".join(page.pieces[place.first : place.last + 1]))
            added |= {(uid, tag) for tag in now if fold_name(tag) not in known}
    return Lessons(
        frozenset(kept | (cited & set(passages.values()))),
        frozenset(removed),
        frozenset(cited - set(passages.values())),
        frozenset(added),
    )


def _is_left(text: str, left: Collection[tuple[str, ...]]) -> bool:
    """Whether a page may still have a block in another form; `left` are the runs of words in the page."""
    runs = _list_runs(text, shortest=2) or _list_runs(text, shortest=1)
    return sum(run in left for run in runs) >= _MIN_LEFT * len(runs) > 0


def _list_runs(text: str, *, shortest: int) -> set[tuple[str, ...]]:
    """All words of a text, if `shortest` is 1, and all pairs of them, without the addresses of links."""
    words = _WORD.findall(_URL.sub(" ", _TARGET.sub(" ", text)).casefold())
    return {*pairwise(words), *(((word,) for word in words) if shortest == 1 else ())}


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
