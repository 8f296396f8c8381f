"""Logseq pages whose highlights are quotes at the margin, with their day below.

    title:: …                                     and the other properties of the default page
    - > first line
    ··> second line ([View Tweet](URL))           `>` before each line, or only before the first
    →- **Date**: [[2023-05-01]]
    →- **Tags**: #[[a]]
    →- **Note**: my words
    - a block that is not a quote is the reader's own

Source: real graphs (docs/formats.md, Quoted).
"""

from __future__ import annotations

import re

from ingest.outline import Block
from ingest.readwise.blocks import BlockText, Shape, is_state, read_block, split_properties
from ingest.readwise.logseq import has_properties, parse_page
from ingest.readwise.notation import parse_tag_list
from ingest.readwise.preamble import find_body
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text

NAME = "logseq-quoted"
SUFFIXES = MARKDOWN_SUFFIXES
SIGNS = ("- > ",)

_LINKED = re.compile(r"^(?:-|[ \t]) [^\n]*\(\[(?:View |Location|Page|Time)", re.MULTILINE)
_TITLE = re.compile(r"^[ \t]*(?:title|full-title|author|url)::", re.MULTILINE)
_DATED = re.compile(r"^(?:\t|  +)- \*\*Date(?:\*\*:|:\*\*)", re.MULTILINE)
_HEADERS = ("- Highlights first synced by", "- New highlights added", "- [[Readwise]]")


def detect(text: Text) -> bool:
    """Whether it is a Readwise page without sync headers whose quotes at the margin have links or days."""
    page = text.text
    if "\n- > " not in page and not page.startswith("- > "):
        return False
    # With sync headers it is the default template, whose highlights may begin with `>` as well.
    if any(header in page for header in _HEADERS):
        return False
    if _LINKED.search(page) and _TITLE.search(page, 0, find_body(page)):
        return True
    return _DATED.search(page) is not None and has_properties(page)


def parse(text: Text) -> Parsed:
    """Return the text's one page. Raises UnreadableError if it is nested too deeply."""
    return parse_page(text, _SHAPE)


def _read_block(block: Block) -> BlockText:
    if block.parent >= 0 or not block.text.startswith(">"):
        return read_block(block)
    words, found = split_properties(block.text, lambda key: key == "tags" or is_state(key))
    text = read_block(block._replace(text=_drop_marks(words), properties=(), run=(0, 0)))
    tags = tuple(tag for key, value in found if key == "tags" for tag in parse_tag_list(value))
    state = tuple((key, value) for key, value in found if key != "tags" and value)
    return text._replace(tags=(*text.tags, *tags), state=(*text.state, *state), is_marked=True)


def _drop_marks(text: str) -> str:
    """Remove the `>` of every line, or of the first line if others have none."""
    lines = text.split("\n")
    count = len(lines) if all(line.startswith(">") or not line.strip() for line in lines) else 1
    return "\n".join([line.removeprefix(">").removeprefix(" ") for line in lines[:count]] + lines[count:])


_SHAPE = Shape(_read_block, is_marked=True)
