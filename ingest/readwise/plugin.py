"""Pages of the unofficial Readwise plugin for Logseq, named `<title> (Readwise)`.

    retrieved:: [[2022-02-01]], 2:42:30 PM
    ··············author:: [[Name]]               indented as the plugin's own code is
    ··············category:: [[articles]]
    ··············source:: [[instapaper]]
    ··············tags:: [[a]], [[b]]

    - ![book_image](URL)
    - ## [[Readwise Highlights]]
    →- text
    →················link:: [URL](URL)            `[null](null)` where there is none
    →················on:: [[2021-05-27]]
    →················tags::
    →- text of a book
    →················location:: [12](kindle://book?action=open&asin=B000&location=12)
    →················on:: [[2021-05-27]]

Later versions write a highlight's properties before its text, with two blanks. There is no title and no url
of the document.

Source: hkgnp/logseq-readwise-plugin's `handle-highlights.ts` and pages of 2022 (FORMAT: unofficial plugin).
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.outline import Block
from ingest.readwise.blocks import BlockText, is_state, read_block, split_properties
from ingest.readwise.page import parse_page
from ingest.readwise.sections import Header, parse_header
from ingest.readwise.shape import Shape
from ingest.readwise.tags import parse_tag_list
from ingest.readwise.views import View
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text

NAME = "logseq-plugin"

_SUFFIX = " (Readwise)"
_RETRIEVED = re.compile(r"^[ \t]*retrieved:: ", re.MULTILINE)
_HEADING = re.compile(r"(?:#+ )?\[\[Readwise Highlights\]\]")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\(([^\s]*)\)")
_OF_HIGHLIGHTS = frozenset({"link", "location", "on", "tags"})


def detect(text: Text) -> bool:
    """True for a page with the plugin's heading and its time of retrieval."""
    page = text.text
    if "[[Readwise Highlights]]" not in page or text.suffix not in MARKDOWN_SUFFIXES:
        return False
    return _RETRIEVED.search(page) is not None


def parse(text: Text) -> Parsed:
    """The one page in a text. Raises UnreadableError where it is nested too deep."""
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
    properties = dict(found)
    if not words.strip() or not _OF_HIGHLIGHTS & properties.keys():
        return read_block(block)
    text = read_block(block._replace(text=words, properties=(), run=(0, 0)))
    view = _read_view(properties)
    told = {"tags", "link", "location"} if view else {"tags"}
    state = tuple((key, value) for key, value in found if value and key not in told)
    return text._replace(
        view=view or text.view,
        tags=(*text.tags, *parse_tag_list(properties.get("tags", ""))),
        state=(*text.state, *state),
        day=properties.get("on", ""),
    )


def _read_view(properties: dict[str, str]) -> View | None:
    """The link to a highlight; the place alone where the link names no book."""
    for key, kind in (("location", "location"), ("link", None)):
        match = _LINK.fullmatch(properties.get(key, ""))
        if match is None:
            continue
        label, url = match[1], match[2]
        is_link = url.startswith(("http://", "https://", "kindle://")) and "asin=null" not in url
        place = label if kind and label != "null" else None
        if is_link or place:
            return View(url if is_link else None, kind if place else None, place)
    return None


_SHAPE = Shape(_read_block, _read_header)
