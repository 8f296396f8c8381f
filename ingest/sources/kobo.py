"""A Kobo's `KoboReader.sqlite`, in the hidden folder `.kobo` of the device.

    Bookmark(BookmarkID, VolumeID, ContentID, Text, Annotation, DateCreated, Type, Hidden, Color, …)
    content(ContentID, ContentType, Title, BookTitle, Attribution, ISBN, …)

A book's `ContentID` is its highlights' `VolumeID`; that of an article saved from the web is its address. A
chapter's `ContentID` is that of its highlights, without the part after `-` or `#` in some cases; the files of
a book have such an id too, and their names are not chapters. Times are in UTC. Deleted highlights are marked
`Hidden`. A bookmark without words is a dog-ear.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from ingest.sources.foreign_sqlite import ForeignDatabase, Row
from ingest.sources.json_records import Record
from ingest.sources.shelf import Shelf, split_authors
from ingest.text import Data, Parsed
from record_types.pages import Problem

NAME = "kobo"

_BOOKMARK = ("VolumeID", "ContentID", "Text", "Annotation", "DateCreated", "Type", "Hidden", "Color")
_CONTENT = ("ContentID", "ContentType", "Title", "BookTitle", "Attribution", "ISBN", "Publisher", "Series")
# Kobo's own numbers in `ContentType`.
_BOOK, _CHAPTER = "6", "899"
# The title of a chapter may be the name of its file, which is not a title.
_FILE = re.compile(r"^file://|\.x?html?(?:#|\Z)", re.IGNORECASE)


def detect(data: Data) -> bool:
    """Whether the database has Kobo's tables."""
    return ForeignDatabase(data.data).read_tables() >= {"Bookmark", "content"}


def parse(data: Data) -> Parsed:
    """Return one page per book that has highlights. Raises UnreadableError for a damaged database."""
    database = ForeignDatabase(data.data)
    contents = database.read_rows("content", _CONTENT)
    by_id: dict[str, Row] = {}
    chapters: dict[str, Row] = {}
    for row in contents:
        id_ = str(row.get("ContentID") or "")
        by_id.setdefault(id_, row)
        if str(row.get("ContentType")) == _CHAPTER:
            part = id_.rpartition("-")[0]
            chapters.setdefault(part.partition("#")[0] if "!" in part else part, row)
            chapters.setdefault(part, row)
    shelf = Shelf()
    for line, row in enumerate(database.read_rows("Bookmark", _BOOKMARK, order="DateCreated"), 1):
        _add_bookmark(Record(row), line, by_id, chapters, shelf)
    return shelf.finish()


def _add_bookmark(
    bookmark: Record, line: int, contents: dict[str, Row], chapters: dict[str, Row], shelf: Shelf
) -> None:
    if bookmark.text("Hidden").lower() in ("true", "1"):
        return
    text, note = bookmark.text("Text"), bookmark.text("Annotation")
    if not text and not note:
        if bookmark.text("Type") not in ("", "dogear", "markup"):
            kind = bookmark.text("Type")
            shelf.problems.append(Problem("bad-record", f"an annotation ({kind}) without words", line))
        return
    volume = bookmark.text("VolumeID")
    book = Record(contents.get(volume))
    title = book.text("Title") or _name_file(volume)
    author = split_authors(book.text("Attribution"))
    url = volume if volume.startswith(("http://", "https://")) else None
    entry = shelf.find(line, title, author=author, category="articles" if url else "books", url=url)
    entry.add_properties([(key.lower(), book.text(key)) for key in ("ISBN", "Publisher", "Series")])
    part = bookmark.text("ContentID")
    chapter = Record(chapters.get(part) or contents.get(part))
    chapter_title = chapter.text("Title") if chapter.text("ContentType") not in (_BOOK, "") else ""
    entry.add_highlight(
        text,
        line,
        note=note,
        taken_at=shelf.read_timestamp(bookmark.text("DateCreated"), line),
        state=[
            ("chapter", "" if _FILE.search(chapter_title) else chapter_title),
            ("color", bookmark.text("Color")),
        ],
    )


def _name_file(volume: str) -> str:
    """Return the name of a book that the device does not list, from its path."""
    name = unquote(volume).rpartition("/")[2]
    for suffix in (".epub", ".kepub", ".pdf", ".mobi"):
        name = name.removesuffix(suffix)
    return name or volume
