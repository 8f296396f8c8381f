"""Hypothesis: the JSON and CSV of its client's export, and the answers of its API.

    {"export_date": "…", "annotations": [{"id", "created", "uri", "text", "tags", "target": [{"selector": [
        {"type": "TextQuoteSelector", "exact": "…"}]}], "document": {"title": ["…"]}, "user"}]}
    {"total": 1, "rows": [the same]}, or the list alone
    Creation Date,URL,Group,Annotation/Reply Type,Quote,User,Body,Tags,Page

Source: hypothesis/client, `annotations-exporter`. `text` is the reader's note. An annotation without a
quotation is a note on the page; a reply is a note on the page too. A highlight is identified by page and
words, as in other exports.
"""

from __future__ import annotations

import re

from ingest.sources.json_records import Item, Record, read_array, read_object, refuse
from ingest.sources.shelf import Shelf
from ingest.sources.table_records import describe_row, has_columns, read_table
from ingest.text import Parsed, Text

NAME = "hypothesis"
SUFFIXES = (".json", ".csv", ".txt")
SIGNS = ("TextQuoteSelector", '"annotations"', '"rows"', "Annotation/Reply Type")

_NEEDED = frozenset({"url", "annotation/reply type", "quote", "body"})
_KEYS = re.compile(r"\"(?:export_userid|client_version|annotations|rows)\"\s*:")
_NOT_KEPT = frozenset(
    {
        "target",
        "document",
        "permissions",
        "links",
        "user_info",
        "updated",
        "hidden",
        "flagged",
        "moderation",
        "id",
    }
    | {"references", "actions", "mentions", "metadata"}
)


def detect(text: Text) -> bool:
    """Whether it is an export or answer of Hypothesis."""
    head = text.head
    if not head.startswith(("{", "[")):
        return has_columns(text, _NEEDED)
    is_whole = _KEYS.search(head) is not None or (head[0] == "[" and "TextQuoteSelector" in head)
    return is_whole and '"uri"' in head and '"target"' in head


def parse(text: Text) -> Parsed:
    """Return one page per web page. Raises UnreadableError if the file is not JSON."""
    shelf = Shelf()
    if text.head.startswith("["):
        for item in read_array(text.text):
            _add_annotation(item, shelf)
    elif text.head.startswith("{"):
        export = read_object(text.text)
        annotations = export.get("annotations") or export.get("rows")
        for line, value in enumerate(annotations if isinstance(annotations, list) else [], 1):
            _add_annotation(Item(line, value), shelf)
    else:
        _read_rows(text.text, shelf)
    return shelf.finish()


def _add_annotation(item: Item, shelf: Shelf) -> None:
    record = Record(item.value)
    url, note = record.text("uri"), record.text("text")
    quote, place = _find_quote(record)
    if not url or not (quote or note):
        shelf.problems.append(refuse(item, "an annotation without page or words"))
        return
    titles = record.record("document").texts("title")
    entry = shelf.find(item.line, titles[0] if titles else url, url=url)
    tags = record.texts("tags")
    entry.add_highlight(
        quote,
        item.line,
        note=note,
        place=("page", place),
        taken_at=shelf.read_timestamp(record.text("created"), item.line),
        tags=tags,
        state=record.rest(_NOT_KEPT) + ([] if quote else [("tags", ", ".join(tags))]),
    )


def _find_quote(record: Record) -> tuple[str, str]:
    """Return the quoted words and the page that the selectors name."""
    quote = place = ""
    for target in record.records("target"):
        for selector in target.records("selector"):
            if selector.text("type") == "TextQuoteSelector":
                quote = quote or selector.text("exact")
            elif selector.text("type") == "PageSelector":
                place = place or selector.text("label")
    return quote, place


def _read_rows(text: str, shelf: Shelf) -> None:
    for item in shelf.take(read_table(text)):
        record = Record(item.value)
        url, quote, note = record.text("url"), record.text("quote"), record.text("body")
        if not url or not (quote or note):
            shelf.problems.append(describe_row(item, "an annotation without page or words"))
            continue
        entry = shelf.find(item.line, url, url=url)
        tags = [tag.strip() for tag in record.text("tags").split(",") if tag.strip()]
        entry.add_highlight(
            quote,
            item.line,
            note=note,
            place=("page", record.text("page")),
            taken_at=shelf.read_timestamp(record.text("creation date"), item.line),
            tags=tags,
            state=record.rest() + ([] if quote else [("tags", ", ".join(tags))]),
        )
