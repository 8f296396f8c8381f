"""Find the links, their labels and the pictures of a highlight's Markdown text (docs/links.md, Finding).

Bare URLs are found the way people write them in tweets, not by a standard: glued to the words around them,
followed by punctuation of any script. A URL that was cut (`https://t.co/jnC…`) is not a link. A label is
`[Advanced](https://…)` or `(Advanced) https://…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.links.resource import describe_link
from markdown_text.code import blank, find_code
from markdown_text.inline_links import find_inline, unescape
from record_types.pages import FoundLink, Picture

# A URL may contain letters beyond ASCII (IRI); spaces, punctuation, symbols and emoji of any script end it.
_SPACED = (
    "\u00a1-\u00aa\u00ac-\u00ba\u00bc-\u1fff\u2c00-\u2dff\ufb1d-\ufdff\ufe70-\ufefc\U00010000-\U0001efff"
)
# Scripts without spaces between words: after an ASCII letter they begin the next word.
_UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u3096\u309d-\u30ff\u3105-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_TCO = re.compile(r"https?://t\.co(?![A-Za-z0-9.:@-])(?:/([A-Za-z0-9]{0,10})(?:\?amp=1)?)?", re.IGNORECASE)
_SCHEME = re.compile(rf"https?://(?=[A-Za-z0-9\[%_{_SPACED}{_UNSPACED}])", re.IGNORECASE)
_LONGEST_SCHEME = len("https")
_RUN = (
    rf"(?:[!#-'*+,\-./0-9:;=?@A-GI-Z\\\^_a-gi-z~{_SPACED}]+"
    r"|[Hh](?!ttps?://)|(?<![A-Za-z0-9])[Hh]"  # another URL glued to this one is not part of it
    rf"|(?<![A-Za-z0-9])[{_UNSPACED}])+"
)
_PIECE = re.compile(rf"{_RUN}|[()\[\]{{}}]")
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_AUTOLINK = re.compile(r"https?://[^\s<>]+(?=>)", re.IGNORECASE)
_CLOSERS = {")": "(", "]": "[", "}": "{"}
# At the end of a URL these belong to the sentence, or to the emphasis around it.
_TRAILING = ".,;:!?'*_~\\・([{#&"
# The id of a video may end in `_`, which elsewhere ends an emphasis.
_VIDEO_ID = re.compile(r".*(?:[?&]v=|youtu\.be/|/shorts/)[A-Za-z0-9_-]{11}", re.DOTALL)
_CUT = ("…", "..")
_IMG = re.compile(r"<img\b[^<>]*?\bsrc=[\"']?(https?://[^\s\"'<>]+)", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    url: str
    label: str | None


def find_links(text: str, *, is_tweet: bool = False) -> tuple[FoundLink, ...]:
    """The links of `text` in order, repeats included; not those in code, nor the addresses of pictures.

    In a tweet, t.co counts in code too: Twitter shortens every link, and its backticks are not Markdown.
    """
    if "://" not in text:
        return ()
    code = find_code(text)
    prose = blank(text, code)
    places, prose = _take_inline(prose, text)
    if is_tweet:
        places += [
            _Place(match.start(), match[0], None)
            for start, end in code
            for match in _TCO.finditer(text, start, end)
            if not _is_cut_tco(text[match.start() : match.end() + 3])
        ]
    places += _find_bare(prose)
    places.sort(key=lambda place: place.start)
    return tuple(FoundLink(describe_link(place.url), place.label) for place in places)


def find_pictures(text: str) -> tuple[Picture, ...]:
    """The pictures of `text` in order, including those inside a link's label."""
    if "![" not in text and "<img" not in text:
        return ()
    prose = blank(text, find_code(text))
    found = [
        (link.start, Picture(link.destination, tidy_label(link.cut_label(text))))
        for link in find_inline(prose)
        if link.is_image and link.destination
    ]
    if "<" in prose:
        found += [(match.start(), Picture(unescape(match[1]))) for match in _IMG.finditer(prose)]
        found.sort(key=lambda pair: pair[0])
    return tuple(picture for _, picture in found)


def _take_inline(prose: str, text: str) -> tuple[list[_Place], str]:
    """The Markdown links of `prose`, and `prose` with them and the pictures blanked."""
    places: list[_Place] = []
    taken: list[tuple[int, int]] = []
    for link in find_inline(prose):
        is_web = _WEB.match(link.destination) is not None
        if is_web and not link.is_image and not _is_cut_tco(link.destination):
            places.append(
                _Place(link.start, link.destination, read_label(link.cut_label(text), link.destination))
            )
        if not is_web and not link.is_image:
            continue  # a note on a URL, such as `[see https://… ](p. 4)`, hides nothing
        while taken and taken[-1][0] >= link.start:
            taken.pop()
        taken.append((link.start, link.end))
    prose = blank(prose, taken, "\0")
    if "<" in prose:
        prose = blank(prose, [match.span() for match in _IMG.finditer(prose)], "\0")
    return places, prose


