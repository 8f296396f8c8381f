"""Readwise's own Logseq page, and the templates that stay close to it (FORMAT: default template).

page       = preamble section*
section    = "- " HEADER NL highlight*
highlight  = TAB "- " TEXT [" ([" LABEL "](" URL "))"] NL continuation* child*
child      = TAB TAB "- " ("**Tags**: " ("#[[" TAG "]]")+ | "**Note**: " TEXT)

Among those templates: typed pages (`type:: [[Readwise]]`, `category:: [[tweets]]`, the header
`[[Readwise]] [[2023-02-07]]`, no ` (highlights)` in the title), and pages with blocks of the reader's own
(`media:: #articles`, `status::`, `#flashcard` with `card-…::` lines).
"""

from __future__ import annotations

import re

from ingest.readwise.page import parse_page
from ingest.readwise.preamble import find_body
from ingest.readwise.sections import parse_header
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text

NAME = "logseq"

_HEADER_LINE = re.compile(
    r"^(?:- )?(?:\* )?((?:Highlights first synced by |New highlights added |\[\[Readwise\]\]).*)", re.M
)
_FULL_TITLE = re.compile(r"^[ \t]*full\\?-title::", re.MULTILINE)
_TITLE = re.compile(r"^[ \t]*title:: .*\(highlights\)[ \t\r]*$", re.MULTILINE)
_CATEGORY = re.compile(
    r"^[ \t]*(?:category|media)::[ #\[]*(?:tweet|article|book|podcast|supplemental)", re.MULTILINE
)


def detect(text: Text) -> bool:
    """True for a page with Readwise's properties, its title, or one of its sync headers."""
    page = text.text
    if text.suffix not in MARKDOWN_SUFFIXES:
        return False
    if has_properties(page):
        return True
    if "Readwise" not in page and "New highlights" not in page:
        return False
    return any(parse_header(match[1]) for match in _HEADER_LINE.finditer(page))


def has_properties(page: str) -> bool:
    """True where the head of a page is one that Readwise wrote."""
    if "::" not in page:
        return False
    head = page[: find_body(page)]
    if _FULL_TITLE.search(head) or _TITLE.search(head):
        return True
    return bool(_CATEGORY.search(head)) and "author::" in head


def parse(text: Text) -> Parsed:
    """The one page in a text, its every word in the records.

    Raises UnreadableError where the outline is nested deeper than one may be.
    """
    return parse_page(text)
