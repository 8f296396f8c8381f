"""Readwise's Obsidian page, and the templates of readers' vaults (docs/formats.md, Obsidian).

    note       = [YAML front matter] "# " TITLE NL [cover] "## Metadata" NL ("- " KEY ": " VALUE NL)* section*
    section    = "## Highlights" | "## New highlights added " DATE " at " TIME NL highlight*
    highlight  = "- " TEXT [" ([" LABEL "](" URL "))"] [" ^rw" ID] NL (··LINE NL)* (····"- " CHILD NL)*

A note that was pasted into a list, or that an indented template wrote, is indented as a whole. It is read as
if it were at the margin; YAML front matter counts only there, so it is measured separately.
"""

from __future__ import annotations

import re
from os.path import commonprefix

from ingest.readwise.document import make_document, recognise_tweets
from ingest.readwise.front_matter import find_body_start
from ingest.readwise.highlights import finish_highlights, finish_notes
from ingest.readwise.labels import Labels
from ingest.readwise.vault_body import read_vault_body
from ingest.readwise.vault_head import SECTION, find_highlights, find_languages_of_head, read_head
from ingest.text import NOTE_SUFFIXES, Parsed, Text
from record_types.pages import BlockProperty, Note, Page, Section

NAME = "obsidian"

# Signs of Readwise's Logseq page, whose view links are the same.
_LOGSEQ = re.compile(
    r"^[ \t]*(?:title|full\\?-title):: |^#{1,6} (?:Author|Full Title|Category)::"
    r"|^[-*] (?:Highlights first synced by|#* ?\[\[Readwise)",
    re.MULTILINE,
)
_METADATA = re.compile(
    r"^[-*+>][ \t]*(?:\*\*)?(?:Full Title|Category|Author|Title|Type)(?:\*\*)?:{1,2}(?!:)", re.MULTILINE
)
_READWISE = re.compile(r"^>[ \t]*Readwise-|- (?:\*\*)?Full Title|#{2} Metadata", re.MULTILINE)
_COVER = re.compile(r"^[ \t]*!\[rw-book-cover\]\(", re.MULTILINE)
_CATEGORY = re.compile(
    r"^(?:[-*+>][ \t]*)?[^\s:#-][^:\n]{0,30}:{1,2}[ \t]+[\"']?#?"
    r"(?:tweets|articles|books|podcasts|supplementals)[\"']?[ \t\r]*$",
    re.MULTILINE | re.IGNORECASE,
)
_MARKS = (
    "[View Tweet](",
    "[View Highlight](",
    "[Open in Readwise](",
    "([Location",
    "([Page",
    "([Time",
    "rw-book-cover",
    " ^rw",
)
"""Text that only Readwise's templates write; other notes may contain a bare Readwise address."""

_SIGN_LINK = re.compile(
    r"\[[^\w\[\]\n]{1,8}\]\(https?://(?:(?:www\.|mobile\.)?(?:twitter|x)\.com/\w{1,30}/status/[0-9]"
    r"|read\.readwise\.io/|(?:www\.)?readwise\.io/(?:open|to_kindle))"
)
"""A view link that a template labels with a symbol such as 🔗."""

_FULL_DOCUMENT = re.compile(r"^#{1,6}[ \t]+Full Document(?: Contents?)?[ \t\r]*\n", re.MULTILINE)
_MATTER = re.compile(r"^## Metadata[ \t\r]*\n\* URL: \[https?://", re.MULTILINE)
"""The head of Matter's plugin, which does not indent the paragraphs of a highlight."""

_LINK_TO_FULL = re.compile(r"\s*(\[\[[^\[\]\n]+\]\])[ \t\r]*(?=\n|\Z)")

SUFFIXES = NOTE_SUFFIXES
SIGNS = (*_MARKS, "Full Title", "## Metadata", "/status/", "readwise.io/")


