"""A topic's note: first what there is to read, then the highlights by document."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from export.citations import find_day, join_parts, make_passage, name_author
from export.document_notes import document_uid, title_of
from export.highlight_links import SharedResource, collect_resources, sort_resources
from export.notes import Address, Block, Many, Note, NoteLink, Part, WebLink, Words
from export.thread_marks import is_closer
from export.topic_names import slugify
from record_types.library import ReadDocument, Topic

FEWEST_SHARED = 2
"""Highlights that two topics must share to be related."""
MOST_RELATED = 6
MOST_TOGETHER = 50
"""A highlight of more topics than this tells nothing of any two."""


def make_topic_note(topic: Topic, texts: Mapping[int, str], related: Sequence[Topic] = ()) -> Note:
    """The note of one topic; `texts` are the cleaned texts by highlight id."""
    documents = list(_leave_out_closers(topic.documents, texts))
    resources = sort_resources(collect_resources(documents))
    highlights = sum(len(document.highlights) for document in documents)
    blocks = [make_intro(highlights, documents=len(documents), resources=len(resources))]
    if topic.parent:
        parent = NoteLink(topic_uid(slugify(topic.parent)), topic.parent)
        blocks.append(make_links("Part of", [parent], "parent"))
    related = [each for each in related if not topic.parent or each.slug != slugify(topic.parent)]
    if related:
        links = [NoteLink(topic_uid(each.slug), each.name) for each in related]
        blocks.append(make_links("Related", links, "related"))
    if resources:
        blocks.append(make_heading("Resources", [make_item(each) for each in resources]))
    if documents:
        blocks.append(make_heading("Highlights", [_make_section(each, texts) for each in documents]))
    return Note(topic_uid(topic.slug), "topic", topic.name, tuple(blocks))


def find_related(topics: Sequence[Topic]) -> dict[str, list[Topic]]:
    """By slug the topics that share two or more highlights with it, those with most first."""
    by_highlight: dict[int, list[Topic]] = defaultdict(list)
    for topic in topics:
        for document in topic.documents:
            for highlight in document.highlights:
                by_highlight[highlight.id].append(topic)
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    for together in by_highlight.values():
        if 1 < len(together) <= MOST_TOGETHER:
            slugs = [topic.slug for topic in together]
            for slug in slugs:
                shared[slug].update(other for other in slugs if other != slug)
    by_slug = {topic.slug: topic for topic in topics}
    return {
        slug: [
            by_slug[other]
            for other, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_RELATED]
            if count >= FEWEST_SHARED
        ]
        for slug, counts in shared.items()
    }


def make_intro(highlights: int, **others: int) -> Block:
    """A note's first words: how much there is; `documents=2` is told as `2 documents`."""
    counts = {"highlights": _count(highlights, "highlight")}
    counts |= {noun: _count(count, noun.removesuffix("s")) for noun, count in others.items()}
    fields = {noun: (Words(words),) for noun, words in counts.items()}
    return Block((Words(", ".join(counts.values()) + "."),), piece="intro", fields=fields)


def make_heading(words: str, children: Sequence[Block]) -> Block:
    """A heading of the note's own with what stands under it."""
    title = (Words(words),)
    return Block(title, "heading", children=tuple(children), piece="heading", fields={"title": title})


def make_links(lead: str, links: Sequence[Part], key: str) -> Block:
    """Links to other notes on one line."""
    many = Many(tuple((link,) for link in links))
    parts = (Words(f"{lead}: "), *join_parts(links, ", "))
    return Block(parts, key=key, piece="related", fields={"lead": (Words(lead),), "links": many})


def topic_uid(slug: str) -> str:
    """The note's uid for a topic."""
    return f"topic:{slug}"


def make_item(resource: SharedResource) -> Block:
    """One resource as a list item: title, label, kind and site, who shared it where, state."""
    link = resource.link
    url = link.resource_url or link.final_url or link.url
    labels = [label for label in resource.labels if label != resource.title]
    about = [each for each in (link.kind, link.site) if each]
    shared = list(_say_who_shared(resource))
    parts: list[Part] = [WebLink(resource.title, url)]
    parts += [Words(f" ({', '.join(labels)})")] if labels else []
    parts += [Words(f" · {', '.join(about)}")] if about else []
    for number, sharing in enumerate(shared):
        parts += [Words(", " if number else " · shared "), *sharing]
    parts += [Words(f" · {resource.state}")] if resource.state else []
    return Block(
        tuple(parts),
        "item",
        key=f"resource:{resource.key}",
        piece="resource",
        fields={
            "link": (WebLink(resource.title, url),),
            "title": (Words(resource.title),),
            "url": (Address(url),),
            "labels": Many(tuple((Words(label),) for label in labels)),
            "kind": (Words(link.kind or ""),),
            "site": (Words(link.site or ""),),
            "shared": Many(tuple(shared)),
            "state": (Words(resource.state or ""),),
        },
    )


def make_document_link(document: ReadDocument) -> NoteLink:
    """The link to a document's note."""
    return NoteLink(document_uid(document), title_of(document))


def _say_who_shared(resource: SharedResource) -> Iterator[tuple[Part, ...]]:
    seen: set[tuple[str | None, str]] = set()
    for sharing in resource.sharings:
        who = (sharing.sharer, document_uid(sharing.document))
        if who not in seen:
            seen.add(who)
            day = find_day(sharing.highlight)
            said = f"{f'by {who[0]} ' if who[0] else ''}{f'on {day} ' if day else ''}in "
            yield (Words(said), make_document_link(sharing.document))


def _make_section(document: ReadDocument, texts: Mapping[int, str]) -> Block:
    name = name_author(document.author)
    link = make_document_link(document)
    return Block(
        (link, Words(f" · {name}")) if name else (link,),
        "heading",
        key=document_uid(document),
        children=tuple(make_passage(document, highlight, texts) for highlight in document.highlights),
        piece="document",
        fields={"link": (link,), "author": (Words(name or ""),), "category": (Words(document.category),)},
    )


def _leave_out_closers(documents: Iterable[ReadDocument], texts: Mapping[int, str]) -> Iterator[ReadDocument]:
    """The documents without closers and without a highlight that an earlier one showed already."""
    shown: set[str] = set()
    for document in documents:
        kept = [
            each
            for each in document.highlights
            if each.uid not in shown and not is_closer(texts.get(each.id, each.text))
        ]
        shown.update(each.uid for each in kept)
        if kept:
            yield replace(document, highlights=tuple(kept))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
