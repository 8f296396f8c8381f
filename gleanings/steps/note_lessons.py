"""Learn from the notes: highlights that the reader took out of a topic's note, put into it, or tagged."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from export.note_files import read_note
from export.note_lessons import Lessons, read_lessons
from export.note_places import Flavour
from gleanings.steps.notes import forget_cached_plan
from markdown_text.note_marks import read_flavour
from record_types.library import EMBEDDED_SECTION
from store.note_journal import read_journal
from store.topic_examples import Example, read_citations, read_examples, read_own_tags, save_examples
from store.topics import read_topic_names
from store.written_notes import read_written, read_written_blocks

_TOPIC = "topic:"


def learn_from_notes(db: sqlite3.Connection, folder: Path, flavour: Flavour, *, now: str) -> int:
    """Store what the topic notes below `folder` teach; how many examples changed.

    Only notes that are there and that differ from what was written are read. A highlight that moved to
    another page of its topic was not taken out. Nothing is learned from what a killed export changed: its
    topics count again once it is recovered.
    """
    pending = {_find_slug(entry.uid) for entry in read_journal(db, str(folder))}
    lessons: dict[str, list[tuple[str, Lessons]]] = defaultdict(list)
    citations: Mapping[str, str] = {}
    tags: Mapping[str, Collection[str]] = {}
    for note in read_written(db, str(folder), _TOPIC):
        slug = _find_slug(note.uid)
        if slug in pending:
            continue
        data = read_note(folder, note.path)
        text = data.decode("utf-8", "replace") if data is not None else None
        if text is None or text.replace("\r\n", "\n") == note.text:
            continue
        blocks = read_written_blocks(db, str(folder), note.path)
        if not citations:
            citations, tags = read_citations(db), read_own_tags(db)
        found = read_lessons(text, blocks, read_flavour(note.text) or flavour, citations, tags)
        if EMBEDDED_SECTION in blocks:  # the reader's own page may cite what it likes
            found = Lessons(found.kept, found.removed, tags=found.tags)
        lessons[slug].append((note.path, found))
    names = read_topic_names(db)
    examples = [
        each
        for slug, pages in lessons.items()
        if slug in names
        for each in _list_examples(names[slug], pages)
    ]
    known = {(each.uid, each.topic): each.kind for found in read_examples(db).values() for each in found}
    new = [each for each in examples if known.get((each.uid, each.topic)) != each.kind]
    if new:
        save_examples(db, new, now=now)
        forget_cached_plan(db, folder, with_state=False, now=now)  # notes change although no highlight did
    return len(new)


def _find_slug(uid: str) -> str:
    return uid.removeprefix(_TOPIC).partition(".")[0]


def _list_examples(topic: str, pages: Iterable[tuple[str, Lessons]]) -> Iterable[Example]:
    pages = list(pages)
    there = {uid for _, page in pages for uid in (*page.kept, *page.added)}
    for path, page in pages:
        yield from (Example(uid, topic, "counter", path) for uid in sorted(page.removed - there))
        yield from (Example(uid, topic, "example", path) for uid in sorted(page.added))
        yield from (Example(uid, tag, "tag", path) for uid, tag in sorted(page.tags))
