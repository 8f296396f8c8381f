"""Readwise's CSV export: one row per highlight, of many documents (docs/formats.md, CSV export).

    Highlight, Book Title, Book Author, Amazon Book ID, Note, Color, Tags, Location Type, Location,
    Highlighted at, Document tags

It contains neither URL nor category. A handle as the author indicates tweets, an Amazon id or a location in a
book indicates a book, and the rest is `other`, unless a `category` column was added. The delimiter may be `;`
or a tab, and a line `sep=;` may come first, as after saving from a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.identity import document_uid, kindle_uid, title_key
from ingest.readwise.csv_rows import Row, read_header, read_rows
from ingest.readwise.document import list_encoded, parse_author, parse_category
from ingest.readwise.highlights import HighlightDraft, NoteDraft, finish_highlights
from ingest.readwise.notation import PLACE_KINDS, View, parse_tag_list, read_utc, write_time
from ingest.text import Parsed, Text
from markdown_text.escapes import decode_title_entities
from record_types.pages import Author, BlockProperty, Category, Document, Note, Page, Problem

NAME = "readwise-csv"
SUFFIXES = (".csv", ".tsv", ".txt")
SIGNS = ()

_NEEDED = frozenset({"highlight", "book title"})
_KNOWN = frozenset(
    {"highlight", "book title", "book author", "amazon book id", "note", "tags", "location type"}
    | {"location", "highlighted at", "document tags"}
)
_OF_HIGHLIGHT = ("tags", "location type", "location", "highlighted at")


@dataclass(slots=True)
class _Book:
    """One document and its rows so far."""

    title: str
    author: Author | None
    line: int
    category: Category = "other"
    asins: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    drafts: list[HighlightDraft] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    properties: list[BlockProperty] = field(default_factory=list)


def detect(text: Text) -> bool:
    """Whether it is a table whose first line has Readwise's columns."""
    return set(read_header(text.text)[0]) >= _NEEDED


def parse(text: Text) -> Parsed:
    """Return one page per document, in the order of their first rows; bad rows become problems.

    Any other table has no pages.
    """
    header, delimiter = read_header(text.text)
    if "highlight" not in header or "book title" not in header:
        return Parsed()
    books: dict[str, _Book] = {}
    problems: list[Problem] = []
    for row in read_rows(text.text, delimiter):
        if isinstance(row, Problem):
            problems.append(row)
        else:
            problems += _add_row(row, header, books, text.name)
    pages = []
    for key, book in books.items():
        page, cuts = _make_page(key, book)
        pages.append(page)
        problems += cuts
    return Parsed(tuple(pages), tuple(problems))


def _add_row(row: Row, header: Sequence[str], books: dict[str, _Book], name: str) -> tuple[Problem, ...]:
    """Add a row to its document."""
    if not any(cell.strip() for cell in row.cells):
        return ()
    if any(cell.strip() for cell in row.cells[len(header) :]):
        return (Problem("bad-row", f"more cells than columns: {' | '.join(row.cells)}", row.line),)
    cells = dict.fromkeys(header, "") | {
        key: cell.replace("\r\n", "\n").strip() for key, cell in zip(header, row.cells, strict=False)
    }
    book = _find_book(cells, row.line, books, name)
    book.properties += [
        BlockProperty(row.line, key, cell) for key, cell in cells.items() if cell and key not in _KNOWN
    ]
    if not cells.get("highlight"):
        if cells.get("note"):
            book.notes.append(Note(cells["note"], "note", row.line))
            book.properties += [
                BlockProperty(row.line, key, cells[key]) for key in _OF_HIGHLIGHT if cells.get(key)
            ]
            return ()
        return (Problem("bad-row", f"not a highlight: {' | '.join(filter(None, cells.values()))}", row.line),)
    return _add_highlight(book, cells, row.line)


def _find_book(cells: dict[str, str], line: int, books: dict[str, _Book], name: str) -> _Book:
    title = " ".join(cells.get("book title", "").split()) or name
    author = parse_author(cells.get("book author", ""))
    key = title_key(author, title)
    book = books.get(key)
    if book is None:
        book = books[key] = _Book(title, author, line)
    if book.category == "other":  # some rows of a book may have a location and others not
        book.category = _guess_category(cells, title, author)
    asin = cells.get("amazon book id", "")
    if asin and asin not in book.asins:
        book.asins.append(asin)
    if cells.get("document tags"):
        book.tags += parse_tag_list(cells["document tags"])
    return book


def _guess_category(cells: dict[str, str], title: str, author: Author | None) -> Category:
    kind = cells.get("location type", "").lower()
    named = parse_category(cells.get("category", ""))
    if named != "other":
        return named
    if (author and author.handle) or title.startswith("Tweets From "):
        return "tweets"
    if cells.get("amazon book id") or kind in ("location", "page"):
        return "books"
    return "podcasts" if kind == "time_offset" else "other"


def _add_highlight(book: _Book, cells: dict[str, str], line: int) -> tuple[Problem, ...]:
    written_kind, place = cells.get("location type", ""), cells.get("location", "")
    kind = PLACE_KINDS.get(written_kind.lower())
    view = View(None, kind, write_time(place) if kind == "time" else place) if kind and place else None
    if place and not kind:
        book.properties.append(BlockProperty(line, written_kind or "location", place))
    elif written_kind and not place and written_kind not in PLACE_KINDS:
        book.properties.append(BlockProperty(line, "location type", written_kind))
    draft = HighlightDraft(cells["highlight"], line, view, None, list(parse_tag_list(cells.get("tags", ""))))
    asin = cells.get("amazon book id")
    if asin and place and kind == "location":
        draft.named = kindle_uid(asin, place)
    if cells.get("note"):
        draft.add_note(NoteDraft(cells["note"], line, kind="note"))
    book.drafts.append(draft)
    written = cells.get("highlighted at", "")
    moment = read_utc(written) if written else None
    draft.taken_at = moment
    if written and moment is None:
        return (Problem("unknown-date", f"no date in “{written}”", line),)
    return ()


def _make_page(key: str, book: _Book) -> tuple[Page, tuple[Problem, ...]]:
    document = Document(
        uid=document_uid(None, book.category, book.author, book.title),
        title=decode_title_entities(book.title),
        full_title=decode_title_entities(book.title),
        category=book.category,
        author=book.author,
        tags=tuple(dict.fromkeys(book.tags)),
        properties=(*[("asin", asin) for asin in book.asins], *list_encoded(book.title, book.title)),
        title_key=key,
    )
    highlights, cuts = finish_highlights(book.drafts, document)
    page = Page(
        document, highlights, tuple(book.notes), line=book.line, block_properties=tuple(book.properties)
    )
    return page, cuts
