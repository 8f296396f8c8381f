"""What the reader ticked in the notes: stored before an export, whose plan does not count it as an edit."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from export.note_files import Write, read_note
from store.folder_states import read_folder_data, read_folder_state, save_folder_data
from store.links import read_listed, read_read, save_read
from store.written_notes import read_reading_lists

if TYPE_CHECKING:  # these load Jinja and a Markdown parser
    from export.render import RenderedNote
    from gleanings.steps.known_notes import KnownNotes


def take_ticks(db: sqlite3.Connection, target: Path, existing: Iterable[str], *, now: str) -> bool:
    """Store what the reader ticked in the reading list and in notes of resources; whether any changed.

    `existing`: the paths of the notes in the folder. A tick counts once: the browser may change the state
    while the page keeps the tick, because it is not written as long as the reader edits it.
    """
    written = read_reading_lists(db, str(target))
    others = [path for path in existing if path not in written and "Reading list" in path]
    files = {path: read_note(target, path) or b"" for path in (*written, *others)}
    if all(data == written.get(path, "").encode("utf-8", "replace") for path, data in files.items()):
        if (read_folder_state(db, f"ticks {target}") or "{}") != "{}":
            save_folder_data(db, f"ticks {target}", {}, now=now)
        return False
    # These load a Markdown parser.
    from export.reading_list import find_changed_ticks, index_urls
    from export.resource_notes import find_changed_property, index_marks

    listed, read = read_listed(db), read_read(db)
    keys, marks = index_urls(listed), index_marks(listed)
    taken = read_folder_data(db, f"ticks {target}")
    found: dict[str, dict[str, bool]] = {}
    changed: dict[str, bool] = {}
    for path, data in files.items():
        text, base = _read_text(data), written.get(path, "")
        ticks = find_changed_ticks(text, base, keys) | find_changed_property(text, base, marks)
        for key, is_read in ticks.items():
            if is_read != (key in read) and taken.get(path, {}).get(key) != is_read:
                changed[key] = is_read or changed.get(key, False)
        found |= {path: ticks} if ticks else {}
    if found != taken:
        save_folder_data(db, f"ticks {target}", found, now=now)
    if changed:
        save_read(db, changed, now=now)
    return bool(changed)


def forget_ticks(db: sqlite3.Connection, target: Path, written: Collection[str], *, now: str) -> None:
    """Forget which ticks were taken from the pages (by path) that an export has written since."""
    taken = read_folder_data(db, f"ticks {target}")
    left = {path: ticks for path, ticks in taken.items() if path not in written}
    if left != taken:
        save_folder_data(db, f"ticks {target}", left, now=now)


@dataclass(frozen=True, slots=True)
class TickedNotes:
    """The notes in the folder that the reader may tick: pages of the reading list, notes of resources."""

    known: KnownNotes
    texts: dict[str, str]
    """By path."""

    def keep(self, notes: Sequence[RenderedNote]) -> Sequence[RenderedNote]:
        """The new notes, where items of the reading list have the state that the reader gave them."""
        from export.reading_list import READING_LIST, keep_boxes

        uids = {path: self.known.find_uid(path) for path in self.texts}
        pages = [text for path, text in self.texts.items() if uids[path].startswith(READING_LIST)]
        if not pages:
            return notes
        return [
            each.rewrite(lambda text: keep_boxes(text, pages)) if each.uid.startswith(READING_LIST) else each
            for each in notes
        ]

    def copy(self, path: str, base: str) -> str:
        """What was written last (a note or a block of it), with the ticks that the file has now."""
        from export.reading_list import copy_ticks
        from export.resource_notes import copy_read

        now = self.texts.get(path)
        return base if now is None else copy_read(copy_ticks(base, now), now)

    def learn(self, write: Write, base: str) -> Write:
        """A file that has the new ticks already is the same, but the store has yet to learn its text."""
        is_new = write.blocks and write.path in self.texts and write.before is None and base != write.text
        return replace(write, before=self.known.read(write.path)) if is_new else write


def find_ticked(known: KnownNotes, paths: Collection[str]) -> TickedNotes:
    """The notes among these paths that the reader may tick."""
    kinds = {path: known.find_uid(path).partition(":")[0] for path in paths}
    return TickedNotes(
        known,
        {
            path: _read_text(known.read(path))
            for path, kind in kinds.items()
            if kind in ("reading-list", "resource")
        },
    )


def _read_text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace").replace("\r\n", "\n")