def detect(text: Text) -> bool:
    """Whether it has Readwise's metadata or cover, or its headings above view links.

    The category is English even if the rest of the head is in another language.
    """
    # Logseq's properties and headers are near the top; no need to scan a whole book for them.
    if _LOGSEQ.search(text.text, 0, 20_000):
        return False
    page = outdent_note(text.text)
    if page is not text.text and _LOGSEQ.search(page, 0, 20_000):
        return False
    is_marked = any(mark in page for mark in _MARKS)
    if not is_marked and "Full Title" not in page and "## Metadata" not in page:
        return _SIGN_LINK.search(page) is not None and SECTION.search(page) is not None
    head = page[: find_highlights(page, find_body_start(page))]
    if _METADATA.search(head) and (is_marked or _READWISE.search(head)):
        return True
    if _COVER.search(head) or (is_marked and _CATEGORY.search(head)):
        return True  # a head in another language, or no head
    return is_marked and SECTION.search(page) is not None


def parse(text: Text) -> Parsed:
    """Return the text's one page, with every word of it in the records."""
    whole, full = _split_full_document(outdent_note(text.text))
    preamble, front, start = read_head(whole)
    labels = Labels(find_languages_of_head(whole, start), are_plain=True)
    line = whole.count("\n", 0, start) + 1
    is_loose = _MATTER.search(whole, 0, start) is not None
    body = read_vault_body(whole[start:], line, text.day_formats, labels, is_loose=is_loose)
    document = recognise_tweets(make_document(preamble, text.name), body.highlights)
    highlights, cuts = finish_highlights(body.highlights, document)
    loose = tuple(Note("\n".join(lines).strip(), "block", line) for line, lines in preamble.loose)
    if full and (linked := _LINK_TO_FULL.fullmatch(full.text)):
        body.properties.append(BlockProperty(full.line, "full-document", linked[1]))
    elif full and full.text:
        loose = (*loose, full)
    above = (Section(line, header.heading, header.synced_on) for line, header in preamble.headers)
    page = Page(
        document,
        highlights,
        loose + finish_notes(body.notes),
        (*above, *body.sections),
        block_properties=tuple(body.properties),
    )
    return Parsed((page,), (*front.problems, *body.problems, *cuts))


def _split_full_document(whole: str) -> tuple[str, Note | None]:
    """Take the article's own text, which Readwise's full-text export adds, out of the note.

    The text's lines become blank, so that the others keep their numbers. It ends at the heading above the
    highlights, which is one only if a view link follows: the article may have such a heading too.
    """
    heading = _FULL_DOCUMENT.search(whole, find_body_start(whole))
    if heading is None or ((section := SECTION.search(whole)) and section.start() < heading.start()):
        return whole, None
    end = len(whole)
    link = _LINK_TO_FULL.match(whole, heading.end())
    if link:
        end = link.end()
    else:
        last_link = max(map(whole.rfind, _MARKS))
        section = next(SECTION.finditer(whole, heading.end()), None)
        if section and section.end() < last_link:
            end = section.start()
    text = whole[heading.end() : end]
    line = whole.count("\n", 0, heading.end()) + 1
    blank = "\n" * whole.count("\n", heading.start(), end)
    return whole[: heading.start()] + blank + whole[end:], Note(text.strip(), "text", line)


def outdent_note(text: str) -> str:
    """Remove the indentation that all lines of the note share, if any; the number of lines stays."""
    start = find_body_start(text)
    if text[start:].lstrip("\r\n")[:1] not in (" ", "\t"):
        return text
    lines = text[start:].split("\n")
    width = len(_find_indent(lines))
    if not width:
        return text
    return text[:start] + "\n".join([line[width:] if line.strip() else line for line in lines])


def _find_indent(lines: list[str]) -> str:
    """Return the spaces and tabs that every line with text begins with."""
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()]
    return commonprefix(indents)  # noqa: RUF071 - character by character, as intended: these are not paths
