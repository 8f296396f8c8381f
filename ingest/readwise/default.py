"""Readwise's own Logseq page, and the templates that stay close to it (FORMAT: default template).

page       = preamble section*
section    = "- " HEADER NL highlight*
highlight  = TAB "- " TEXT [" ([" LABEL "](" URL "))"] NL continuation* child*
child      = TAB TAB "- " ("**Tags**: " ("#[[" TAG "]]")+ | "**Note**: " TEXT)
"""

from __future__ import annotations

import re
from dataclasses import replace

from gleanings.records.pages import Note, Page, Problem, Section
from ingest.identity import HIGHLIGHTS_SUFFIX
from ingest.readwise.body import Body, read_body
from ingest.readwise.document import make_document
from ingest.readwise.highlights import finish_highlights, finish_notes
from ingest.readwise.preamble import Preamble, find_body, parse_preamble
from ingest.readwise.sections import parse_header
from ingest.text import Parsed, Text

NAME = "logseq"

_SUFFIXES = (".md", ".markdown", ".txt")
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
    if text.suffix not in _SUFFIXES:
        return False
    if "::" in page:
        head = page[: find_body(page)]
        if _FULL_TITLE.search(head) or _TITLE.search(head):
            return True
        if _CATEGORY.search(head) and "author::" in head:
            return True
    if "Readwise" not in page and "New highlights" not in page:
        return False
    return any(parse_header(match[1]) for match in _HEADER_LINE.finditer(page))


def parse(text: Text) -> Parsed:
    """The one page in a text, its every word in the records.

    Raises UnreadableError where the outline is nested deeper than one may be.
    """
    whole = text.text
    start = find_body(whole)
    preamble = parse_preamble(whole[:start], text.day_formats)
    above = preamble.headers[-1][1] if preamble.headers else None
    line = whole.count("\n", 0, start) + 1
    body = read_body(whole[start:], line, text.day_formats, above)
    if preamble.cover is None:
        preamble.cover = body.cover
    document = make_document(preamble, text.name.removesuffix(HIGHLIGHTS_SUFFIX), body.tags)
    if document.category == "other" and _has_tweets(body):
        document = replace(document, category="tweets")  # a stub page; its uid keeps to what the page says
    highlights, cuts = finish_highlights(body.highlights, document)
    loose = tuple(Note("\n".join(lines).strip(), "block", line) for line, lines in preamble.loose)
    notes = loose + finish_notes(body.notes)
    sections = _list_sections(preamble, body)
    page = Page(document, highlights, notes, sections, block_properties=tuple(body.properties))
    return Parsed((page,), (*_doubt_dates(preamble), *body.problems, *cuts))


def _has_tweets(body: Body) -> bool:
    return any(draft.view is not None and "/status/" in (draft.view.url or "") for draft in body.highlights)


def _list_sections(preamble: Preamble, body: Body) -> tuple[Section, ...]:
    above = (Section(line, header.heading, header.synced_on) for line, header in preamble.headers)
    return (*above, *body.sections)


def _doubt_dates(preamble: Preamble) -> tuple[Problem, ...]:
    return tuple(
        Problem("unknown-date", f"no day in “{header.day}”", line)
        for line, header in preamble.headers
        if header.day and header.synced_on is None
    )
