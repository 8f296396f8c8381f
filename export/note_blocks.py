"""Make the blocks that notes share: highlights with citations, remarks, headings, resources and links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from export.file_names import fold_name
from export.highlight_links import SharedResource, find_address
from export.note_tree import Address, Block, Fields, Many, NoteLink, Part, Passage, Tag, WebLink, Words
from markdown_text.inline_links import is_web
from record_types.library import ACTION_TAG, ReadDocument, ReadHighlight
from record_types.pages import Author

MAX_SHARINGS = 3
"""Places that an item of the reading list names."""
INCOMPLETE = "cut short on its page"
SHORTENED = "shortened"
MAX_SHOWN = 1500
"""Characters of a highlight that a topic's note shows; its document's note has the full text."""
MAX_TEXT = 60_000
"""Characters of any text in a note: escaped and quoted, it stays within the limit of templates."""
_MAX_TITLE = 70
"""Characters of a document's title in a citation."""
_HEADING_MARK = re.compile(r"\.h[1-6]")
"""A note on a highlight that makes Readwise treat it as a heading."""
_HEADING_TAG = re.compile(r"\.?h[1-6]")
_PART_TAG = re.compile(r"\.?c([0-9]{1,2})")


def make_passage(document: ReadDocument, highlight: ReadHighlight, texts: Mapping[int, str]) -> Block:
    """Make a highlight with its citation; the user's notes and tags follow as its children."""
    url = highlight.view_url if is_web(highlight.view_url) else None
    return Block(
        kind="passage",
        key=highlight.uid,
        children=tuple(_make_children(highlight)),
        piece="highlight",
        fields={
            "text": _make_text(highlight, shorten_text(texts.get(highlight.id, highlight.text), MAX_TEXT)),
            "author": make_words(_find_other_author(document, highlight)),
            "location": make_words(_find_location(highlight)),
            "date": make_words(find_day(highlight)),
            "url": (Address(url or ""),),
            "cut": make_words(INCOMPLETE if highlight.incomplete else None),
            "tags": Many(tuple((Tag(tag),) for tag in list_own_tags(highlight))),
            "document": (),
            "page": (),
            "marks": (),
            "also": (),
        },
        mark=url,
    )


def make_topic_passage(
    document: ReadDocument,
    highlight: ReadHighlight,
    text: str,
    *,
    notes: Sequence[str],
    tags: Sequence[str],
    also: Sequence[ReadDocument],
    named: bool = True,
) -> Block:
    """Make a highlight for a topic's note: its citation has the tags, and names author and document.

    `named`: whether it does; not below a heading that does.
    """
    plain = make_passage(document, highlight, {highlight.id: text})
    author = (_find_unnamed_author if named else _find_other_author)(document, highlight)
    cut = INCOMPLETE if highlight.incomplete else ""
    if len(text) > MAX_SHOWN:
        text, cut = shorten_text(text, MAX_SHOWN), SHORTENED
    marks = Many(tuple((Tag(tag),) for tag in tags if not ACTION_TAG.fullmatch(tag)))
    return replace(
        plain,
        children=tuple(make_remark(shorten_text(note, MAX_SHOWN)) for note in list_own_notes(notes)),
        fields={
            **plain.fields,
            "text": _make_text(highlight, text),
            "author": make_words(author),
            "cut": make_words(cut),
            "document": (_make_short_link(document, highlight),) if named else (),
            "page": () if named else (NoteLink(document_uid(document), "", highlight.uid),),
            "tags": marks,
            "marks": marks,
            "also": Many(tuple((_make_short_link(each),) for each in also)),
        },
    )


def make_excerpt(text: str, document: ReadDocument, highlight: ReadHighlight, key: str) -> Block:
    """Make a sentence quoted from a highlight, with a link to the note of its document."""
    fields: Fields = {"text": (Words(text),), "link": (_make_short_link(document, highlight),)}
    return Block(key=key, piece="excerpt", fields=fields)


