"""Select the notes that an export has to look at: those that a change since the last one may concern.

All documents are read as outlines, which is fast; those that notes are made of are read completely. The
result is that of rendering all notes: where a change may concern more than is known here, all are rendered.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from typing import Any

from export.clean import clean_document, complete_titles
from export.highlight_choice import choose_shown
from export.highlight_links import digest_sharings
from export.index_notes import INDEX, list_documents
from export.library_notes import has_words
from export.note_blocks import document_uid, topic_uid
from export.people import choose_people, find_people
from export.reading_list import READING_LIST
from export.render import Part, find_first_uid
from export.repeats import choose_spellings, drop_highlights, unify_tags
from export.topic_groups import group_topics, replace_documents, sort_assignments
from export.topic_notes import find_related
from gleanings.config import Config
from gleanings.steps.known_notes import KnownNotes
from record_types.library import ReadDocument, Topic
from store.folder_states import NoteChanges, find_last_note_change, read_note_changes
from store.note_data import (
    count_tags,
    find_recommending,
    read_documents,
    read_full_titles,
    read_outlines,
)
from store.topics import read_assignments

DOCUMENTS_INDEX, AUTHORS_INDEX = f"{INDEX}:documents", f"{INDEX}:authors"
MOST_CHANGED = 0.5
"""With a larger share of changed documents, rendering all notes is as fast."""


@dataclass(frozen=True, slots=True)
class NoteState:
    """What the notes of a folder show: enough to find out what a change concerns."""

    seen: int
    """The last change that they show."""
    stamp: str
    """Of the settings, and of the program."""
    titles: Mapping[str, str]
    """The completed titles by document (id), where they differ from those in the store."""
    folded: Sequence[int]
    """The highlights (ids) that others contain."""
    recommending: Mapping[str, str]
    """A hash of what each document (id) may add to the reading list; empty if it is nothing or not known."""
    listed: str
    """A hash of what the pages from A to Z list."""
    people: Mapping[str, Sequence[Any]]
    """The author and then the documents (ids), by the uid of the author's note."""
    related: Mapping[str, Sequence[str]]
    """The topics (slugs) related to each topic, the latter by name; every topic is there."""
    spellings: Mapping[str, str]
    """The spelling of each tag that has several."""
    read: Sequence[str]
    """The keys of what the reader has read."""
    places: Mapping[str, str]
    """The path by uid of each note that had not been written before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What decides which notes there are, apart from the store."""

    stamp: str
    """Of the settings and the program."""
    config: Config
    kinds: Collection[str]
    read: Collection[str]
    """The keys of what the reader has read."""


@dataclass(frozen=True, slots=True)
class Library:
    """The documents and topics to make notes from."""

    seen: int
    """The last change in the store that they contain."""
    documents: list[ReadDocument]
    topics: list[Topic]
    related: Mapping[str, Sequence[Topic]]
    """The topics related to each topic, by its slug."""
    part: Part
    live: Collection[str] = field(default_factory=set)
    """The uids of all notes (of the first page of each), if only a part of them is made."""
    facts: Mapping[str, Any] | None = None
    """The fields of `NoteState` that were needed to choose the part, by name."""


def find_state(
    packed: Mapping[str, Any] | None, skipped: Iterable[str], known: KnownNotes
) -> tuple[NoteState | None, set[str]]:
    """The state that was saved (None without one), and the uids of the notes whose last text is what was
    rendered (first pages): not of those at the paths `skipped`."""
    unsure = {find_first_uid(known.find_uid(path)) for path in skipped}
    sure = {find_first_uid(note.uid) for note in known.written.values()} - unsure
    names = {each.name for each in fields(NoteState)}  # an older version saved others
    return NoteState(**packed) if packed and packed.keys() == names else None, sure


