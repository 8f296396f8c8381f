"""Readwise's page in Markdown → its records: the preamble and the body put together."""

from __future__ import annotations

from dataclasses import replace

from ingest.identity import HIGHLIGHTS_SUFFIX
from ingest.readwise.body import Body, read_body
from ingest.readwise.document import make_document
from ingest.readwise.highlights import finish_highlights, finish_notes
from ingest.readwise.outlines import HIDDEN, parse_body
from ingest.readwise.preamble import Preamble, find_body, parse_preamble
from ingest.readwise.shape import PLAIN, Shape
from ingest.text import Parsed, Text
from record_types.pages import Note, Page, Problem, Section


def parse_page(text: Text, shape: Shape = PLAIN) -> Parsed:
    """The one page in a text, its every word in the records.

    Raises UnreadableError where the outline is nested deeper than one may be.
    """
    return parse_lines(text, text.text.replace(HIDDEN, ""), shape)


def parse_lines(text: Text, whole: str, shape: Shape = PLAIN) -> Parsed:
    """The page of `text` as `whole` says it again, line by line, in Readwise's own shape.

    `whole` may hold `HIDDEN` before what must not begin a block.
    """
    start = find_body(whole)
    preamble = parse_preamble(whole[:start], text.day_formats)
    above = preamble.headers[-1][1] if preamble.headers else None
    line = whole.count("\n", 0, start) + 1
    keys = [entry.key for entry in preamble.entries]
    body = read_body(parse_body(whole[start:]), line, text.day_formats, above, shape, keys)
    return make_page(text, preamble, body)


def make_page(text: Text, preamble: Preamble, body: Body) -> Parsed:
    """The records of a page whose parts are read."""
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
