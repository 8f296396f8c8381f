"""Obsidian Web Clipper: the JSON that it exports its highlights to, and clipped notes with marked passages.

    [{"url": "…", "title": "…", "highlights": [{"text": "…", "timestamp": "…", "notes": ["…"]}]}, …]

    ---
    title: "…"
    source: "https://…"
    author:
      - "[[…]]"
    tags:
      - "clippings"
    ---
    … ==a marked passage== …

Source: github.com/obsidianmd/obsidian-clipper. Older exports have `content` for `text`, HTML for an element,
and an id that is the time in milliseconds. Of a clipped note only the marked passages are read; the article
stays in the vault.
"""

from __future__ import annotations

import re

from ingest.sources.html_fields import read_fields
from ingest.sources.json_records import Item, Record, read_array, refuse
from ingest.sources.shelf import Entry, Shelf, make_author
from ingest.text import MARKDOWN_SUFFIXES, Parsed, Text
from markdown_text.code import blank, find_code
from record_types.pages import Problem

NAME = "web-clipper"
SUFFIXES = (*MARKDOWN_SUFFIXES, ".json")
SIGNS = ('"highlights"', "clippings")

_JSON = re.compile(r"\"(?:timestamp|xpath|content)\"\s*:")
_FRONT = re.compile(r"---[ \t]*\r?\n(?P<lines>(?:(?!---)[^\n]*\n){1,200})---[ \t]*(?:\r?\n|\Z)")
_ENTRY = re.compile(r"(?P<key>[A-Za-z_-]{1,40}):[ \t]*(?P<value>[^\n]*)")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?P<value>[^\n]*)")
_MARKED = re.compile(r"(?<!=)==(?![=\s])((?:[^=\n]|=(?!=)|\n(?![ \t\r]*\n))+)(?<!\s)==(?!=)")
"""A passage within one paragraph, as Obsidian shows it."""

_TAG = "clippings"


def detect(text: Text) -> bool:
    """Whether it is the extension's list of pages, or a clipped note with a marked passage."""
    if text.suffix == ".json":
        head = text.head
        return (
            head.startswith("[")
            and '"url"' in head
            and '"highlights"' in head
            and _JSON.search(head) is not None
        )
    front = _FRONT.match(text.text)
    if front is None or _TAG not in front["lines"] or "==" not in text.text[front.end() :]:
        return False
    properties = _read_front(front["lines"])
    return _TAG in properties.get("tags", []) and bool(properties.get("source"))


def parse(text: Text) -> Parsed:
    """Return one page per web page. Raises UnreadableError if the file is not JSON."""
    shelf = Shelf()
    if text.suffix == ".json":
        for item in read_array(text.text):
            _add_page(item, shelf)
    elif front := _FRONT.match(text.text):
        _add_note(text, front, shelf)
    return shelf.finish()


# --- JSON


def _add_page(item: Item, shelf: Shelf) -> None:
    record = Record(item.value)
    url = record.text("url")
    highlights = record.raw.get("highlights")
    if not url or not isinstance(highlights, list):
        shelf.problems.append(refuse(item, "a page without url and highlights"))
        return
    entry = shelf.find(item.line, record.text("title") or url, url=url)
    for number, each in enumerate(highlights):
        _add_highlight(entry, Item(item.line + number, each), shelf)


def _add_highlight(entry: Entry, item: Item, shelf: Shelf) -> None:
    record = Record(item.value)
    text = _read_text(record.text("text", "content"))
    notes = record.texts("notes")
    if (comment := record.text("comment")) not in ("", "\n\n".join(notes), *notes):
        notes = (*notes, comment)
    if not text and not notes:
        shelf.problems.append(refuse(item, "a highlight without text"))
        return
    written = record.text("timestamp") or record.text("id")
    state = record.rest(
        frozenset({"id", "xpath", "startOffset", "endOffset", "type", "groupId", "textQuote"})
    )
    draft = entry.add_highlight(
        text,
        item.line,
        note="\n\n".join(notes),
        taken_at=shelf.read_timestamp(written, item.line),
        state=state,
    )
    if draft is None and written:
        entry.add_properties([("noted", written)])


def _read_text(text: str) -> str:
    """Return the text of an HTML element; any other text unchanged."""
    if not (text.startswith("<") and text.endswith(">")):
        return text
    return (
        "\n".join(field.text for field in read_fields(text, lambda _tag: None, keep_breaks=True)).strip()
        or text
    )


# --- a note


def _add_note(text: Text, front: re.Match[str], shelf: Shelf) -> None:
    properties = _read_front(front["lines"])
    sources = properties.pop("source", [])
    authors = [name.strip("[] ") for name in properties.pop("author", [])]
    titles = properties.pop("title", [])
    tags = properties.pop("tags", [])
    summary = properties.pop("description", [])
    entry = shelf.find(
        1,
        titles[0] if titles else text.name,
        author=make_author(*authors),
        url=sources[0] if sources else None,
    )
    entry.summary = " ".join(summary)
    entry.tags += [tag for tag in tags if tag != _TAG]
    entry.add_properties((key, value) for key, values in properties.items() for value in values)
    body = text.text[front.end() :]
    plain = blank(body, find_code(body))
    line, counted = text.text.count("\n", 0, front.end()) + 1, 0
    for marked in _MARKED.finditer(plain):
        begin, end = marked.span(1)
        line += body.count("\n", counted, begin)
        counted = begin
        entry.add_highlight(body[begin:end].replace("\r\n", "\n"), line)
    if not entry.drafts:
        shelf.problems.append(Problem("stray-text", "a clipped page without a marked passage", 1))


def _read_front(lines: str) -> dict[str, list[str]]:
    """Return the properties of a clipped note: plain values and lists of them."""
    found: dict[str, list[str]] = {}
    key = ""
    for line in lines.replace("\r", "").split("\n"):
        if entry := _ENTRY.fullmatch(line):
            key = entry["key"].lower()
            value = entry["value"].strip()
            is_list = value.startswith("[") and value.endswith("]") and not value.startswith("[[")
            found[key] = [_unquote(each) for each in (value[1:-1].split(",") if is_list else [value])]
        elif key and (item := _ITEM.fullmatch(line)):
            found[key].append(_unquote(item["value"]))
    return {key: [value for value in values if value] for key, values in found.items()}


def _unquote(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1].replace('\\"', '"')
    return value
