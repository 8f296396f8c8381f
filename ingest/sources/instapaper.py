"""Instapaper's CSV export: one row for each saved page or selection.

    URL,Title,Selection,Folder,Timestamp[,Tags]

`Selection` is a passage; a page without one is a document without highlights. `Timestamp` is when the row was
saved, in seconds since 1970. `Tags` is a JSON list. Source: instapaper.com, Settings, Export.
"""

from __future__ import annotations

from ingest.sources.json_records import Record
from ingest.sources.shelf import Shelf
from ingest.sources.table_records import describe_row, has_columns, read_table, read_tag_list
from ingest.text import Parsed, Text
from record_types.pages import Problem

NAME = "instapaper"
SUFFIXES = (".csv", ".txt")
SIGNS = ("Selection",)

_NEEDED = frozenset({"url", "title", "selection", "folder"})


def detect(text: Text) -> bool:
    """Whether it is a table with Instapaper's columns."""
    return has_columns(text, _NEEDED)


def parse(text: Text) -> Parsed:
    """Return one page per saved page."""
    shelf = Shelf()
    for item in read_table(text.text):
        if isinstance(item, Problem):
            shelf.problems.append(item)
            continue
        record = Record(item.value)
        url = record.text("url")
        if not url:
            shelf.problems.append(describe_row(item, "a row without URL"))
            continue
        entry = shelf.find(item.line, record.text("title") or url, url=url)
        entry.tags += read_tag_list(record.text("tags"))
        moment = shelf.read_moment(record.text("timestamp"), item.line)
        selection = record.text("selection")
        if selection:
            entry.add_highlight(selection, item.line, taken_at=moment)
        elif moment:
            entry.add_properties([("saved", moment.date().isoformat())])
        entry.add_properties(record.rest())
    return shelf.finish()
