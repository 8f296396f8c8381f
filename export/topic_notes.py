"""Make the notes of topics: curated pages of bounded size, with the best highlights and resources first.

A topic's first page says what it is about, shows its best highlights, then the others by section, and ends
with the resources worth opening. What does not fit goes to continuation pages, which the first links to. In a
topic with more highlights than anybody reads, the last of these pages only name the documents.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import ceil

from export.highlight_choice import FEWEST_FOR_BEST, Choice, choose_best, choose_shown, collect_choices
from export.highlight_links import SharedResource, collect_resources, sort_resources
from export.note_blocks import (
    MAX_SHOWN,
    count_noun,
    make_document_heading,
    make_document_link,
    make_entry,
    make_excerpt,
    make_heading,
    make_intro,
    make_item,
    make_links,
    make_topic_passage,
    topic_uid,
)
from export.note_tree import Block, Note, NoteLink
from export.repeats import leave_out_highlights
from export.subjects import index_names
from export.topic_names import fold_name, slugify
from export.topic_sections import Section, divide, find_excerpts
from record_types.library import ReadDocument, Topic

MOST_HIGHLIGHTS = 40
"""Highlights on one page."""
MOST_BYTES = 44_000
"""The size of the highlights of one page, estimated before a flavour writes them: a page has at most 60
KB."""
MOST_RESOURCES = 12
MIN_SHARED = 2
"""Highlights that two topics must share to be related."""
MAX_RELATED = 4
"""Topics that a topic chooses as related; it also shows those that chose it."""
FEWEST_TOGETHER = 3
"""Highlights of one document in a section that have a heading with its name, instead of a citation each."""
MAX_TOPICS = 50
"""A highlight that belongs to more topics does not relate any two of them."""

_LOST = ("gone", "unsafe", "host not found")
_FURTHER = "Further documents"
_BYTES_OF_CITATION = 400
_BYTES_OF_ENTRY = 100
_ESCAPED = frozenset("\\`*_[](){}<>#$%&|:~!\n")


@dataclass(slots=True)
class _Page:
    """The sections of one page, filled until it is full."""

    sections: list[Section] = field(default_factory=list)
    highlights: int = 0
    size: int = 0

    def add(self, section: Section, choice: Choice, size: int) -> None:
        if (
            self.sections
            and self.sections[-1].title == section.title
            and self.sections[-1].key == section.key
        ):
            last = self.sections[-1]
            self.sections[-1] = replace(last, choices=(*last.choices, choice))
        else:
            self.sections.append(replace(section, choices=(choice,)))
        self.highlights += 1
        self.size += size


def make_topic_notes(
    topic: Topic,
    texts: Mapping[int, str],
    related: Sequence[Topic] = (),
    aliases: Sequence[str] = (),
    *,
    with_index: bool = False,
) -> list[Note]:
    """Make the notes of one topic: its first page and its continuation pages.

    `texts` are the cleaned texts by highlight id, at least of those that are shown; `aliases` the
    other names that the configuration gives the topic; `with_index`: whether there is a note of all topics.
    """
    shown = choose_shown(topic)
    choices = collect_choices(shown, texts)
    names = _list_names(topic.name)
    best = choose_best(choices)
    taken = {each.highlight.uid for each in best}
    others = [each for each in choices if each.highlight.uid not in taken]
    sections = [Section("Best", tuple(best), "best")] if best else []
    divided = divide(others, names)
    for section in divided:
        title = section.title or ("More" if best or len(divided) > 1 else "Highlights")
        choices_in_order = tuple(each for run in _find_runs(section.choices) for each in run)
        sections.append(Section(title, choices_in_order, section.key or "more"))
    hidden = {fold_name(name) for name in (*names, *aliases)}
    pages = [
        (
            ", ".join(section.title for section in page.sections),
            [_make_section(section, hidden) for section in page.sections],
        )
        for page in _fill_pages(sections)
    ]
    kept = {each.id for document in shown.documents for each in document.highlights}
    rest = () if shown is topic else leave_out_highlights(topic.documents, kept)
    pages += [(_FURTHER, [block]) for block in _list_documents(rest)]
    uids = [topic_uid(topic.slug) + (f".{at}" if at > 1 else "") for at in range(1, len(pages) + 1)]
    titles = [topic.name + (f" ({at})" if at > 1 else "") for at in range(1, len(pages) + 1)]
    links = [NoteLink(uid, title) for uid, title in zip(uids, titles, strict=True)]
    notes = []
    for at, (_, content) in enumerate(pages):
        if at == 0:
            blocks = [
                *_make_head(topic, choices, others, names, related, rest),
                *content,
                *_make_end(choices),
            ]
            if entries := [make_entry(links[at], about) for at, (about, _) in enumerate(pages) if at]:
                blocks.append(make_heading("Continued", entries, key="pages"))
            if with_index:
                blocks.append(make_links("All topics", [NoteLink("index", "Index")], "index"))
        else:
            blocks = [make_links("Continued from", [links[0]], "first"), *content]
            if at + 1 < len(pages):
                blocks.append(make_links("Next", [links[at + 1]], "next"))
        notes.append(Note(uids[at], "topic", titles[at], tuple(blocks)))
    return notes


def find_related(topics: Sequence[Topic]) -> dict[str, list[Topic]]:
    """Find the topics that share highlights with each topic, by its slug; the closest come first.

    A topic is related to those that are related to it.
    """
    by_highlight: dict[int, list[str]] = defaultdict(list)
    for topic in topics:
        for document in topic.documents:
            for highlight in document.highlights:
                by_highlight[highlight.id].append(topic.slug)
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    for slugs in by_highlight.values():
        if 1 < len(slugs) <= MAX_TOPICS:
            for slug in slugs:
                shared[slug].update(other for other in slugs if other != slug)
    chosen: dict[str, set[str]] = defaultdict(set)
    for slug, counts in shared.items():
        near = sorted(
            (each for each in counts.items() if each[1] >= MIN_SHARED), key=lambda each: (-each[1], each[0])
        )
        for other, _ in near[:MAX_RELATED]:
            chosen[slug].add(other)
            chosen[other].add(slug)
    by_slug = {topic.slug: topic for topic in topics}
    return {
        slug: [by_slug[other] for other in sorted(others, key=lambda other: (-shared[slug][other], other))]
        for slug, others in chosen.items()
    }


def _make_head(
    topic: Topic,
    choices: Sequence[Choice],
    others: Sequence[Choice],
    names: Sequence[str],
    related: Sequence[Topic],
    rest: Sequence[ReadDocument],
) -> Iterator[Block]:
    """What a topic is about: counts, years, its place among topics, and sentences of its highlights.

    The sentences come from `others`: those of the best highlights follow anyway. `rest` has the highlights
    that no page shows.
    """
    documents = {each.document.id for each in choices} | {each.id for each in rest}
    highlights = [*(each.highlight for each in choices), *(one for each in rest for one in each.highlights)]
    years = sorted({each.taken_at[:4] for each in highlights if each.taken_at})
    span = "" if not years else years[0] if years[0] == years[-1] else f"{years[0]}–{years[-1]}"
    yield make_intro(len(highlights), span=span, documents=len(documents))
    family = {slugify(topic.parent or ""), *(slugify(child) for child in topic.children)}
    if topic.parent:
        yield make_links("Part of", [NoteLink(topic_uid(slugify(topic.parent)), topic.parent)], "parent")
    if topic.children:
        links = [NoteLink(topic_uid(slugify(child)), child) for child in topic.children]
        yield make_links("Contains", links, "children")
    links = [NoteLink(topic_uid(each.slug), each.name) for each in related if each.slug not in family]
    if links:
        yield make_links("Related", links, "related")
    excerpts = find_excerpts(others, names) if len(choices) >= FEWEST_FOR_BEST else []
    for number, excerpt in enumerate(excerpts, 1):
        yield make_excerpt(
            excerpt.text, excerpt.choice.document, excerpt.choice.highlight, f"excerpt:{number}"
        )


def _find_runs(choices: Sequence[Choice]) -> list[list[Choice]]:
    """The highlights of each document; the documents that get a heading of their own come last."""
    runs = [list(run) for _, run in groupby(choices, key=lambda each: each.document.id)]
    return sorted(runs, key=lambda run: len(run) >= FEWEST_TOGETHER)


def _make_section(section: Section, hidden: set[str]) -> Block:
    """A heading with its highlights; `hidden` are the folded names of tags that say nothing here."""

    def make_passages(run: Sequence[Choice], named: bool) -> list[Block]:
        return [
            make_topic_passage(
                choice.document,
                choice.highlight,
                choice.text,
                notes=choice.notes,
                tags=[tag for tag in choice.tags if fold_name(tag.strip().lstrip("#")) not in hidden],
                also=choice.also,
                named=named,
            )
            for choice in run
        ]

    blocks: list[Block] = []
    for run in _find_runs(section.choices):
        document = run[0].document
        if len(run) < FEWEST_TOGETHER:
            blocks += make_passages(run, True)
        elif section.key == document.uid:
            return make_document_heading(document, make_passages(run, False), f"section:{section.key}")
        else:
            key = f"document:{section.key}:{document.uid}"
            blocks.append(make_document_heading(document, make_passages(run, False), key))
    return make_heading(section.title, blocks, key=f"section:{section.key}")


def _make_end(choices: Sequence[Choice]) -> Iterator[Block]:
    documents = [
        replace(group[0].document, highlights=tuple(each.highlight for each in group))
        for group in (list(own) for _, own in groupby(choices, key=lambda each: each.document.id))
    ]
    resources = _choose_resources(documents)
    if resources:
        yield make_heading("Worth opening", [make_item(each) for each in resources], key="resources")


def _choose_resources(documents: Sequence[ReadDocument]) -> list[SharedResource]:
    known = [
        each
        for each in collect_resources(documents)
        if each.state not in _LOST and (each.link.status != "pending" or each.labels)
    ]
    return sort_resources(known)[:MOST_RESOURCES]


def _list_documents(documents: Sequence[ReadDocument]) -> Iterator[Block]:
    """Lists of the documents whose other highlights no page shows, each list for one page."""
    entries: list[Block] = []
    size = 0
    for document in documents:
        link = make_document_link(document)
        size += 4 * len(link.label.encode("utf-8", "replace")) + _BYTES_OF_ENTRY
        if size > MOST_BYTES:
            yield make_heading(_FURTHER, entries, key="documents")
            entries, size = [], 0
        entries.append(make_entry(link, count_noun(len(document.highlights), "further highlight")))
    if entries:
        yield make_heading(_FURTHER, entries, key="documents")


def _fill_pages(sections: Sequence[Section]) -> list[_Page]:
    pages = [_Page()]
    total = sum(len(section.choices) for section in sections)
    most = ceil(total / max(1, ceil(total / MOST_HIGHLIGHTS)))  # no last page with a single highlight
    for section in sections:
        for choice in section.choices:
            size = _estimate_size(choice)
            page = pages[-1]
            if page.highlights and (page.highlights >= most or page.size + size > MOST_BYTES):
                page = _Page()
                pages.append(page)
            page.add(section, choice, size)
    return pages


def _estimate_size(choice: Choice) -> int:
    """The most bytes that a highlight can take in any flavour: every character may get a backslash."""
    texts = (choice.text[:MAX_SHOWN], *(note[:MAX_SHOWN] for note in choice.notes), *choice.tags)
    names = (choice.document.full_title, *(each.full_title for each in choice.also))
    size = sum(
        len(text.encode("utf-8", "replace")) + 2 * sum(map(_ESCAPED.__contains__, text)) for text in texts
    )
    size += sum(len(name.encode("utf-8", "replace")) for name in names) * 3
    return size + _BYTES_OF_CITATION + len(choice.highlight.view_url or "")


def _list_names(name: str) -> list[str]:
    """A topic's name, and the other names of the shipped subject that it is."""
    subject = index_names().get(fold_name(name))
    return list(dict.fromkeys([name, *((subject.name, *subject.names) if subject else ())]))
