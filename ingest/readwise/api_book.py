"""Parse one book of Readwise's API into a source file with one page (docs/formats.md).

book      = user_book_id is_deleted title author readable_title source cover_image_url unique_url book_tags[]
            category document_note summary readwise_url source_url external_id asin highlights[]
highlight = id is_deleted text location location_type note color highlighted_at created_at updated_at
            external_id end_location url book_id tags[{id,name}] is_favorite is_discard readwise_url

Any field may be null, missing or of the wrong type. Highlights are ordered by place, then by time. Favourites
and discarded highlights get the tags `favorite` and `discard`, as on Readwise's own pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ingest.identity import document_uid, find_tweet_id, title_key
from ingest.readwise.api_answer import ROOT, ApiBook, hash_book
from ingest.readwise.document import PLAIN_CATEGORIES, list_encoded, parse_author, parse_category
from ingest.readwise.highlights import HighlightDraft, NoteDraft, finish_highlights
from ingest.readwise.notation import PLACE_KINDS, View, read_utc, write_time
from markdown_text.escapes import decode_entities, decode_title_entities
from record_types.pages import (
    BlockProperty,
    Document,
    FileStamp,
    Highlight,
    Note,
    Page,
    Problem,
    SourceFile,
)

NAME = "api"

_PROPERTIES = (
    ("cover", "cover_image_url"),
    ("asin", "asin"),
    ("source", "source"),
    ("readwise-url", "readwise_url"),
    ("unique-url", "unique_url"),
)
_MARKS = (("is_favorite", "favorite"), ("is_discard", "discard"))


@dataclass(slots=True)
class _Body:
    """A book's highlights while they are parsed."""

    drafts: list[HighlightDraft] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    """Readwise's ids, one for each draft."""
    notes: list[Note] = field(default_factory=list)
    properties: list[BlockProperty] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def make_source(book: ApiBook) -> SourceFile:
    """The book as a source file; the stamp's time is the latest `updated_at`, its size that of the JSON.

    Never raises: a book that cannot be read becomes a problem of kind `unreadable` with an empty `sha256`.
    Deleted highlights are left out.
    """
    digest, size = hash_book(book)
    nanoseconds = int(book.latest.timestamp()) * 1_000_000_000 if book.latest else 0
    stamp = FileStamp(ROOT, str(book.id), size, nanoseconds)
    entries = book.raw.get("highlights")
    if book.id is None or not isinstance(entries, list):
        missing = "user_book_id" if book.id is None else "list of highlights"
        return make_unread(stamp, f"{name_book(book)} has no {missing}")
    fields = Fields(book.raw)
    document = _make_document(fields)
    body = _read_body(entries, fields.read("asin"))
    page = Page(document, _finish(body, document), tuple(body.notes), block_properties=tuple(body.properties))
    odd = [Problem("odd-field", f"{name_book(book)}: {each}") for each in fields.odd]
    return SourceFile(stamp, digest, NAME, pages=(page,), problems=(*odd, *body.problems))


def make_unread(stamp: FileStamp, message: str) -> SourceFile:
    """A book that could not be read: its rows in the store stay, and it is requested again."""
    return SourceFile(stamp, "", problems=(Problem("unreadable", message),))


def name_book(book: ApiBook) -> str:
    """The book's name in messages."""
    title = book.raw.get("title") or book.raw.get("readable_title")
    return f"the book “{title[:80]}”" if isinstance(title, str) else "a book without a title"


def _make_document(fields: Fields) -> Document:
    full_title = " ".join((fields.read("title") or fields.read("readable_title") or "").split())
    title = " ".join(fields.read("readable_title").split()) or full_title
    url = fields.read("source_url") or fields.read("unique_url") or None
    full_title = full_title or url or "Untitled"
    author = parse_author(fields.read("author"))
    written = fields.read("category")
    category = parse_category(written)
    properties = [(key, value) for key, column in _PROPERTIES if (value := fields.read(column))]
    if written.lower() not in PLAIN_CATEGORIES:
        properties.append(("category", written))
    title = title or full_title
    properties += list_encoded(title, full_title)
    return Document(
        uid=document_uid(url, category, author, full_title),
        title=decode_title_entities(title),
        full_title=decode_title_entities(full_title),
        category=category,
        author=author,
        url=url,
        summary=fields.read("summary") or None,
        note=fields.read("document_note") or None,
        tags=fields.read_tags("book_tags"),
        properties=tuple(pair for pair in properties if pair != ("unique-url", url)),
        thread_id=find_tweet_id(url) if url else None,
        title_key=title_key(author, full_title),
    )


def _read_body(entries: list[Any], asin: str) -> _Body:
    body = _Body()
    for line, entry in enumerate(sorted(entries, key=_rank), 1):
        if not isinstance(entry, dict):
            body.problems.append(Problem("bad-record", f"not a highlight: {str(entry)[:200]}", line))
        elif entry.get("is_deleted") is not True:
            _add_highlight(body, Fields(entry), asin, line)
    return body