def read_library(db: sqlite3.Connection, config: Config) -> Library:
    """All documents with their topics."""
    seen = find_last_note_change(db)
    documents = unify_tags(complete_titles(read_documents(db)))
    assignments = sort_assignments(documents, read_assignments(db))
    topics = group_topics(documents, assignments, config.topics.rules)
    return Library(seen, documents, topics, find_related(topics), Part())


def select_notes(
    db: sqlite3.Connection, scope: Scope, before: NoteState | None, written: Collection[str]
) -> Library | None:
    """The notes that a change since the state `before` may concern; None if that may be all of them.

    `written`: see `find_state`.
    """
    if (
        before is None
        or before.stamp != scope.stamp
        or not {"highlights", "resources"}.isdisjoint(scope.kinds)
    ):
        return None
    seen, changes, uses = find_last_note_change(db), read_note_changes(db, before.seen), count_tags(db)
    if changes.is_everything or _find_spellings(uses) != before.spellings:
        return None
    outlines = [_complete(each, before.titles) for each in read_outlines(db)]
    if len(changes.documents) > MOST_CHANGED * len(outlines):
        return None
    details = _read_details(db, changes.documents, uses)
    folded = set(before.folded)
    folded -= {each.id for document in details.values() for each in document.highlights}
    part = Part(set(), details.keys(), folded)
    documents = [details.get(each.id, each) for each in outlines]
    assignments = sort_assignments(documents, read_assignments(db))
    topics = group_topics(documents, assignments, scope.config.topics.rules)
    near = find_related(topics)
    related = _list_related(topics, near)
    if related.keys() != before.related.keys():  # a link to a topic may be in any text
        return None
    shown = [part.fold(each, clean_document(each) if each.id in details else {}) for each in documents]
    shown = [each for each in shown if has_words(each)]
    people = _choose_people(shown, scope)
    wanted = _find_wanted(topics, related, shown, people, before, changes)
    facts = _find_facts(db, shown, people, scope, uses, before.recommending, changes.documents)
    shares = facts["recommending"]
    if set(scope.read) != set(before.read) or any(
        shares.get(key, "") != before.recommending.get(key, "") for key in map(str, changes.documents)
    ):
        wanted.add(READING_LIST)
    if facts["listed"] != before.listed:
        wanted |= {DOCUMENTS_INDEX, AUTHORS_INDEX}
    live = {topic_uid(each.slug) for each in topics if "topics" in scope.kinds} | people.keys()
    live |= {document_uid(each) for each in shown if "documents" in scope.kinds}
    live |= {kind for kind in (READING_LIST, INDEX) if kind in scope.kinds}
    live |= {DOCUMENTS_INDEX, AUTHORS_INDEX} if INDEX in scope.kinds else set()
    wanted = (wanted | {INDEX} | (live - set(written))) & live
    needed = {each.id for each in shown if document_uid(each) in wanted}
    needed |= {id_ for uid in people.keys() & wanted for id_ in people[uid][3]}
    of_wanted = [each for each in topics if topic_uid(each.slug) in wanted]
    needed |= {document.id for topic in of_wanted for document in choose_shown(topic).documents}
    if READING_LIST in wanted:
        needed |= set(map(int, shares))
    details |= _read_details(db, needed - details.keys(), uses)
    documents = [details.get(each.id, each) for each in outlines]
    topics = [replace_documents(each, details) if topic_uid(each.slug) in wanted else each for each in topics]
    part = Part(wanted, details.keys(), folded, is_folded=True)
    return Library(seen, documents, topics, near, part, live, facts)


def make_state(
    db: sqlite3.Connection, library: Library, scope: Scope, places: Mapping[str, str]
) -> NoteState:
    """What to remember of a library after its notes were rendered."""
    stored = read_full_titles(db)
    folded = library.part.folded
    facts = library.facts
    if facts is None:
        documents = (drop_highlights(each, folded) for each in library.documents)
        shown = [each for each in documents if has_words(each)]
        everybody = _choose_people(shown, scope)
        facts = _find_facts(db, shown, everybody, scope, count_tags(db), {}, {each.id for each in shown})
    return NoteState(
        seen=library.seen,
        stamp=scope.stamp,
        titles={
            str(each.id): each.full_title
            for each in library.documents
            if each.full_title != stored.get(each.id)
        },
        folded=sorted(folded),
        **facts,
        related=_list_related(library.topics, library.related),
        read=sorted(scope.read),
        places=places,
    )