def _find_bare(prose: str) -> Iterator[_Place]:
    position = 0
    while match := _find_scheme(prose, position):
        start = match.start()
        if prose[start - 1 : start] == "<" and (auto := _AUTOLINK.match(prose, start)):
            position, url = auto.end(), auto[0]
        elif tco := _TCO.match(prose, start):
            position, url = tco.end(), tco[0]
            if _is_cut_tco(prose[start : position + 3]):
                continue
        else:
            url = _trim(prose[start : _find_end(prose, start, match.end())], match.end() - start)
            position = start + len(url)
        if not _is_cut_tco(url):
            yield _Place(start, unescape(url), find_label_before(prose, start))


def _find_scheme(prose: str, position: int) -> re.Match[str] | None:
    """The next `_SCHEME`, found by its `://`: a case-insensitive search would look at every letter."""
    colon = prose.find("://", position)
    while colon >= 0:
        for start in (colon - _LONGEST_SCHEME, colon - _LONGEST_SCHEME + 1):
            if start >= position and (match := _SCHEME.match(prose, start)):
                return match
        colon = prose.find("://", colon + 3)
    return None


def _is_cut_tco(url: str) -> bool:
    """Whether `url` is t.co without a whole id: 10 characters, or 8 or 9 (older links) if not cut."""
    match = _TCO.match(url)
    if match is None:
        return False
    length = len(match[1] or "")
    return length < 8 or (length < 10 and url[match.end() :].startswith(_CUT))


def _find_end(prose: str, start: int, position: int) -> int:
    """The end of the bare URL that begins at `start`, including trailing punctuation.

    It ends before a closing bracket that it did not open, and before a word or URL glued to it.
    """
    opened: list[str] = []
    is_wiki = False
    while True:
        piece = _PIECE.match(prose, position)
        if piece is None:
            # Titles of a wiki mix scripts: /wiki/C语言.
            glued = _UNSPACED_RUN.match(prose, position)
            is_wiki = is_wiki or (glued is not None and prose.find("/wiki/", start, position) >= 0)
            if glued is None or not is_wiki:
                return position
            position = glued.end()
            continue
        if piece[0] in _CLOSERS and (not opened or opened.pop() != _CLOSERS[piece[0]]):
            return position
        if piece[0] in "([{":
            opened.append(piece[0])
        position = piece.end()


def _trim(url: str, scheme_end: int) -> str:
    if url.endswith("_") and _VIDEO_ID.fullmatch(url):
        return url
    return url[:scheme_end] + url[scheme_end:].rstrip(_TRAILING)


_LONGEST_LABEL = 40
# Not after a word or a bracket: the parentheses of `f(x)` and `[a](b)` are not a label.
_BEFORE = re.compile(r"(?<![\w\])])\(([^()\[\]\n\0]{1,40})\)[ \t]*[:：→👉]?[ \t]*<?\Z")
# `(1/9)`, `(part ii)` and `(cont)` say where the tweet is in its thread, not what the link is.
_THREAD_MARK = re.compile(
    r"(?:[\W\d_]|(?:part|tweet|thread|pt|continued|contd|cont|end|fin|of)(?![^\W\d_])|[ivx]+(?![^\W\d_])|[a-z](?![^\W\d_]))+$",
    re.IGNORECASE,
)
# `(via @ann)` names a person, not the link.
_CREDIT = re.compile(r"(?:h/t|via|cc|by|ht|rt|credits?|source)\b|@", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)\s]*\)")
_LABEL_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.)+[a-z]{2,24}(?![\w.])", re.IGNORECASE)


def find_label_before(text: str, start: int) -> str | None:
    """The word or short phrase in parentheses right before the URL at `start`, on the same line."""
    earliest = max(0, start - _LONGEST_LABEL - 8)
    if ")" not in text[earliest:start]:
        return None
    match = _BEFORE.search(text, earliest, start)
    label = match[1].strip() if match else ""
    if not label or label.endswith((".", "!", "?", "…")) or "://" in label:
        return None
    return None if _THREAD_MARK.match(label) or _CREDIT.match(label) else label


def read_label(label: str, url: str) -> str | None:
    """A Markdown link's label, without emphasis and pictures; None if it only repeats the URL."""
    if "![" in label:
        label = _IMAGE.sub("", label)
    label = _strip_emphasis(tidy_label(label))
    return None if not label or _is_rendering(label, url) else label


def _strip_emphasis(label: str) -> str:
    while len(label) > 2 and label[0] == label[-1] and label[0] in "*_~`":
        label = label[1:-1].strip()
    return label


def tidy_label(label: str) -> str:
    """`label` on one line."""
    return " ".join(label.split())


def _is_rendering(label: str, url: str) -> bool:
    """Whether `label` is the URL itself or, as Twitter displays it, the beginning of it or of its target."""
    if " " in label:
        return False
    bare = _LABEL_SCHEME.sub("", label).removesuffix("…").removesuffix("...").rstrip("/").lower()
    if label.lower().startswith(("http://", "https://")):
        return True
    address = _LABEL_SCHEME.sub("", url).lower()
    if not _DOMAIN.match(bare):
        return False
    if bare == address.rstrip("/") or address.startswith((bare + "/", bare + "?")):
        return True
    return "/" in bare or label.endswith(("…", "..."))
