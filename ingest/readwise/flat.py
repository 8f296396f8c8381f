"""Logseq pages without sync headers: highlights at the margin, each with its own day.

    title:: Readwise/Highlights/A Title…          a namespace; the title may be truncated
    author:: [[Name]]
    full-title:: A Title Without Quotes
    category:: #articles
    url:: https://…
    None                                          the template's output for an empty value
    - text ([View Highlight](URL)) #Highlight #[[2024-02-28]] #mine
    ··continuation

After the view link (or after the text, if there is none) come the tag `Highlight` and the day on which the
highlight was made, in the graph's own date format; other tags belong to the highlight. A block without them
was cut: the plugin of that time cut a text at its first line that began with `- `.

Source: a real graph of 2021 to 2024 (docs/formats.md, Flat).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from ingest.dates import parse_day
from ingest.outline import Block
from ingest.readwise.blocks import HIDDEN, BlockText, Shape, read_block
from ingest.readwise.logseq import has_properties, parse_lines
from ingest.readwise.notation import parse_tags, split_view
from ingest.readwise.preamble import find_body
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text
from record_types.pages import Page

NAME = "logseq-flat"
SUFFIXES = MARKDOWN_SUFFIXES
SIGNS = ("#Highlight #[[",)

_MARK = "#Highlight"
_MARK_AT_END = re.compile(r"#Highlight #\[\[[^\[\]\n]*\d")
_TITLE = re.compile(r"^[ \t]*title:: *Readwise/", re.MULTILINE)
_PROPERTY = re.compile(r"[^\s:`]{1,80}::(?:\s|$)|---$")
_MARKED = re.compile(r"^(?:- |  )[^\n]*#Highlight #\[\[[^\[\]\n]*\d", re.MULTILINE)
# What the template writes for an empty value.
_EMPTY = "None"


def detect(text: Text) -> bool:
    """Whether it is a Readwise page whose highlights at the margin end in `#Highlight #[[day]]`."""
    page = text.text
    if _MARKED.search(page) is None:
        return False
    return has_properties(page) or _TITLE.search(page, 0, find_body(page)) is not None


def parse(text: Text) -> Parsed:
    """Return the text's one page. Raises UnreadableError if it is nested too deeply."""
    whole = text.text.replace(HIDDEN, "")
    start = find_body(whole)
    whole = _add_bullets(whole[:start]) + whole[start:]
    parsed = parse_lines(text, whole, Shape(partial(_read_block, text.day_formats)))
    return replace(parsed, pages=tuple(_drop_empty_value(page) for page in parsed.pages))


def _add_bullets(head: str) -> str:
    """Return the head with a bullet before each passage that ends in the mark but has none."""
    lines = head.split("\n")
    first: int | None = None
    for number, line in enumerate(lines):
        plain = line.strip()
        if first is None and plain and not _PROPERTY.match(plain) and plain != _EMPTY:
            first = number
        if first is not None and _MARK_AT_END.search(plain):
            lines[first] = "- " + lines[first]
            for place in range(first + 1, number + 1):
                lines[place] = "  " + HIDDEN + lines[place] if lines[place].strip() else lines[place]
            first = None
    return "\n".join(lines)


def _read_block(day_formats: tuple[str, ...], block: Block) -> BlockText:
    text = read_block(block)
    if block.parent >= 0:
        return text
    words, marks = text.text, text.behind
    if text.view is None:
        start = words.rfind(_MARK)
        words, marks = (words[:start].rstrip(), words[start:]) if start > 0 else (words, "")
    tags, rest = parse_tags(marks)
    if rest or "Highlight" not in tags:
        return text._replace(is_cut=text.view is None)
    day = next((tag for tag in tags if parse_day(tag, day_formats)), "")
    own = tuple(tag for tag in tags if tag not in ("Highlight", day))
    state = (*text.state, ("marks", marks))
    words, view, _ = split_view(words) if text.view is None else (words, text.view, "")
    return text._replace(
        text=words, view=view, behind="", tags=(*text.tags, *own), state=state, day=day, is_marked=True
    )


def _drop_empty_value(page: Page) -> Page:
    """Move the template's `None`, which nobody wrote, from the notes to the properties."""
    notes = tuple(note for note in page.notes if note.text != _EMPTY)
    if len(notes) == len(page.notes):
        return page
    document = replace(page.document, properties=(*page.document.properties, ("empty", _EMPTY)))
    return replace(page, document=document, notes=notes)
