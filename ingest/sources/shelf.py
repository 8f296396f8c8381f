"""The documents of one export while it is read: each with its highlights, in the order of the file.

Readers of all sources fill it in the same way, so identity is decided in one place: the uid of a document and
of a highlight comes from `ingest.identity`, as for Readwise's pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from ingest.identity import document_uid, find_tweet_id, title_key
from ingest.readwise.highlights import HighlightDraft, NoteDraft, finish_highlights
from ingest.readwise.notation import View
from ingest.sources.timestamps import parse_timestamp
from ingest.text import Parsed
from markdown_text.escapes import decode_title_entities
from record_types.pages import Author, BlockProperty, Category, Document, Note, Page, Problem

UNTITLED = "Untitled"
ItemT = TypeVar("ItemT")

_BETWEEN = re.compile(r",? & | and |, (?:and )?(?!(?:jr|sr|ph\.?d|m\.?d|i{1,3}|iv)\b)", re.IGNORECASE)
"""What separates several people: `A, B, and C`, `A & B`; a title after a comma belongs to its name."""


@dataclass(slots=True)
class Entry:
    """One document and what was read of it so far."""

    uid: str
    title: str
    category: Category
    author: Author | None
    url: str | None
    line: int
    summary: str = ""
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)
    drafts: list[HighlightDraft] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    state: list[BlockProperty] = field(default_factory=list)
    """What a highlight has beyond text, place, notes and tags: its colour, its chapter …"""

    def add_highlight(
        self,
        text: str,
        line: int,
        *,
        note: str = "",
        place: tuple[str, str] | None = None,
        url: str | None = None,
        named: str | None = None,
        taken_at: datetime | None = None,
        tags: Iterable[str] = (),
        state: Iterable[tuple[str, str]] = (),
    ) -> HighlightDraft | None:
        """Add a highlight; without text, its note becomes the document's.

        `place` is its kind (`page`, `location` or `time`) and number; `url` its own address, `named` its uid.
        """
        self.state += [BlockProperty(line, key, value) for key, value in state if value.strip()]
        if not text.strip():
            if note.strip():
                self.notes.append(Note(note.strip(), "note", line))
            return None
        kind, number = place if place and place[1] else (None, None)
        view = View(url, kind, number) if url or kind else None
        draft = HighlightDraft(text.strip(), line, view, None, [tag for tag in tags if tag.strip()])
        draft.named = named
        draft.taken_at = taken_at
        if note.strip():
            draft.add_note(NoteDraft(note.strip(), line, kind="note"))
        self.drafts.append(draft)
        return draft

    def add_properties(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add properties of the document that have a value and are not yet known."""
        self.properties += [pair for pair in pairs if pair[1].strip() and pair not in self.properties]

    def finish(self) -> tuple[Page, tuple[Problem, ...]]:
        """Make the page."""
        document = Document(
            uid=self.uid,
            title=decode_title_entities(self.title),
            full_title=decode_title_entities(self.title),
            category=self.category,
            author=self.author,
            url=self.url,
            summary=self.summary or None,
            note=self.note or None,
            tags=tuple(dict.fromkeys(self.tags)),
            properties=tuple(self.properties),
            thread_id=find_tweet_id(self.url) if self.url else None,
            title_key=title_key(self.author, self.title),
        )
        highlights, cuts = finish_highlights(self.drafts, document)
        state = tuple(self.state)
        page = Page(document, highlights, tuple(self.notes), line=self.line, block_properties=state)
        return page, cuts


class Shelf:
    """The documents of one file."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.problems: list[Problem] = []
        self._last_line = 0

    def find(
        self,
        line: int,
        title: str,
        *,
        author: Author | None = None,
        category: Category = "articles",
        url: str | None = None,
        uid: str | None = None,
    ) -> Entry:
        """Return the document, a new one if the file has not named it yet.

        Pages of one file are distinguished by their line, so no two documents get the same.
        """
        title = " ".join(title.split()) or url or UNTITLED
        uid = uid or document_uid(url, category, author, title)
        entry = self.entries.get(uid)
        if entry is None:
            self._last_line = max(line, self._last_line + 1)
            entry = self.entries[uid] = Entry(uid, title, category, author, url, self._last_line)
        entry.author = entry.author or author
        return entry

    def take(self, items: Iterable[ItemT | Problem]) -> Iterator[ItemT]:
        """Yield the items of a file, and keep the problems among them."""
        for item in items:
            if isinstance(item, Problem):
                self.problems.append(item)
            else:
                yield item

    def read_timestamp(self, written: str, line: int) -> datetime | None:
        """Return the time; a problem says so if it cannot be read."""
        moment = parse_timestamp(written) if written.strip() else None
        if written.strip() and moment is None:
            self.problems.append(Problem("unknown-date", f"no date in “{written.strip()}”", line))
        return moment

    def finish(self) -> Parsed:
        """Make one page per document, in the order of the file."""
        pages = []
        problems = self.problems
        for entry in self.entries.values():
            page, cuts = entry.finish()
            pages.append(page)
            problems += cuts
        return Parsed(tuple(pages), tuple(problems))


def split_authors(text: str) -> Author | None:
    """Make the author of `Ada North, Ben South`, `Ada North & Ben South` and the like."""
    return make_author(*_BETWEEN.split(" ".join(text.split())))


def make_author(*names: str) -> Author | None:
    """Make the author of a book or article; of several names, `A, B, and C` as Readwise writes them."""
    given = [" ".join(name.split()) for name in names if name.strip()]
    if not given:
        return None
    if len(given) < 3:
        return Author(" and ".join(given))
    return Author(", ".join(given[:-1]) + f", and {given[-1]}")
