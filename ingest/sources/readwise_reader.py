"""Readwise Reader's CSV export of its library: the saved documents, without their highlights.

    Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen

The highlights come with Readwise's own export or API; each row here is a document, which gets its tags and
saved date. Tags are in Python's notation (`['a', 'b']`).
"""

from __future__ import annotations

from ingest.sources.json_records import Record
from ingest.sources.shelf import Shelf
from ingest.sources.table_records import describe_row, has_columns, read_table, read_tag_list
from ingest.text import Parsed, Text
from record_types.pages import Problem

NAME = "readwise-reader"
SUFFIXES = (".csv", ".txt")
SIGNS = ("Saved date",)

_NEEDED = frozenset({"title", "url", "id", "document tags", "saved date"})


def detect(text: Text) -> bool:
    """Whether it is a table with Reader's columns."""
    return has_columns(text, _NEEDED)


def parse(text: Text) -> Parsed:
    """Return one page per document."""
    shelf = Shelf()
    for item in read_table(text.text):
        if isinstance(item, Problem):
            shelf.problems.append(item)
            continue
        record = Record(item.value)
        url, title = record.text("url"), record.text("title")
        if not url and not title:
            shelf.problems.append(describe_row(item, "a row without title and URL"))
            continue
        entry = shelf.find(item.line, title or url, url=url or None)
        entry.tags += read_tag_list(record.text("document tags"))
        moment = shelf.read_moment(record.text("saved date"), item.line)
        entry.add_properties([("saved", moment.date().isoformat())] if moment else [])
        entry.add_properties(record.rest(frozenset({"id", "seen", "reading progress"})))
    return shelf.finish()
