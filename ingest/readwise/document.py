"""Make a page's `Document`, with its author, from its properties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from ingest.identity import HIGHLIGHTS_SUFFIX, document_uid, find_tweet_id, title_key
from ingest.readwise.highlights import HighlightDraft
from ingest.readwise.notation import TAG_KEYS, parse_tag_list
from ingest.readwise.preamble import Entry, Preamble
from markdown_text.escapes import decode_passage, decode_title_entities, unescape_dashes
from record_types.pages import Author, Category, Document

_COLUMNS = {
    "title": "title",
    "full-title": "full-title",
    "author": "author",
    "category": "category",
    "media": "category",
    "url": "url",
    "source-url": "url",
    "document-note": "document-note",
    "summary": "summary",
    "deck": "summary",
}
# Readers extend the value (`#tweets, [[Logseq]]`), so the category may be anywhere in it.
_CATEGORY = re.compile(r"(tweet|article|book|podcast|supplemental)s?(?![a-z])", re.IGNORECASE)
# Some templates put all pages into a namespace, which is not part of the title.
_NAMESPACE = re.compile(r"\AReadwise/(?:Highlights/)?(?=\S)", re.IGNORECASE)
PLAIN_CATEGORIES = frozenset({"", "tweets", "articles", "books", "podcasts", "supplementals"})
_OPTIONAL = frozenset({"author", "category", "url", "summary", "document-note"})
_BROKEN = {"title": f"{HIGHLIGHTS_SUFFIX}\\", "full-title": '"\\'}
"""A title may end in a backslash of its own, so only these endings show a line break."""

_EMPTY = frozenset({"none", "null", "undefined", "~"})
"""What some templates write for a missing value."""

_HANDLE = re.compile(r"@?(\w{1,30}) on (?:Twitter|X)", re.ASCII | re.IGNORECASE)
_BARE_HANDLE = re.compile(r"@(\w{1,30})", re.ASCII)
_LINKED_NAME = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()]+)\)")
_SEVERAL = re.compile(r"\]\][^\[\]]{0,10}\[\[")


def make_document(preamble: Preamble, name: str, extra_tags: Sequence[str] = ()) -> Document:
    """Make the document that the preamble describes.

    `name` is the title if no property gives one; `extra_tags` come from elsewhere on the page. A value that
    its column cannot hold completely is kept in `properties` too.
    """
    columns, tags, properties = _sort_entries(preamble.entries)
    title = unescape_title(columns.get("title") or columns.get("full-title") or name)
    title = _NAMESPACE.sub("", title.removesuffix(HIGHLIGHTS_SUFFIX), count=1).strip() or name
    full_title = unescape_title(columns.get("full-title", "")) or title
    if title.endswith(f"/{full_title}"):
        title = full_title  # a namespace of the reader's own
    author = parse_author(unescape_dashes(columns.get("author", "")))
    url = unescape_url(columns.get("url", "")) or None
    category = parse_category(columns.get("category", ""))
    if preamble.cover:
        properties.append(("cover", preamble.cover))
    properties += list_encoded(title, full_title)
    return Document(
        uid=document_uid(url, category, author, full_title),
        title=decode_title_entities(title),
        full_title=decode_title_entities(full_title),
        category=category,
        author=author,
        url=url,
        summary=decode_passage(unescape_dashes(columns.get("summary", ""))) or None,
        note=decode_passage(unescape_dashes(columns.get("document-note", ""))) or None,
        tags=tuple(dict.fromkeys((*tags, *extra_tags))),
        properties=tuple(properties),
        thread_id=find_tweet_id(url) if url else None,
        title_key=title_key(author, full_title),
    )


def recognise_tweets(document: Document, drafts: Iterable[HighlightDraft]) -> Document:
    """The document as one of tweets if it has no category but highlights of tweets; its uid stays."""
    urls = [draft.view.url or "" for draft in drafts if draft.view]
    is_stub = document.category == "other" and any("/status/" in url for url in urls)
    return replace(document, category="tweets") if is_stub else document


def parse_category(value: str) -> Category:
    """Return the category in `#tweets`, `[[tweets]]` or `#tweets, [[Logseq]]`; `other` if none is known."""
    match = _CATEGORY.search(value)
    return cast(Category, match[1].lower() + "s") if match else "other"


def unescape_title(value: str) -> str:
    """Remove the quotes that Readwise puts around a title, and the backslashes before `#` and `-`."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    if "\\" in value:
        value = value.replace("\\#", "#").replace("\\-", "-")
    return " ".join(value.split("\n")).strip()


