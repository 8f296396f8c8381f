"""Readwise's CSV export: one row per highlight, from many documents (docs/formats.md, CSV export).

    Highlight, Book Title, Book Author, Amazon Book ID, Note, Color, Tags, Location Type, Location,
    Highlighted at, Document tags

It contains neither URL nor category. A handle as the author indicates tweets, an Amazon id or a location in a
book indicates a book, and the rest is `other`, unless a `category` column was added. The delimiter may be `;`
or a tab, and a line `sep=;` may come first, as after saving from a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.identity import document_uid, kindle_uid, title_key
from ingest.readwise.csv_rows import Row, read_header, read_rows
from ingest.readwise.document import list_encoded, parse_author, parse_category
from ingest.readwise.notation import PLACE_KINDS, parse_tag_list, read_utc, write_time
from ingest.sources.shelf import Entry, Shelf
from ingest.text import Parsed, Text
from record_types.pages import Author, BlockProperty, Category, Problem

NAME = "readwise-csv"
SUFFIXES = (".csv", ".tsv", ".txt")
SIGNS = ()

_NEEDED = frozenset({"highlight", "book title"})
_KNOWN = frozenset(
    {"highlight", "book title", "book author", "amazon book id", "note", "tags", "location type"}
    | {"location", "highlighted at", "document tags"}
)
_OF_HIGHLIGHT = ("tags", "location type", "location", "highlighted at")


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
    shelf = Shelf()
    for row in shelf.take(read_rows(text.text, delimiter)):
        _add_row(row, header, shelf, text.name)
    for book in shelf.entries.values():
        book.uid = document_uid(None, book.category, book.author, book.title)
        book.properties += list_encoded(book.title, book.title)
    return shelf.finish()


def _add_row(row: Row, header: Sequence[str], shelf: Shelf, name: str) -> None:
    """Add a row to its document."""
    if not any(cell.strip() for cell in row.cells):
        return
    if any(cell.strip() for cell in row.cells[len(header) :]):
        message = f"more cells than columns: {' | '.join(row.cells)}"
        shelf.problems.append(Problem("bad-row", message, row.line))
        return
    cells = dict.fromkeys(header, "") | {
        key: cell.replace("\r\n", "\n").strip() for key, cell in zip(header, row.cells, strict=False)
    }
    book = _find_book(cells, row.line, shelf, name)
    book.state += [
        BlockProperty(row.line, key, cell) for key, cell in cells.items() if cell and key not in _KNOWN
    ]
    if cells.get("highlight"):
        _add_highlight(book, cells, row.line, shelf)
    elif cells.get("note"):
        state = [(key, cells.get(key, "")) for key in _OF_HIGHLIGHT]
        book.add_highlight("", row.line, note=cells["note"], state=state)
    else:
        words = " | ".join(filter(None, cells.values()))
        shelf.problems.append(Problem("bad-row", f"not a highlight: {words}", row.line))


def _find_book(cells: dict[str, str], line: int, shelf: Shelf, name: str) -> Entry:
    title = " ".join(cells.get("book title", "").split()) or name
    author = parse_author(cells.get("book author", ""))
    book = shelf.find(line, title, author=author, category="other", uid=title_key(author, title))
    if book.category == "other":  # some rows of a book may have a location and others not
        book.category = _guess_category(cells, title, author)
    book.add_properties([("asin", cells.get("amazon book id", ""))])
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


def _add_highlight(book: Entry, cells: dict[str, str], line: int, shelf: Shelf) -> None:
    written_kind, place = cells.get("location type", ""), cells.get("location", "")
    kind = PLACE_KINDS.get(written_kind.lower())
    state = []
    if place and not kind:
        state.append((written_kind or "location", place))
    elif written_kind and not place and written_kind not in PLACE_KINDS:
        state.append(("location type", written_kind))
    asin, written = cells.get("amazon book id"), cells.get("highlighted at", "")
    moment = read_utc(written) if written else None
    book.add_highlight(
        cells["highlight"],
        line,
        note=cells.get("note", ""),
        place=(kind, write_time(place) if kind == "time" else place) if kind else None,
        named=kindle_uid(asin, place) if asin and place and kind == "location" else None,
        taken_at=moment,
        tags=parse_tag_list(cells.get("tags", "")),
        state=state,
    )
    if written and moment is None:
        shelf.problems.append(Problem("unknown-date", f"no date in “{written}”", line))
