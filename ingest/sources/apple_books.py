"""Apple Books' notes as it sends them by email, saved as HTML.

    <h1>TITLE</h1> <h2>AUTHOR</h2>
    <div class="annotation"><div class="annotationdate">…</div><div class="annotationchapter">…</div>
    <p class="annotationrepresentativetext">…</p><p class="annotationnote">…</p></div>

The dates are in the language of the device. Any other paragraph belongs to no annotation, such as the last
one, which names the book again. Its database is `apple_books_database`.
"""

from __future__ import annotations

from ingest.clippings import read_written
from ingest.readwise.highlights import NoteDraft
from ingest.readwise.notation import read_utc
from ingest.sources.html_fields import Tag, read_fields
from ingest.sources.shelf import Entry, Shelf, split_authors
from ingest.text import Parsed, Text
from record_types.pages import Problem

NAME = "apple-books"
SUFFIXES = (".html", ".htm")
SIGNS = ("annotationrepresentativetext",)

_KEYS = (
    "annotationdate",
    "annotationchapter",
    "annotationrepresentativetext",
    "annotationnote",
    "annotation",
)


def detect(text: Text) -> bool:
    """Whether it is an email with the classes of Apple Books."""
    return "annotationrepresentativetext" in text.head


def parse(text: Text) -> Parsed:
    """Return the email's book."""
    shelf = Shelf()
    title, names = "", ""
    entry: Entry | None = None
    date, chapter = "", ""
    for field in read_fields(text.text, _find_key, keep_breaks=True):
        if field.key == "h1":
            title, entry = field.text, None
        elif field.key == "h2":
            names = field.text
        elif field.key == "annotation":
            date, chapter = "", ""
        elif field.key == "annotationdate":
            date = field.text
        elif field.key == "annotationchapter":
            chapter = field.text
        elif field.key == "annotationrepresentativetext" and field.text:
            author = split_authors(names)
            entry = entry or shelf.find(field.line, title or text.name, author=author, category="books")
            state = [("chapter", chapter), ("date", date)]
            day = read_written(date)
            entry.add_highlight(field.text, field.line, taken_at=read_utc(day) if day else None, state=state)
        elif field.key == "annotationnote" and field.text and entry is not None and entry.drafts:
            entry.drafts[-1].add_note(NoteDraft(field.text, field.line, kind="note"))
        elif field.text and field.key and (field.key != "other" or title not in field.text):
            shelf.problems.append(
                Problem("stray-text", f"text outside of any annotation: {field.text}", field.line)
            )
    return shelf.finish()


def _find_key(tag: Tag) -> str | None:
    if tag.name in ("h1", "h2"):
        return tag.name
    return next((key for key in _KEYS if key in tag.classes), "other" if tag.name == "p" else None)
