"""A topic's note: first what there is to read, then the highlights by document."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from export.citations import join_parts, make_passage, name_author
from export.cleaning import is_closer
from export.document_notes import document_uid, title_of
from export.notes import Block, Note, NoteLink, Part, WebLink, Words
from export.resources import SharedResource, collect_resources, sort_resources
from export.topic_names import slugify
from gleanings.records.readings import ReadDocument, Topic

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
    counts = [
        _count(highlights, "highlight"),
        _count(len(documents), "document"),
        _count(len(resources), "resource"),
    ]
    blocks = [Block((Words(", ".join(counts) + "."),))]
    if topic.parent:
        link = NoteLink(topic_uid(slugify(topic.parent)), topic.parent)
        blocks.append(Block((Words("Part of "), link), key="parent"))
    if related:
        links = join_parts([NoteLink(topic_uid(each.slug), each.name) for each in related], ", ")
        blocks.append(Block((Words("Related: "), *links), key="related"))
    if resources:
        blocks.append(
            Block((Words("Resources"),), "heading", children=tuple(make_item(each) for each in resources))
        )
    passages = tuple(_make_section(document, texts) for document in documents)
    if passages:
        blocks.append(Block((Words("Highlights"),), "heading", children=passages))
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


def topic_uid(slug: str) -> str:
    """The note's uid for a topic."""
    return f"topic:{slug}"


def make_item(resource: SharedResource) -> Block:
    """One resource as a list item: title, label, kind and site, who shared it where, state."""
    parts: list[Part] = [
        WebLink(resource.title, resource.link.resource_url or resource.link.final_url or resource.link.url)
    ]
    labels = [label for label in resource.labels if label != resource.title]
    if labels:
        parts.append(Words(f" ({', '.join(labels)})"))
    about = [each for each in (resource.link.kind, resource.link.site) if each]
    if about:
        parts.append(Words(f" · {', '.join(about)}"))
    parts += _say_who_shared(resource)
    if resource.state:
        parts.append(Words(f" · {resource.state}"))
    return Block(tuple(parts), "item", key=f"resource:{resource.key}")


def _say_who_shared(resource: SharedResource) -> Iterator[Part]:
    seen: set[tuple[str | None, str]] = set()
    for sharing in resource.sharings:
        who = (sharing.sharer, document_uid(sharing.document))
        if who in seen:
            continue
        yield Words(", " if seen else " · shared ")
        seen.add(who)
        yield Words(f"by {who[0]} in " if who[0] else "in ")
        yield NoteLink(who[1], title_of(sharing.document))


def _make_section(document: ReadDocument, texts: Mapping[int, str]) -> Block:
    parts: list[Part] = [NoteLink(document_uid(document), title_of(document))]
    if name := name_author(document.author):
        parts.append(Words(f" · {name}"))
    passages = tuple(make_passage(document, highlight, texts) for highlight in document.highlights)
    return Block(tuple(parts), "heading", key=document_uid(document), children=passages)


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