def shorten_text(text: str, longest: int) -> str:
    """The beginning of a text, cut between paragraphs, sentences or words; the whole if it fits."""
    if len(text) <= longest:
        return text
    start = text[:longest]
    ends = (start.rfind(end) + len(end.rstrip()) for end in ("\n\n", ". ", "\n", " "))
    end = next((end for end in ends if end > longest // 2), longest)
    return f"{start[:end].rstrip()} …"


def make_remark(text: str) -> Block:
    """Make a block of the user's own words, set off from the rest."""
    fields: Fields = {"lead": (Words("Note"),), "text": (Passage(shorten_text(text.strip(), MAX_TEXT)),)}
    return Block(kind="remark", piece="note", fields=fields)


def make_intro(highlights: int, span: str = "", **others: int) -> Block:
    """Make a note's first line, which counts what it contains: `documents=2` becomes `2 documents`.

    `span` are the years of the highlights.
    """
    counts = {
        "highlights": count_noun(highlights, "highlight"),
        "documents": "",
        "resources": "",
        "span": span,
    }
    counts |= {noun: count_noun(count, noun.removesuffix("s")) for noun, count in others.items()}
    return Block(piece="intro", fields={noun: make_words(words) for noun, words in counts.items()})


def make_heading(title: str, children: Sequence[Block], key: str | None = None) -> Block:
    """Make a heading with the blocks below it."""
    fields: Fields = {"title": (Words(title),)}
    return Block(kind="heading", key=key, children=tuple(children), piece="heading", fields=fields)


def make_document_heading(document: ReadDocument, children: Sequence[Block], key: str) -> Block:
    """Make a heading that names a document and its author, with highlights of the document below it."""
    fields: Fields = {
        "link": (_make_short_link(document),),
        "author": make_words(_find_unnamed_author(document)),
        "category": make_words(document.category),
    }
    return Block(kind="heading", key=key, children=tuple(children), piece="document", fields=fields)


def make_links(lead: str, links: Sequence[Part], key: str) -> Block:
    """Make a line of links to other notes."""
    fields: Fields = {"lead": (Words(lead),), "links": Many(tuple((link,) for link in links))}
    return Block(key=key, piece="related", fields=fields)


def make_entry(link: NoteLink, about: str = "") -> Block:
    """Make a list item that links to a note."""
    fields = {"link": (link,), "about": make_words(about)}
    return Block(kind="item", key=link.uid, piece="entry", fields=fields)


def make_item(resource: SharedResource) -> Block:
    """Make a list item for a resource: title, labels, kind and site, who shared it where, and its state."""
    link, url = resource.link, find_address(resource.link)
    title = resource.title
    labels = [label for label in resource.labels if label != title and not title.endswith(f"({label})")]
    return Block(
        kind="item",
        key=f"resource:{resource.key}",
        piece="resource",
        fields={
            "link": (WebLink(title, url),),
            "title": (Words(title),),
            "url": (Address(url),),
            "labels": Many(tuple((Words(label),) for label in labels)),
            "kind": make_words(link.kind),
            "site": make_words(link.site),
            "shared": Many(tuple(_list_sharings(resource))),
            "state": make_words(resource.state),
            "note": (),
        },
        mark=url,
    )


def make_document_link(document: ReadDocument) -> NoteLink:
    """Make the link to a document's note."""
    return NoteLink(document_uid(document), find_title(document))


def _make_short_link(document: ReadDocument, highlight: ReadHighlight | None = None) -> NoteLink:
    title = find_title(document)
    shown = title if len(title) <= _MAX_TITLE else f"{title[:_MAX_TITLE].rstrip()}…"
    return NoteLink(document_uid(document), shown, highlight.uid if highlight else "")


def make_words(words: str | None) -> tuple[Part, ...]:
    """Make the parts for plain words; none for None or an empty string."""
    return (Words(words),) if words else ()


def document_uid(document: ReadDocument) -> str:
    """The uid of a document's note."""
    return f"document:{document.uid}"


def topic_uid(slug: str) -> str:
    """The uid of a topic's note."""
    return f"topic:{slug}"


def find_title(document: ReadDocument) -> str:
    """The full title on one line, or the short one, or `Untitled`."""
    return " ".join((document.full_title or document.title).split()) or "Untitled"


def find_day(highlight: ReadHighlight) -> str | None:
    """The day of a highlight, `2021-03-29`; None if it has no date of its own."""
    return highlight.taken_at[:10] if highlight.taken_at else None


def find_added(highlight: ReadHighlight) -> str | None:
    """The day on which a highlight was added: of its sync, else when it was marked."""
    return (highlight.synced_on or "")[:10] or find_day(highlight)


def name_author(author: Author | None) -> str | None:
    """`Name (@handle)`, `@handle` or the name; None if there is neither."""
    if author is None or not (author.name or author.handle):
        return None
    if author.handle is None:
        return author.name
    handle = f"@{author.handle}"
    is_same = author.name.lstrip("@").casefold() in ("", author.handle.casefold())
    return handle if is_same else f"{author.name} ({handle})"


def count_noun(number: int, noun: str) -> str:
    """`1 link`, `2 links`, `1,000 links`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def list_own_tags(highlight: ReadHighlight) -> list[str]:
    """The highlight's tags without those that are actions."""
    return [tag for tag in highlight.tags if not ACTION_TAG.fullmatch(tag)]


def find_part(highlight: ReadHighlight) -> int | None:
    """The number of a part of a joined passage, from the tag `c2`; None for a passage of its own."""
    return next((int(part[1]) for tag in highlight.tags if (part := _PART_TAG.fullmatch(tag))), None)


def list_own_notes(notes: Iterable[str]) -> list[str]:
    """The notes that the reader wrote, without Readwise's marks of headings (`.h1`)."""
    return [note for note in notes if note.strip() and not _HEADING_MARK.fullmatch(note.strip())]


def has_heading_mark(notes: Iterable[str]) -> bool:
    """Whether one of the notes is Readwise's mark of a heading."""
    return any(_HEADING_MARK.fullmatch(note.strip()) for note in notes)


def _make_text(highlight: ReadHighlight, text: str) -> tuple[Part, ...]:
    if not text:
        return (Words("(a picture or link of its own)"),)
    is_heading = has_heading_mark(highlight.notes) or any(map(_HEADING_TAG.fullmatch, highlight.tags))
    return (Words(text, strong=True),) if is_heading and "\n" not in text else (Passage(text),)


def _make_children(highlight: ReadHighlight) -> Iterator[Block]:
    yield from map(make_remark, list_own_notes(highlight.notes))
    if own := list_own_tags(highlight):
        tags = Many(tuple((Tag(tag),) for tag in own))
        yield Block(kind="tags", piece="tags", fields={"tags": tags})


def _find_unnamed_author(document: ReadDocument, highlight: ReadHighlight | None = None) -> str | None:
    """The author of a document or highlight, unless the document's title names them."""
    author = name_author((highlight and highlight.author) or document.author)
    named = author is not None and fold_name(author.split(" (")[0]) in fold_name(find_title(document))
    return None if named else author


def _find_other_author(document: ReadDocument, highlight: ReadHighlight) -> str | None:
    """The author of a highlight, if it is not the document's."""
    author = highlight.author
    return name_author(author) if author is not None and author != document.author else None


def _find_location(highlight: ReadHighlight) -> str | None:
    if not highlight.location:
        return None
    kind = "" if highlight.location_kind in (None, "time") else f"{highlight.location_kind} "
    return f"{kind}{highlight.location}"


def _list_sharings(resource: SharedResource) -> Iterator[tuple[Part, ...]]:
    """`by @handle on 2021-03-29 in [[document]]` for each person and document, as far as one line holds them.

    Of several people: `by 2: @handle on 2021-03-29 in [[document]]`.
    """
    seen: set[tuple[str | None, str]] = set()
    several = f"by {resource.people}: " if resource.people > 1 else ""
    for sharing in resource.sharings:
        sharer, uid = sharing.sharer, document_uid(sharing.document)
        if (sharer, uid) not in seen and len(seen) < MAX_SHARINGS:
            seen.add((sharer, uid))
            day = find_day(sharing.highlight)
            by = "" if not sharer else f"{sharer} " if resource.people > 1 else f"by {sharer} "
            words = f"{several if len(seen) == 1 else ''}{by}{f'on {day} ' if day else ''}in "
            yield (Words(words), make_document_link(sharing.document))
