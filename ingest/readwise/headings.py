"""Logseq pages whose highlights are headings: Readwise's page as Roam or Notion converters wrote it.

    ---
    title: A Title (highlights)
    ---
    ## Author:: [[Name]]                          properties are headings
    ## Full Title:: A Title
    ## Highlights first synced by #Readwise [[December 11th, 2020]]
    ### text ([View Highlight](URL))
    continuation, not indented
    #### **Tags**: #[[a]]
    #### **Note**: my words

Such a page is rewritten line by line into the shape of the default page and read as one: a heading of the
header's depth is a root, a deeper one a block below it.

Source: real graphs of 2020 and 2021 (docs/formats.md, Headings).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.readwise.blocks import HIDDEN
from ingest.readwise.logseq import parse_lines
from ingest.readwise.notation import parse_header
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text

NAME = "logseq-headings"
SUFFIXES = MARKDOWN_SUFFIXES
SIGNS = ("# Highlights first synced by", "# New highlights added")

_HEADER = re.compile(r"^#{1,6} (?:Highlights first synced by|New highlights added)", re.MULTILINE)
_PROPERTY = re.compile(r"(?:#{1,6}[ \t]+)?([^\s:`#][^:`]{0,40})::(?:[ \t](.*))?")
# Properties are headings in some of these pages, and plain lines in others.
_FIRST = re.compile(r"^(?:#{1,6} )?(?:Author|Full Title|Category|URL|Title)::", re.MULTILINE | re.IGNORECASE)
_TITLE = re.compile(r"#{1,6}[ \t]+([^\n]{1,400} \(highlights\))[ \t]*")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)", re.DOTALL)
_BULLET = re.compile(r"^[ \t]*-[ \t]", re.MULTILINE)


def detect(text: Text) -> bool:
    """Whether it has one of Readwise's sync headers as a heading, below properties and no bullet."""
    page = text.text
    header = _HEADER.search(page)
    if header is None:
        return False
    has_properties = _FIRST.search(page, 0, header.start()) is not None
    return has_properties and _BULLET.search(page, 0, header.start()) is None and "\n###" in page


def parse(text: Text) -> Parsed:
    """Return the text's one page. Raises UnreadableError if it is nested too deeply."""
    return parse_lines(text, "\n".join(_rewrite(text.text.replace(HIDDEN, "").split("\n"))))


def _rewrite(lines: list[str]) -> Iterator[str]:
    """Yield each line as the default page would have it."""
    root = 0  # the number of hashes of the sync header
    depth = 0
    for line in lines:
        plain = line.rstrip("\r")
        heading = _HEADING.fullmatch(plain)
        if heading and parse_header(heading[2]):
            root, depth = len(heading[1]), 0
            yield "- " + heading[2]
        elif not root:
            yield _rewrite_head(plain)
        elif heading and len(heading[1]) > root:
            depth = len(heading[1]) - root
            yield "\t" * depth + "- " + heading[2]
        elif heading:
            depth = 0
            yield "- " + plain
        elif not plain.strip():
            yield line
        else:
            yield "\t" * depth + "  " + HIDDEN + plain


def _rewrite_head(line: str) -> str:
    """Turn a heading of the head into a line of the preamble."""
    if title := _TITLE.fullmatch(line):
        return f"title:: {title[1]}"
    match = _PROPERTY.fullmatch(line)
    return f"{match[1].strip().lower().replace(' ', '-')}:: {match[2] or ''}" if match else line
