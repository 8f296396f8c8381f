"""KOReader's own notes on a book: `metadata.epub.lua` in the folder `….sdr` beside the book.

    return {
        ["annotations"] = { [1] = { ["text"], ["note"], ["datetime"], ["chapter"], ["pageno"], … } },
        ["doc_props"] = { ["title"], ["authors"] },
    }

Until 2024, highlights were under `highlight`, by page, and the notes on them under `bookmarks`: a bookmark
with the time of a highlight holds its note, unless it only repeats page and text. Times are local to the
device and taken as UTC. Positions in the book, settings and statistics are not kept. Source: KOReader's
`docsettings.lua`.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.sources.json_records import Item, Record, clean, refuse
from ingest.sources.koreader import read_authors
from ingest.sources.lua_table import read_table
from ingest.sources.shelf import Entry, Shelf
from ingest.text import Parsed, Text
from record_types.errors import UnreadableError

NAME = "koreader-lua"
SUFFIXES = (".lua",)
SIGNS = ("return",)

_BEGIN = re.compile(r"(?:\s|--[^\n]{0,500}\n){0,20}return\s{0,9}(?=\{)")
_AUTOMATIC = re.compile(r"Page \[?\d+\]?.{0,20}? (?P<text>.*) @ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.DOTALL)
"""How KOReader described a highlight in the list of bookmarks."""
_NOT_KEPT = frozenset(
    {
        "pos0",
        "pos1",
        "page",
        "drawer",
        "pboxes",
        "ext",
        "datetime_updated",
        "highlighted",
        "rotation",
        "text_edited",
    }
)


def detect(text: Text) -> bool:
    """Whether it returns a table with KOReader's keys."""
    if _BEGIN.match(text.text) is None:
        return False
    return any(f'["{key}"]' in text.text for key in ("annotations", "highlight", "doc_props", "doc_pages"))


def parse(text: Text) -> Parsed:
    """Return the book, if it has highlights or notes. Raises UnreadableError for anything but a table."""
    begin = _BEGIN.match(text.text)
    if begin is None:
        raise UnreadableError("not a KOReader file", line=1)
    table = Record(_name_keys(read_table(text.text, begin.end())))
    props, stats = table.record("doc_props"), table.record("stats")
    shelf = Shelf()
    title = props.text("title") or stats.text("title") or _title_of(table.text("doc_path")) or text.name
    entry = shelf.find(
        1, title, author=read_authors(props.text("authors") or stats.text("authors")), category="books"
    )
    _read_annotations(_list(table.raw.get("annotations")), entry, shelf)
    if not entry.drafts and not entry.notes:
        _read_old(table, entry, shelf)
    if not entry.drafts and not entry.notes:
        return Parsed(problems=tuple(shelf.problems))
    entry.summary = props.text("description")
    entry.tags += [tag for tag in props.text("keywords").split("\n") if tag.strip()]
    entry.add_properties([("language", props.text("language")), ("series", props.text("series"))])
    return shelf.finish()


def _name_keys(value: Any) -> Any:
    """Return a table with text for keys, as in JSON."""
    if isinstance(value, dict):
        return {str(key): _name_keys(each) for key, each in value.items()}
    return value


def _list(value: object) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []


def _title_of(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _read_annotations(annotations: list[Any], entry: Entry, shelf: Shelf) -> None:
    for line, value in enumerate(annotations, 1):
        record = Record(value)
        text, note = record.text("text"), record.text("note")
        if not record.text("drawer") and not record.raw.get("pos0"):
            # A bookmark of a page: its text is written by KOReader.
            entry.add_highlight("", line, note=note)
            continue
        page = record.text("pageref", "pageno") or _number(record.text("page"))
        _add_highlight(record, Item(line, value), text, note, page, entry, shelf)


def _read_old(table: Record, entry: Entry, shelf: Shelf) -> None:
    notes: dict[str, str] = {}
    for value in _list(table.raw.get("bookmarks")):
        bookmark = Record(value)
        words = bookmark.text("text")
        automatic = _AUTOMATIC.fullmatch(words)
        if words and not automatic:
            notes[bookmark.text("datetime")] = words
    line = 0
    highlights = table.raw.get("highlight")
    for page, values in highlights.items() if isinstance(highlights, dict) else ():
        for value in _list(values):
            line += 1
            record = Record(value)
            text, note = record.text("text"), notes.get(record.text("datetime"), "")
            note = "" if note == text else note
            _add_highlight(record, Item(line, value), text, note, _number(clean(page)), entry, shelf)


def _add_highlight(
    record: Record, item: Item, text: str, note: str, page: str, entry: Entry, shelf: Shelf
) -> None:
    if not text and not note:
        shelf.problems.append(refuse(item, "a highlight without words"))
        return
    entry.add_highlight(
        text,
        item.line,
        note=note,
        place=("page", page),
        taken_at=shelf.read_timestamp(record.text("datetime"), item.line),
        state=record.rest(_NOT_KEPT),
    )


def _number(page: str) -> str:
    """Return a page's number; a position in the book (`/body/DocFragment…`) is not one."""
    return page if page.isascii() and page.isdigit() and len(page) < 10 else ""
