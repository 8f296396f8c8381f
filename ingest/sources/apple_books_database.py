"""Apple Books' database of notes on a Mac, `AEAnnotation*.sqlite`.

    ZAEANNOTATION(ZANNOTATIONASSETID, ZANNOTATIONSELECTEDTEXT, ZANNOTATIONNOTE, ZANNOTATIONCREATIONDATE, …)
    ZBKLIBRARYASSET(ZASSETID, ZTITLE, ZAUTHOR, …)                in `../BKLibrary/BKLibrary*.sqlite`

Times are seconds since 2001 in UTC. Without the library's database the titles are unknown, and a book is
named by its id. Deleted notes stay in the table with a mark.
"""

from __future__ import annotations

from ingest.sources.foreign_sqlite import ForeignDatabase
from ingest.sources.json_records import Record
from ingest.sources.shelf import Shelf, split_authors
from ingest.sources.timestamps import read_apple_timestamp
from ingest.text import Data, Parsed
from record_types.errors import UnreadableError
from record_types.pages import Problem

NAME = "apple-books-database"

_LIBRARY = "../BKLibrary/BKLibrary*.sqlite"
_TABLE = "ZAEANNOTATION"
_COLUMNS = (
    "ZANNOTATIONASSETID", "ZANNOTATIONSELECTEDTEXT", "ZANNOTATIONREPRESENTATIVETEXT", "ZANNOTATIONNOTE",
    "ZANNOTATIONCREATIONDATE", "ZANNOTATIONDELETED", "ZFUTUREPROOFING5", "ZANNOTATIONSTYLE",
)  # fmt: skip
_STYLES = {"0": "underline", "1": "green", "2": "blue", "3": "yellow", "4": "pink", "5": "purple"}


def detect(data: Data) -> bool:
    """Whether the database has Apple's table."""
    return _TABLE in ForeignDatabase(data.data).read_tables()


def parse(data: Data) -> Parsed:
    """Return one page per book that has notes. Raises UnreadableError for a damaged database."""
    books = _read_library(data)
    known = {title for title, _ in books.values()}
    shelf = Shelf()
    for line, row in enumerate(ForeignDatabase(data.data).read_rows(_TABLE, _COLUMNS, order="Z_PK"), 1):
        record = Record(row)
        if record.text("ZANNOTATIONDELETED") not in ("", "0"):
            continue
        text, note = record.text("ZANNOTATIONSELECTEDTEXT"), record.text("ZANNOTATIONNOTE")
        text = text or record.text("ZANNOTATIONREPRESENTATIVETEXT")
        if not text and not note:
            continue  # where the reader stopped
        asset = record.text("ZANNOTATIONASSETID")
        title, author = books.get(asset, ("", ""))
        entry = shelf.find(line, title or asset, author=split_authors(author), category="books")
        entry.add_properties([("apple-books-id", asset)])
        entry.add_highlight(
            text,
            line,
            note=note,
            taken_at=read_apple_timestamp(row.get("ZANNOTATIONCREATIONDATE")),
            state=[
                ("chapter", record.text("ZFUTUREPROOFING5")),
                ("color", _STYLES.get(record.text("ZANNOTATIONSTYLE"), "")),
            ],
        )
    unknown = [each.title for each in shelf.entries.values() if each.title not in known]
    if unknown and not books:
        message = "the titles are unknown: the database `BKLibrary*.sqlite` is not in the folder next to it"
        shelf.problems.append(Problem("unknown-titles", message))
    elif unknown:
        message = f"the titles of books that left the library are unknown: {', '.join(unknown)}"
        shelf.problems.append(Problem("unknown-titles", message))
    return shelf.finish()


def _read_library(data: Data) -> dict[str, tuple[str, str]]:
    """Return title and author of each book by its id."""
    library = data.beside(_LIBRARY)
    if not library:
        return {}
    try:
        rows = ForeignDatabase(library).read_rows("ZBKLIBRARYASSET", ("ZASSETID", "ZTITLE", "ZAUTHOR"))
    except UnreadableError:
        return {}
    records = map(Record, rows)
    return {each.text("ZASSETID"): (each.text("ZTITLE"), each.text("ZAUTHOR")) for each in records}
