"""KOReader: its JSON and Markdown exports.

    {"title": …, "author": …, "entries": [{"text", "note", "chapter", "page", "time", "sort", "drawer"}], …}

    # TITLE
    ##### AUTHOR

    ## CHAPTER
    ### Page 12 @ 12 March 2022 10:12:42 PM
    *text*

    ---
    note

Source: KOReader's exporter plugin. An export of several books is `{"documents": […]}` in JSON, and one book
after the other in Markdown. Authors are separated by line breaks (`, ` in Markdown). Times are seconds in
JSON, and in Markdown local to the device; they are taken as UTC. `koreader_lua` reads
the files that the device itself keeps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from ingest.dates import parse_day, parse_time
from ingest.readwise.notation import read_utc
from ingest.sources.json_records import Item, Record, read_object, refuse
from ingest.sources.shelf import Entry, Shelf, make_author, split_authors
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text
from record_types.pages import Author, Problem

NAME = "koreader"
SUFFIXES = (*MARKDOWN_SUFFIXES, ".json")
SIGNS = ("### Page ", '"entries"')

_JSON = re.compile(r"\"(?:drawer|sort|chapter|created_on|number_of_pages|md5sum)\"\s*:")
_PAGE = re.compile(
    r"### Page (?P<page>[^\n@]{1,40}?) @ "
    r"(?P<moment>\d{1,2} \w{2,20} \d{4} \d{1,2}:\d\d:\d\d(?: [AaPp][Mm])?)[ \t]*\r?"
)
_FIRST_PAGE = re.compile(rf"^{_PAGE.pattern}$", re.MULTILINE)
_FORMS = (("**_", "_**"), ("**", "**"), ("==", "=="), ("++", "++"), ("~~", "~~"), ("<u>", "</u>"), ("*", "*"))
"""How the highlighter's styles are written around the text."""


def detect(text: Text) -> bool:
    """Whether it is JSON with KOReader's keys, or Markdown with its pages and times."""
    head = text.head
    if text.suffix == ".json":
        return head.startswith("{") and '"entries"' in head and _JSON.search(head) is not None
    return head.startswith("# ") and _FIRST_PAGE.search(head) is not None


def parse(text: Text) -> Parsed:
    """Return one page per book. Raises UnreadableError if the file is not JSON."""
    shelf = Shelf()
    if text.suffix == ".json":
        export = read_object(text.text)
        books = export.get("documents") if isinstance(export.get("documents"), list) else [export]
        _read_books(books or [], shelf)
    else:
        _read_markdown(text, shelf)
    return shelf.finish()


# --- JSON


def _read_books(books: list[object], shelf: Shelf) -> None:
    line = 0
    for book in books:
        line += 1
        record = Record(book)
        entries = record.raw.get("entries")
        if not isinstance(entries, list):
            shelf.problems.append(refuse(Item(line, book), "not a KOReader book"))
            continue
        entry = shelf.find(
            line,
            record.text("title") or record.text("file"),
            author=read_authors(record.text("author")),
            category="books",
        )
        for each in entries:
            line += 1
            _add_entry(entry, Item(line, each), shelf)
        record.texts("entries")
        entry.add_properties(record.rest(frozenset({"entries", "exported", "created_on", "version"})))


def _add_entry(entry: Entry, item: Item, shelf: Shelf) -> None:
    record = Record(item.value)
    text, note = record.text("text"), record.text("note")
    if not text and not note:
        if record.text("sort") != "bookmark":
            shelf.problems.append(refuse(item, "a highlight without words"))
        return
    entry.add_highlight(
        text,
        item.line,
        note=note,
        place=("page", record.text("page")),
        taken_at=shelf.read_timestamp(record.text("time"), item.line),
        state=record.rest(frozenset({"sort", "image", "pn_xp"})),
    )


# --- Markdown


@dataclass(slots=True)
class _Passage:
    """One highlight of a Markdown export."""

    line: int
    page: str
    moment: str
    chapter: str
    words: list[str] = field(default_factory=list)


def _read_markdown(text: Text, shelf: Shelf) -> None:
    title, chapter = "", ""
    author: Author | None = None
    passage: _Passage | None = None
    entry: Entry | None = None

    def close() -> None:
        if passage is not None:
            owner = entry or shelf.find(passage.line, title or text.name, author=author, category="books")
            _add_passage(owner, passage, shelf)

    lines = text.text.split("\n")
    for number, line in enumerate(lines, 1):
        plain = line.rstrip("\r")
        page = _PAGE.fullmatch(line) if line.startswith("### Page ") else None
        is_title = plain.startswith("# ") and (passage is None or _begins_book(lines, number))
        # Chapters are the only second-level headings; in a highlight, they follow a blank line.
        is_chapter = plain.startswith("## ") and _precedes_page(lines, number)
        if page or is_title or is_chapter:
            close()
            passage = None
        if page:
            passage = _Passage(number, page["page"].strip(), page["moment"], chapter)
            entry = entry or shelf.find(number, title or text.name, author=author, category="books")
        elif is_title:
            title, author, chapter, entry = plain[2:].strip(), None, "", None
        elif is_chapter:
            chapter = plain[3:].strip()
        elif passage is not None:
            passage.words.append(plain)
        elif plain.startswith("##### ") and author is None:
            author = read_authors(plain[6:].strip())
        elif plain.strip():
            shelf.problems.append(Problem("stray-text", f"text outside of any highlight: {plain}", number))
    close()


def _begins_book(lines: list[str], number: int) -> bool:
    """Whether the line after the title names the author."""
    return number < len(lines) and lines[number].startswith("##### ")


def _precedes_page(lines: list[str], number: int) -> bool:
    return number < len(lines) and lines[number].startswith("### Page ")


def _add_passage(entry: Entry, passage: _Passage, shelf: Shelf) -> None:
    words = "\n".join(passage.words).strip("\n")
    if words.startswith("---\n"):
        text, note = "", words[4:]
    else:
        text, _, note = words.partition("\n---\n")
    text = text.strip()
    style = ""
    for begin, end in _FORMS:
        if text.startswith(begin) and text.endswith(end) and len(text) > len(begin) + len(end):
            text, style = text[len(begin) : -len(end)], begin
            break
    if not text and not note.strip():
        shelf.problems.append(
            Problem("bad-record", f"a highlight without words, page {passage.page}", passage.line)
        )
        return
    entry.add_highlight(
        text,
        passage.line,
        note=note.strip(),
        place=("page", passage.page),
        taken_at=None,
        state=[("chapter", passage.chapter), ("style", style)],
    )
    if entry.drafts and entry.drafts[-1].line == passage.line:
        entry.drafts[-1].taken_at = _read_timestamp(passage, shelf)


def _read_timestamp(passage: _Passage, shelf: Shelf) -> datetime | None:
    day, month, year, clock = passage.moment.split(" ", 3)
    found, time = parse_day(f"{month} {int(day)}, {year}"), parse_time(clock)
    if found and time:
        return read_utc(f"{found.isoformat()}T{time.isoformat()}")
    shelf.problems.append(Problem("unknown-date", f"no date in “{passage.moment}”", passage.line))
    return None


def read_authors(text: str) -> Author | None:
    """Read authors as KOReader keeps them, one in each line; `N/A` and `Unknown Author` are left out."""
    text = text.strip()
    if text in ("", "N/A", "Unknown Author"):
        return None
    return make_author(*text.split("\n")) if "\n" in text else split_authors(text)
