"""Omnivore's export: `metadata_0_to_20.json` with the saved pages, and `highlights/<slug>.md` beside it.

    [{"slug": "…", "title": "…", "author": "…", "url": "…", "labels": ["…"], "savedAt": "…", …}, …]

    > a highlighted passage

    #label #label

    a note

Source: Omnivore's export service (it closed in 2024), as a zip file or unpacked. The saved pages themselves,
in `content`, are not read. A page without highlights is a document without highlights.
"""

from __future__ import annotations

import re

from ingest.sources.json_records import Record, clean, read_array, refuse
from ingest.sources.shelf import Entry, Shelf, make_author
from ingest.text import Parsed, Text
from record_types.pages import Note

NAME = "omnivore"
SUFFIXES = (".json",)
SIGNS = ('"slug"',)

_NEEDED = ('"slug"', '"savedAt"', '"labels"', '"readingProgress"')
# It becomes the name of a file beside the export, so it must not leave the folder or be a pattern.
_SLUG = re.compile(r"[^/\\\0*?\[\]]{1,250}")
_LABELS = re.compile(r"#\S+(?: #[^\n#]+)*")
_NOT_KEPT = frozenset({"id", "thumbnail", "readingProgress"})


def detect(text: Text) -> bool:
    """Whether it is a list of Omnivore's saved pages."""
    return text.head.startswith("[") and all(key in text.head for key in _NEEDED)


def parse(text: Text) -> Parsed:
    """Return one page per saved page. Raises UnreadableError if the file is not JSON."""
    shelf = Shelf()
    for item in read_array(text.text):
        record = Record(item.value)
        slug, url = record.text("slug"), record.text("url")
        if not slug and not url:
            shelf.problems.append(refuse(item, "a saved page without slug and url"))
            continue
        entry = shelf.find(
            item.line, record.text("title") or url, author=make_author(record.text("author")), url=url or None
        )
        entry.summary = entry.summary or record.text("description")
        entry.tags += record.texts("labels")
        entry.add_properties(record.rest(_NOT_KEPT))
        if _SLUG.fullmatch(slug) and ".." not in slug:
            data = text.beside(f"highlights/{slug}.md")
            if data:
                _read_highlights(clean(data.decode("utf-8-sig", "replace")), entry, item.line)
    return shelf.finish()


def _read_highlights(text: str, entry: Entry, line: int) -> None:
    """Add the passages of one page: each is a quotation, with labels and a note below it."""
    passage: list[str] = []
    labels: list[str] = []
    notes: list[str] = []

    def close() -> None:
        if passage:
            entry.add_highlight("\n\n".join(passage), line, note="\n\n".join(notes), tags=labels)
        elif notes:
            entry.notes.append(Note("\n\n".join(notes), "note", line))

    for block in re.split(r"\n[ \t]*\n", text):
        words = block.strip()
        if words.startswith(">"):
            close()
            passage, labels, notes = [_unquote(words)], [], []
        elif words and _LABELS.fullmatch(words) and passage:
            labels += [label.strip() for label in words[1:].split(" #")]
        elif words:
            notes.append(words)
    close()


def _unquote(words: str) -> str:
    """Return the words of a quotation; a `>` in a line of its own, or before one, begins a paragraph."""
    lines = words.split("\n")
    first = lines[0].removeprefix(">").strip()
    rest = "".join(
        f"\n\n{line[1:].strip()}" if line.startswith(">") else f"\n{line.strip()}" for line in lines[1:]
    )
    return (first + rest).strip()
