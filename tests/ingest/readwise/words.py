"""Find the words of a page that are missing from its records."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from record_types.pages import Highlight, Page, SourceFile

# What is Readwise's, Logseq's or Org's and no word of the reader's or of an author's.
KEYS = {
    "title", "author", "full", "category", "url", "document_note", "document", "note", "tags", "type",
    "media", "Author", "Full", "Title", "Category", "URL", "Document", "link", "location",
    "book_image", "null",
    "PROPERTIES", "END", "BEGIN_QUOTE", "END_QUOTE",
}  # fmt: skip
LABELS = {
    "highlights", "Highlights", "first", "synced", "by", "Readwise", "New", "added", "at", "on", "Twitter",
    "View", "Tweet", "Highlight", "Location", "Page", "Time", "Tags", "Note",
}  # fmt: skip

_LINK_TO_ITSELF = re.compile(r"\[([^\[\]\s]+)\]\(\1\)")


def find_lost_words(file: SourceFile) -> set[str]:
    """Return the words that occur more often on the page than in its records, without structure."""
    (page,) = file.pages
    kept = list_words("\n".join(list_page_texts(page)))
    lost = list_words(_LINK_TO_ITSELF.sub(r"\1", read_text(file))) - kept
    return set(lost) - KEYS - LABELS


def read_text(file: SourceFile) -> str:
    return (Path(file.stamp.root) / file.stamp.path).read_bytes().decode()


def list_words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.replace("\\-", "-").replace("\\#", "#")))


def list_page_texts(page: Page) -> list[str]:
    document = page.document
    author = document.author
    texts = [
        document.title,
        document.full_title,
        document.category,
        document.url or "",
        document.summary or "",
    ]
    texts += [document.note or "", *document.tags, *(text for pair in document.properties for text in pair)]
    texts += [author.name, author.handle or ""] if author else []
    texts += [section.heading for section in page.sections] + [note.text for note in page.notes]
    texts += [text for each in page.block_properties for text in (each.key, each.value)]
    for highlight in page.highlights:
        texts += list_highlight_texts(highlight)
    return texts


def list_highlight_texts(highlight: Highlight) -> list[str]:
    notes = [note.text for note in highlight.notes]
    return [highlight.text, highlight.view_url or "", highlight.location or "", *highlight.tags, *notes]