def _find_facts(
    db: sqlite3.Connection,
    shown: Sequence[ReadDocument],
    people: Mapping[str, Sequence[Any]],
    scope: Scope,
    uses: Mapping[str, int],
    shares: Mapping[str, str],
    changed: Collection[int],
) -> dict[str, Any]:
    """The fields of `NoteState` about all documents that are shown, by name.

    `shares`: `NoteState.recommending` as it was before the documents `changed` (ids) changed.
    """
    recommending = find_recommending(db)
    wanted = recommending & set(changed)
    now = {str(each.id): digest_sharings(each) for each in shown if each.id in wanted}
    return {
        "recommending": {key: now.get(key, shares.get(key, "")) for key in map(str, sorted(recommending))},
        "listed": _hash_listed(shown, people, scope),
        "people": people,
        "spellings": _find_spellings(uses),
    }


def _find_wanted(
    topics: Sequence[Topic],
    related: Mapping[str, Sequence[str]],
    shown: Sequence[ReadDocument],
    people: Mapping[str, Sequence[Any]],
    before: NoteState,
    changes: NoteChanges,
) -> set[str]:
    """The uids of topics, authors and documents whose notes may differ."""
    wanted = {
        topic_uid(topic.slug)
        for topic in topics
        if topic.name in changes.topics
        or related[topic.name] != before.related[topic.name]
        or any(each.id in changes.documents for each in topic.documents)
    }
    documents = set(changes.documents)
    for uid in people.keys() | before.people.keys():
        sides = [side[uid] for side in (people, before.people) if uid in side]
        if len(sides) < 2 or sides[0] != sides[1]:  # a document links to its author's note
            documents.update(*(ids for *_, ids in sides))
            wanted.add(uid)
        elif not changes.documents.isdisjoint(sides[0][3]):
            wanted.add(uid)
    return wanted | {document_uid(each) for each in shown if each.id in documents}


def _choose_people(documents: Iterable[ReadDocument], scope: Scope) -> dict[str, list[Any]]:
    """The authors that get a note, as `NoteState.people`."""
    if "authors" not in scope.kinds:
        return {}
    chosen = choose_people(find_people(documents), scope.config.export.authors)
    return {
        each.uid: [each.author.name, each.author.handle, each.author.url, [one.id for one in each.documents]]
        for each in chosen
    }


def _hash_listed(documents: Iterable[ReadDocument], people: Mapping[str, Sequence[Any]], scope: Scope) -> str:
    rows = list_documents(documents) if "documents" in scope.kinds else []
    authors = [(uid, *author[:3]) for uid, author in sorted(people.items())]
    return blake2b(repr((sorted(rows), authors)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _read_details(
    db: sqlite3.Connection, ids: Iterable[int], uses: Mapping[str, int]
) -> dict[int, ReadDocument]:
    return {each.id: each for each in unify_tags(complete_titles(read_documents(db, ids)), uses)}


def _complete(document: ReadDocument, titles: Mapping[str, str]) -> ReadDocument:
    title = titles.get(str(document.id))
    return document if title is None else replace(document, full_title=title)


def _list_related(topics: Sequence[Topic], related: Mapping[str, Sequence[Topic]]) -> dict[str, list[str]]:
    return {topic.name: [each.slug for each in related.get(topic.slug, ())] for topic in topics}


def _find_spellings(uses: Mapping[str, int]) -> dict[str, str]:
    forms = Counter(tag.casefold() for tag in uses)
    return {form: tag for form, tag in choose_spellings(uses).items() if forms[form] > 1}
