"""An author's note: what of theirs was read, and what they recommended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from export.citations import find_day, name_author
from export.document_notes import document_uid, title_of
from export.file_names import fold_name
from export.highlight_links import collect_resources, sort_resources
from export.notes import Block, Note, Property, WebLink, Words
from export.topic_notes import make_document_link, make_heading, make_intro, make_item
from markdown_text.inline_links import is_web
from record_types.library import ReadDocument
from record_types.pages import Author

HEADINGS = {
    "tweets": "Threads and tweets",
    "articles": "Articles",
    "books": "Books",
    "podcasts": "Podcasts",
    "supplementals": "Supplementals",
    "other": "Other",
}


def group_authors(documents: Iterable[ReadDocument], fewest: int) -> list[tuple[Author, list[ReadDocument]]]:
    """The authors of `fewest` highlights or more, by name, each with their documents; none for 0.

    Several people on one cover are one author, as their pages name them.
    """
    if fewest <= 0:
        return []
    by_author: dict[str, tuple[Author, list[ReadDocument]]] = {}
    for document in documents:
        if document.author is not None and (uid := author_uid(document.author)):
            by_author.setdefault(uid, (document.author, []))[1].append(document)
    counts = {uid: sum(len(each.highlights) for each in own) for uid, (_, own) in by_author.items()}
    return [by_author[uid] for uid in sorted(by_author) if counts[uid] >= fewest]


def make_author_note(author: Author, documents: Sequence[ReadDocument]) -> Note:
    """The note of one author: their documents by category, then the resources that these lead to."""
    resources = sort_resources(collect_resources(documents))
    highlights = sum(len(document.highlights) for document in documents)
    blocks = [make_intro(highlights, documents=len(documents), resources=len(resources))]
    by_category: dict[str, list[ReadDocument]] = defaultdict(list)
    for document in documents:
        by_category[document.category].append(document)
    for category, heading in HEADINGS.items():
        if category in by_category:
            ordered = sorted(by_category[category], key=lambda each: (title_of(each).casefold(), each.uid))
            blocks.append(make_heading(heading, [_make_entry(each) for each in ordered]))
    if resources:
        blocks.append(make_heading("Recommended", [make_item(each) for each in resources]))
    return Note(
        author_uid(author),
        "author",
        _find_title(author),
        tuple(blocks),
        properties=tuple(_make_properties(author)),
    )


def author_uid(author: Author) -> str:
    """The note's uid for an author; empty for one without a name."""
    name = author.handle or author.name
    return f"author:{fold_name(name)}" if name.strip() else ""


def _find_title(author: Author) -> str:
    return " ".join((name_author(author) or "").split()) or "Unknown"


def _make_properties(author: Author) -> Iterator[Property]:
    if author.url and is_web(author.url):
        yield Property("url", (WebLink(author.url, author.url),))


def _make_entry(document: ReadDocument) -> Block:
    link = make_document_link(document)
    days = [day for each in document.highlights if (day := find_day(each))]
    count = len(document.highlights)
    said = [f"{count:,} highlight{'' if count == 1 else 's'}", *([min(days)] if days else [])]
    return Block(
        (link, *(Words(f" · {each}") for each in said)),
        "item",
        document_uid(document),
        piece="entry",
        fields={"link": (link,), "about": (Words(" · ".join(said)),)},
    )
