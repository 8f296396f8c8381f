"""Readwise's own Logseq page, and the templates that stay close to it (docs/formats.md, Default template).

    page       = preamble section*
    section    = "- " HEADER NL highlight*
    highlight  = TAB "- " TEXT [" ([" LABEL "](" URL "))"] NL continuation* child*
    child      = TAB TAB "- " ("**Tags**: " ("#[[" TAG "]]")+ | "**Note**: " TEXT)

Such templates are typed pages (`type:: [[Readwise]]`, `category:: [[tweets]]`, the header
`[[Readwise]] [[2023-02-07]]`, a title without ` (highlights)`), and pages with blocks of the reader's own
(`media:: #articles`, `status::`, `#flashcard` with `card-…::` lines). The other Logseq dialects call
`parse_page` with a `Shape` of their own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.identity import HIGHLIGHTS_SUFFIX
from ingest.readwise.blocks import HIDDEN, PLAIN, Shape, parse_body
from ingest.readwise.body import Body, read_body
from ingest.readwise.document import make_document, recognise_tweets
from ingest.readwise.highlights import finish_highlights, finish_notes
from ingest.readwise.notation import parse_header
from ingest.readwise.preamble import Preamble, find_body, parse_preamble
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text
from record_types.pages import Note, Page, Problem, Section

NAME = "logseq"
SUFFIXES = MARKDOWN_SUFFIXES
SIGNS = ("::", "Readwise", "New highlights")

_HEADER_LINE = re.compile(
    r"^(?:- )?(?:\* )?((?:Highlights first synced by |New highlights added |\[\[Readwise\]\]).*)", re.M
)
_FULL_TITLE = re.compile(r"^[ \t]*full\\?-title::", re.MULTILINE)
_TITLE = re.compile(r"^[ \t]*title:: .*\(highlights\)[ \t\r\\]*$", re.MULTILINE)
_CATEGORY = re.compile(
    r"^[ \t]*(?:category|media)::[ #\[]*(?:tweet|article|book|podcast|supplemental)", re.MULTILINE
)


def detect(text: Text) -> bool:
    """Whether it has Readwise's properties, its title, or one of its sync headers."""
    page = text.text
    if has_properties(page):
        return True
    if "Readwise" not in page and "New highlights" not in page:
        return False
    return any(parse_header(match[1]) for match in _HEADER_LINE.finditer(page))


def has_properties(page: str) -> bool:
    """Whether Readwise wrote the head of a page."""
    if "::" not in page:
        return False
    head = page[: find_body(page)]
    if _FULL_TITLE.search(head) or _TITLE.search(head):
        return True
    return bool(_CATEGORY.search(head)) and "author::" in head


def parse(text: Text) -> Parsed:
    """Return the text's one page. Raises UnreadableError if it is nested too deeply."""
    return parse_page(text)


def parse_page(text: Text, shape: Shape = PLAIN) -> Parsed:
    """Return the text's one page, with every word of it in the records.

    Raises UnreadableError if the outline is nested too deeply.
    """
    return parse_lines(text, text.text.replace(HIDDEN, ""), shape)


def parse_lines(text: Text, whole: str, shape: Shape = PLAIN) -> Parsed:
    """Return the page of `text`, of which `whole` is a copy in the shape of the default page, line by line.

    `whole` may have `HIDDEN` before a line that must not begin a block.
    """
    start = find_body(whole)
    preamble = parse_preamble(whole[:start], text.day_formats)
    above = preamble.headers[-1][1] if preamble.headers else None
    line = whole.count("\n", 0, start) + 1
    keys = [entry.key for entry in preamble.entries]
    outline = parse_body(whole[start:])
    blocks, warnings = [*outline.blocks], outline.warnings
    del outline  # it holds a copy of the text
    body = read_body(blocks, line, text.day_formats, above, shape, keys)
    body.problems += [replace(each, line=(each.line or 1) + line - 1) for each in warnings]
    return make_page(text, preamble, body)


def make_page(text: Text, preamble: Preamble, body: Body) -> Parsed:
    """Combine the preamble and the body of a page into its records."""
    if preamble.cover is None:
        preamble.cover = body.cover
    document = make_document(preamble, text.name.removesuffix(HIGHLIGHTS_SUFFIX), body.tags)
    document = recognise_tweets(document, body.highlights)
    highlights, cuts = finish_highlights(body.highlights, document)
    loose = tuple(Note("\n".join(lines).strip(), "block", line) for line, lines in preamble.loose)
    notes = loose + finish_notes(body.notes)
    sections = _list_sections(preamble, body)
    page = Page(document, highlights, notes, sections, block_properties=tuple(body.properties))
    return Parsed((page,), (*_doubt_dates(preamble), *body.problems, *cuts))


def _list_sections(preamble: Preamble, body: Body) -> tuple[Section, ...]:
    above = (Section(line, header.heading, header.synced_on) for line, header in preamble.headers)
    return (*above, *body.sections)


def _doubt_dates(preamble: Preamble) -> tuple[Problem, ...]:
    return tuple(
        Problem("unknown-date", f"no day in “{header.day}”", line)
        for line, header in preamble.headers
        if header.day and header.synced_on is None
    )
