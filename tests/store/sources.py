"""Passages from sources that name them differently, for tests of identity."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from record_types.pages import (
    Author,
    Category,
    Document,
    FileStamp,
    Highlight,
    Note,
    Page,
    SourceFile,
    Tweet,
)
from tests.records import FIRST_ID, tweet_highlight

AUTHOR = Author("Ada Fern")


def spell(text: str) -> str:
    """The key of a text: its letters and digits."""
    return "".join(filter(str.isalnum, text.casefold()))


def document(title: str, url: str | None = None, category: Category = "books") -> Document:
    """A document by Ada Fern; `url` is its uid if it has a URL: `url:…`, `thread:…` or `profile:…`."""
    key = f"ada fern:{title.lower()}"
    return Document(
        uid=url or f"title:{category}:{key}",
        title=title,
        full_title=title,
        category=category,
        author=AUTHOR,
        url=f"https://example.org/{url}" if url else None,
        thread_id=int(url.partition(":")[2]) if url and url.startswith("thread:") else None,
        title_key=key,
    )


def passage(text: str, uid: str | None = None, *, note: str = "", tag: str = "") -> Highlight:
    """A highlight whose link gives it `uid`; without one its text does (see `page_of`)."""
    return Highlight(
        uid=uid or "",
        text=text,
        line=0,
        position=0,
        view_url=f"https://example.org/{uid}" if uid else None,
        notes=(Note(note),) if note else (),
        tags=(tag,) if tag else (),
        text_key=spell(text),
    )


def tweet(number: int, text: str) -> Highlight:
    """A tweet with its view link."""
    return replace(tweet_highlight(number, text), text_key=spell(text))


def tweet_of(highlight: Highlight) -> Tweet | None:
    """The tweet that a `tweet:` uid names."""
    number = int(highlight.uid.partition(":")[2]) - FIRST_ID if highlight.uid.startswith("tweet:") else None
    return None if number is None else tweet_highlight(number, "").tweet


def page_of(where: Document, *highlights: Highlight, line: int = 1) -> Page:
    """A page with its highlights on the lines below `line`, with the uids that `ingest` would give them."""
    named = []
    for number, each in enumerate(highlights):
        uid = each.uid or f"text:{each.text_key}:{where.title_key}"
        same_place = {other.text_key for other in highlights if other.uid == uid}
        if uid.startswith(("kindle:", "view:")) and len(same_place) > 1:
            uid = f"{uid}:{each.text_key}"
        named.append(replace(each, uid=uid, line=line + 1 + number, position=number, tweet=tweet_of(each)))
    return Page(where, tuple(named), line=line)


def file_of(path: str, *pages: Page) -> SourceFile:
    """A file with these pages."""
    digest = sha256(repr(pages).encode()).hexdigest()
    return SourceFile(FileStamp("/graph", path, 100, 1), digest, "readwise", pages=pages)