def list_encoded(title: str, full_title: str) -> list[tuple[str, str]]:
    """Return as properties the titles that are displayed differently from how they were written."""
    written = (("title", title), ("full-title", full_title))
    return [(key, value) for key, value in written if decode_title_entities(value) != value]


def unescape_url(value: str) -> str:
    """Return the address in `https://…`, `<https://…>` or `[label](https://…)`."""
    value = value.replace("\\-", "-").strip().strip("<>")
    if value.startswith("[") and value.endswith(")"):
        value = value.partition("](")[2][:-1]
    return value.replace("&amp;", "&")


def _sort_entries(
    entries: list[Entry],
) -> tuple[dict[str, str], list[str], list[tuple[str, str]]]:
    """Sort properties into columns, tags, and those that no column holds completely."""
    columns: dict[str, str] = {}
    tags: list[str] = []
    rest: list[tuple[str, str]] = []
    is_broken = sum(entry.value.endswith("\\") for entry in entries) > 1  # then the title's end is one too
    for entry in entries:
        value = entry.value
        # In graphs with flashcards, `deck:: [[…]]` is a deck; Readwise's own `deck` is a summary.
        is_card_deck = entry.key == "deck" and value.startswith("[[")
        column = None if is_card_deck else _COLUMNS.get(entry.key)
        if value.endswith("\\" if is_broken else _BROKEN.get(column or "", "\\")):
            value = value[:-1].rstrip()  # a Markdown line break
        if column in _OPTIONAL and value.strip('[]"').lower() in _EMPTY:
            column = None  # not a name: kept as the page has it
        if entry.key in TAG_KEYS:
            tags += parse_tag_list(unescape_dashes(value))
        elif column is None or column in columns:
            rest.append((entry.key, unescape_dashes(value)))
        else:
            columns[column] = value
            if _says_more(column, value):
                rest.append((entry.key, unescape_dashes(value)))
    return columns, tags, rest


def _says_more(column: str, value: str) -> bool:
    """Whether the page says more than the column can hold."""
    if column == "category":
        return value.strip(" #[]").lower() not in PLAIN_CATEGORIES
    if column == "author":
        # If there are several people, the name lacks what separates them.
        return "]]" in value.strip()[2:-2] or decode_title_entities(value) != value
    return column == "url" and unescape_url(value) != value.replace("\\-", "-").strip()


def parse_author(value: str) -> Author | None:
    """Parse `[[@handle on Twitter]]`, `[[Name]]` or `[[A, B, and C]]`; None for `[[]]`.

    Several people in one pair of brackets remain one name, since names may contain commas.
    """
    name = decode_title_entities(value).strip().removeprefix("#")
    if name.startswith("[[") and name.endswith("]]"):
        name = _SEVERAL.sub(", ", name[2:-2]).strip()
    if linked := _LINKED_NAME.fullmatch(name):
        return Author(linked[1].strip(), url=linked[2])
    match = _HANDLE.fullmatch(name) or _BARE_HANDLE.fullmatch(name)
    if match:
        return make_twitter_author(match[1])
    return Author(name) if name else None


def make_twitter_author(handle: str) -> Author:
    """Make an author from a handle alone."""
    return Author(handle, handle, f"https://twitter.com/{handle}")
