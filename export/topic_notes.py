"""Make the notes of topics: first the resources to read, then the highlights by document."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from export.highlight_links import collect_resources, sort_resources
from export.note_blocks import make_heading, make_intro, make_item, make_links, make_section, topic_uid
from export.note_tree import Note, NoteLink
from export.thread_marks import is_closer
from export.topic_names import slugify
from record_types.library import ReadDocument, Topic

MIN_SHARED = 2
"""Highlights that two topics must share to be related."""
MAX_RELATED = 6
MAX_TOPICS = 50
"""A highlight that belongs to more topics does not relate any two of them."""


def make_topic_note(topic: Topic, texts: Mapping[int, str], related: Sequence[Topic] = ()) -> Note:
    """Make the note of one topic; `texts` are the cleaned texts by highlight id."""
    documents = list(_select_highlights(topic.documents, texts))
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
        blocks.append(make_heading("Highlights", [make_section(each, texts) for each in documents]))
    return Note(topic_uid(topic.slug), "topic", topic.name, tuple(blocks))


def find_related(topics: Sequence[Topic]) -> dict[str, list[Topic]]:
    """Find the topics that share highlights with each topic, by its slug; the closest come first."""
    by_highlight: dict[int, list[Topic]] = defaultdict(list)
    for topic in topics:
        for document in topic.documents:
            for highlight in document.highlights:
                by_highlight[highlight.id].append(topic)
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    for together in by_highlight.values():
        if 1 < len(together) <= MAX_TOPICS:
            slugs = [topic.slug for topic in together]
            for slug in slugs:
                shared[slug].update(other for other in slugs if other != slug)
    by_slug = {topic.slug: topic for topic in topics}
    return {
        slug: [
            by_slug[other]
            for other, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_RELATED]
            if count >= MIN_SHARED
        ]
        for slug, counts in shared.items()
    }


def _select_highlights(documents: Iterable[ReadDocument], texts: Mapping[int, str]) -> Iterator[ReadDocument]:
    """Drop closers, and highlights that an earlier document shows already."""
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
