"""Make the notes that are not about a topic: documents, authors, the reading list and the index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from export.contained_texts import strip_markup
from export.highlight_links import collect_resources, sort_resources
from export.note_blocks import (
    count_noun,
    document_uid,
    find_day,
    find_part,
    find_title,
    make_document_link,
    make_entry,
    make_heading,
    make_intro,
    make_item,
    make_passage,
    make_remark,
    name_author,
)
from export.note_tree import Block, Note, NoteLink, Part, Passage, Property, WebLink, Words
from export.people import Person
from markdown_text.inline_links import is_web
from record_types.library import ReadDocument, ReadHighlight
from record_types.pages import Author

LONGEST_NAME = 60
"""Characters of a highlight that name its note."""
CATEGORIES = {
    "tweets": "Threads and tweets",
    "articles": "Articles",
    "books": "Books",
    "podcasts": "Podcasts",
    "supplementals": "Supplementals",
    "other": "Other",
}
"""The headings of documents in an author's note, by category and in this order."""


def make_document_note(
    document: ReadDocument,
    texts: Mapping[int, str],
    author: NoteLink | None = None,
    topics: Sequence[NoteLink] = (),
) -> Note:
    """Make a document's note: facts, then its highlights in reading order.

    `texts` are its cleaned texts by highlight id; `author` and `topics` are links to their notes.
    """
    head = make_document_head(document, author, topics)
    return replace(head, tags=document.tags, blocks=tuple(_make_blocks(document, texts)))


def make_document_head(
    document: ReadDocument, author: NoteLink | None = None, topics: Sequence[NoteLink] = ()
) -> Note:
    """Make a document's note without its tags and blocks."""
    properties = tuple(_make_document_properties(document, _list_days(document), author, topics))
    return replace(name_document_note(document), properties=properties)


def name_document_note(document: ReadDocument) -> Note:
    """Make the title and the place of a document's note, for links in other notes."""
    return Note(
        uid=document_uid(document),
        kind="document",
        title=find_title(document),
        folder=document.category,
        author=name_author(document.author),
        day=min(_list_days(document), default=None),
    )


def _list_days(document: ReadDocument) -> list[str]:
    return [day for each in document.highlights if (day := find_day(each))]


def make_highlight_note(document: ReadDocument, highlight: ReadHighlight, texts: Mapping[int, str]) -> Note:
    """Make the note of one highlight, named by its first words, with a link to its document."""
    words = strip_markup(texts.get(highlight.id, highlight.text)).split()
    title = " ".join(words)
    day = find_day(highlight)
    properties = [Property("document", (make_document_link(document),))]
    properties += [Property("date", (Words(day),), "date")] if day else []
    return Note(
        uid=f"highlight:{highlight.uid}",
        kind="highlight",
        title=(title if len(title) <= LONGEST_NAME else title[:LONGEST_NAME].rsplit(None, 1)[0] + "…")
        or find_title(document),
        blocks=(make_passage(document, highlight, texts),),
        properties=tuple(properties),
        author=name_author(highlight.author or document.author),
        day=day,
    )


def has_words(document: ReadDocument) -> bool:
    """Whether a document's note would contain anything to read."""
    return bool(document.highlights or document.note or document.summary or document.blocks)


def make_author_note(person: Person) -> Note:
    """Make the note of one author: their documents by category, then the resources that these link to."""
    author, documents = person.author, person.documents
    resources = sort_resources(collect_resources(documents))
    highlights = sum(len(document.highlights) for document in documents)
    blocks = [make_intro(highlights, documents=len(documents), resources=len(resources))]
    by_category: dict[str, list[ReadDocument]] = defaultdict(list)
    for document in documents:
        by_category[document.category].append(document)
    for category, heading in CATEGORIES.items():
        if category in by_category:
            ordered = sorted(by_category[category], key=lambda each: (find_title(each).casefold(), each.uid))
            blocks.append(make_heading(heading, [_make_document_entry(each) for each in ordered]))
    if resources:
        blocks.append(make_heading("Recommended", [make_item(each) for each in resources]))
    return replace(
        make_author_head(person), blocks=tuple(blocks), properties=tuple(_make_author_properties(author))
    )


def make_author_head(person: Person) -> Note:
    """Make the note of one author without its contents."""
    title = " ".join((name_author(person.author) or "").split())
    return Note(person.uid, "author", title or "Unknown")


def _make_document_properties(
    document: ReadDocument, days: list[str], author: NoteLink | None, topics: Sequence[NoteLink]
) -> Iterator[Property]:
    name = name_author(document.author)
    if name and document.author:
        yield Property("author", (author or _link_or_words(name, document.author.url),), "list")
    yield Property("category", (Words(document.category),))
    if document.url:
        yield Property("url", (_link_or_words(document.url, document.url),))
    if days:
        first, last = min(days), max(days)
        yield Property("date", (Words(first),), "date")
        if first != last:
            yield Property("until", (Words(last),), "date")
    synced = [each.synced_on[:10] for each in document.highlights if each.synced_on]
    if synced and not days:
        yield Property("synced", (Words(max(synced)),), "date")
    if created := min([*days, *synced], default=None):
        yield Property("created", (Words(created),), "date")
    if topics:
        yield Property("topics", tuple(topics), "list")
    if document.cover and is_web(document.cover):
        yield Property("cover", (WebLink(document.cover, document.cover),))
    if document.highlights:
        yield Property("highlights", (Words(str(len(document.highlights))),), "number")


def _make_blocks(document: ReadDocument, texts: Mapping[int, str]) -> Iterator[Block]:
    if document.summary and document.summary.strip():
        yield Block((Passage(document.summary.strip()),))
    if document.note and document.note.strip():
        yield make_remark(document.note)
    for block in document.blocks:
        if block.strip():
            yield make_remark(block)
    joined: Block | None = None
    last = 0
    for highlight in document.highlights:
        passage, part = make_passage(document, highlight, texts), find_part(highlight)
        if joined is not None and part == last + 1 > 1:  # below the first part of a joined passage
            joined = replace(joined, children=(*joined.children, passage))
        else:
            if joined is not None:
                yield joined
            joined = passage
        last = part or 0
    if joined is not None:
        yield joined


def _make_author_properties(author: Author) -> Iterator[Property]:
    if author.url and is_web(author.url):
        yield Property("url", (WebLink(author.url, author.url),))


def _make_document_entry(document: ReadDocument) -> Block:
    days = _list_days(document)
    count = count_noun(len(document.highlights), "highlight")
    return make_entry(make_document_link(document), f"{count} · {min(days)}" if days else count)


def _link_or_words(label: str, url: str | None) -> Part:
    return WebLink(label, url) if url and is_web(url) else Words(label)
