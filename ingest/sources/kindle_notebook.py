"""Kindle's notebook: the HTML or CSV that the app sends by email, and pages of read.amazon.com/notebook.

    <div class="bookTitle">…</div> <div class="authors">North, Ada</div> <div class="sectionHeading">…</div>
    <div class="noteHeading">Highlight(<span>yellow</span>) - Page 4 · Location 274</div>
    <div class="noteText">…</div>                                               the email's HTML

    "Your Kindle Notes For:",,, / TITLE / by AUTHOR / … / "Annotation Type","Location","Starred?","Annotation"

    <h3 class="kp-notebook-metadata">TITLE</h3> <span id="highlight">…</span> <span id="note">…</span>
    <input id="kp-annotation-location" value="274">                              read.amazon.com

A note is an entry of its own after the highlight that it belongs to. The notebook on the web names the book's
ASIN, so its highlights have the uid of Readwise's Kindle links; the other forms are matched by author, title
and text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.identity import kindle_uid
from ingest.kindle import turn_names
from ingest.readwise.csv_rows import read_rows
from ingest.readwise.highlights import HighlightDraft, NoteDraft
from ingest.sources.html_fields import Field, Tag, read_fields
from ingest.sources.kindle_headings import find_color, find_place, is_bookmark, is_note, keep_digits
from ingest.sources.shelf import Entry, Shelf, make_author, split_authors
from ingest.text import Parsed, Text
from record_types.pages import Author, BlockProperty, Note, Problem

NAME = "kindle-notebook"
SUFFIXES = (".html", ".htm", ".csv", ".txt")
SIGNS = ("noteHeading", "kp-notebook-", "Kindle", "kindle")

_LONGEST = 60
"""Locations from the beginning of a highlight to its note, at most."""
_MAIL = ("bookTitle", "authors", "citation", "sectionHeading", "noteHeading", "noteText", "notebookFor")
_WEB_IDS = ("highlight", "note", "annotationHighlightHeader", "annotationNoteHeader", "note-label")
_WEB_INPUTS = ("kp-annotation-location", "kp-notebook-annotations-asin")
_BY = re.compile(r"\A(?:by|von|de|par|di|por|door|автор)[: ]", re.I)
_RULE = re.compile(r"^\"?-{20,}\"?,", re.MULTILINE)
"""The line above the table's columns, whose names are in the language of the device."""

_COLUMNS = ("annotation type", "location", "starred?", "annotation")


@dataclass(slots=True)
class _Mark:
    """One annotation: where it is and what it says."""

    line: int
    text: str
    heading: str = ""
    is_note: bool = False
    page: str = ""
    location: str = ""
    color: str = ""
    chapter: str = ""


def detect(text: Text) -> bool:
    """Whether it has the classes of the notebook, or its table's columns."""
    head = text.head
    if text.suffix in (".html", ".htm"):
        return ("noteHeading" in head and "bookTitle" in head) or "kp-notebook-" in head
    return "kindle" in head[:400].lower() and _RULE.search(head, 0, 4000) is not None


def parse(text: Text) -> Parsed:
    """Return the book, or each book of a page that has several."""
    shelf = Shelf()
    if text.suffix not in (".html", ".htm"):
        _read_table(text, shelf)
    elif "kp-notebook-" in text.head:
        _read_web(text, shelf)
    else:
        _read_email(text, shelf)
    return shelf.finish()


# --- the email's HTML


def _read_email(text: Text, shelf: Shelf) -> None:
    title, author, chapter, citation = text.name, None, "", ""
    entry: Entry | None = None
    heading: Field | None = None
    last: HighlightDraft | None = None
    for field in read_fields(text.text, lambda tag: next((key for key in _MAIL if key in tag.classes), None)):
        if field.key == "bookTitle":
            title, entry, author, citation, chapter = field.text or text.name, None, None, "", ""
        elif field.key == "authors":
            author = _read_author(field.text)
        elif field.key == "citation":
            citation = field.text
        elif field.key == "sectionHeading":
            chapter = field.text
        elif field.key == "noteHeading":
            heading, last = _note_left(shelf, heading, last)
            heading = field
        elif field.key == "noteText" and heading is not None:
            entry = entry or shelf.find(field.line, title, author=author, category="books")
            entry.add_properties([("citation", citation)])
            last = _add(entry, _read_heading(heading, field.text, chapter), last)
            heading = None
        elif field.text and field.key != "notebookFor":
            shelf.problems.append(
                Problem("stray-text", f"text outside of any annotation: {field.text}", field.line)
            )
    _note_left(shelf, heading, last)


def _note_left(
    shelf: Shelf, heading: Field | None, last: HighlightDraft | None
) -> tuple[None, HighlightDraft | None]:
    """Report a heading that no text followed."""
    if heading is not None and not is_bookmark(heading.text):
        shelf.problems.append(
            Problem("bad-record", f"an annotation without text: {heading.text}", heading.line)
        )
    return None, last


def _read_heading(heading: Field, text: str, chapter: str) -> _Mark:
    """Read `Highlight(yellow) - Chapter > Page 4 · Location 274`."""
    color = find_color(heading.text)
    page, location = find_place(heading.text)
    within = heading.text.partition(" - ")[2].rpartition(" > ")[0]
    return _Mark(
        heading.line,
        text,
        heading.text,
        is_note(heading.text),
        page,
        location,
        color,
        " > ".join(dict.fromkeys(part for part in (chapter, within) if part)),
    )


# --- read.amazon.com


