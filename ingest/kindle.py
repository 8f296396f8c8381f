"""A Kindle's `My Clippings.txt`: everything marked on the device, in all books, oldest
first.

    entry    = [BOM] TITLE " (" AUTHOR ")" NL META NL NL TEXT NL "==========" NL
    META     = "- Your Highlight on page 12 | location 170-172 | Added on Monday, March 7, 2022 10:12:42 PM"

META is in the device's language (`ingest.clippings`). A note is a separate clipping, at the end of the
highlight that it belongs to. A passage that was marked again, longer or shorter, occurs twice. The file does
not give the time zone of the device, so its times are taken as UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.clippings import BOOKMARK, NOTE, Clipping, Meta, attach_notes, drop_overlaps, parse_meta
from ingest.identity import document_uid, title_key
from ingest.readwise.highlights import HighlightDraft, NoteDraft, finish_highlights
from ingest.readwise.notation import View, read_utc
from ingest.text import Parsed, Text
from record_types.pages import Author, BlockProperty, Document, Note, Page, Problem

NAME = "kindle"
SUFFIXES = (".txt", ".md")
SIGNS = ("==========",)

_RULE = re.compile(r"^\ufeff?={10,}[ \t]*\r?$", re.MULTILINE)
# The rule after the first clipping is near the start; other files need not be scanned to their end.
_SCANNED = 20_000
_LONGEST_TITLE = 4
"""Lines above which a clipping's second line is looked for."""

_LIMIT = re.compile(r"<[^<>\n]{10,200}>")
_FAMILY_FIRST = re.compile(r"([^,;]+),[ \t]*([^,;]+)")
# What follows a comma after a complete name.
_NOT_GIVEN = frozenset({"jr", "jr.", "sr", "sr.", "phd", "ph.d.", "md", "m.d.", "inc.", "ltd."})


@dataclass(slots=True)
class _Book:
    """The clippings of one book."""

    title: str
    author: Author | None
    line: int
    highlights: list[Clipping] = field(default_factory=list)
    notes: list[Clipping] = field(default_factory=list)
    bookmarks: int = 0


def detect(text: Text) -> bool:
    """Whether the first rule follows a title and a clipping's second line."""
    start = 0
    for rule in _RULE.finditer(text.text, 0, _SCANNED):
        entry = text.text[start : rule.start()].strip("\ufeff \t\r\n")
        if entry:
            return _find_meta(entry.split("\n")) is not None
        start = rule.end()  # the first entry was deleted by hand
    return False


def parse(text: Text) -> Parsed:
    """Return one page per book, in the order of their first clippings."""
    books: dict[str, _Book] = {}
    problems: list[Problem] = []
    for line, entry in _split(text.text):
        problems += _add_entry(entry, line, books)
    pages = [_make_page(uid, book, problems) for uid, book in books.items()]
    return Parsed(tuple(pages), tuple(problems))


def _split(text: str) -> Iterable[tuple[int, str]]:
    """Yield the entries that are not blank, each with the line where it begins."""
    start, line = 0, 1
    for rule in (*_RULE.finditer(text), None):
        end = rule.start() if rule else len(text)
        entry = text[start:end]
        body = entry.lstrip("\ufeff \t\r\n")
        if body:
            yield line + entry.count("\n", 0, len(entry) - len(body)), body
        line += text.count("\n", start, rule.end()) if rule else 0
        start = rule.end() if rule else end


