"""Lists of saved pages as CSV: Instapaper's export, Matter's history, Readwise Reader's library.

    URL,Title,Selection,Folder,Timestamp[,Tags]                                             Instapaper
    Title,Author,Publisher,URL,Tags,Word Count,In Queue,Favorited,Read,Highlight Count,
    Last Interaction Date,File Id                                                           Matter
    Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen                    Readwise Reader

Each row is a document: it gives author, tags and date to a page whose highlights come from elsewhere. Only
Instapaper has passages (`Selection`). Its `Timestamp` is when the row was saved, in seconds since 1970. Tags
are a JSON list, or in Python's notation. Source: the exports of instapaper.com, getmatter.com, readwise.io.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.sources.json_records import Record
from ingest.sources.shelf import Shelf, make_author
from ingest.sources.table_records import describe_row, has_columns, read_table, read_tag_list
from ingest.text import Parsed, Text


@dataclass(frozen=True, slots=True)
class SavedPages:
    """One program's list, as a dialect (`ingest.source.Dialect`)."""

    NAME: str
    SIGNS: tuple[str, ...]
    columns: frozenset[str]
    """The columns by which it is recognised."""
    tags: str
    saved: str | None = None
    """The column with the time when a page was saved."""
    left_out: frozenset[str] = frozenset()
    """Columns that are not kept."""
    needs_url: bool = False
    SUFFIXES: tuple[str, ...] = (".csv", ".txt")

    def detect(self, text: Text, /) -> bool:
        """Whether it is a table with the program's columns."""
        return has_columns(text, self.columns)

    def parse(self, text: Text, /) -> Parsed:
        """Return one page per saved page."""
        shelf = Shelf()
        for item in shelf.take(read_table(text.text)):
            record = Record(item.value)
            url, title = record.text("url"), record.text("title")
            if not url and (self.needs_url or not title):
                what = "URL" if self.needs_url else "title and URL"
                shelf.problems.append(describe_row(item, f"a row without {what}"))
                continue
            author = make_author(record.text("author")) if "author" in self.columns else None
            entry = shelf.find(item.line, title or url, author=author, url=url or None)
            entry.tags += read_tag_list(record.text(self.tags))
            moment = shelf.read_timestamp(record.text(self.saved), item.line) if self.saved else None
            selection = record.text("selection") if "selection" in self.columns else ""
            if selection:
                entry.add_highlight(selection, item.line, taken_at=moment)
            elif moment:
                entry.add_properties([("saved", moment.date().isoformat())])
            entry.add_properties(record.rest(self.left_out))
        return shelf.finish()


INSTAPAPER = SavedPages(
    "instapaper",
    ("Selection",),
    frozenset({"url", "title", "selection", "folder"}),
    tags="tags",
    saved="timestamp",
    needs_url=True,
)
MATTER = SavedPages(
    "matter",
    ("Last Interaction Date", "Last_Interaction_Date"),
    frozenset({"title", "author", "publisher", "url", "tags"}),
    tags="tags",
    left_out=frozenset({"word count", "word_count", "file id", "file_id"}),
)
READWISE_READER = SavedPages(
    "readwise-reader",
    ("Saved date",),
    frozenset({"title", "url", "id", "document tags", "saved date"}),
    tags="document tags",
    saved="saved date",
    left_out=frozenset({"id", "seen", "reading progress"}),
)
SOURCES = (INSTAPAPER, MATTER, READWISE_READER)
