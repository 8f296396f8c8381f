"""Learn from the notes: highlights that the reader took out of a topic's note, put into it, or tagged."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from export.note_files import Write, read_note
from export.note_lessons import Lessons, read_lessons
from export.note_places import Flavour
from gleanings.steps.notes import forget_cached_plan
from markdown_text.note_marks import read_flavour
from record_types.library import EMBEDDED_SECTION
from store.folder_states import read_folder_data, save_folder_data
from store.note_journal import read_journal
from store.topic_examples import Example, read_citations, read_examples, save_examples
from store.topics import read_topic_names
from store.written_notes import find_export_folder, read_written, read_written_blocks

_TOPIC = "topic:"
Effects = dict[str, dict[str, list[list[str]]]]
"""What a topic's note teaches because of an export, by the uid of the note and the kind of lesson."""


def learn_from_notes(db: sqlite3.Connection, folder: Path, flavour: Flavour, *, now: str) -> int:
    """Store what the topic notes below `folder` teach; how many examples changed.

    Only notes that are there and that differ from what was written are read. A highlight that moved to
    another page of its topic was not taken out. Nothing is learned from what an export did
    (`remember_effects`), or from what a killed export changed: its topics count again once it is recovered.
    """
    pending = {_find_slug(entry.uid) for entry in read_journal(db, str(folder))}
    lessons: dict[str, list[tuple[str, Lessons]]] = defaultdict(list)
    citations: Mapping[str, str] = {}
    key = _name_effects(db, folder)
    effects: Effects = read_folder_data(db, key)
    left = dict(effects)
    for note in read_written(db, str(folder), _TOPIC):
        slug = _find_slug(note.uid)
        if slug in pending:
            continue
        left.pop(note.uid, None)
        data = read_note(folder, note.path)
        text = data.decode("utf-8", "replace") if data is not None else None
        if text is None or text.replace("\r\n", "\n") == note.text:
            continue
        blocks = read_written_blocks(db, str(folder), note.path)
        citations = citations or read_citations(db)
        found = read_lessons(text, blocks, read_flavour(note.text) or flavour, citations)
        if note.uid in effects:
            taught = replace(found, kept=found.kept | found.added)  # which are there in any case
            found = taught - _unpack(effects[note.uid])
            left |= _pack(note.uid, taught - found)
        if EMBEDDED_SECTION in blocks:  # the reader's own page may cite what it likes
            found = replace(found, added=frozenset())
        lessons[slug].append((note.path, found))
    if left != effects:
        save_folder_data(db, key, left, now=now)
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


def remember_effects(
    db: sqlite3.Connection,
    folder: Path,
    plan: Iterable[Write],
    flavour: Flavour,
    read_blocks: Callable[[str], Mapping[str, str]],
    *,
    now: str,
) -> None:
    """Store what the notes of topics will teach after an export and do not teach before it.

    A block that the reader edited stays as it is, although its highlight leaves the topic or loses a tag, or
    the note is converted to another flavour.
    `read_blocks` returns what was written last, by the path of a note.
    """
    key = _name_effects(db, folder)
    effects: Effects = read_folder_data(db, key)
    new = dict(effects)
    citations: Mapping[str, str] = {}
    for write in plan:
        if not write.uid.startswith(_TOPIC) or write.contents is None:
            continue
        citations = citations or read_citations(db)
        blocks = {block.key: block.text for block in write.blocks}
        after = read_lessons(write.contents.decode("utf-8", "replace"), blocks, flavour, citations)
        text, blocks = (write.before or b"").decode("utf-8", "replace"), dict(read_blocks(write.path))
        before = read_lessons(text, blocks, read_flavour(text) or flavour, citations)
        if write.uid in effects:
            before -= _unpack(effects[write.uid])
        new.pop(write.uid, None)
        new |= _pack(write.uid, after - before)
    if new != effects:
        save_folder_data(db, key, new, now=now)


def _name_effects(db: sqlite3.Connection, folder: Path) -> str:
    """The key of a folder's effects, with the folder's uid, which a move does not change."""
    found = find_export_folder(db, path=str(folder))
    return f"effects {found.uid if found else ''}"


def _pack(uid: str, lessons: Lessons) -> Effects:
    packed = {
        "removed": [[each] for each in sorted(lessons.removed)],
        "added": [[each] for each in sorted(lessons.added)],
        "tags": [[*each] for each in sorted(lessons.tags)],
    }
    return {uid: packed} if any(packed.values()) else {}


def _unpack(packed: Mapping[str, list[list[str]]]) -> Lessons:
    removed, added = (frozenset(uid for (uid,) in packed[kind]) for kind in ("removed", "added"))
    return Lessons(removed=removed, added=added, tags=frozenset((uid, tag) for uid, tag in packed["tags"]))


def _find_slug(uid: str) -> str:
    return uid.removeprefix(_TOPIC).partition(".")[0]


def _list_examples(topic: str, pages: Iterable[tuple[str, Lessons]]) -> Iterable[Example]:
    pages = list(pages)
    there = {uid for _, page in pages for uid in (*page.kept, *page.added)}
    for path, page in pages:
        yield from (Example(uid, topic, "counter", path) for uid in sorted(page.removed - there))
        yield from (Example(uid, topic, "example", path) for uid in sorted(page.added))
        yield from (Example(uid, tag, "tag", path) for uid, tag in sorted(page.tags))