def _read_web(text: Text, shelf: Shelf) -> None:
    title, author, asin = "", None, ""
    entry: Entry | None = None
    mark = _Mark(1, "")
    last: HighlightDraft | None = None
    for field in read_fields(text.text, _find_web_key):
        if field.key == "title":
            title, entry, author, last = field.text, None, None, None
        elif field.key == "author" and not author:
            author = _read_names(field.text)
        elif field.key == "kp-notebook-annotations-asin":
            asin, entry = field.tag.value, None
        elif field.key == "kp-annotation-location":
            mark = _Mark(field.line, "", location=keep_digits(field.tag.value))
            if last and last.view and last.view.place != mark.location:
                last = None  # a note without a highlight follows, or another highlight
        elif field.key.endswith("Header"):
            page, location = find_place(field.text)
            mark.page, mark.location = mark.page or page, mark.location or location
            mark.line, mark.heading = field.line, field.text
            mark.color = (
                field.text.partition(" ")[0]
                if " | " in field.text and field.key != _WEB_IDS[3]
                else mark.color
            )
        elif field.key in ("highlight", "note") and field.text:
            entry = entry or shelf.find(field.line, title or text.name, author=author, category="books")
            if asin:
                entry.add_properties([("asin", asin)])
            mark = _Mark(
                field.line,
                field.text,
                mark.heading,
                field.key == "note",
                mark.page,
                mark.location,
                mark.color,
            )
            last = _add(entry, mark, last, asin)


def _find_web_key(tag: Tag) -> str | None:
    if tag.id in _WEB_IDS or tag.id in _WEB_INPUTS:
        return tag.id
    if "kp-notebook-metadata" in tag.classes:
        return "title" if tag.name in ("h3", "h2") else "author" if tag.name == "p" else "other"
    # What follows a known element but is not one itself: buttons, menus, the library's list.
    return "other" if tag.name in ("input", "button", "a", "script", "h2", "h3") else None


# --- the table


def _read_table(text: Text, shelf: Shelf) -> None:
    title, author = "", None
    entry: Entry | None = None
    columns: list[str] = []
    last: HighlightDraft | None = None
    head: list[str] = []
    has_rule = False
    for row in shelf.take(_list_rows(text.text)):
        cells = [cell.replace("\r\n", "\n").strip() for cell in row[1]]
        if not any(cells):
            continue
        if not columns:
            if has_rule and len(cells) >= len(_COLUMNS) and all(cells[:2]):
                columns = [*_COLUMNS, *(cell.lower() for cell in cells[len(_COLUMNS) :])]
                title, author = _read_table_head(head)
                entry = shelf.find(row[0], title or text.name, author=author, category="books")
                entry.add_properties([("source", line) for line in head[3:] if line.startswith("http")])
            elif cells[0].startswith("-" * 20):
                has_rule = True
            else:
                head.append(cells[0])
            continue
        assert entry is not None  # noqa: S101 - set with the columns
        named = dict(zip(columns, cells, strict=False))
        place = named.get("location", "")
        page, location = find_place(place)
        kind = named.get("annotation type", "")
        mark = _Mark(row[0], named.get("annotation", ""), kind, is_note(kind), page, location)
        mark.color = find_color(kind)
        if not mark.text:
            if not is_bookmark(kind):
                shelf.problems.append(
                    Problem("bad-row", f"not an annotation: {' | '.join(filter(None, cells))}", row[0])
                )
            continue
        if named.get("starred?"):
            entry.state.append(BlockProperty(row[0], "starred", named["starred?"]))
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            shelf.problems.append(Problem("bad-row", f"more cells than columns: {' | '.join(cells)}", row[0]))
        last = _add(entry, mark, last)


def _list_rows(text: str) -> Iterator[tuple[int, list[str]] | Problem]:
    # The table has no header in its first line, so an empty one goes before it.
    for row in read_rows("\n" + text, ","):
        if isinstance(row, Problem):
            yield Problem(row.kind, row.message, max((row.line or 2) - 1, 1))
        else:
            yield max(row.line - 1, 1), row.cells


def _read_table_head(head: list[str]) -> tuple[str, Author | None]:
    """Read the lines below `Your Kindle Notes For:`."""
    title = head[1] if len(head) > 1 else ""
    author = next((line for line in head[2:4] if _BY.match(line)), "")
    return title, _read_names(author)


# --- common


def _add(entry: Entry, mark: _Mark, last: HighlightDraft | None, asin: str = "") -> HighlightDraft | None:
    """Add an annotation and return the last highlight; a note belongs to that one, if it is near."""
    if mark.is_note and last is not None and _is_near(mark, last):
        last.add_note(NoteDraft(mark.text, mark.line, kind="note"))
        return last
    if mark.is_note:
        entry.notes.append(Note(mark.text, "note", mark.line))
        return last
    place = ("location", mark.location) if mark.location else ("page", mark.page)
    page = mark.page if mark.location else ""
    return entry.add_highlight(
        mark.text,
        mark.line,
        place=place,
        named=kindle_uid(asin, mark.location) if asin.isalnum() and mark.location else None,
        state=[("page", page), ("color", mark.color), ("chapter", mark.chapter)],
    )


def _is_near(note: _Mark, last: HighlightDraft) -> bool:
    """Whether a note may belong to the highlight, whose end Kindle's notebook does not give."""
    if last.view is None or not (last.view.place or "").isdecimal():
        return True
    number, most = (note.location, _LONGEST) if last.view.kind == "location" else (note.page, 1)
    return not number.isdecimal() or 0 <= int(number) - int(last.view.place or 0) <= most


def _read_author(text: str) -> Author | None:
    """Read `North, Ada; South, Ben`, as in emails."""
    return make_author(turn_names(text)) if text else None


def _read_names(text: str) -> Author | None:
    """Read `by Ada North, Ben South`, as in the table and on the web."""
    return split_authors(_BY.sub("", text.strip(), count=1))