def _add_entry(entry: str, line: int, books: dict[str, _Book]) -> tuple[Problem, ...]:
    """Add an entry to its book; return a problem with all its words if it is not a clipping."""
    lines = [each.rstrip("\r") for each in entry.split("\n")]
    at = _find_meta(lines)
    meta = parse_meta(lines[at]) if at else None
    if at is None or meta is None:
        return (Problem("bad-clipping", f"not a clipping: {entry.strip()}", line),)
    title, author = split_title(" ".join(" ".join(lines[:at]).strip("\ufeff \t").split()))
    uid = document_uid(None, "books", author, title)
    book = books.setdefault(uid, _Book(title, author, line))
    words = "\n".join(lines[at + 1 :]).strip("\ufeff \t\n")
    if not words:
        book.bookmarks += meta.kind == BOOKMARK
        return ()
    if _LIMIT.fullmatch(words):
        return (Problem("cut-text", f"the publisher's clipping limit was reached: {words}", line),)
    clipping = Clipping(words, line, meta)
    (book.notes if meta.kind in (NOTE, BOOKMARK) else book.highlights).append(clipping)
    if meta.taken_on is None and meta.written:
        return (Problem("unknown-date", f"no date in “{meta.written}”", line + at),)
    return ()


def _find_meta(lines: list[str]) -> int | None:
    """Return the index of a clipping's second line, which a title with line breaks moves down."""
    for at, line in enumerate(lines[1:_LONGEST_TITLE], 1):
        if parse_meta(line) is not None:
            return at
        if not line.strip():
            return None
    return None


def split_title(line: str) -> tuple[str, Author | None]:
    """Split `Title (Series) (Last, First)` into title and author; the last parentheses hold the author."""
    if not line.endswith((")", "）")):
        return line, None
    depth = 0
    for place in range(len(line) - 1, -1, -1):
        depth += line[place] in ")）"
        depth -= line[place] in "(（"
        if depth == 0:
            break
    title, name = line[:place].strip(), line[place + 1 : -1].strip()
    if depth or not title or not name:
        return line, None
    return title, Author(turn_names(name))


def turn_names(name: str) -> str:
    """Turn `Last, First` into `First Last`; join several (`A; B; C`) as Readwise does: `A, B, and C`."""
    names = [_turn(each.strip()) for each in name.split(";") if each.strip()]
    if len(names) < 3:
        return " and ".join(names) or name
    return ", ".join(names[:-1]) + f", and {names[-1]}"


def _turn(name: str) -> str:
    match = _FAMILY_FIRST.fullmatch(name)
    if match is None:
        return name
    family, given = match[1].strip(), match[2].strip()
    are_two = " " in family and " " in given  # `Ada North, Ben South` are two people
    return name if are_two or given.lower() in _NOT_GIVEN else f"{given} {family}"


def _make_page(uid: str, book: _Book, problems: list[Problem]) -> Page:
    document = Document(
        uid=uid,
        title=book.title,
        full_title=book.title,
        category="books",
        author=book.author,
        properties=(("bookmarks", str(book.bookmarks)),) if book.bookmarks else (),
        title_key=title_key(book.author, book.title),
    )
    kept = drop_overlaps(book.highlights)
    drafts = [_make_draft(clipping) for clipping in kept]
    loose = []
    for note, owner in attach_notes(book.notes, kept):
        if owner is None:
            loose.append(Note(note.text, "note", note.line))
        else:
            drafts[owner].add_note(NoteDraft(note.text, note.line, kind="note"))
    highlights, cuts = finish_highlights(drafts, document)
    problems += cuts
    places = tuple(
        BlockProperty(clipping.line, "place", place)
        for clipping in kept
        if (place := _describe_place(clipping.meta))
    )
    return Page(document, highlights, tuple(loose), line=book.line, block_properties=places)


def _describe_place(meta: Meta) -> str:
    """Return what the highlight's location does not hold: the page next to a location, and the end."""
    if meta.location is None:
        return ""
    first, last = meta.location
    page = f"page {meta.page}, " if meta.page else ""
    return f"{page}location {first}-{last}" if page or last > first else ""


def _make_draft(clipping: Clipping) -> HighlightDraft:
    meta: Meta = clipping.meta
    draft = HighlightDraft(clipping.text, clipping.line, None, None)
    if meta.location:
        draft.view = View(None, "location", str(meta.location[0]))
    elif meta.page:
        draft.view = View(None, "page", meta.page)
    draft.taken_at = read_utc(meta.taken_on) if meta.taken_on else None
    return draft
