"""Logseq pages of the unofficial Readwise plugin, named `<title> (Readwise)`.

    retrieved:: [[2022-02-01]], 2:42:30 PM
    ··············author:: [[Name]]               indented like the plugin's own code
    ··············category:: [[articles]]
    ··············source:: [[instapaper]]
    ··············tags:: [[a]], [[b]]

    - ![book_image](URL)
    - ## [[Readwise Highlights]]
    →- text
    →················link:: [URL](URL)            `[null](null)` if there is none
    →················on:: [[2021-05-27]]
    →················tags::
    →- passage of a book
    →················location:: [12](kindle://book?action=open&asin=B000&location=12)
    →················on:: [[2021-05-27]]

Later versions write a highlight's properties before its text, indented by two spaces. The page gives neither
title nor URL of the document.

Source: `handle-highlights.ts` of hkgnp/logseq-readwise-plugin and pages of 2022 (docs/formats.md, Unofficial
plugin).
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.outline import Block
from ingest.readwise.blocks import BlockText, Shape, is_state, read_block, split_properties
from ingest.readwise.logseq import parse_page
from ingest.readwise.notation import Header, View, parse_header, parse_tag_list
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text

NAME = "logseq-plugin"
SUFFIXES = MARKDOWN_SUFFIXES
SIGNS = ("[[Readwise Highlights]]",)

_SUFFIX = " (Readwise)"
_RETRIEVED = re.compile(r"^[ \t]*retrieved:: ", re.MULTILINE)
_HEADING = re.compile(r"(?:#+ )?\[\[Readwise Highlights\]\]")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\(([^\s]*)\)")
_OF_HIGHLIGHTS = frozenset({"link", "location", "on", "tags"})


def detect(text: Text) -> bool:
    """Whether a page has both the plugin's heading and its time of retrieval."""
    return "[[Readwise Highlights]]" in text.text and _RETRIEVED.search(text.text) is not None


def parse(text: Text) -> Parsed:
    """Return the text's one page. Raises UnreadableError if it is nested too deeply."""
    return parse_page(replace(text, name=text.name.removesuffix(_SUFFIX)), _SHAPE)


def _read_header(line: str, day_formats: tuple[str, ...]) -> Header | None:
    match = _HEADING.match(line)
    if match is None:
        return parse_header(line, day_formats)
    return Header(line, None, None, False, line[match.end() :].strip())


def _read_block(block: Block) -> BlockText:
    if block.parent < 0 or "::" not in block.text:
        return read_block(block)
    words, found = split_properties(block.text, lambda key: key in _OF_HIGHLIGHTS or is_state(key))
    keys = {key for key, _ in found}
    if not words.strip() or not _OF_HIGHLIGHTS & keys:
        return read_block(block)
    text = read_block(block._replace(text=words, properties=(), run=(0, 0)))
    views = ((pair, view) for pair in found if (view := _read_view(*pair)))
    used, view = next(views, (("", ""), text.view))
    if view and view.url is None:
        used = ("", "")  # a link to no book is kept as written
    tags = tuple(tag for key, value in found if key == "tags" for tag in parse_tag_list(value))
    return text._replace(
        view=view,
        tags=(*text.tags, *tags),
        state=(*text.state, *(pair for pair in found if pair[1] and pair[0] != "tags" and pair != used)),
        day=next((value for key, value in found if key == "on"), ""),
    )


def _read_view(key: str, value: str) -> View | None:
    """Return the link to a highlight; only its location if the link names no book."""
    match = _LINK.fullmatch(value) if key in ("link", "location") else None
    if match is None:
        return None
    label, url = match[1], match[2]
    place = label if key == "location" and label != "null" else None
    if url.startswith(("http://", "https://", "kindle://")) and "asin=null" not in url:
        return View(url, place and "location", place)
    return View(None, "location", place) if place else None


_SHAPE = Shape(_read_block, _read_header)
