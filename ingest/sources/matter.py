"""Matter's history, `_matter_history.csv`: the saved pages, without their highlights.

    Title,Author,Publisher,URL,Tags,Word Count,In Queue,Favorited,Read,Highlight Count,
    Last Interaction Date,File Id

Matter's export has no passages, so each row is a document without highlights: it gives author, tags and title
to a page whose highlights come from elsewhere.
"""

from __future__ import annotations

from ingest.sources.json_records import Record
from ingest.sources.shelf import Shelf, make_author
from ingest.sources.table_records import describe_row, has_columns, read_table, read_tag_list
from ingest.text import Parsed, Text
from record_types.pages import Problem

NAME = "matter"
SUFFIXES = (".csv", ".txt")
SIGNS = ("Last Interaction Date", "Last_Interaction_Date")

_NEEDED = frozenset({"title", "author", "publisher", "url", "tags"})


def detect(text: Text) -> bool:
    """Whether it is a table with Matter's columns."""
    return has_columns(text, _NEEDED)


def parse(text: Text) -> Parsed:
    """Return one page per saved page."""
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
        entry = shelf.find(
            item.line, title or url, author=make_author(record.text("author")), url=url or None
        )
        entry.tags += read_tag_list(record.text("tags"))
        entry.add_properties(record.rest(frozenset({"word count", "word_count", "file id", "file_id"})))
    return shelf.finish()