def _rank(entry: object) -> tuple[bool, int, str, int]:
    """The sort key of a highlight: place, then time, then id."""
    if not isinstance(entry, dict):
        return (True, 0, "~", 0)
    place, id_ = entry.get("location"), entry.get("id")
    moment = entry.get("highlighted_at") or entry.get("created_at")
    has_place = isinstance(place, int)
    return (
        not has_place,
        place if has_place else 0,  # type: ignore[return-value]
        moment if isinstance(moment, str) else "",
        id_ if isinstance(id_, int) else 0,
    )


def _add_highlight(body: _Body, fields: Fields, asin: str, line: int) -> None:
    text, note, id_ = fields.read("text"), fields.read("note"), fields.raw.get("id")
    if not isinstance(id_, int) or not (text or note):
        what = "a highlight without words" if isinstance(id_, int) else "a highlight without an id"
        body.problems.append(Problem("bad-record", f"{what}: {text} {note}".rstrip(": "), line))
        return
    color = fields.read("color")
    if color:
        body.properties.append(BlockProperty(line, "color", color))
    if not text:
        body.notes.append(Note(note, "note", line))
        if tags := fields.read_tags("tags"):
            body.properties.append(BlockProperty(line, "tags", ", ".join(tags)))
        return
    draft = HighlightDraft(text, line, _make_view(fields, asin, id_), _read_day(fields))
    draft.tags += fields.read_tags("tags")
    draft.tags += [tag for key, tag in _MARKS if fields.raw.get(key) is True]
    if note:
        draft.add_note(NoteDraft(note, line, kind="note"))
    draft.taken_at = _read_timestamp(fields, line, body.problems)
    body.drafts.append(draft)
    body.ids.append(id_)
    if fields.odd:
        body.problems += [Problem("odd-field", f"highlight {id_}: {each}", line) for each in fields.odd]


def _make_view(fields: Fields, asin: str, id_: int) -> View:
    """The highlight's link, as on Readwise's own pages, and its place."""
    url, kind = fields.read("url"), PLACE_KINDS.get(fields.read("location_type"))
    place = fields.read("location") if kind else ""
    if not url and asin.isalnum() and kind == "location" and place:
        url = f"https://readwise.io/to_kindle?action=open&asin={asin}&location={quote(place)}"
    if not kind or not place:
        return View(url or _open_url(id_), None, None)
    return View(url or _open_url(id_), kind, write_time(place) if kind == "time" else place)


def _open_url(id_: int) -> str:
    return f"https://readwise.io/open/{id_}"


def _read_day(fields: Fields) -> str | None:
    """The day on which the highlight was added to Readwise; on pages, the sync header gives it."""
    written = fields.read("created_at")
    moment = read_utc(written) if written else None
    return moment.date().isoformat() if moment else None


def _read_timestamp(fields: Fields, line: int, problems: list[Problem]) -> datetime | None:
    written = fields.read("highlighted_at")
    moment = read_utc(written) if written else None
    if written and moment is None:
        problems.append(Problem("unknown-date", f"no date in “{written}”", line))
    return moment


def _finish(body: _Body, document: Document) -> tuple[Highlight, ...]:
    """The highlights; those that share a link get a uid from Readwise's id."""
    highlights, _ = finish_highlights(body.drafts, document)
    first: dict[str, int] = {}
    for highlight, id_ in zip(highlights, body.ids, strict=True):
        first[highlight.uid] = min(first.get(highlight.uid, id_), id_)
    return tuple(
        replace(highlight, uid=f"open:{id_}")
        if highlight.uid.startswith("view:")
        and (first[highlight.uid] != id_ or highlight.view_url == document.url)
        else highlight
        for highlight, id_ in zip(highlights, body.ids, strict=True)
    )


class Fields:
    """Reads one object; a value of the wrong type counts as missing and is reported in `odd`."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.odd: list[str] = []

    def read(self, key: str) -> str:
        """The text of `key`, stripped, with LF line endings; a number as text; "" if missing."""
        value = self.raw.get(key)
        if value is None or value is False:
            return ""
        if isinstance(value, str):
            return (value.replace("\r\n", "\n") if "\r" in value else value).strip()
        if isinstance(value, (int, float)) and value is not True:
            return str(value)
        self._report(f"`{key}` is not text: {str(value)[:200]}")
        return ""

    def read_tags(self, key: str) -> tuple[str, ...]:
        """The names in `[{"id": 1, "name": "a"}, …]` or `["a", …]`, in order, without repeats."""
        value = self.raw.get(key)
        if value is None or value == []:
            return ()
        if not isinstance(value, list):
            self._report(f"`{key}` is not a list: {str(value)[:200]}")
            return ()
        found: dict[str, None] = {}
        for each in value:
            name = each.get("name") if isinstance(each, dict) else each
            if isinstance(name, str) and name.strip():
                found[decode_entities(name.strip())] = None
            else:
                self._report(f"`{key}` has a tag without a name: {str(each)[:200]}")
        return tuple(found)

    def _report(self, message: str) -> None:
        if message not in self.odd:
            self.odd.append(message)
